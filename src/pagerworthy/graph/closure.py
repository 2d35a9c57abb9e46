"""What every node reaches, for all nodes at once.

A set of nodes is one integer, with bit `i` set for node `i`. Each component's set is the union of its
successors' sets, so that one pass over the condensation, at one OR an edge, answers for all nodes (Nuutila,
*Efficient transitive closure computation in large digraphs*, 1995).
"""

from collections.abc import Iterator

from pagerworthy.reliability.components import Successors


def transitive_closure(successors: Successors, ordered: list[list[int]]) -> tuple[int, ...]:
    """For each node the bit set of all others that can be reached from it, never with the node itself.

    `ordered` lists the strongly connected components, each after those that it leads to.
    """
    # A node's own component is still 0 while it is being summed up, so edges inside it add nothing.
    reached = [0] * len(successors)
    for component in ordered:
        total = 0
        for node in component:
            for target in successors[node]:
                total |= reached[target]
        for node in component:
            total |= 1 << node
        for node in component:
            reached[node] = total
    return tuple(total ^ (1 << node) for node, total in enumerate(reached))


def bits(mask: int) -> Iterator[int]:
    """The numbers of the bits that are set, in rising order."""
    digits = bin(mask)[:1:-1]
    position = digits.find("1")
    while position >= 0:
        yield position
        position = digits.find("1", position + 1)
