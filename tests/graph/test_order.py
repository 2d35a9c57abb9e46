"""Cycles, and the order of deployment."""

import itertools

import networkx as nx
from hypothesis import given

from pagerworthy.catalog import Resource
from pagerworthy.graph import Cycle, DependencyGraph, deploy_order, find_cycles, graph_facts, hard_cycles, soft_cycles
from pagerworthy.graph.stacks import stack_edges
from tests.graph.catalogs import catalog, catalogs, need, service


def stacks(graph: DependencyGraph, *, hard: bool) -> "nx.DiGraph[str]":
    """What must be deployed before what, told apart from the code by being written differently."""
    found: nx.DiGraph[str] = nx.DiGraph()
    known = {node.id for node in graph.services()}
    found.add_nodes_from(known)
    for edge in graph.edges:
        owner = edge.target.split("/")[0]
        owns = "/" in edge.target and owner == edge.source
        if owner in known and not owns and (edge.is_hard or not hard):
            soft = not edge.is_hard and found.get_edge_data(edge.source, owner, {}).get("soft", True)
            found.add_edge(edge.source, owner, soft=soft)
    return found


def on_path(cycle: Cycle) -> list[str]:
    return [name for name in cycle.path if "/" not in name]


def circles(graph: "nx.DiGraph[str]") -> list[set[str]]:
    groups = nx.strongly_connected_components(graph)
    return sorted((g for g in groups if len(g) > 1 or graph.has_edge(*[next(iter(g))] * 2)), key=min)


@given(catalogs())
def test_every_hard_cycle_is_named_by_a_shortest_path(drawn):
    graph = DependencyGraph.of(drawn)
    hard = stacks(graph, hard=True)
    found = hard_cycles(graph)
    assert [set(cycle.services) for cycle in found] == circles(hard)
    for cycle in found:
        path = on_path(cycle)
        assert path[0] == path[-1] == min(path)
        assert nx.is_path(hard, path)
        inside = hard.subgraph(cycle.services)
        shortest = min(1 + nx.shortest_path_length(inside, v, u) for u, v in inside.edges)
        assert len(path) - 1 == shortest
        assert cycle.soft == ()


@given(catalogs())
def test_every_soft_cycle_is_named_by_a_shortest_path_over_a_soft_edge(drawn):
    graph = DependencyGraph.of(drawn)
    every = stacks(graph, hard=False)
    soft = {(u, v) for u, v in every.edges if every.edges[u, v]["soft"]}
    groups = [g for g in circles(every) if any(u in g and v in g for u, v in soft)]
    found = soft_cycles(graph)
    assert [set(cycle.services) for cycle in found] == groups
    for cycle in found:
        path = on_path(cycle)
        assert path[0] == path[-1]
        assert nx.is_path(every, path)
        steps = set(itertools.pairwise(path))
        assert {(u, v.split("/")[0]) for u, v in cycle.soft} == steps & soft != set()
        inside = every.subgraph(cycle.services)
        starts = [(u, v) for u, v in soft if u in inside and v in inside]
        assert len(path) - 1 == min(1 + nx.shortest_path_length(inside, v, u) for u, v in starts)


@given(catalogs())
def test_waves_respect_every_hard_edge_and_hold_each_service_once(drawn):
    graph = DependencyGraph.of(drawn)
    order = deploy_order(graph)
    hard = stacks(graph, hard=True)
    wave_of = {name: number for number, wave in enumerate(order.waves) for name in wave}
    placed = [name for wave in order.waves for name in wave]
    assert sorted([*placed, *order.blocked]) == sorted(drawn.services)
    for source, target in hard.edges:
        if source in wave_of:
            assert wave_of[target] < wave_of[source]
    # No service waits longer than it must.
    for name, number in wave_of.items():
        assert number == max((wave_of[target] + 1 for target in hard.successors(name)), default=0)
    cyclic = set().union(*circles(hard)) if circles(hard) else set()
    needing = cyclic | {name for name in hard if nx.descendants(hard, name) & cyclic}
    assert set(order.blocked) == needing
    assert bool(order.cycles) == bool(cyclic)


@given(catalogs(acyclic=True))
def test_a_catalog_without_cycles_has_an_order_for_everything(drawn):
    graph = DependencyGraph.of(drawn)
    order = deploy_order(graph)
    assert (order.cycles, order.blocked) == ((), ())
    wave_of = {name: number for number, wave in enumerate(order.waves) for name in wave}
    for edge in graph.edges:
        owner = graph.nodes[edge.target].service
        if edge.is_hard and owner in wave_of and owner != edge.source:
            assert wave_of[owner] < wave_of[edge.source]
    assert sorted(wave_of) == [node.id for node in graph.services()]


def test_a_soft_cycle_is_broken_by_name_and_delays_nobody():
    graph = DependencyGraph.of(catalog(service("aa", need("bb", "soft")), service("bb", need("aa", "soft"))))
    order = deploy_order(graph)
    assert order.waves == (("aa", "bb"),)
    (cycle,) = find_cycles(graph)
    assert (cycle.criticality, cycle.path) == ("soft", ("aa", "bb", "aa"))
    assert cycle.soft == (("aa", "bb"), ("bb", "aa"))


def test_a_cycle_over_a_resource_names_the_resource_and_its_owner():
    graph = DependencyGraph.of(
        catalog(
            service("checkout", need("mail/outbox")),
            service("mail", need("checkout"), resources={"outbox": Resource(type="queue")}),
            service("web", need("checkout")),
            service("ad"),
        )
    )
    order = deploy_order(graph)
    assert [cycle.path for cycle in order.cycles] == [("checkout", "mail/outbox", "mail", "checkout")]
    assert order.waves == (("ad",),)
    assert order.blocked == ("checkout", "mail", "web")
    # Nothing runs in a circle here: the circle is in what must be deployed before what.
    assert graph.hard_up[graph.index["mail"]] == 0


def test_a_service_that_needs_itself_is_a_cycle():
    (cycle,) = hard_cycles(DependencyGraph.of(catalog(service("aa", need("aa")))))
    assert cycle.path == ("aa", "aa")


def test_a_ring_of_two_thousand_services_is_named_whole():
    count = 2000
    ring = [service(f"s{n:04}", need(f"s{(n + 1) % count:04}")) for n in range(count)]
    (cycle,) = hard_cycles(DependencyGraph.of(catalog(*ring)))
    assert len(cycle.path) == count + 1


def test_a_chain_of_two_thousand_services_is_ordered_and_counted():
    count = 2000
    chain = [service(f"s{n:04}", *([need(f"s{n - 1:04}")] if n else [])) for n in range(count)]
    drawn = catalog(*chain)
    graph = DependencyGraph.of(drawn)
    assert deploy_order(graph).waves == tuple((f"s{n:04}",) for n in range(count))
    facts = graph_facts(drawn, graph)
    assert [facts[f"s{n:04}"].dependents_hard for n in range(count)] == list(range(count - 1, -1, -1))


def test_a_circle_is_the_shortest_even_where_most_services_need_one_other_alone():
    count = 50
    ring = [service(f"s{n:02}", need(f"s{(n + 1) % count:02}")) for n in range(count - 1)]
    last = service("s49", need("s00"), need("s45"))
    (cycle,) = hard_cycles(DependencyGraph.of(catalog(*ring, last)))
    assert cycle.path == ("s45", "s46", "s47", "s48", "s49", "s45")


def test_what_is_missing_is_listed_and_orders_nothing():
    graph = DependencyGraph.of(catalog(service("aa", need("gone"), need("bb/lost")), service("bb")))
    order = deploy_order(graph)
    assert order.waves == (("bb",), ("aa",))
    assert order.missing == ("gone", "bb/lost")


def test_the_hardest_and_most_direct_edge_stands_between_two_stacks():
    graph = DependencyGraph.of(
        catalog(
            service("cart", resources={"db": Resource(type="postgres")}),
            service("web", need("cart", "soft"), need("cart/db")),
        )
    )
    assert stack_edges(graph, hard=False)["web"]["cart"].target == "cart/db"
    assert set(stack_edges(graph, hard=True)["web"]) == {"cart"}
