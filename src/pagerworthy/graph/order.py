"""In which order the services' stacks are deployed."""

from graphlib import TopologicalSorter

import msgspec

from pagerworthy.graph.cycles import Cycle, hard_cycles
from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.stacks import stack_edges


class DeployOrder(msgspec.Struct, frozen=True):
    """Waves of services, each sorted by name: all that a service needs hard is in an earlier wave.

    Only hard edges make waves: this is what has to be. `pagerworthy up` waits for soft ones, too, where no circle
    keeps it from that, and `pagerworthy waves` says that order.

    A hard cycle cannot be ordered. `cycles` names it, and `blocked` lists its services and all that need them
    hard; all other services still have their wave. `missing` lists what services need and the catalog does
    not have; `unread` the nodes of services whose entries cannot be read, which therefore have no wave.
    """

    waves: tuple[tuple[str, ...], ...]
    cycles: tuple[Cycle, ...] = ()
    blocked: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def deploy_order(graph: DependencyGraph) -> DeployOrder:
    """Puts all services of a graph in order."""
    needed = stack_edges(graph, hard=True)
    cycles = hard_cycles(graph)
    blocked = _blocked({name: set(targets) for name, targets in needed.items()}, cycles)
    sorter = TopologicalSorter({name: list(targets) for name, targets in needed.items() if name not in blocked})
    sorter.prepare()
    waves = []
    while sorter.is_active():
        ready = sorter.get_ready()
        waves.append(tuple(sorted(ready)))
        sorter.done(*ready)
    return DeployOrder(
        waves=tuple(waves),
        cycles=cycles,
        blocked=tuple(sorted(blocked)),
        missing=tuple(node.id for node in graph.nodes.values() if not node.known and not node.unread),
        unread=tuple(node.id for node in graph.nodes.values() if node.unread),
    )


def _blocked(needed: dict[str, set[str]], cycles: tuple[Cycle, ...]) -> set[str]:
    """The services of hard cycles and all that need one of them."""
    needed_by: dict[str, list[str]] = {name: [] for name in needed}
    for name, targets in needed.items():
        for target in targets:
            needed_by[target].append(name)
    blocked = {name for cycle in cycles for name in cycle.services}
    open_names = sorted(blocked)
    while open_names:
        for name in needed_by[open_names.pop()]:
            if name not in blocked:
                blocked.add(name)
                open_names.append(name)
    return blocked
