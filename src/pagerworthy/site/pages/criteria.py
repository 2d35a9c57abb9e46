"""Pages of the rubric: what is asked, why, how to pass, and who does not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from pagerworthy.evidence import KEYS, brought_by
from pagerworthy.history import Tally as Counted
from pagerworthy.scoring import Criterion, Outcome
from pagerworthy.site import links, words
from pagerworthy.site.index import NAMED, Index, Tally
from pagerworthy.site.pages.page import Page
from pagerworthy.site.pages.trend import Trend, trend_of


class Need(NamedTuple):
    """An evidence key that a criterion rests on."""

    key: str
    says: str
    brought: str


class Named(NamedTuple):
    """Services where a criterion is not met; `more` are counted only."""

    word: str
    mark: str
    services: tuple[tuple[str, str, str], ...]
    more: int


class Share(NamedTuple):
    """How a criterion, an area or the whole rubric stands: counts of due outcomes, and a bar of 200 units."""

    passed: int
    failed: int
    unknown: int
    waived: int
    due: int
    rate: str
    bar: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionPage(Page):
    """The context of `criterion.html`."""

    id: str
    area: str
    phase: str
    rung: str
    strength: str
    gating: bool
    why: Markup
    fix: Markup
    effort: str
    needs: tuple[Need, ...]
    max_age: str
    applies: str
    passes: str
    share: Share
    trend: Trend | None
    upcoming: int
    inapplicable: int
    named: tuple[Named, ...]
    file: str


class CriterionRow(NamedTuple):
    """A criterion in the list of all."""

    id: str
    question: str
    rung: str
    strength: str
    gating: bool
    share: Share


class AreaRows(NamedTuple):
    """An area and its criteria."""

    id: str
    title: str
    rows: tuple[CriterionRow, ...]
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class CriteriaPage(Page):
    """The context of `criteria.html`."""

    areas: tuple[AreaRows, ...]
    total: int


_BAR = 200


def share_of(tallies: list[Tally]) -> Share:
    """Adds up tallies."""
    counts = [
        sum(tally.count(outcome) for tally in tallies)
        for outcome in (Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.WAIVED)
    ]
    due = sum(counts)
    if not due:
        return Share(0, 0, 0, 0, 0, "not due anywhere", ())
    ends = [round(_BAR * sum(counts[:end]) / due) for end in range(5)]
    passed, failed, unknown, waived = counts
    bar = tuple(
        (mark, ends[place], ends[place + 1] - ends[place])
        for place, mark in enumerate(("ok", "bad", "unk", "half"))
        if counts[place]
    )
    return Share(passed, failed, unknown, waived, due, words.percent(passed / due), bar)


def criterion_page(index: Index, criterion: Criterion) -> CriterionPage:
    """The context of a criterion's page."""
    tally = index.tallies[criterion.id]
    areas = {area.id: area.title for area in index.source.policy.areas}
    age = criterion.max_age
    return CriterionPage(
        path=links.criterion(criterion.id),
        title=criterion.question,
        section="criteria",
        about=criterion.why.replace("`", ""),
        id=criterion.id,
        area=areas.get(criterion.area, criterion.area),
        phase=criterion.phase,
        rung=criterion.rung.word,
        strength=criterion.strength.word,
        gating=criterion.gating,
        why=words.ticked(criterion.why),
        fix=words.ticked(criterion.fix.text),
        effort=criterion.fix.effort,
        needs=tuple(Need(name, KEYS[name].says, brought_by(name)) for name in criterion.needs if name in KEYS),
        max_age=_age(age.total_seconds()) if age else "",
        applies=criterion.applies if criterion.applies != "true" else "",
        passes=criterion.pass_.strip(),
        share=share_of([tally]),
        trend=_trend(index, criterion.id, tally),
        upcoming=tally.count(Outcome.UPCOMING),
        inapplicable=tally.count(Outcome.NOT_APPLICABLE),
        named=tuple(
            _named(index, outcome, names)
            for outcome, names in (
                (Outcome.FAIL, tally.failing),
                (Outcome.UNKNOWN, tally.unknown),
                (Outcome.WAIVED, tally.waived),
            )
            if names
        ),
        file=criterion.file,
    )


def _trend(index: Index, criterion: str, tally: Tally) -> Trend | None:
    days = index.source.past.days
    if not days:
        return None
    failed = tally.count(Outcome.FAIL) + tally.count(Outcome.WAIVED)
    now = Counted(tally.count(Outcome.PASS), failed, tally.count(Outcome.UNKNOWN))
    return trend_of(days, criterion, (index.source.scores.as_of, now))


def _age(seconds: float) -> str:
    days = seconds / 86400
    return words.count(round(days), "day") if days >= 1 else words.count(round(seconds / 3600), "hour")


def _named(index: Index, outcome: Outcome, names: tuple[str, ...]) -> Named:
    state = words.OUTCOMES[outcome]
    rows = [index.rows[name] for name in names[:NAMED]]
    return Named(
        state.word,
        state.mark,
        tuple((row.name, row.label, f"tier {row.tier}, {row.owner_label}") for row in rows),
        max(len(names) - NAMED, 0),
    )


def criteria_page(index: Index) -> CriteriaPage:
    """The context of the list of all criteria."""
    return CriteriaPage(
        path="criteria.html",
        title="Criteria",
        section="criteria",
        about="All questions of the rubric, and how services answer them.",
        areas=tuple(areas_of(index)),
        total=len(index.criteria),
    )


def areas_of(index: Index) -> Iterator[AreaRows]:
    """The areas that have criteria, in the policy's order."""
    for area in index.source.policy.areas:
        criteria = [each for each in index.criteria.values() if each.area == area.id]
        if criteria:
            yield AreaRows(
                area.id,
                area.title,
                tuple(
                    CriterionRow(
                        each.id,
                        each.question,
                        each.rung.word,
                        each.strength.word,
                        each.gating,
                        share_of([index.tallies[each.id]]),
                    )
                    for each in criteria
                ),
                share_of([index.tallies[each.id] for each in criteria]),
            )
