"""The exports carry any label, say the same every time, and can be read by others."""

import json
import re
from pathlib import Path

import jsonschema
import msgspec
import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.catalog import Resource
from pagerworthy.graph import EXPORTERS, DependencyGraph
from pagerworthy.graph.export.dot import quote
from pagerworthy.graph.export.graphml import text
from pagerworthy.graph.export.mermaid import escape
from pagerworthy.project import data_folder
from tests.graph.catalogs import catalog, catalogs, need, provider, service

HOSTILE = (
    '"];evil[label="',
    "\\",
    'ends with \\"',
    "\\N \\G \\l",
    "<script>alert(1)</script>",
    "<b>bold</b>",
    "&quot;&amp;&#34;",
    "]]></data><node id='x'/>",
    '"] --> x["',
    "`**md**`",
    "#quot;",
    "%% comment",
    "a;b|c|d{e}(f)",
    "click n0 javascript:alert(1)",
    "end",
    "// /* */",
    "naïve ☃ \U0001d4b3",
    "two\nlines",
    "\x00\x1b[31m\x7f\x85",
    "\ud800",
)
LABELS = st.one_of(st.sampled_from(HOSTILE), st.text(min_size=1))


def labelled(label: str) -> DependencyGraph:
    """A graph with that label, even one that no entry could be read with."""
    drawn = DependencyGraph.of(catalog(service("web", need("ad")), service("ad", title="Ad")))
    web = msgspec.structs.replace(drawn.nodes["web"], label=label)
    return DependencyGraph({**drawn.nodes, "web": web}, drawn.edges)


def export(form: str, graph: DependencyGraph, marks: dict[str, str] | None = None) -> str:
    return EXPORTERS[form](graph, marks or {})


@pytest.mark.parametrize("form", sorted(EXPORTERS))
@given(drawn=catalogs(), data=st.data())
def test_the_same_catalog_in_another_order_gives_the_same_bytes(form, drawn, data):
    again = catalog(*data.draw(st.permutations(list(drawn.services.values()))))
    assert export(form, DependencyGraph.of(drawn)) == export(form, DependencyGraph.of(again))


@pytest.mark.parametrize("form", sorted(EXPORTERS))
def test_an_export_ends_with_one_line_feed(form):
    written = export(form, labelled("Web"))
    assert written.endswith("\n")
    assert not written.endswith("\n\n")


# -- JSON ---------------------------------------------------------------------------------------------------


@given(catalogs())
def test_json_is_as_its_schema_says_and_networkx_reads_it(drawn):
    graph = DependencyGraph.of(drawn)
    document = json.loads(export("json", graph, {graph.ids[0]: "focus"}))
    schema = json.loads((data_folder("schemas") / "graph.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(document)
    read = nx.node_link_graph(document, edges="edges")
    assert list(read.nodes) == list(graph.ids)
    assert set(read.edges) == {(edge.source, edge.target) for edge in graph.edges}
    assert read.nodes[graph.ids[0]]["mark"] == "focus"


@given(LABELS.filter(lambda label: label.isprintable()))
def test_json_carries_any_label(label):
    document = json.loads(export("json", labelled(label)))
    assert document["nodes"][1]["label"] == label


# -- DOT ----------------------------------------------------------------------------------------------------

# The lexical grammar of a quoted string: in it, only a backslash takes the next character with it.
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
DOT_LINE = re.compile(
    r"digraph catalog \{|\}|  rankdir=LR;|  (?:node|edge) \[fontname=Q, fontsize=\d+\];"
    r"|  Q \[label=Q, shape=(?:box|cylinder|ellipse), style=Q\];"
    r"|  Q -> Q \[style=(?:solid|dashed)(?:, label=Q)?\];"
)


def shown(quoted: str) -> str:
    """What a label shows: escapes and then entities undone, as Graphviz does."""
    undone = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], quoted)
    return undone.replace("&amp;", "&")


@given(LABELS)
def test_dot_holds_a_label_within_its_quotes(label):
    written = export("dot", labelled(label), {"web": 'a "mark"\\'})
    for line in written.splitlines():
        assert DOT_LINE.fullmatch(QUOTED.sub("Q", line)), line
    (match,) = list(re.finditer(r"^  \"web\" \[label=(.*), shape=", written, re.MULTILINE))
    expected = "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in label)
    found = QUOTED.fullmatch(match[1])
    assert found is not None
    assert shown(found[1]) == expected + '\na "mark"\\'


@given(LABELS)
def test_quoted_text_is_one_token_on_one_line(label):
    assert QUOTED.fullmatch(quote(label))
    assert len(quote(label).splitlines()) == 1


@given(catalogs())
def test_dot_has_every_node_and_edge(drawn):
    graph = DependencyGraph.of(drawn)
    written = export("dot", graph)
    assert re.findall(r'^  "([^"]*)" \[label', written, re.MULTILINE) == list(graph.ids)
    found = re.findall(r'^  "([^"]*)" -> "([^"]*)" \[style=(\w+)', written, re.MULTILINE)
    assert found == [(e.source, e.target, "solid" if e.is_hard else "dashed") for e in graph.edges]


# -- Mermaid ------------------------------------------------------------------------------------------------


@given(LABELS)
def test_mermaid_writes_all_but_plain_characters_as_numbers(label):
    written = escape(label)
    assert re.fullmatch(r"(?:[0-9A-Za-z ./:,-]|#\d+;)*", written)
    assert re.sub(r"#(\d+);", lambda m: chr(int(m[1])), written) == label


@given(LABELS)
def test_mermaid_has_one_statement_a_node_and_an_edge(label):
    lines = export("mermaid", labelled(label), {"web": "fails"}).splitlines()
    assert lines == [
        "flowchart LR",
        '  n0["Ad"]',
        f'  n1["{escape(label)}<br/>fails"]',
        "  n1 --> n0",
    ]


def test_mermaid_shapes_tell_kinds_and_arrows_tell_criticality():
    graph = DependencyGraph.of(
        catalog(
            service(
                "web",
                need("web/db", "soft", protocol="sql"),
                provider("stripe"),
                resources={"db": Resource(type="mysql")},
            )
        )
    )
    assert export("mermaid", graph).splitlines() == [
        "flowchart LR",
        '  n0["web"]',
        '  n1[("web/db")]',
        '  n2(["stripe"])',
        "  n0 --> n2",
        '  n0 -.->|"sql"| n1',
    ]


# -- GraphML ------------------------------------------------------------------------------------------------


@given(LABELS)
def test_graphml_carries_a_label_that_networkx_reads_again(label):
    read = nx.parse_graphml(export("graphml", labelled(label), {"web": "fails"}))
    assert set(read.nodes) == {"ad", "web"}
    # A parser reads every line end as a line feed. https://www.w3.org/TR/xml/#sec-line-ends
    expected = text(label).replace("\r\n", "\n").replace("\r", "\n")
    assert read.nodes["web"].get("label", "").replace("\r\n", "\n").replace("\r", "\n") == expected
    assert read.nodes["web"]["mark"] == "fails"


@given(catalogs())
def test_graphml_has_every_node_and_edge_with_its_attributes(drawn):
    graph = DependencyGraph.of(drawn)
    read = nx.parse_graphml(export("graphml", graph))
    assert set(read.nodes) == set(graph.ids)
    for edge in graph.edges:
        assert read.edges[edge.source, edge.target]["criticality"] == edge.criticality
    for name, node in graph.nodes.items():
        assert read.nodes[name].get("tier") == node.tier
        assert read.nodes[name]["known"] is node.known


def test_the_schemas_examples_are_as_the_schemas_say():
    for path in sorted(Path(data_folder("schemas")).glob("graph*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
