"""Circles: of hard dependencies between services, and of systems that are part of each other."""

from collections import deque
from collections.abc import Iterator, Mapping
from itertools import pairwise

from pagerworthy.catalog.checks.dependencies import place_of
from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.problem import Problem

# A circle of more names is shown by its ends.
_SHOWN = 12


def hard_cycles(scope: Scope) -> Iterator[Problem]:
    """PW208: no service needs itself by way of others; one problem for each group of services in circles.

    Who needs another's resource needs its owner, whose stack makes the resource.
    """
    every = scope.catalog.ties
    needs: dict[str, list[str]] = {}
    for name, ties in every.items():
        targets = ties.hard
        if ties.hard_resources:
            targets += tuple([resource.partition("/")[0] for resource in ties.hard_resources])
        needs[name] = [target for target in targets if target != name and target in every]
    for circle in _circles(needs):
        path = place_of(scope, circle[0], circle[1])
        mend = f"make one of these dependencies soft, with a fallback: {' or '.join(_edges(circle))}"
        message = f"hard dependencies form a circle: {_shown(circle)}"
        yield scope.problem("PW208", message, "Service", circle[0], path, mend)


def system_cycles(scope: Scope) -> Iterator[Problem]:
    """PW234: no system is part of itself."""
    systems = scope.catalog.systems
    parts = {name: [system.spec.part_of] if system.spec.part_of in systems else [] for name, system in systems.items()}
    for circle in _circles(parts):
        message = f"the systems are part of each other: {_shown(circle)}"
        yield scope.problem("PW234", message, "System", circle[0], "spec.part_of", "remove part_of from one of them")


def _circles(edges: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """One shortest circle of each group of names that lead to each other, from its first name back to it."""
    left = _without_ends(edges)
    for group in _groups(left) if left else ():
        start = min(group)
        if len(group) > 1 or start in left[start]:
            yield _shortest(start, left, group)


def _without_ends(edges: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The names that can be on a circle: those left when whatever leads nowhere is taken away, again and again."""
    waiting: dict[str, list[str]] = {}
    count = {name: len(targets) for name, targets in edges.items()}
    for name, targets in edges.items():
        for target in targets:
            waiting.setdefault(target, []).append(name)
    ends = [name for name, number in count.items() if not number]
    while ends:
        for name in waiting.get(ends.pop(), ()):
            count[name] -= 1
            if not count[name]:
                ends.append(name)
    return {name: [t for t in edges[name] if count[t]] for name, number in count.items() if number}


def _groups(edges: Mapping[str, list[str]]) -> Iterator[set[str]]:
    """The names that all lead to each other, group by group."""
    # Few catalogs have a circle.
    from pagerworthy.reliability.components import components

    names = sorted(edges)
    position = {name: index for index, name in enumerate(names)}
    for group in components([[position[target] for target in edges[name]] for name in names]):
        yield {names[index] for index in group}


def _shortest(start: str, edges: Mapping[str, list[str]], group: set[str]) -> list[str]:
    """A shortest circle through `start`, which lies on one within the group."""
    came_from: dict[str, str] = {}
    queue = deque([start])
    while start not in came_from:
        name = queue.popleft()
        for target in edges[name]:
            if target in group and target not in came_from:
                came_from[target] = name
                queue.append(target)
    circle = [start, came_from[start]]
    while circle[-1] != start:
        circle.append(came_from[circle[-1]])
    return circle[::-1]


def _edges(circle: list[str]) -> list[str]:
    pairs = [f"{a} to {b}" for a, b in pairwise(circle)]
    return pairs if len(pairs) <= 4 else [*pairs[:3], "any other"]


def _shown(circle: list[str]) -> str:
    names = circle if len(circle) <= _SHOWN else [*circle[: _SHOWN - 2], f"({len(circle) - _SHOWN} more)", *circle[-2:]]
    return " -> ".join(names)
