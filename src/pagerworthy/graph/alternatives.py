"""What fails with what, where a service needs only one of several: the failure of one alternative is no failure."""

from collections.abc import Sequence

from pagerworthy.graph.closure import bits
from pagerworthy.reliability import Groups


def failing_with(
    needs: Sequence[Groups], ordered: list[list[int]], plain_up: Sequence[int], plain_down: Sequence[int]
) -> tuple[int, ...]:
    """For each node the bit set of the others that fail when it fails, and nothing else does.

    `needs` lists, for each node, the groups of nodes of each of which one is enough; `ordered` the strongly connected
    components, each after those that it needs. `plain_up` and `plain_down` are the closures over groups of one: for
    each node who reaches it, and whom it reaches. One pass; a node fails with whatever all members of one of its groups
    fail with.
    """
    causes = [1 << node for node in range(len(needs))]
    for component in ordered:
        again = True
        while again:
            grown = [node for node in component if _grown(node, needs[node], causes)]
            again = bool(grown) and len(component) > 1
    up = list(plain_up)
    for node, cause in enumerate(causes):
        for other in bits(cause & ~plain_down[node] & ~(1 << node)):
            up[other] |= 1 << node
    return tuple(up)


def _grown(node: int, groups: Groups, causes: list[int]) -> bool:
    total = causes[node]
    for group in groups:
        common = -1
        for target in group:
            common &= causes[target]
        total |= common
    grown = total != causes[node]
    causes[node] = total
    return grown
