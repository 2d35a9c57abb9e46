"""What entries say of each other: one rule a function, each named with the codes that it reports."""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from pagerworthy.catalog.catalog import Catalog
from pagerworthy.catalog.checks import (
    attestations,
    cloud,
    cloud_limits,
    cycles,
    decisions,
    dependencies,
    future,
    paths,
    people,
    promises,
    references,
    releases,
    waivers,
)
from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.problem import Problem, sort_key

RULES: tuple[Callable[[Scope], Iterator[Problem]], ...] = (
    references.owners,
    references.systems,
    references.services,
    references.resources,
    references.environments,
    references.teams,
    dependencies.lower_tier,
    cycles.hard_cycles,
    cycles.system_cycles,
    promises.too_high,
    paths.files,
    waivers.dates,
    waivers.criteria,
    waivers.twice,
    attestations.dates,
    attestations.twice,
    attestations.people,
    decisions.order,
    decisions.levels,
    decisions.parties,
    people.members,
    people.approvers,
    future.happened,
    cloud.zones,
    cloud.regions,
    cloud.prefixes,
    cloud.holders,
    cloud.names,
    cloud.domains,
    cloud_limits.passwords,
    cloud_limits.callers,
    cloud_limits.alarms,
    cloud_limits.grants,
    releases.readable,
)


def check_decisions(catalog: Catalog, *, as_of: dt.datetime) -> list[Problem]:
    """The problems of decisions with each other, as `check` has them, for whoever has to know who holds which pager."""
    return sorted(decisions.order(Scope(catalog, Path(), as_of, None)), key=sort_key)


def check(
    catalog: Catalog, root: Path, *, as_of: dt.datetime, criteria: Collection[str] | None = None
) -> list[Problem]:
    """The problems between entries, sorted, with document paths in place of lines (see `locate`).

    `as_of` is the moment for which dates are judged, with a time zone. `criteria` are the ids that waivers and
    conditions may name; None leaves that rule out. What an entry says against itself alone, `load` has reported.
    """
    scope = Scope(catalog, root, as_of, criteria)
    return sorted((problem for rule in RULES for problem in rule(scope)), key=sort_key)
