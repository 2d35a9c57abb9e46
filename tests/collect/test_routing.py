"""The tree of routes, judged by amtool."""

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pagerworthy.collect import SourceError
from pagerworthy.collect.routing import Tree, matchers_in, skeleton
from tests.tools import require_tool

RECEIVERS = ("one", "two", "three", "page-a", "page-b")
NAMES = ("service", "severity", "slo")
VALUES = ("shop", "pay", "page", "ticket", "")
PATTERNS = ("shop|pay", "p.*", ".+", "", "[a-s]+", "(?i)SHOP", "sh", "[[:alpha:]]+")

_name, _value = st.sampled_from(NAMES), st.sampled_from(VALUES)
_plain = st.builds(lambda name, sign, value: f'{name}{sign}"{value}"', _name, st.sampled_from(["=", "!="]), _value)
_bare = st.builds("{}{}{}".format, _name, st.sampled_from(["=", " != "]), st.sampled_from(["shop", "pay"]))
_pattern = st.builds(
    lambda name, sign, value: f'{name}{sign}"{value}"', _name, st.sampled_from(["=~", "!~"]), st.sampled_from(PATTERNS)
)
_matcher = _plain | _bare | _pattern
_several = st.lists(_matcher, min_size=1, max_size=2).map(lambda each: "{" + ", ".join(each) + "}")


def _route(below: st.SearchStrategy[dict[str, object]]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "receiver": st.sampled_from(RECEIVERS),
            "matchers": st.lists(_matcher | _several, max_size=2),
            "match": st.dictionaries(_name, _value, max_size=2),
            "match_re": st.dictionaries(_name, st.sampled_from(PATTERNS), max_size=1),
            "continue": st.booleans(),
            "routes": st.lists(below, max_size=4),
        },
    )


TREES = st.lists(st.recursive(_route(st.just({})), _route, max_leaves=12), max_size=5)
LABELS = st.dictionaries(_name, _value.filter(bool), max_size=3)


def configuration(routes: list[dict[str, object]]) -> str:
    return json.dumps(
        {"route": {"receiver": "one", "routes": routes}, "receivers": [{"name": name} for name in RECEIVERS]}
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(routes=TREES, several=st.lists(LABELS, min_size=1, max_size=3))
def test_alerts_go_where_amtool_sends_them(
    routes: list[dict[str, object]], several: list[dict[str, str]], tmp_path: Path
) -> None:
    text = configuration(routes)
    (tmp_path / "alertmanager.yml").write_text(text)
    tree = Tree.of(text)
    for labels in several:
        command = [
            str(require_tool("amtool")),
            "config",
            "routes",
            "test",
            f"--config.file={tmp_path / 'alertmanager.yml'}",
        ]
        done = subprocess.run(
            [*command, *(f"{name}={value}" for name, value in labels.items())],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert ",".join(match.receiver for match in tree.matches(labels)) == done.stdout.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a="b"', [("a", "=", "b")]),
        ('{a="b", c!~"d,e"}', [("a", "=", "b"), ("c", "!~", "d,e")]),
        ("a = b", [("a", "=", "b")]),
        (r'a="x\"y\\z\nw\d"', [("a", "=", 'x"y\\z\nw\\d')]),
        ('"with space"="b"', [("with space", "=", "b")]),
        ("{}", []),
    ],
)
def test_matchers_are_read_as_alertmanager_does(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert list(matchers_in(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "route: [",
        "route: {receiver: one, routes: [{matchers: ['nonsense']}]}",
        "route: {receiver: one, routes: [{matchers: ['a=\"b']}]}",
        'route: {receiver: one, routes: [{matchers: [\'a="b"c"\']}]}',
        "route: {receiver: one, routes: [{match_re: {a: '('}}]}",
        "route: {receiver: one, routes: 17}",
        "receivers: []",
        "- a list",
        "a: &a [*a]",
        "route: " + "{routes: [" * 60 + "{}" + "]}" * 60,
    ],
)
def test_what_is_no_configuration_is_said(text: str) -> None:
    with pytest.raises(SourceError):
        Tree.of(text)


_HOOKS = [{"url": "https://x.example/key-0123456789"}]
_TOLD = [{"name": name, "webhook_configs": _HOOKS, "slack_configs": []} for name in RECEIVERS]


@given(routes=TREES, several=st.lists(LABELS, min_size=1, max_size=3))
def test_without_addresses_and_keys_alerts_go_the_same_ways(
    routes: list[dict[str, object]], several: list[dict[str, str]]
) -> None:
    given = {
        "route": {"receiver": "one", "routes": routes},
        "receivers": _TOLD,
        "global": {"x_password": "key-0123456789"},
    }
    text = json.dumps(given)
    left = skeleton(text)
    assert "0123456789" not in left
    assert skeleton(left) == left
    tree, bare = Tree.of(text), Tree.of(left)
    assert (tree.receivers, tree.defined) == (bare.receivers, bare.defined) == (frozenset(RECEIVERS),) * 2
    for labels in several:
        assert tree.matches(labels) == bare.matches(labels)


def test_labels_may_be_called_as_secrets_are() -> None:
    routes = [{"receiver": "two", "match": {"token": "abc", "tenant_key": "shop"}, "mute_time_intervals": ["nights"]}]
    left = skeleton(configuration(routes))  # type: ignore[arg-type]
    (found,) = Tree.of(left).matches({"token": "abc", "tenant_key": "shop"})
    assert found == ("two", True)
