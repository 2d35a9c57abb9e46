"""Of several alternatives one is enough: what fails, what degrades, and what is a single point."""

import itertools

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.catalog import Catalog, Compute
from pagerworthy.graph import DependencyGraph, graph_facts, impact_of
from tests.graph.catalogs import NAMES, catalog, need, service

ONE = Compute(type="fargate")


def shop() -> Catalog:
    return catalog(
        service("web", need("pay")),
        service("pay", need("aa", any_of="bank"), need("bb", any_of="bank")),
        service("aa", need("net"), compute=ONE),
        service("bb", need("line"), compute=ONE),
        service("line", need("net")),
        service("net"),
    )


def affected(drawn: Catalog, node: str) -> tuple[set[str], dict[str, int]]:
    impact = impact_of(drawn, DependencyGraph.of(drawn), node)
    return {row.service for row in impact.fails}, {row.service: row.soft_steps for row in impact.degrades}


def test_losing_one_alternative_degrades_and_losing_what_all_need_fails():
    drawn = shop()
    assert affected(drawn, "aa") == (set(), {"pay": 1, "web": 1})
    assert affected(drawn, "line") == ({"bb"}, {"pay": 1, "web": 1})
    assert affected(drawn, "net") == ({"aa", "bb", "line", "pay", "web"}, {})
    facts = graph_facts(drawn, DependencyGraph.of(drawn))
    assert [facts[name].dependents_hard for name in ("aa", "line", "net")] == [0, 1, 5]
    assert facts["pay"].single_points == ()
    assert facts["pay"].dependents_all == 1


def test_a_group_of_one_is_a_plain_need():
    drawn = catalog(service("web", need("pay", any_of="bank")), service("pay", compute=ONE))
    assert affected(drawn, "pay") == ({"web"}, {})
    assert graph_facts(drawn, DependencyGraph.of(drawn))["web"].single_points == ("pay",)


def test_a_target_that_is_needed_twice_is_an_alternative_only_where_both_say_so():
    both = (need("aa", any_of="x"), need("bb", any_of="x"))
    for other, fails in ((need("aa"), True), (need("aa", any_of="y"), True), (need("aa", "soft"), False)):
        drawn = catalog(service("web", *both, other), service("aa"), service("bb"))
        assert (affected(drawn, "aa")[0] == {"web"}) is fails


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    names = NAMES[: draw(st.integers(2, 7))]
    services = []
    for name in names:
        targets = draw(st.lists(st.sampled_from([each for each in names if each != name]), max_size=4, unique=True))
        groups = draw(st.lists(st.sampled_from(("", "", "x", "y")), min_size=len(targets), max_size=len(targets)))
        services.append(
            service(name, *(need(t, any_of=g) if g else need(t) for t, g in zip(targets, groups, strict=True)))
        )
    return catalog(*services)


def failing(drawn: Catalog, node: str) -> set[str]:
    """What fails with a node, step by step."""
    down = {node}
    while True:
        more = set()
        for one in drawn.services.values():
            key = lambda each: each.any_of  # noqa: E731 -- twice, and nowhere else
            for group, members in itertools.groupby(sorted(one.spec.dependencies, key=key), key=key):
                lost = [each.target in down for each in members]
                if all(lost) or (not group and any(lost)):
                    more.add(one.name)
        if more <= down:
            return down - {node}
        down |= more


@given(catalogs())
def test_what_fails_with_a_node_is_what_follows_step_by_step(drawn):
    graph = DependencyGraph.of(drawn)
    for name in drawn.services:
        fails, degrades = affected(drawn, name)
        assert fails == failing(drawn, name)
        assert set(graph.names(graph.hard_up[graph.index[name]])) == fails
        assert fails | degrades.keys() == set(graph.names(graph.all_up[graph.index[name]])) - {name}
        softly = set(graph.names(graph.soft_up[graph.index[name]]))
        assert softly == {other for other, steps in degrades.items() if steps == 1}


@given(catalogs())
def test_without_groups_everything_is_as_it_was(drawn):
    plain = catalog(
        *(
            msgspec.structs.replace(
                each,
                spec=msgspec.structs.replace(
                    each.spec,
                    dependencies=tuple(msgspec.structs.replace(one, any_of="") for one in each.spec.dependencies),
                ),
            )
            for each in drawn.services.values()
        )
    )
    graph, other = DependencyGraph.of(plain), DependencyGraph.of(drawn)
    for few, many in zip(other.hard_up, graph.hard_up, strict=True):
        assert few & ~many == 0
