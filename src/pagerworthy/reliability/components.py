"""Strongly connected components of a graph given as successor lists, each after those that it leads to."""

from collections.abc import Sequence

Successors = Sequence[Sequence[int]]


def components(successors: Successors) -> list[list[int]]:
    """The strongly connected components of the nodes `0..n-1`, each after all components that it leads to.

    Each lists its nodes in rising order. Tarjan's algorithm (*Depth-first search and linear graph algorithms*,
    1972) with a list in place of recursion, so that a long chain of services is no deep call: linear in nodes and
    edges. networkx has it too, but its import alone takes longer than this does for any catalog.
    """
    count = len(successors)
    found: list[list[int]] = []
    entered = [0] * count  # when a node was first seen, from 1; 0 for not yet
    low = [0] * count  # the earliest node still open that it leads to
    closed = count + 1  # later than any node, so that what leads to a finished component is not held open by it
    opened: list[int] = []
    clock = 0
    for root in range(count):
        if entered[root]:
            continue
        clock += 1
        entered[root] = low[root] = clock
        opened.append(root)
        work = [(root, iter(successors[root]))]
        while work:
            node, targets = work[-1]
            for target in targets:
                if not entered[target]:
                    clock += 1
                    entered[target] = low[target] = clock
                    opened.append(target)
                    work.append((target, iter(successors[target])))
                    break
                low[node] = min(low[node], low[target])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == entered[node]:
                    found.append(_closed(node, opened, low, closed))
    return found


def _closed(root: int, opened: list[int], low: list[int], closed: int) -> list[int]:
    """Takes the component that was entered at `root` from the open nodes."""
    members: list[int] = []
    while not members or members[-1] != root:
        members.append(opened.pop())
        low[members[-1]] = closed
    return sorted(members)
