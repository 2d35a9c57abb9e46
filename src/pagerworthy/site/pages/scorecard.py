"""The scorecard: outcomes by area, the evidence behind each, and what to do next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup, escape

from pagerworthy.evidence import Known, SubjectEvidence
from pagerworthy.evidence.keys import Value
from pagerworthy.scoring import Criterion, CriterionResult, Outcome, Rung, Scorecard
from pagerworthy.site import links, words
from pagerworthy.site.pages.page import Page
from pagerworthy.site.shared import Shared

_EFFORT = {"small": 0, "medium": 1, "large": 2}
_QUERY = 120
_VALUE = 140
_BAR = 200
_ITEMS = 4
_OPEN = {Outcome.FAIL, Outcome.UNKNOWN, Outcome.WAIVED}
_DUE = (Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.WAIVED)
# Characters: what a page may have, and what the markup of its parts takes. Pages stay under 40 KB of HTML; what does
# not fit is in the JSON document, and the page says so.
_PAGE = 38_000
_FRAME = 2_700
_AREA = 460
_LINE = 80
_LINK = 36
_PROOF = 34
# What open criteria may take on a service's page, which has other things to say.
_BRIEF = 12_000


class Proof(NamedTuple):
    """A record of evidence: what was looked at, how strongly it is known, by whom and when, and what was found."""

    key: str
    seen: str
    value: str
    query: str


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
    proofs = _Proofs(evidence, shared.clock, _PAGE - _FRAME - _AREA * len(judged) - base)
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
    proofs = _Proofs(evidence, shared.clock, _BRIEF)
    lines: dict[str, Line] = {}
    for fix in fixes:
        criterion, result = results[fix.id]
        if proofs.take(_size(criterion, result)):
            lines[fix.id] = proofs.with_queries(_line(criterion, result, proofs))
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
    return _LINE + link + len(criterion.id) + len(criterion.question) + _length(result.detail)


def _length(text: str) -> int:
    """How many bytes a text takes in HTML; a query is full of quotes, which take five."""
    return len(escape(text).encode(errors="replace"))


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


def _line(criterion: Criterion, result: CriterionResult, proofs: "_Proofs") -> Line:
    state = words.OUTCOMES[result.outcome]
    detail = result.detail
    if result.outcome is Outcome.WAIVED:
        covered = result.without_waiver.value if result.without_waiver else "open"
        detail = f"{covered}, waived by {result.waiver}: {detail}"
    shown, rest = proofs.show(result)
    return Line(criterion.id, state.mark, state.word, criterion.question, _rung(criterion), detail, shown, rest)


class _Proofs:
    """Chooses which records a page shows: each once, and no more than there is room for."""

    def __init__(self, evidence: SubjectEvidence, clock: words.Clock, room: int) -> None:
        self._evidence = evidence
        self._clock = clock
        self._room = room
        self._places: dict[str, str] = {}
        self.left_out = 0

    def take(self, size: int) -> bool:
        """Uses up room; False where there is not enough."""
        if size > self._room:
            return False
        self._room -= size
        return True

    def show(self, result: CriterionResult) -> tuple[tuple[Proof, ...], str]:
        """The records of a result that are shown with it, and where the others are."""
        fresh: list[tuple[str, Known]] = []
        elsewhere: list[str] = []
        for reference in result.evidence:
            name = reference.rsplit("@", 1)[0]
            if name in self._places:
                elsewhere.append(name)
                continue
            known = _record(self._evidence, name)
            if known is not None:
                self._places[name] = result.id
                fresh.append((name, known))
        if not fresh and not elsewhere:
            return (), ""
        # What a met criterion found stands in its detail already, so that its records need not say it again.
        met = result.outcome is Outcome.PASS
        made = self._alike(fresh) if met else [self._each(name, known) for name, known in fresh]
        proofs = [proof for proof in made if self.take(_PROOF + len(proof.key) + len(proof.seen) + len(proof.value))]
        missing = len(made) - len(proofs)
        self.left_out += missing
        says = [f"{words.listed(elsewhere)}: see {self._places[elsewhere[0]]}"] if elsewhere else []
        if missing:
            says.append(f"{words.count(missing, 'record')} in the JSON document")
        return tuple(proofs), "; ".join(says)

    def with_queries(self, line: Line) -> Line:
        """The line with what was asked, as far as there is room for it."""
        return line._replace(
            proofs=tuple(
                proof if self.take(_length(proof.query)) else proof._replace(query="") for proof in line.proofs
            )
        )

    def _each(self, name: str, known: Known) -> Proof:
        record = known.record
        value = f"failed: {record.failed}" if known.value is None else say(known.value)
        return Proof(name, self._seen(known), words.cut(value, _VALUE), words.cut(record.query, _QUERY))

    def _alike(self, fresh: Sequence[tuple[str, Known]]) -> list[Proof]:
        """One line for all records of the same key that were seen in the same way."""
        if len(fresh) == 1:
            name, known = fresh[0]
            return [Proof(name, self._seen(known), "", words.cut(known.record.query, _QUERY))]
        groups: dict[tuple[str, str], list[Known]] = {}
        for _, known in fresh:
            groups.setdefault((known.record.key, self._seen(known)), []).append(known)
        found = []
        for (key, seen), group in groups.items():
            items = [known.record.item.rsplit("/", 1)[-1] for known in group if known.record.item]
            name = f"{key} of {words.listed(items, _ITEMS)}" if items else key
            query = group[0].record.query if len(group) == 1 else ""
            found.append(Proof(name, seen, "", words.cut(query, _QUERY)))
        return found

    def _seen(self, known: Known) -> str:
        record = known.record
        return f"{record.strength} by {record.source}, {self._clock.when(record.time)}"


def _record(evidence: SubjectEvidence, name: str) -> Known | None:
    """The record that a scorecard calls `key` or `key[item]`."""
    key, bracket, rest = name.partition("[")
    return evidence.get(key, {}).get(rest[:-1] if bracket else "")


def say(value: Value) -> str:
    """A value in words: `good 99,950; total 100,000`."""
    parts = []
    for field in value.__struct_fields__:
        found = getattr(value, field)
        if isinstance(found, bool):
            text = "yes" if found else "no"
        elif isinstance(found, float | int):
            text = words.number(found)
        elif isinstance(found, tuple):
            text = ", ".join(found) or "none"
        else:
            text = str(found)
        parts.append(f"{field.replace('_', ' ')} {text}")
    return "; ".join(parts)
