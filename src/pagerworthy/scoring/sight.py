"""What is known of one service: how strong, how old and from where, what is missing, and who would bring it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Literal

import msgspec

from pagerworthy.catalog import Service
from pagerworthy.evidence import KEYS, Known, Record, SubjectEvidence, collector_of, is_stale, items_of
from pagerworthy.evidence.record import Strength, StrengthWord
from pagerworthy.scoring.model import Criterion, CriterionResult, Outcome, Scorecard

State = Literal["known", "weak", "stale", "failed", "missing"]


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to be known of a service: a key, of one part of it where keys are kept per part.

    `state` is `weak` where the record is weaker, and `stale` where it is older, than a criterion of `criteria` asks.
    `criteria` are the due ones that need the key. `strength` is what the record has, `wanted` the most that one of
    them asks for. `seen` is when the source said so; `done` when what was exercised was done, where that is said.
    `collector` is the source that brings the key, empty where none can.
    """

    key: str
    item: str
    says: str
    state: State
    wanted: StrengthWord
    collector: str
    criteria: tuple[str, ...]
    strength: StrengthWord | None = None
    seen: dt.datetime | None = None
    done: dt.datetime | None = None
    expires: dt.datetime | None = None
    source: str = ""
    query: str = ""
    reason: str = ""


class Gain(msgspec.Struct, frozen=True):
    """What one source would make known, if it were asked and all was well: these criteria, and the coverage after that,
    0 to 1."""

    collector: str
    criteria: tuple[str, ...]
    coverage: float


class Sights(msgspec.Struct, frozen=True):
    """What is known of a service at a moment; `due` and `known` count criteria, `gains` has the largest first."""

    service: str
    as_of: dt.datetime
    due: int
    known: int
    coverage: float
    sights: tuple[Sight, ...]
    gains: tuple[Gain, ...]


def sights_of(
    service: Service, card: Scorecard, criteria: Sequence[Criterion], evidence: SubjectEvidence, as_of: dt.datetime
) -> Sights:
    """What is known of a service; `card` is its scorecard by these criteria, made of this evidence for this moment."""
    results = {result.id: result for result in card.results}
    due = [each for each in criteria if results[each.id].outcome.is_due]
    asked: dict[str, list[Criterion]] = {}
    for criterion in due:
        for key in criterion.needs:
            asked.setdefault(key, []).append(criterion)
    found = tuple(
        _sight(service, key, item, asked[key], evidence.get(key, {}).get(item), as_of)
        for key in KEYS
        if key in asked
        for item in items_of(service, KEYS[key].per)
    )
    unknown = {each.id for each in due if _is_unknown(results[each.id])}
    return Sights(
        service=service.name,
        as_of=as_of,
        due=len(due),
        known=len(due) - len(unknown),
        coverage=card.coverage,
        sights=found,
        gains=_gains(due, _lacking(service, due, unknown, evidence, as_of), len(due) - len(unknown)),
    )


def gains_of(
    service: Service, card: Scorecard, rubric: Mapping[str, Criterion], evidence: SubjectEvidence, as_of: dt.datetime
) -> tuple[Gain, ...]:
    """The gains alone, as `sights_of` has them; only what an unknown criterion needs is looked at."""
    due = [rubric[each.id] for each in card.results if each.outcome.is_due and each.id in rubric]
    unknown = {each.id for each in card.results if each.outcome.is_due and _is_unknown(each)}
    return _gains(due, _lacking(service, due, unknown, evidence, as_of), len(due) - len(unknown))


def _is_unknown(result: CriterionResult) -> bool:
    return (result.without_waiver or result.outcome) is Outcome.UNKNOWN


def _sight(
    service: Service, key: str, item: str, criteria: Sequence[Criterion], known: Known | None, as_of: dt.datetime
) -> Sight:
    kind = KEYS[key]
    wanted = max(criterion.strength for criterion in criteria)
    bare = Sight(
        key=key,
        item=item,
        says=kind.says,
        state="missing",
        wanted=wanted.word,
        collector=collector_of(key, _place(service, key, item)),
        criteria=tuple(criterion.id for criterion in criteria),
    )
    if known is None:
        return bare
    record = known.record
    return msgspec.structs.replace(
        bare,
        state=_state(record, criteria, as_of),
        strength=None if record.failed else record.strength,
        seen=record.time,
        done=_done(known),
        expires=record.expires,
        source=record.source,
        query=record.query,
        reason=record.failed,
    )


def _done(known: Known) -> dt.datetime | None:
    days = getattr(known.value, "age_days", None)
    if days is None or known.level is not Strength.EXERCISED:
        return None
    return known.record.time - dt.timedelta(days=days)


def _state(record: Record, criteria: Sequence[Criterion], as_of: dt.datetime) -> State:
    if record.failed:
        return "failed"
    if any(is_stale(record, as_of=as_of, max_age=each.max_age) for each in criteria):
        return "stale"
    return "weak" if any(record.level < each.strength for each in criteria) else "known"


def _lacking(
    service: Service, due: Sequence[Criterion], unknown: set[str], evidence: SubjectEvidence, as_of: dt.datetime
) -> dict[str, set[str]]:
    """By unknown criterion, the collectors of what it lacks: what is old or weak for one may do for another."""
    lacking: dict[str, set[str]] = {}
    for criterion in due:
        if criterion.id not in unknown:
            continue
        lacking[criterion.id] = {
            collector_of(key, _place(service, key, item))
            for key in criterion.needs
            for item in items_of(service, KEYS[key].per)
            if _is_lacking(evidence.get(key, {}).get(item), criterion, as_of)
        }
    return lacking


def _is_lacking(known: Known | None, criterion: Criterion, as_of: dt.datetime) -> bool:
    return known is None or _state(known.record, (criterion,), as_of) != "known"


def _place(service: Service, key: str, item: str) -> str:
    """Where that lies which a record is about: the item, or the design document."""
    design = service.spec.design
    return (design.path or design.url) if design is not None and key == "files.design" else item


def _gains(due: Sequence[Criterion], lacking: Mapping[str, set[str]], known: int) -> tuple[Gain, ...]:
    """The largest first; per collector the criteria of which nothing else is lacking.

    Evidence of two sources at once is nobody's gain.
    """
    brought: dict[str, list[str]] = {}
    for each in due:
        if len(who := lacking.get(each.id, set())) == 1:
            brought.setdefault(next(iter(who)), []).append(each.id)
    # What no source can bring is nobody's.
    brought.pop("", None)
    gains = [
        Gain(collector, tuple(criteria), round((known + len(criteria)) / len(due), 3))
        for collector, criteria in brought.items()
        if criteria
    ]
    return tuple(sorted(gains, key=lambda gain: (-len(gain.criteria), gain.collector)))
