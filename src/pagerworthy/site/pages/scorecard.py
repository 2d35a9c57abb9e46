"""The scorecard on a service's page: outcomes by area, the evidence behind each, and what to do next."""

from collections.abc import Mapping
from typing import NamedTuple

from pagerworthy.evidence import Known, SubjectEvidence
from pagerworthy.evidence.keys import Value
from pagerworthy.scoring import Criterion, CriterionResult, Outcome, Policy, Rung, Scorecard
from pagerworthy.site import words

_EFFORT = {"small": 0, "medium": 1, "large": 2}
_QUERY = 160
_VALUE = 160
_OPEN = {Outcome.FAIL, Outcome.UNKNOWN, Outcome.WAIVED}


class Proof(NamedTuple):
    """A record of evidence: what was looked at, how, by whom and when, and what was found."""

    key: str
    strength: str
    source: str
    seen: str
    value: str
    query: str


class Line(NamedTuple):
    """A criterion that is due: its outcome and what decided it. `again` names records shown further up."""

    id: str
    mark: str
    word: str
    question: str
    rung: str
    detail: str
    asks: str
    gating: bool
    proofs: tuple[Proof, ...]
    again: str


class AreaCard(NamedTuple):
    """An area: how many of its due criteria pass, what is due, and what is not."""

    id: str
    title: str
    passed: int
    due: int
    mark: str
    lines: tuple[Line, ...]
    upcoming: tuple[tuple[str, str], ...]
    inapplicable: tuple[tuple[str, str], ...]


class Fix(NamedTuple):
    """A criterion that is not met, and how it is."""

    id: str
    mark: str
    word: str
    question: str
    rung: str
    text: str
    effort: str
    blocks: bool


def fixes_of(card: Scorecard, criteria: Mapping[str, Criterion], policy: Policy) -> tuple[Fix, ...]:
    """What to do next, in order of effect.

    First what keeps the service from the rung it needs, in the order of the scorecard; then by what the criterion
    counts in the score; then what is least work.
    """
    blocking = {name: position for position, name in enumerate(card.blocking)}
    last = len(blocking)
    open_ = [
        (criteria[result.id], result) for result in card.results if result.outcome in _OPEN and result.id in criteria
    ]

    def effect(each: tuple[Criterion, CriterionResult]) -> tuple[int, float, int, str]:
        criterion = each[0]
        weight = policy.weight(criterion.rung) if criterion.rung else 0.0
        return (blocking.get(criterion.id, last), -weight, _EFFORT.get(criterion.fix.effort, 1), criterion.id)

    open_.sort(key=effect)
    found = []
    for criterion, result in open_:
        state = words.OUTCOMES[result.outcome]
        found.append(
            Fix(
                criterion.id,
                state.mark,
                state.word,
                criterion.question,
                criterion.rung.word,
                criterion.fix.text,
                criterion.fix.effort,
                criterion.id in blocking,
            )
        )
    return tuple(found)


def areas_of(
    card: Scorecard,
    evidence: SubjectEvidence,
    criteria: Mapping[str, Criterion],
    policy: Policy,
    clock: words.Clock,
) -> tuple[AreaCard, ...]:
    """The outcomes by area, in the policy's order; within an area in the order of the rubric."""
    by_area: dict[str, list[tuple[Criterion, CriterionResult]]] = {area.id: [] for area in policy.areas}
    for result in card.results:
        criterion = criteria.get(result.id)
        if criterion is not None and criterion.area in by_area:
            by_area[criterion.area].append((criterion, result))
    shown: set[str] = set()
    return tuple(
        _area(area.id, area.title, by_area[area.id], evidence, clock, shown)
        for area in policy.areas
        if by_area[area.id]
    )


def _area(
    name: str,
    title: str,
    judged: list[tuple[Criterion, CriterionResult]],
    evidence: SubjectEvidence,
    clock: words.Clock,
    shown: set[str],
) -> AreaCard:
    lines = []
    upcoming = []
    inapplicable = []
    outcomes = set()
    passed = 0
    for criterion, result in judged:
        outcome = result.outcome
        if outcome is Outcome.UPCOMING:
            upcoming.append((criterion.id, criterion.question))
        elif outcome is Outcome.NOT_APPLICABLE:
            inapplicable.append((criterion.id, criterion.question))
        else:
            outcomes.add(outcome)
            passed += outcome is Outcome.PASS
            lines.append(_line(criterion, result, evidence, clock, shown))
    if Outcome.FAIL in outcomes:
        mark = "bad"
    elif Outcome.UNKNOWN in outcomes:
        mark = "unk"
    elif Outcome.WAIVED in outcomes:
        mark = "half"
    else:
        mark = "ok" if lines else "wait"
    return AreaCard(name, title, passed, len(lines), mark, tuple(lines), tuple(upcoming), tuple(inapplicable))


def _line(
    criterion: Criterion,
    result: CriterionResult,
    evidence: SubjectEvidence,
    clock: words.Clock,
    shown: set[str],
) -> Line:
    state = words.OUTCOMES[result.outcome]
    proofs = []
    again = []
    for reference in result.evidence:
        name = reference.rsplit("@", 1)[0]
        if name in shown:
            again.append(name)
            continue
        known = _record(evidence, name)
        if known is not None:
            shown.add(name)
            proofs.append(_proof(name, known, clock))
    detail = result.detail
    if result.outcome is Outcome.WAIVED:
        covered = result.without_waiver.value if result.without_waiver else "open"
        detail = f"{covered}, waived by {result.waiver}: {detail}"
    return Line(
        criterion.id,
        state.mark,
        state.word,
        criterion.question,
        criterion.rung.word if criterion.rung else Rung.NONE.word,
        detail,
        criterion.strength.word,
        criterion.gating,
        tuple(proofs),
        ", ".join(again),
    )


def _record(evidence: SubjectEvidence, name: str) -> Known | None:
    """The record that a scorecard calls `key` or `key[item]`."""
    key, bracket, rest = name.partition("[")
    return evidence.get(key, {}).get(rest[:-1] if bracket else "")


def _proof(name: str, known: Known, clock: words.Clock) -> Proof:
    record = known.record
    value = f"failed: {record.failed}" if known.value is None else say(known.value)
    return Proof(
        name,
        record.strength,
        record.source,
        clock.when(record.time),
        words.cut(value, _VALUE),
        words.cut(record.query, _QUERY),
    )


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
