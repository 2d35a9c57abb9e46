"""What the catalog alone says against bringing a stack up: for `pagerworthy up` and for `pulumi up` alike."""

import datetime as dt
from collections.abc import Iterable, Sequence

from pagerworthy.catalog import Catalog, Decision
from pagerworthy.graph import DependencyGraph, hard_cycles
from pagerworthy.handover import pager_at
from pagerworthy.problem import Problem
from pagerworthy.stacks.names import PLATFORM, stack_name
from pagerworthy.stacks.refusals import refusals
from pagerworthy.stacks.run.result import Outcome, Visit


def untouched(
    catalog: Catalog, graph: DependencyGraph, problems: Iterable[Problem], environment: str, services: Sequence[str]
) -> dict[str, Visit]:
    """The stacks of an environment that stay as they are because of the catalog, with the reason of each, by name.

    What is refused, and what is part of a hard cycle, fails. What follows from an entry that cannot be read stays as it
    is: to bring it up would take away what that entry may need. `problems` are those of checking the catalog;
    `services` are asked for, `platform` among them.
    """
    found: dict[str, Visit] = {}

    def leave(service: str, outcome: Outcome, message: str, mend: str) -> None:
        name = stack_name(service, environment)
        found.setdefault(name, Visit(name, outcome, message=message, help=mend))

    refused = refusals(catalog, problems)
    for service in services:
        if service in refused:
            first = refused[service][0]
            leave(service, Outcome.FAILED, f"{first.code}: {first.message}", first.help)
    for cycle in hard_cycles(graph):
        message = f"a hard cycle cannot come up: {' needs '.join(cycle.path)}"
        for service in cycle.services:
            leave(service, Outcome.FAILED, message, "make one of these dependencies soft")
    lost = catalog.unreadable
    if lost:
        entry = next(iter(lost.values()))
        mend = "pagerworthy check"
        leave(PLATFORM, Outcome.KEPT, f"what {entry.name} needs of it is not known: {entry.why}", mend)
        for service in services:
            if service != PLATFORM and (unread := _unread_needs(graph, service)):
                leave(service, Outcome.KEPT, f"the entry of {unread} cannot be read, which it needs", mend)
    if catalog.closed:
        leave(
            PLATFORM,
            Outcome.KEPT,
            f"what services need of it is not known: {catalog.closed[0]} cannot be read",
            "pagerworthy check",
        )
    return found


def frozen_by(catalog: Catalog, service: str, moment: dt.datetime) -> Decision | None:
    """The decision that freezes a service's deployments at a moment; None where none is in force."""
    decisions = [each for each in catalog.decisions if each.spec.service == service and each.spec.time <= moment]
    if not pager_at(decisions, moment).frozen:
        return None
    freezes = [each for each in decisions if each.spec.action == "freeze"]
    return max(freezes, key=lambda each: (each.spec.time, each.name))


def _unread_needs(graph: DependencyGraph, service: str) -> str:
    return next((graph.nodes[edge.target].name for edge in graph.needs(service) if graph.nodes[edge.target].unread), "")
