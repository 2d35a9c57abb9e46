"""What a scenario shows of an objective, and whether that is as it must be."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from pagerworthy.slo.objective import Objective
from pagerworthy.slo.simulate.case import Case, case_of
from pagerworthy.slo.simulate.meter import Edge
from pagerworthy.slo.simulate.play import Episodes, episodes, play
from pagerworthy.slo.simulate.scenario import Expected, Scenario, full_stage, scenarios

_EDGES: tuple[Edge, ...] = ("closed", "open")

Verdict = Literal["ok", "late-page", "missed", "false-page", "false-ticket", "stuck"]
# A page that `for` holds back until all is well again is a pity, and an objective's owner has chosen it.
_WRONG = frozenset({"missed", "false-page", "false-ticket", "stuck"})


class Heard(msgspec.Struct, frozen=True):
    """One alert in a scenario, in seconds: how long after the first bad event it fires, None for never, and how long
    after the last one it stops, None where it never fires or does not stop.
    """

    after: int | None = None
    stops: int | None = None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What a scenario shows; `lasts` is how long the outage is, in seconds, and `pages` how often a page fires.

    `false_pages` are those that nobody should get: all of them, where a scenario is none for a page, and any that
    begins only after the outage is over.
    """

    scenario: str
    expected: Expected
    verdict: Verdict
    lasts: int
    page: Heard
    ticket: Heard
    no_data: Heard
    pages: int
    false_pages: int


class Rehearsal(msgspec.Struct, frozen=True):
    """Objectives that behave alike, and what each scenario shows of them."""

    case: Case
    objectives: tuple[Objective, ...]
    shown: tuple[Shown, ...]

    @property
    def wrong(self) -> bool:
        return any(each.verdict in _WRONG for each in self.shown)


def rehearse(objectives: Iterable[Objective]) -> tuple[Rehearsal, ...]:
    """Plays every scenario, once for all objectives whose alerts depend on the same, in the order of the first."""
    alike: dict[Case, list[Objective]] = {}
    for objective in objectives:
        alike.setdefault(case_of(objective), []).append(objective)
    return tuple(
        Rehearsal(case, tuple(those), tuple(show(case, scenario, case.interval) for scenario in scenarios(case)))
        for case, those in alike.items()
    )


def show(case: Case, scenario: Scenario, step: int) -> Shown:
    """Plays a scenario, with a scrape and an evaluation every `step` seconds.

    What is told of it is the later of what Prometheus 2 and 3 would do, and the worse.
    """
    stage = full_stage(case, scenario, step)
    runs = [play(case, scenario, stage, edge) for edge in _EDGES]
    start, over = stage.before, stage.over
    told = [episodes(run.page) for run in runs]
    page = _heard(told, start, over, step)
    ticket = _heard([episodes(run.ticket) for run in runs], start, over, step)
    no_data = _heard([episodes(run.no_data) for run in runs], start, over, step)
    may_page = scenario.expected in {"page", "any"}
    false_pages = max(sum(begun > (over if may_page else start) for begun, _ in each) for each in told)
    return Shown(
        scenario=scenario.name,
        expected=scenario.expected,
        verdict=_verdict(scenario.expected, page, ticket, no_data, false_pages),
        lasts=stage.outage * step,
        page=page,
        ticket=ticket,
        no_data=no_data,
        pages=max(map(len, told)),
        false_pages=false_pages,
    )


def _heard(runs: Sequence[Episodes], start: int, over: int, step: int) -> Heard:
    if not all(runs):
        return Heard()
    after = max(run[0][0] for run in runs) - start
    ends = [run[-1][1] for run in runs]
    known = [end for end in ends if end is not None]
    stops = max(0, max(known) - over) * step if len(known) == len(ends) else None
    return Heard(after * step, stops)


def _verdict(expected: Expected, page: Heard, ticket: Heard, no_data: Heard, false_pages: int) -> Verdict:
    due = {"page": page, "ticket": ticket, "no-data": no_data}.get(expected)
    if due is not None and due.after is None:
        return "missed"
    if false_pages and expected not in {"page", "any"}:
        return "false-page"
    if expected == "no-alert" and ticket.after is not None:
        return "false-ticket"
    if page.after is not None and page.stops is None:
        return "stuck"
    return "late-page" if false_pages else "ok"
