"""The scorecard: outcomes by area, the evidence behind each, and what to do next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup

from pagerworthy.evidence import SubjectEvidence
from pagerworthy.scoring import Criterion, CriterionResult, Outcome, Rung, Scorecard
from pagerworthy.site import links, words
from pagerworthy.site.pages.page import Page
from pagerworthy.site.pages.proofs import Proof, Proofs, html_length
from pagerworthy.site.shared import Shared

_EFFORT = {"small": 0, "medium": 1, "large": 2}
_BAR = 200
_OPEN = {Outcome.FAIL, Outcome.UNKNOWN, Outcome.WAIVED}
_DUE = (Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.WAIVED)
# Characters: what a page may have, and what the markup of its parts takes. Pages stay under 40 KB of HTML; what does
# not fit is in the JSON document, and the page says so.
_PAGE = 38_000
_FRAME = 2_700
_AREA = 460
_LINE = 80
_LINK = 36
# What open criteria may take on a service's page, which has other things to say.
_BRIEF = 12_000


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


class _Judged(NamedTuple):
    """The criteria of an area with their results."""

    id: str
    title: str
    results: list[tuple[Criterion, CriterionResult]]


def scorecard_page(label: str, card: Scorecard, evidence: SubjectEvidence, shared: Shared) -> ScorecardPage:
    """The context of a scorecard's page."""
    judged = _by_area(card, shared)
    due = [each for area in judged for each in area.results if each[1].outcome.is_due]
    base = sum(_size(criterion, result) for criterion, result in due)
    proofs = Proofs(evidence, shared.clock, _PAGE - _FRAME - _AREA * len(judged) - base)
    # What is not met is what a reader looks into: its records come first where not all fit.
    lines = {
        criterion.id: _line(criterion, result, proofs)
        for criterion, result in sorted(due, key=lambda each: each[1].outcome is Outcome.PASS)
    }
    return ScorecardPage(
        path=links.scorecard(card.service),
        title=f"Scorecard of {label}",
        section="services",
        about=f"Every criterion for {label}, with the evidence behind it.",
        name=card.service,
        label=label,
        verdict=words.VERDICTS[card.verdict],
        reason=card.reason,
        tallies=tallies_of(card),
        areas=tuple(
            _area(area, [lines[each.id] for each, _ in area.results if each.id in lines], 0) for area in judged
        ),
        complete=not proofs.left_out,
    )


def open_areas(
    card: Scorecard, evidence: SubjectEvidence, fixes: Iterable[Fix], shared: Shared
) -> tuple[AreaCard, ...]:
    """The areas with those of their criteria that are not met, as many as a service's page has room for."""
    judged = _by_area(card, shared)
    results = {criterion.id: (criterion, result) for area in judged for criterion, result in area.results}
    proofs = Proofs(evidence, shared.clock, _BRIEF)
    lines: dict[str, Line] = {}
    for fix in fixes:
        criterion, result = results[fix.id]
        if proofs.take(_size(criterion, result)):
            lines[fix.id] = _asked(_line(criterion, result, proofs), proofs)
    areas = []
    for area in judged:
        shown = [lines[criterion.id] for criterion, _ in area.results if criterion.id in lines]
        open_ = sum(result.outcome in _OPEN for _, result in area.results)
        areas.append(_area(area, shown, open_ - len(shown)))
    return tuple(areas)


def fixes_of(card: Scorecard, shared: Shared) -> tuple[Fix, ...]:
    """What to do next, in order of effect.

    First what keeps the service from the rung it needs, in the order of the scorecard; then by what the criterion
    counts in the score; then what is least work.
    """
    blocking = {name: position for position, name in enumerate(card.blocking)}
    last = len(blocking)
    open_ = [
        (shared.criteria[result.id], result)
        for result in card.results
        if result.outcome in _OPEN and result.id in shared.criteria
    ]

    def effect(each: tuple[Criterion, CriterionResult]) -> tuple[int, float, int, str]:
        criterion = each[0]
        weight = shared.policy.weight(criterion.rung) if criterion.rung else 0.0
        return (blocking.get(criterion.id, last), -weight, _EFFORT.get(criterion.fix.effort, 1), criterion.id)

    open_.sort(key=effect)
    found = []
    for criterion, result in open_:
        state = words.OUTCOMES[result.outcome]
        fix = criterion.fix
        blocks = criterion.id in blocking
        found.append(
            Fix(
                criterion.id,
                state.mark,
                state.word,
                criterion.question,
                _rung(criterion),
                words.ticked(fix.text),
                fix.effort,
                blocks,
            )
        )
    return tuple(found)


def tallies_of(card: Scorecard) -> tuple[tuple[str, str, int], ...]:
    """How many criteria have each outcome, those that occur: mark, word, amount."""
    amounts = dict.fromkeys(Outcome, 0)
    for result in card.results:
        amounts[result.outcome] += 1
    return tuple(
        (state.mark, state.word, amounts[outcome]) for outcome, state in words.OUTCOMES.items() if amounts[outcome]
    )


def _by_area(card: Scorecard, shared: Shared) -> list[_Judged]:
    """The results by area in the policy's order; within an area in the order of the rubric."""
    areas = {area.id: _Judged(area.id, area.title, []) for area in shared.policy.areas}
    for result in card.results:
        criterion = shared.criteria.get(result.id)
        if criterion is not None and criterion.area in areas:
            areas[criterion.area].results.append((criterion, result))
    return [area for area in areas.values() if area.results]


def _size(criterion: Criterion, result: CriterionResult) -> int:
    """About how many characters a line takes on a page, without evidence."""
    link = 0 if result.outcome is Outcome.PASS else _LINK + len(criterion.id)
    return _LINE + link + len(criterion.id) + len(criterion.question) + html_length(result.detail)


def _area(judged: _Judged, lines: Sequence[Line], more: int) -> AreaCard:
    counts = dict.fromkeys(_DUE, 0)
    upcoming = []
    inapplicable = []
    for criterion, result in judged.results:
        if result.outcome is Outcome.UPCOMING:
            upcoming.append(criterion.id)
        elif result.outcome is Outcome.NOT_APPLICABLE:
            inapplicable.append(criterion.id)
        else:
            counts[result.outcome] += 1
    due = sum(counts.values())
    bar = []
    so_far = 0
    for outcome, amount in counts.items():
        if amount:
            x = round(_BAR * so_far / due)
            so_far += amount
            bar.append((words.OUTCOMES[outcome].mark, x, round(_BAR * so_far / due) - x))
    return AreaCard(
        judged.id,
        judged.title,
        counts[Outcome.PASS],
        due,
        tuple(bar),
        tuple(lines),
        more,
        tuple(upcoming),
        tuple(inapplicable),
    )


def _rung(criterion: Criterion) -> str:
    word = criterion.rung.word if criterion.rung else Rung.NONE.word
    return f"{word}, gating" if criterion.gating else word


def _line(criterion: Criterion, result: CriterionResult, proofs: Proofs) -> Line:
    state = words.OUTCOMES[result.outcome]
    detail = result.detail
    if result.outcome is Outcome.WAIVED:
        covered = result.without_waiver.value if result.without_waiver else "open"
        detail = f"{covered}, waived by {result.waiver}: {detail}"
    shown, rest = proofs.show(result)
    return Line(criterion.id, state.mark, state.word, criterion.question, _rung(criterion), detail, shown, rest)


def _asked(line: Line, proofs: Proofs) -> Line:
    return line._replace(proofs=proofs.with_queries(line.proofs)) if line.proofs else line
