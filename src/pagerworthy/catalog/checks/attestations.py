"""What people attest: whether it still holds, is said once, and by somebody who is known."""

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Attestation
from pagerworthy.problem import Problem

# As long as the oldest evidence that a criterion of the shipped rubric takes: a year, and time to ask again.
LONGEST = dt.timedelta(days=400)


def alone(entry: Attestation) -> Iterator[tuple[str, str, str, str]]:
    """PW250, PW251, PW256: what an attestation says against itself: code, message, place and how to mend it."""
    spec = entry.spec
    if spec.until < spec.date:
        message = f"what was attested on {spec.date} holds until {spec.until}"
        yield "PW250", message, "spec.until", f"write the last day on which it holds: {spec.date} or later"
    elif spec.until - spec.date > LONGEST:
        # The calendar ends in 9999, and the schema in 2099.
        last = spec.date + LONGEST
        message = f"it is to hold {(spec.until - spec.date).days} days, and at most {LONGEST.days} are allowed"
        yield "PW251", message, "spec.until", f"write {last} or a day before; it does not count after that"
    training = spec.training
    if training is not None and training.trained > training.rotation:
        message = f"{training.trained} people of a rotation of {training.rotation} were trained"
        yield "PW256", message, "spec.training.trained", f"write {training.rotation} or less, or mend rotation"


def dates(scope: Scope) -> Iterator[Problem]:
    """PW254: the last attestation of each thing still holds."""
    for (service, key), group in _groups(scope).items():
        if service not in scope.names("Service"):
            continue
        last = group[-1]
        if last.spec.date <= last.spec.until < scope.today:
            message = f"{key} of {service} is attested until {last.spec.until}, and stale since"
            mend = f"ask {last.spec.by.name} again: `pagerworthy new attestation {service} {key}`"
            yield scope.problem("PW254", message, "Attestation", last.name, "spec.until", mend)


def twice(scope: Scope) -> Iterator[Problem]:
    """PW252, PW253: at no time are there two attestations of the same thing."""
    for (service, key), group in _groups(scope).items():
        for before, after in pairwise(group):
            if after.spec.date == before.spec.date:
                message = f"{before.name} attests {key} of {service} on the same day, {before.spec.date}"
                mend = "keep one of the two"
                yield scope.problem("PW253", message, "Attestation", after.name, "spec.date", mend)
            elif after.spec.date <= before.spec.until:
                message = f"{before.name} attests {key} of {service} until {before.spec.until} already"
                eve = after.spec.date - dt.timedelta(days=1)
                mend = f"remove {scope.names('Attestation')[before.name]}, or write until: {eve} there"
                yield scope.problem("PW252", message, "Attestation", after.name, "spec.date", mend)


def people(scope: Scope) -> Iterator[Problem]:
    """PW255, PW257: whoever attests is somebody of the catalog, and a cost is accepted by the business owner."""
    catalog = scope.catalog
    if not catalog.attestations:
        return
    known = {person.name for team in catalog.teams.values() for person in team.spec.members}
    known |= {system.spec.business_owner.name for system in catalog.systems.values() if system.spec.business_owner}
    # An entry that cannot be read may name them.
    whole = not (scope.any_broken("Team") or scope.any_broken("System"))
    # Whoever said what has been said again since may have left, and need not be anybody's any more.
    for each in (group[-1] for group in _groups(scope).values()):
        name = each.spec.by.name
        if name not in known and whole:
            near = scope.near(name, sorted(known))
            meant = f"did you mean {near}? otherwise " if near else ""
            mend = f"{meant}add the person to the entry of their team, or ask somebody who is there"
            message = f"{name} attests, and is no member of a team and no business owner"
            yield scope.problem("PW255", message, "Attestation", each.name, "spec.by.name", mend)
        elif each.spec.unit_cost is not None and each.spec.unit_cost.accepted:
            yield from _accepted(scope, each)


def _accepted(scope: Scope, each: Attestation) -> Iterator[Problem]:
    ties = scope.catalog.ties.get(each.spec.service)
    system = scope.catalog.systems.get(ties.system) if ties is not None else None
    if system is None or system.spec.business_owner is None or system.spec.business_owner.name == each.spec.by.name:
        return
    owner = system.spec.business_owner.name
    message = f"{each.spec.by.name} accepts the cost, and the business owner of {system.name} is {owner}"
    mend = f"let {owner} attest it, or mend business_owner in the entry of {system.name}"
    yield scope.problem("PW257", message, "Attestation", each.name, "spec.by.name", mend)


def _groups(scope: Scope) -> dict[tuple[str, str], list[Attestation]]:
    """The attestations of each service and key, the oldest first."""
    groups: dict[tuple[str, str], list[Attestation]] = {}
    for each in sorted(scope.catalog.attestations, key=lambda each: (each.spec.date, each.name)):
        groups.setdefault((each.spec.service, each.spec.attests), []).append(each)
    return groups
