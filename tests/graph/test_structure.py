"""Nodes, edges and closures."""

import json
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.catalog import Compute, Replicas, Resource
from pagerworthy.graph import DependencyGraph, NodeKind, Redundancy, Relation, layers_of
from pagerworthy.graph.redundancy import ZONED_TYPES, of_compute, of_resource
from pagerworthy.project import data_folder
from pagerworthy.reliability.components import components
from tests.graph.catalogs import catalog, catalogs, need, provider, service


def digraph(graph: DependencyGraph, *, hard: bool = False) -> "nx.DiGraph[str]":
    drawn: nx.DiGraph[str] = nx.DiGraph()
    drawn.add_nodes_from(graph.nodes)
    drawn.add_edges_from((edge.source, edge.target) for edge in graph.edges if edge.is_hard or not hard)
    return drawn


@given(catalogs())
def test_the_closures_are_those_of_networkx(drawn):
    graph = DependencyGraph.of(drawn)
    every, hard = digraph(graph), digraph(graph, hard=True)
    for name in graph.nodes:
        position = graph.index[name]
        assert set(graph.names(graph.all_up[position])) == nx.ancestors(every, name)
        assert set(graph.names(graph.hard_up[position])) == nx.ancestors(hard, name)


@given(st.lists(st.lists(st.integers(0, 7), max_size=4), min_size=8, max_size=8))
def test_components_are_those_of_networkx_and_come_after_what_they_lead_to(successors):
    found = components(successors)
    graph: nx.DiGraph[int] = nx.DiGraph(
        [(node, target) for node, targets in enumerate(successors) for target in targets]
    )
    graph.add_nodes_from(range(8))
    assert {frozenset(c) for c in found} == {frozenset(c) for c in nx.strongly_connected_components(graph)}
    place = {node: number for number, component in enumerate(found) for node in component}
    assert all(place[target] <= place[node] for node, target in graph.edges)


def test_questions_are_answered_without_importing_networkx():
    code = (
        "import sys; from tests.graph.catalogs import catalog, service, need; from pagerworthy.graph import *;"
        "c = catalog(service('aa', need('bb')), service('bb', need('aa'))); g = DependencyGraph.of(c);"
        "graph_facts(c, g); deploy_order(g); find_cycles(g); impact_of(c, g, 'bb'); print('networkx' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "False\n"


def test_nodes_are_services_then_resources_then_externals_by_name():
    graph = DependencyGraph.of(
        catalog(
            service("cart", provider("stripe"), resources={"valkey": Resource(type="redis")}),
            service("ad", need("cart/valkey")),
        )
    )
    assert list(graph.nodes) == ["ad", "cart", "cart/valkey", "external:stripe"]
    valkey = graph.nodes["cart/valkey"]
    assert (valkey.kind, valkey.service, valkey.owner, valkey.tier) == (
        NodeKind.RESOURCE,
        "cart",
        "team",
        2,
    )


def test_a_service_needs_what_it_owns_once_whether_or_not_it_says_so():
    silent = service("cart", resources={"db": Resource(type="postgres")})
    saying = service("cart", need("cart/db", "soft", access="read"), resources={"db": Resource(type="postgres")})
    (implied,) = DependencyGraph.of(catalog(silent)).edges
    (declared,) = DependencyGraph.of(catalog(saying)).edges
    assert (implied.criticality, implied.relation, implied.declared) == ("hard", Relation.OWNS, False)
    assert (declared.criticality, declared.relation, declared.declared) == ("soft", Relation.OWNS, True)
    assert declared.access == "read"


def test_who_needs_a_resource_does_not_need_its_owner():
    graph = DependencyGraph.of(
        catalog(service("cart", resources={"db": Resource(type="postgres")}), service("report", need("cart/db")))
    )
    assert graph.names(graph.all_up[graph.index["cart"]]) == ()
    assert graph.names(graph.hard_up[graph.index["cart/db"]]) == ("cart", "report")


def test_what_the_catalog_lacks_is_a_node_that_is_not_known():
    graph = DependencyGraph.of(catalog(service("ad", need("gone"), need("ad/lost", "soft"))))
    assert {node.id: node.known for node in graph.nodes.values()} == {
        "ad": True,
        "gone": False,
        "ad/lost": False,
    }
    assert [node.id for node in graph.services()] == ["ad"]


@pytest.mark.parametrize("swap", [False, True])
def test_two_dependencies_on_one_target_are_one_edge_the_harder_one(swap):
    pair = [
        need("ad", "soft", fallback="less", protocol="http"),
        need("ad", on_failure="all stops"),
    ]
    (edge,) = DependencyGraph.of(catalog(service("ad"), service("web", *(pair[::-1] if swap else pair)))).edges
    assert (edge.criticality, edge.on_failure, edge.fallback, edge.protocol) == (
        "hard",
        "all stops",
        "less",
        "http",
    )


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [("read", "write", "read-write"), ("read", "", ""), ("write", "", "write"), ("read", "read", "read")],
)
def test_access_of_two_dependencies_adds_up_and_silence_is_not_reading(one, other, together):
    web = service("web", need("ad/db", access=one), need("ad/db", access=other))
    graph = DependencyGraph.of(catalog(service("ad", resources={"db": Resource(type="mysql")}), web))
    assert graph.needs("web")[0].access == together


def test_find_takes_an_id_or_a_providers_name_but_a_service_first():
    graph = DependencyGraph.of(catalog(service("mail", provider("mail"), provider("stripe"))))
    for name, found in (("mail", "mail"), ("external:mail", "external:mail"), ("stripe", "external:stripe")):
        node = graph.find(name)
        assert node is not None
        assert node.id == found
    assert graph.find("nothing") is None


def test_around_keeps_what_is_near_up_and_down_but_not_sideways():
    graph = DependencyGraph.of(
        catalog(
            service("web", need("cart"), need("ad")),
            service("ad"),
            service("cart", need("stock")),
            service("stock", need("price")),
            service("price"),
        )
    )
    assert list(graph.around("cart", 1).nodes) == ["cart", "stock", "web"]
    assert list(graph.around("cart", 2).nodes) == ["cart", "price", "stock", "web"]
    assert [(e.source, e.target) for e in graph.around("cart", 1).edges] == [("cart", "stock"), ("web", "cart")]


@given(catalogs(), st.data())
def test_around_holds_what_networkx_finds_within_the_depth(drawn, data):
    graph = DependencyGraph.of(drawn)
    node, depth = data.draw(st.sampled_from(graph.ids)), data.draw(st.integers(1, 3))
    edges = digraph(graph)
    down = nx.single_source_shortest_path_length(edges, node, depth)
    up = nx.single_source_shortest_path_length(edges.reverse(), node, depth)
    assert set(graph.around(node, depth).nodes) == {*up, *down}


@given(catalogs())
def test_layers_rise_along_every_edge_save_inside_a_cycle(drawn):
    graph = DependencyGraph.of(drawn)
    layers = layers_of(graph)
    assert list(layers) == list(graph.nodes)
    for edge in graph.edges:
        in_cycle = edge.source == edge.target or graph.all_up[graph.index[edge.source]] >> graph.index[edge.target] & 1
        assert layers[edge.source] == layers[edge.target] if in_cycle else layers[edge.source] < layers[edge.target]
    assert all(layers[name] == 0 for name in graph.nodes if not graph.needed_by(name))


@pytest.mark.parametrize(
    ("compute", "judged", "weakness"),
    [
        (None, Redundancy.UNKNOWN, "compute not declared"),
        (Compute(type="external"), Redundancy.UNKNOWN, "replicas not declared"),
        (Compute(type="fargate", zones=2), Redundancy.UNKNOWN, "replicas not declared"),
        (Compute(type="fargate"), Redundancy.SINGLE, "1 zone"),
        (Compute(type="fargate", zones=2, replicas=Replicas(min=1, max=9)), Redundancy.SINGLE, "1 replica"),
        (
            Compute(type="fargate", replicas=Replicas(min=0, max=9)),
            Redundancy.SINGLE,
            "may run no replica, 1 zone",
        ),
        (Compute(type="fargate", zones=2, replicas=Replicas(min=2, max=9)), Redundancy.REDUNDANT, ""),
    ],
)
def test_two_replicas_in_two_zones_are_redundant(compute, judged, weakness):
    assert of_compute(compute) == (judged, weakness)


def test_zones_are_asked_of_the_types_for_which_the_schema_has_them():
    schema = json.loads((data_folder("schemas") / "service.schema.json").read_text(encoding="utf-8"))
    resource = schema["properties"]["spec"]["properties"]["resources"]["additionalProperties"]
    with_zones = {
        rule["if"]["properties"]["type"]["const"]
        for rule in resource["allOf"]
        if rule["then"].get("properties", {}).get("zones") is not False
    }
    assert with_zones == ZONED_TYPES
    assert set(resource["properties"]["type"]["enum"]) > ZONED_TYPES
    for kind in resource["properties"]["type"]["enum"]:
        judged, _ = of_resource(Resource(type=kind))
        assert judged is (Redundancy.SINGLE if kind in ZONED_TYPES else Redundancy.REDUNDANT)
        assert of_resource(Resource(type=kind, zones=2))[0] is Redundancy.REDUNDANT
