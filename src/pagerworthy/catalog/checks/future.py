"""What is said to have happened, on a day that has not come."""

import datetime as dt
from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Kind, Postmortem
from pagerworthy.problem import Problem

# Where a day is written down, it may begin before it does in UTC.
_ZONES = dt.timedelta(days=1)


def happened(scope: Scope) -> Iterator[Problem]:
    """PW246: no review, attestation or incident is dated in the future, nor what was done about one.

    PW221 tells of decisions.
    """
    latest = scope.today + _ZONES
    for name, ties in scope.catalog.ties.items():
        for path, day in ties.past:
            if day > latest:
                yield _problem(scope, "Service", name, path, day.isoformat())
    for postmortem in scope.catalog.postmortems:
        for path, moment in _moments(postmortem):
            if moment > scope.as_of:
                yield _problem(
                    scope, "Postmortem", postmortem.name, path, f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
                )
                break
        for index, action in enumerate(postmortem.spec.actions):
            yield from _day(scope, "Postmortem", postmortem.name, f"spec.actions[{index}].done", action.done)
    for attestation in scope.catalog.attestations:
        yield from _day(scope, "Attestation", attestation.name, "spec.date", attestation.spec.date)
    for decision in scope.catalog.decisions:
        for index, condition in enumerate(decision.spec.conditions):
            yield from _day(scope, "Decision", decision.name, f"spec.conditions[{index}].done", condition.done)


def _moments(postmortem: Postmortem) -> Iterator[tuple[str, dt.datetime]]:
    spec = postmortem.spec
    yield "spec.started", spec.started
    yield "spec.mitigated", spec.mitigated
    if spec.detected is not None:
        yield "spec.detected", spec.detected


def _day(scope: Scope, kind: Kind, name: str, path: str, day: dt.date | None) -> Iterator[Problem]:
    if day is not None and day > scope.today + _ZONES:
        yield _problem(scope, kind, name, path, day.isoformat())


def _problem(scope: Scope, kind: Kind, name: str, path: str, when: str) -> Problem:
    what = path.rpartition(".")[2].replace("_", " ")
    message = f"{what} is {when}, which has not come on {scope.today}"
    return scope.problem("PW246", message, kind, name, path, "mend the date, if it is wrong; it is in UTC")
