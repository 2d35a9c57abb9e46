"""Decisions, waivers, conditions, breaches and incidents, on a service's page and on the page of all decisions."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pagerworthy.catalog import Action, ActionItem, Condition, Decision, Postmortem, Waiver
from pagerworthy.scoring import Breach
from pagerworthy.site import links, words
from pagerworthy.site.index import Index
from pagerworthy.site.shared import Shared

ACTIONS: dict[Action, str] = {
    "agree": "wait",
    "shadow": "wait",
    "accept": "ok",
    "accept-with-conditions": "warn",
    "defer": "wait",
    "keep": "ok",
    "freeze": "bad",
    "resume": "ok",
    "hand-back": "bad",
}


class Due(NamedTuple):
    """Something promised until a day: a condition or an action."""

    text: str
    owner: str
    mark: str
    state: str
    href: str


class Event(NamedTuple):
    """A decision."""

    name: str
    service: str
    when: str
    action: str
    mark: str
    pager: str
    reason: str
    people: str
    terms: str
    levels: str
    conditions: tuple[Due, ...]
    basis: str


class WaiverLine(NamedTuple):
    """A waiver and whether it is in force."""

    name: str
    service: str
    criterion: str
    question: str
    reason: str
    compensation: str
    approver: str
    mark: str
    state: str
    issue: str


class Incident(NamedTuple):
    """A post-mortem and its actions that are still open."""

    name: str
    title: str
    href: str
    severity: str
    when: str
    impact: str
    open: tuple[Due, ...]
    done: int


class History(NamedTuple):
    """All of it for one service, the newest first."""

    breaches: tuple[tuple[str, str, str, str], ...]
    events: tuple[Event, ...]
    waivers: tuple[WaiverLine, ...]
    incidents: tuple[Incident, ...]


def history_of(
    decisions: Sequence[Decision],
    waivers: Sequence[Waiver],
    postmortems: Sequence[Postmortem],
    breaches: Sequence[Breach],
    shared: Shared,
) -> History:
    """The history of a service."""
    return History(
        breaches=tuple(
            ("bad" if each.known else "unk", each.action.value if each.known else "unknown", each.title, each.detail)
            for each in sorted(breaches, key=lambda breach: not breach.known)
        ),
        events=tuple(event_of(each, shared) for each in reversed(decisions)),
        waivers=tuple(waiver_line(each, shared) for each in waivers),
        incidents=tuple(
            incident_of(each, shared)
            for each in sorted(postmortems, key=lambda each: (each.spec.started, each.name), reverse=True)
        ),
    )


def labels_of(index: Index, services: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The labels of those services that have a page, by name."""
    return tuple((name, index.refs[name].label) for name in sorted(set(services)) if name in index.pagers)


def event_of(decision: Decision, shared: Shared) -> Event:
    """A decision as a line of a timeline."""
    spec = decision.spec
    parties = spec.parties
    return Event(
        name=decision.name,
        service=spec.service,
        when=shared.clock.when(spec.time),
        action=spec.action,
        mark=ACTIONS[spec.action],
        pager=spec.pager or "",
        reason=spec.reason,
        people=f"{parties.business.name} for business, {parties.development.name} for development, "
        f"{parties.sre.name} for SRE",
        terms=spec.terms,
        levels=", ".join(f"{level.slo} {words.number(level.objective)} %" for level in spec.levels),
        conditions=tuple(due_of(each, shared) for each in spec.conditions),
        basis=_basis(decision),
    )


def _basis(decision: Decision) -> str:
    basis = decision.spec.basis
    if basis is None:
        return ""
    short = {"catalog": basis.catalog, "rubric": basis.rubric, "evidence": basis.evidence}
    return ", ".join(f"{name} {digest.removeprefix('sha256:')[:12]}" for name, digest in short.items())


def due_of(promise: Condition | ActionItem, shared: Shared) -> Due:
    """A condition or an action, with what became of it."""
    clock = shared.clock
    left = -clock.days(promise.due)
    if promise.done and promise.done <= clock.today:
        mark, state = "ok", f"done {clock.when(promise.done)}"
    elif left < 0:
        mark, state = "bad", f"overdue, was due {clock.when(promise.due)}"
    else:
        mark, state = "warn" if left <= SOON else "wait", f"due {clock.when(promise.due)}"
    issue = promise.issue if isinstance(promise, ActionItem) else ""
    return Due(promise.text, shared.teams.get(promise.owner, promise.owner), mark, state, links.safe(issue))


# What ends within so many days is said on the overview.
SOON = 30


def waiver_line(waiver: Waiver, shared: Shared) -> WaiverLine:
    """A waiver, and whether it is in force."""
    clock = shared.clock
    spec = waiver.spec
    criterion = shared.criteria.get(spec.criterion)
    left = -clock.days(spec.expires)
    if left < 0:
        mark, state = "bad", f"expired {clock.when(spec.expires)}"
    elif broken := shared.broken.get(waiver.name):
        mark, state = "bad", f"does not count: {broken}"
    elif clock.days(spec.granted) < 0:
        mark, state = "wait", f"from {clock.when(spec.granted)}"
    else:
        mark, state = "warn" if left <= SOON else "half", f"expires {clock.when(spec.expires)}"
    return WaiverLine(
        name=waiver.name,
        service=spec.service,
        criterion=spec.criterion if criterion else "",
        question=criterion.question if criterion else spec.criterion,
        reason=spec.reason,
        compensation=spec.compensation,
        approver=f"{spec.approver.name}, {spec.approver.team}",
        mark=mark,
        state=state,
        issue=links.safe(spec.issue),
    )


def incident_of(postmortem: Postmortem, shared: Shared) -> Incident:
    """A post-mortem as a line, with the actions that are not done."""
    clock = shared.clock
    spec = postmortem.spec
    open_ = [each for each in spec.actions if not (each.done and each.done <= clock.today)]
    return Incident(
        name=postmortem.name,
        title=postmortem.metadata.label,
        href=f"postmortems/{postmortem.name}.html",
        severity=spec.severity,
        when=clock.when(spec.started),
        impact=spec.impact,
        open=tuple(due_of(each, shared) for each in sorted(open_, key=lambda each: (each.due, each.text))),
        done=len(spec.actions) - len(open_),
    )
