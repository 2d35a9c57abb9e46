"""What one entry says against itself, whatever the others say."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from pagerworthy.catalog.checks import attestations
from pagerworthy.catalog.checks.cloud import cloud
from pagerworthy.catalog.checks.levels import levels
from pagerworthy.catalog.checks.suggest import did_you_mean
from pagerworthy.catalog.model import Attestation, Decision, Entry, Postmortem, Service, Team, Waiver
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where

# A code, a message, the place in the document, and how to mend it.
_Finding = tuple[str, str, str, str]
# No one reads more of one entry.
_MAX_FINDINGS = 50


def alone(entry: Entry, file: str) -> Iterator[Problem]:
    """The problems of one entry by itself, with document paths in place of lines."""
    for code, message, path, mend in islice(_findings(entry), _MAX_FINDINGS):
        yield problem(code, message, Where(file=file, path=path), mend)


def _findings(entry: Entry) -> Iterator[_Finding]:
    match entry:
        case Service():
            yield from _dependencies(entry)
            yield from _names(entry)
            yield from _alerts(entry)
            yield from _numbers(entry)
            yield from levels(entry)
            yield from cloud(entry)
        case Team():
            names = [person.name for person in entry.spec.members]
            if entry.spec.lead and entry.spec.lead not in names:
                mend = did_you_mean(entry.spec.lead, names, "add the person to spec.members")
                yield "PW235", f"{entry.spec.lead} is not in the team {entry.name}", "spec.lead", mend
        case Decision():
            yield from _conditions(entry)
        case Waiver():
            granted, expires = entry.spec.granted, entry.spec.expires
            if expires <= granted:
                message = f"the waiver was granted on {granted} and expires on {expires}"
                yield "PW216", message, "spec.expires", f"write the day on which it ends: a day after {granted}"
        case Attestation():
            yield from attestations.alone(entry)
        case Postmortem():
            yield from _times(entry)


def _dependencies(service: Service) -> Iterator[_Finding]:
    """PW209, PW210, PW245: a service depends on others, on each of them once, and a group has several of them."""
    first: dict[str, int] = {}
    groups = Counter(each.any_of for each in service.spec.dependencies if each.any_of)
    for index, each in enumerate(service.spec.dependencies):
        target = each.service or each.resource or f"external {each.external}"
        path = f"spec.dependencies[{index}].{each.kind}"
        if each.service == service.metadata.name:
            yield "PW209", f"{each.service} depends on itself", path, "remove it, or name another service"
        before = first.setdefault(target, index)
        if before != index:
            message = f"{each.target} is already the dependency number {before + 1}"
            yield "PW210", message, path, "keep one of the two"
        if groups and groups.get(each.any_of) == 1:
            message = f"nothing can stand in for {each.target}: no other dependency is of the group {each.any_of}"
            others = [group for group in groups if group != each.any_of]
            mend = did_you_mean(each.any_of, others, "remove any_of, or give it to the one that can stand in")
            yield "PW245", message, f"spec.dependencies[{index}].any_of", mend


def _names(service: Service) -> Iterator[_Finding]:
    """PW226: SLOs, alerts and probes of a service have names of their own."""
    spec = service.spec
    yield from _twice("spec.slos", "an SLO", [slo.name for slo in spec.slos])
    yield from _twice("spec.monitoring.alerts", "an alert", [alert.name for alert in spec.monitoring.alerts])
    yield from _twice("spec.monitoring.probes", "a probe", [probe.name for probe in spec.monitoring.probes])


def _twice(path: str, kind: str, names: Sequence[str]) -> Iterator[_Finding]:
    if len(names) < 2:
        return
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            yield "PW226", f"there is {kind} named {name} already", f"{path}[{index}].name", "give it another name"
        seen.add(name)


def _alerts(service: Service) -> Iterator[_Finding]:
    """PW227, PW228: alerts protect SLOs of the service, and runbooks answer its alerts."""
    spec = service.spec
    slos = [slo.name for slo in spec.slos]
    for index, alert in enumerate(spec.monitoring.alerts):
        if alert.slo and alert.slo not in slos:
            mend = did_you_mean(alert.slo, slos, f"the SLOs are {', '.join(slos) or 'none yet'}")
            path = f"spec.monitoring.alerts[{index}].slo"
            yield "PW227", f"{service.name} has no SLO {alert.slo}", path, mend
    alerts = [alert.name for alert in spec.monitoring.alerts]
    for index, runbook in enumerate(spec.runbooks):
        for number, name in enumerate(runbook.alerts):
            if name not in alerts:
                mend = did_you_mean(name, alerts, "add it under spec.monitoring.alerts")
                path = f"spec.runbooks[{index}].alerts[{number}]"
                yield "PW228", f"{service.name} has no alert {name}", path, mend


def _numbers(service: Service) -> Iterator[_Finding]:
    """PW229, PW233: replicas and the dates of a security review are the right way round."""
    compute, security = service.spec.compute, service.spec.security
    if compute is not None and compute.replicas is not None and compute.replicas.min > compute.replicas.max:
        low, high = compute.replicas.min, compute.replicas.max
        message = f"there are to be at least {low} replicas, and at most {high}"
        mend = f"write max: {low} or more, or min: {high} or less"
        yield "PW229", message, "spec.compute.replicas.min", mend
    if security is not None and security.review is not None and security.review.expires <= security.review.date:
        review = security.review
        mend = f"write the day on which it ends: a day after {review.date}"
        yield "PW233", f"the review of {review.date} expires on {review.expires}", "spec.security.review.expires", mend


def _conditions(decision: Decision) -> Iterator[_Finding]:
    """PW223: a condition is due after its decision."""
    made = decision.spec.time.astimezone(dt.UTC).date()
    for index, condition in enumerate(decision.spec.conditions):
        if condition.due < made:
            message = f"the condition is due on {condition.due}, before the decision of {made}"
            yield "PW223", message, f"spec.conditions[{index}].due", f"write a day after {made}"


def _times(postmortem: Postmortem) -> Iterator[_Finding]:
    """PW230, PW231, PW232: an incident starts, is noticed and ends in this order, and actions follow it."""
    spec = postmortem.spec
    if spec.mitigated < spec.started:
        message = f"the incident was over at {_shown(spec.mitigated)}, before it started at {_shown(spec.started)}"
        yield "PW230", message, "spec.mitigated", "mend one of the two times; they are in UTC"
    elif spec.detected is not None and not spec.started <= spec.detected <= spec.mitigated:
        when = "before it started" if spec.detected < spec.started else "after it was over"
        message = f"the incident was noticed at {_shown(spec.detected)}, {when}"
        yield "PW231", message, "spec.detected", "mend the time; it is in UTC"
    began = spec.started.astimezone(dt.UTC).date()
    for index, action in enumerate(spec.actions):
        if action.done is not None and action.done < began:
            message = f"the action was done on {action.done}, before the incident of {began}"
            yield "PW232", message, f"spec.actions[{index}].done", f"write a day from {began} on"


def _shown(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
