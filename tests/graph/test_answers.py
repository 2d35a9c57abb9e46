"""Blast radius, single points of failure and facts."""

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.catalog import Catalog, Compute, OnCall, Replicas, Resource
from pagerworthy.graph import (
    DependencyGraph,
    Redundancy,
    failing_services,
    graph_facts,
    impact_of,
    single_points,
)
from tests.graph.catalogs import catalog, catalogs, need, provider, service, team

ONE_REPLICA = Compute(type="fargate", zones=2, replicas=Replicas(min=1, max=2))


def shop() -> Catalog:
    return catalog(
        service("web", need("checkout", "soft"), need("cart"), tier=1, owner="front", slo=99.5),
        service("checkout", need("cart"), provider("stripe", 99.99), tier=1, owner="orders", slo=99.9),
        service("cart", tier=2, owner="orders", slo=99.95, resources={"valkey": Resource(type="redis")}),
        service("report", need("cart/valkey", "soft", access="read"), need("checkout"), tier=4, owner="data"),
        service("ad", tier=3, owner="front"),
        team("orders", "Orders", "https://oncall.example.com/orders"),
        team("front", "Front end"),
    )


def test_impact_tells_who_fails_who_degrades_what_is_promised_and_whom_to_tell():
    drawn = shop()
    impact = impact_of(drawn, DependencyGraph.of(drawn), "checkout")
    assert [(row.service, row.tier, row.owner, row.through) for row in impact.fails] == [
        ("report", 4, "data", "checkout")
    ]
    assert [(row.service, row.through) for row in impact.degrades] == [("web", "checkout")]
    assert [(row.service, row.slo, row.effect) for row in impact.promises] == [
        ("checkout", "availability", "fails"),
        ("web", "availability", "degrades"),
    ]
    assert [(row.team, row.label, row.schedule, row.services) for row in impact.tell] == [
        ("data", "data", "", ("report",)),
        ("front", "Front end", "", ("web",)),
        ("orders", "Orders", "https://oncall.example.com/orders", ("checkout",)),
    ]


def test_whoever_is_really_called_is_told():
    own = OnCall(schedule="https://oncall.example.com/ledger")
    drawn = catalog(
        service("cart", owner="orders"),
        service("ledger", need("cart"), owner="orders", oncall=own),
        service("web", need("cart"), owner="orders"),
        service("report", need("cart"), owner="data", oncall=own),
        team("orders", "Orders", "https://oncall.example.com/orders"),
    )
    impact = impact_of(drawn, DependencyGraph.of(drawn), "cart")
    assert [(row.team, row.schedule, row.services) for row in impact.tell] == [
        ("data", "https://oncall.example.com/ledger", ("report",)),
        ("orders", "https://oncall.example.com/ledger", ("ledger",)),
        ("orders", "https://oncall.example.com/orders", ("cart", "web")),
    ]


def test_a_resource_takes_down_its_owner_and_who_needs_the_owner():
    drawn = shop()
    impact = impact_of(drawn, DependencyGraph.of(drawn), "cart/valkey")
    assert [(row.service, row.through) for row in impact.fails] == [
        ("checkout", "cart"),
        ("web", "cart"),
        ("cart", "cart/valkey"),
        ("report", "checkout"),
    ]
    assert impact.degrades == ()


@given(catalogs(), st.data())
def test_each_dependent_fails_or_degrades_and_its_way_down_is_real(drawn, data):
    graph = DependencyGraph.of(drawn)
    node = data.draw(st.sampled_from(graph.ids))
    impact = impact_of(drawn, graph, node)
    fails = {row.service for row in impact.fails}
    degrades = {row.service for row in impact.degrades}
    position = graph.index[node]
    assert fails == set(graph.names(graph.hard_up[position]))
    assert degrades == set(graph.names(graph.all_up[position])) - fails
    assert {row.service for row in impact.degrades if row.soft_steps == 1} == set(graph.names(graph.soft_up[position]))
    weighed: nx.DiGraph[str] = nx.DiGraph()
    weighed.add_nodes_from(graph.nodes)
    for edge in graph.edges:
        weighed.add_edge(edge.target, edge.source, soft=int(not edge.is_hard))
    fewest = nx.single_source_dijkstra_path_length(weighed, node, weight="soft")
    steps = {row.service: row.soft_steps for row in (*impact.fails, *impact.degrades)}
    assert steps == {name: count for name, count in fewest.items() if name != node}
    for row in (*impact.fails, *impact.degrades):
        (edge,) = [edge for edge in graph.needs(row.service) if edge.target == row.through]
        assert row.soft_steps == steps.get(row.through, 0) + (not edge.is_hard)
    told = {name for row in impact.tell for name in row.services}
    own = {graph.nodes[node].service} & set(drawn.services)
    assert told == own | {name for name, count in steps.items() if count < 2}


def test_single_points_are_ranked_by_tier_then_by_what_fails():
    drawn = catalog(
        service("web", need("cart"), need("ad", "soft"), tier=1),
        service("cart", provider("stripe"), tier=2, resources={"db": Resource(type="postgres")}),
        service("ad", need("elsewhere"), tier=3, compute=ONE_REPLICA),
        service("tool", need("ad"), tier=4),
        service("elsewhere", tier=4, compute=None),
        service("lonely", tier=4, compute=ONE_REPLICA),
        service("front", tier=1, compute=ONE_REPLICA),
        service("safe", tier=1, resources={"db": Resource(type="postgres", zones=2)}),
    )
    graph = DependencyGraph.of(drawn)
    points = single_points(graph)
    assert [(p.node.id, p.fails, p.tiers, p.best_tier, p.node.weakness) for p in points.single] == [
        ("cart/db", 2, (1, 1, 0, 0), 1, "1 zone"),
        ("external:stripe", 2, (1, 1, 0, 0), 1, "1 provider"),
        ("front", 1, (1, 0, 0, 0), 1, "1 replica"),
        ("ad", 2, (0, 0, 1, 1), 3, "1 replica"),
    ]
    assert [(p.node.id, p.fails) for p in points.unknown] == [("elsewhere", 3)]
    assert failing_services(graph, points.single[0]) == ("cart", "web")
    assert failing_services(graph, points.single[2]) == ("front",)


def facts_of(drawn: Catalog, name: str):
    return graph_facts(drawn, DependencyGraph.of(drawn))[name]


def test_facts_of_the_shop():
    facts = facts_of(shop(), "cart")
    assert (facts.dependents_hard, facts.dependents_all) == (3, 3)
    assert facts.single_points == ("cart/valkey",)
    assert not facts.in_hard_cycle
    facts = facts_of(shop(), "checkout")
    assert facts.hard_lower_tier == ("cart",)
    assert (facts.dependents_hard, facts.dependents_all) == (1, 2)
    assert facts.ceiling == pytest.approx(99.95 * 99.99 / 100)
    assert facts.limiting == "cart"
    assert facts.single_points == ("external:stripe",)
    assert facts.unexplained == ("cart", "external:stripe")


def test_a_hard_cycle_is_a_fact_of_its_members_alone():
    drawn = catalog(service("aa", need("bb")), service("bb", need("aa")), service("cc", need("aa")))
    facts = graph_facts(drawn, DependencyGraph.of(drawn))
    assert [facts[name].in_hard_cycle for name in ("aa", "bb", "cc")] == [True, True, False]


def test_points_without_redundancy_are_told_from_those_nobody_knows():
    drawn = catalog(
        service("web", need("cart"), need("ad", "soft"), compute=ONE_REPLICA),
        service("cart", compute=None),
        service("ad", compute=ONE_REPLICA),
    )
    facts = facts_of(drawn, "web")
    assert facts.single_points == ("web",)
    assert facts.unclear_points == ("cart",)


@pytest.mark.parametrize(
    ("owner_access", "other_access", "kind", "shared", "unclear"),
    [
        ("", "write", "postgres", True, False),
        ("", "read-write", "bucket", True, False),
        ("", "read", "postgres", False, False),
        ("", "", "postgres", False, True),
        ("read", "write", "postgres", False, False),
        ("read-write", "write", "redis", True, False),
        ("", "write", "queue", False, False),
        ("", "", "topic", False, False),
    ],
)
def test_a_data_store_has_one_writer(owner_access, other_access, kind, shared, unclear):
    own = [need("cart/db", access=owner_access)] if owner_access else []
    drawn = catalog(
        service("cart", *own, resources={"db": Resource(type=kind)}),
        service("web", need("cart/db", access=other_access)),
        service("reader", need("cart/db", access="read")),
    )
    found = graph_facts(drawn, DependencyGraph.of(drawn))
    for name in ("cart", "web"):
        assert found[name].shared_writers == (("cart/db",) if shared else ())
        assert found[name].unclear_writers == (("cart/db",) if unclear else ())
    assert found["reader"].shared_writers == found["reader"].unclear_writers == ()


def test_what_happens_on_failure_is_asked_of_all_but_own_resources():
    drawn = catalog(
        service(
            "web",
            need("aa"),
            need("bb", on_failure="all stops"),
            need("cc", "soft"),
            need("dd", "soft", fallback=""),
            resources={"db": Resource(type="mysql")},
        )
    )
    assert facts_of(drawn, "web").unexplained == ("aa", "dd")


def test_who_enters_the_cardholder_zone_from_outside_is_listed_at_the_zone():
    drawn = catalog(
        service("pay", regulations=("pci-dss",), resources={"db": Resource(type="mysql")}),
        service("vault", need("pay"), regulations=("gdpr", "pci-dss")),
        service("web", need("pay", "soft")),
        service("report", need("pay/db", access="read"), regulations=("gdpr",)),
    )
    assert facts_of(drawn, "pay").zone_crossings == ("report", "web")
    assert facts_of(drawn, "web").zone_crossings == ()


@given(catalogs())
def test_facts_agree_with_the_answers_to_single_questions(drawn):
    graph = DependencyGraph.of(drawn)
    facts = graph_facts(drawn, graph)
    assert list(facts) == sorted(drawn.services)
    weak = {name for name, node in graph.nodes.items() if node.redundancy is Redundancy.SINGLE}
    for name, found in facts.items():
        impact = impact_of(drawn, graph, name)
        assert found.dependents_hard == len(impact.fails)
        assert found.dependents_all == len(impact.fails) + len(impact.degrades)
        near = {name} | {edge.target for edge in graph.needs(name) if edge.is_hard}
        assert set(found.single_points) == near & weak
