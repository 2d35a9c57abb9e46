"""Waivers that do not hold, or hold twice."""

from collections.abc import Iterator
from itertools import pairwise

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Decision, Waiver
from pagerworthy.problem import Problem


def dates(scope: Scope) -> Iterator[Problem]:
    """PW215, PW219: a waiver holds today."""
    for waiver in scope.catalog.waivers:
        spec = waiver.spec
        if spec.granted < spec.expires < scope.today:
            message = f"the waiver of {spec.criterion} for {spec.service} expired on {spec.expires}"
            mend = f"meet {spec.criterion} and remove this file, or have a new waiver granted"
            yield scope.problem("PW215", message, "Waiver", waiver.name, "spec.expires", mend)
        elif spec.granted > scope.today:
            message = f"the waiver is granted from {spec.granted} on, and covers nothing before"
            mend = "mend the date, if it is wrong"
            yield scope.problem("PW219", message, "Waiver", waiver.name, "spec.granted", mend)


def criteria(scope: Scope) -> Iterator[Problem]:
    """PW217: waivers and conditions name criteria of the rubric."""
    if scope.criteria is None:
        return
    for waiver in scope.catalog.waivers:
        if waiver.spec.criterion not in scope.criteria:
            yield _unknown(scope, waiver.spec.criterion, waiver, "spec.criterion")
    for decision in scope.catalog.decisions:
        for index, condition in enumerate(decision.spec.conditions):
            if condition.criterion and condition.criterion not in scope.criteria:
                yield _unknown(scope, condition.criterion, decision, f"spec.conditions[{index}].criterion")


def twice(scope: Scope) -> Iterator[Problem]:
    """PW218: at no time do two waivers cover the same criterion of a service."""
    groups: dict[tuple[str, str], list[Waiver]] = {}
    for waiver in scope.catalog.waivers:
        groups.setdefault((waiver.spec.service, waiver.spec.criterion), []).append(waiver)
    for (service, criterion), group in sorted(groups.items()):
        group.sort(key=lambda each: (each.spec.granted, each.name))
        for before, after in pairwise(group):
            if after.spec.granted <= before.spec.expires:
                message = f"{before.name} waives {criterion} for {service} until {before.spec.expires} already"
                mend = f"keep one of the two, or grant this one from {before.spec.expires} on"
                yield scope.problem("PW218", message, "Waiver", after.name, "spec.granted", mend)


def _unknown(scope: Scope, criterion: str, entry: Waiver | Decision, path: str) -> Problem:
    near = scope.near(criterion, scope.criteria or ())
    mend = f"did you mean {near}?" if near else "write the id of a criterion of the rubric"
    return scope.problem("PW217", f"there is no criterion {criterion}", entry.kind, entry.name, path, mend)
