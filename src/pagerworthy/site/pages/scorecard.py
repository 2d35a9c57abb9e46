"""The scorecard: outcomes by area, the evidence behind each, and what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from pagerworthy.catalog import Service
from pagerworthy.evidence import SubjectEvidence
from pagerworthy.scoring import CriterionResult, Outcome, Scorecard
from pagerworthy.site import links, words
from pagerworthy.site.pages.page import Page
from pagerworthy.site.pages.proofs import Proof, Proofs, html_length
from pagerworthy.site.shared import Asked, Shared

_BAR = 200
# The outcomes of what is due, in the order of a bar; an outcome's place in it stands for it here, because looking one
# up in a dict computes its hash in Python.
_DUE = (Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.WAIVED)
_PASS, _FAIL, _UNKNOWN, _WAIVED = range(len(_DUE))
_STATES = tuple(words.OUTCOMES[outcome] for outcome in _DUE)
# Characters: what a page may have, and what the markup of its parts takes. Pages stay under 40 KB of HTML; what does
# not fit is in the JSON document, and the page says so.
_PAGE = 39_000
_FRAME = 2_700
_AREA = 460
_LINE = 80
_LINK = 36
# What open criteria may take on a service's page, which has other things to say.
_BRIEF = 10_000


class Line(NamedTuple):
    """A criterion that is due: its outcome and what decided it; `rest` says where its other records are."""

    id: str
    mark: str
    word: str
    question: str
    rung: str
    detail: str
    proofs: tuple[Proof, ...]
    rest: str


class AreaCard(NamedTuple):
    """An area: how many of its due criteria pass, a bar of 200 units, and its lines; `more` are left out."""

    id: str
    title: str
    passed: int
    due: int
    bar: tuple[tuple[str, int, int], ...]
    lines: tuple[Line, ...]
    more: int
    upcoming: tuple[str, ...]
    inapplicable: tuple[str, ...]


class Fix(NamedTuple):
    """A criterion that is not met, and how it is."""

    id: str
    mark: str
    word: str
    question: str
    rung: str
    text: Markup
    effort: str
    blocks: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardPage(Page):
    """The context of `scorecard.html`: every criterion of one service, with the evidence behind it."""

    name: str
    label: str
    verdict: words.State
    reason: str
    tallies: tuple[tuple[str, str, int], ...]
    areas: tuple[AreaCard, ...]
    complete: bool


class Due(NamedTuple):
    """A criterion that is due, its result, the place of its outcome among those that count, and its line's size.

    The size is about how many characters the line takes on a page, without evidence.
    """

    asked: Asked
    result: CriterionResult
    place: int
    size: int


class Judged:
    """The criteria of an area with their results: those that are due, and the ids of the others."""

    __slots__ = ("counts", "due", "id", "inapplicable", "title", "upcoming")

    def __init__(self, name: str, title: str) -> None:
        self.id = name
        self.title = title
        self.counts = [0, 0, 0, 0]
        self.due: list[Due] = []
        self.upcoming: list[str] = []
        self.inapplicable: list[str] = []


def by_area(card: Scorecard, shared: Shared) -> list[Judged]:
    """The results by area in the policy's order; within an area in the order of the rubric."""
    areas = {area.id: Judged(area.id, area.title) for area in shared.policy.areas}
    asked_of = shared.asked
    for result in card.results:
        asked = asked_of.get(result.id)
        if asked is None:
            continue
        area = areas[asked.area]
        outcome = result.outcome
        if outcome is Outcome.PASS:
            place = _PASS
        elif outcome is Outcome.FAIL:
            place = _FAIL
        elif outcome is Outcome.UNKNOWN:
            place = _UNKNOWN
        elif outcome is Outcome.WAIVED:
            place = _WAIVED
        else:
            (area.upcoming if outcome is Outcome.UPCOMING else area.inapplicable).append(result.id)
            continue
        area.counts[place] += 1
        link = 0 if place == _PASS else _LINK + len(result.id)
        size = _LINE + link + len(result.id) + len(asked.question) + html_length(result.detail)
        area.due.append(Due(asked, result, place, size))
    return [area for area in areas.values() if area.due or area.upcoming or area.inapplicable]


def scorecard_page(
    service: Service, card: Scorecard, judged: Sequence[Judged], evidence: SubjectEvidence, shared: Shared
) -> ScorecardPage:
    """The context of a scorecard's page."""
    label = service.metadata.label
    due = [each for area in judged for each in area.due]
    proofs = Proofs(evidence, shared.clock, _PAGE - _FRAME - _AREA * len(judged) - sum(each.size for each in due))
    # What is not met is what a reader looks into: its records come first where not all fit.
    lines = {each.asked.id: _line(each, proofs) for each in due if each.place != _PASS}
    lines |= {each.asked.id: _line(each, proofs) for each in due if each.place == _PASS}
    # What was asked comes after all that was found.
    lines = {name: _with_queries(line, proofs) for name, line in lines.items()}
    return ScorecardPage(
        path=links.scorecard(card.service),
        title=f"Scorecard of {label}",
        section="services",
        about=f"Every criterion for {label}, with the evidence behind it.",
        name=card.service,
        label=label,
        verdict=words.told(card.verdict, service.spec),
        reason=card.reason,
        tallies=tallies_of(card),
        areas=tuple(_area(area, [lines[each.asked.id] for each in area.due], 0) for area in judged),
        complete=not proofs.left_out,
    )


def open_areas(
    judged: Sequence[Judged], wanted: Sequence[Due], evidence: SubjectEvidence, shared: Shared, taken: int = 0
) -> tuple[AreaCard, ...]:
    """The areas with those of their criteria that are not met, as many as a service's page has room for.

    `wanted` are these criteria, those first whose lines must not be left out; `taken` is of their room gone already.
    """
    proofs = Proofs(evidence, shared.clock, _BRIEF - taken)
    lines: dict[str, Line] = {}
    for each in wanted:
        if proofs.take(each.size):
            lines[each.asked.id] = _with_queries(_line(each, proofs), proofs)
    areas = []
    for area in judged:
        shown = [lines[each.asked.id] for each in area.due if each.asked.id in lines]
        areas.append(_area(area, shown, len(area.due) - area.counts[_PASS] - len(shown)))
    return tuple(areas)


def unmet(judged: Sequence[Judged], blocking: Sequence[str]) -> list[Due]:
    """What is not met, in order of effect.

    First what keeps the service from the rung it needs, in the order of `blocking`; then by what the criterion counts
    in the score; then what is least work.
    """
    first = {name: position for position, name in enumerate(blocking)}
    last = len(first)
    found = [each for area in judged for each in area.due if each.place != _PASS]
    found.sort(key=lambda each: (first.get(each.asked.id, last), each.asked.order))
    return found


def fixes_of(wanted: Sequence[Due], blocking: Sequence[str]) -> tuple[Fix, ...]:
    """How each of these criteria is met."""
    found = []
    for asked, result, place, _ in wanted:
        state = _STATES[place]
        blocks = asked.id in blocking
        text, effort = (words.ticked(result.mend), "small") if result.mend else (asked.fix, asked.effort)
        found.append(Fix(asked.id, state.mark, state.word, asked.question, asked.rung, text, effort, blocks))
    return tuple(found)


def tallies_of(card: Scorecard) -> tuple[tuple[str, str, int], ...]:
    """How many criteria have each outcome, those that occur: mark, word, amount."""
    outcomes = [result.outcome for result in card.results]
    tallies = ((state, outcomes.count(outcome)) for outcome, state in words.OUTCOMES.items())
    return tuple((state.mark, state.word, amount) for state, amount in tallies if amount)


def _area(judged: Judged, lines: Sequence[Line], more: int) -> AreaCard:
    due = len(judged.due)
    bar = []
    so_far = 0
    for state, amount in zip(_STATES, judged.counts, strict=True):
        if amount:
            x = round(_BAR * so_far / due)
            so_far += amount
            bar.append((state.mark, x, round(_BAR * so_far / due) - x))
    return AreaCard(
        judged.id,
        judged.title,
        judged.counts[_PASS],
        due,
        tuple(bar),
        tuple(lines),
        more,
        tuple(judged.upcoming),
        tuple(judged.inapplicable),
    )


def _line(due: Due, proofs: Proofs) -> Line:
    asked, result, place, _ = due
    state = _STATES[place]
    detail = result.detail
    if place == _WAIVED:
        covered = result.without_waiver.value if result.without_waiver else "open"
        detail = f"{covered}, waived by {result.waiver}: {detail}"
    shown, rest = proofs.show(result)
    return Line(asked.id, state.mark, state.word, asked.question, asked.rung, detail, shown, rest)


def _with_queries(line: Line, proofs: Proofs) -> Line:
    return line._replace(proofs=proofs.with_queries(line.proofs)) if line.proofs else line
