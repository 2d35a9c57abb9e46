"""Fills the documents of the JSON API that are about the past."""

import datetime as dt
from collections.abc import Iterator

from pagerworthy.history import Past, turns
from pagerworthy.site.api import ChangeDoc, DayDoc, HistoryDoc, TallyDoc, TurnDoc, TurnedDoc
from pagerworthy.site.pages.gathered import ServiceInput

_TURNS = 100


def history_doc(past: Past) -> HistoryDoc:
    """All snapshots."""
    return HistoryDoc(
        source=past.name,
        left_out=list(past.wrong),
        days=[
            DayDoc(
                as_of=_stamp(day.as_of),
                commit=day.commit,
                rubric=day.rubric,
                verdicts=day.verdicts,
                rungs=day.rungs,
                criteria={
                    name: TallyDoc(passed=each.passed, failed=each.failed, unknown=each.unknown)
                    for name, each in day.criteria.items()
                },
                turned=None
                if day.turned is None
                else [TurnedDoc(service=each.service, before=each.before, after=each.after) for each in day.turned],
            )
            for day in past.days
        ],
    )


def turn_docs(found: ServiceInput) -> Iterator[TurnDoc]:
    """The newest changes of a service."""
    if not found.past_stamp:
        return
    for turn in list(turns(found.past.lines(found.service.name)))[-_TURNS:]:
        line = turn.line
        yield TurnDoc(
            as_of=_stamp(line.as_of),
            commit=line.commit,
            verdict=line.verdict,
            before=turn.before.verdict if turn.before else "",
            reason=line.reason,
            holder=line.holder,
            rung=line.rung,
            score=line.score,
            coverage=line.coverage,
            changes=[
                ChangeDoc(criterion=each.criterion, before=each.before, after=each.after, detail=each.detail)
                for each in turn.changes
            ],
        )


def _stamp(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
