"""Scores: a pure function of catalog, graph, evidence, rubric and moment."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pagerworthy.catalog import PHASES, Catalog, Service, Waiver
from pagerworthy.evidence import KEYS, Evidence, Key, Known, Record, Strength, SubjectEvidence, is_stale
from pagerworthy.graph import DependencyGraph
from pagerworthy.handover import Pager
from pagerworthy.scoring.cel import Program, Undecided
from pagerworthy.scoring.facts import SubjectFacts
from pagerworthy.scoring.gather import gather
from pagerworthy.scoring.model import (
    Breach,
    CriterionResult,
    Digests,
    Outcome,
    Scorecard,
    Scores,
    Verdict,
)
from pagerworthy.scoring.policy import BreachRule, parse_age
from pagerworthy.scoring.rubric import CompiledCriterion, Rubric
from pagerworthy.scoring.verdicts import Judged, conclude, standing

_PHASE_INDEX = {phase: index for index, phase in enumerate(PHASES)}


class _Looked(msgspec.Struct, frozen=True):
    """What looking for the evidence that a rule needs has brought: records, or the reason why it is not known."""

    records: tuple[Record, ...] = ()
    missing: str = ""


def score(catalog: Catalog, graph: DependencyGraph, evidence: Evidence, rubric: Rubric, as_of: dt.datetime) -> Scores:
    """Scores every service. The same arguments always give the same result; nothing is read, nothing is written."""
    cards = tuple(score_each(catalog, graph, evidence, rubric, as_of))
    return Scores(
        as_of=as_of,
        digests=Digests(catalog=catalog.digest, rubric=rubric.digest, evidence=evidence.digest),
        scorecards=cards,
    )


def score_each(
    catalog: Catalog, graph: DependencyGraph, evidence: Evidence, rubric: Rubric, as_of: dt.datetime
) -> Iterator[Scorecard]:
    """The scorecards one by one, by name, so that a caller can show progress or stop."""
    waivers = _waivers_in_force(catalog.waivers, rubric, as_of)
    for service, pager, facts in gather(catalog, graph, rubric.policy, as_of):
        yield _Subject(service, pager, facts, evidence.of(service.name), rubric, as_of).card(waivers)


def _waivers_in_force(
    waivers: Sequence[Waiver], rubric: Rubric, as_of: dt.datetime
) -> Mapping[tuple[str, str], Waiver]:
    today = as_of.date()
    return {
        (waiver.spec.service, waiver.spec.criterion): waiver
        for waiver in waivers
        if waiver.spec.granted <= today <= waiver.spec.expires and rubric.honours(waiver)
    }


class _Subject:
    """One service while it is scored."""

    def __init__(
        self,
        service: Service,
        pager: Pager,
        facts: SubjectFacts,
        evidence: SubjectEvidence,
        rubric: Rubric,
        as_of: dt.datetime,
    ) -> None:
        self._service = service
        self._pager = pager
        self._facts = facts
        self._evidence = evidence
        self._rubric = rubric
        self._as_of = as_of
        self._items = _items(facts)
        self._activation = rubric.language.activation(facts, _present(evidence, self._items, as_of))

    def card(self, waivers: Mapping[tuple[str, str], Waiver]) -> Scorecard:
        judged = self._judge(waivers)
        stand = standing(judged, self._rubric.policy, self._service)
        breaches = self._breaches() if self._pager.holder in {"sre", "shared"} else ()
        verdict, reason = conclude(
            self._service, self._pager, stand, breaches, self._rubric.policy, self._facts.pager.freezes
        )
        return Scorecard(
            service=self._service.name,
            verdict=verdict,
            reason=reason,
            holder=self._pager.holder,
            rung=stand.rung,
            rung_with_waivers=stand.rung_with_waivers,
            required_rung=stand.required,
            score=stand.score,
            score_with_waivers=stand.score_with_waivers,
            coverage=stand.coverage,
            results=tuple(each.result for each in judged),
            blocking=tuple(each.criterion.id for each in stand.blocking),
            breaches=breaches,
        )

    def _judge(self, waivers: Mapping[tuple[str, str], Waiver]) -> list[Judged]:
        rubric = self._rubric
        applies = self._values(rubric.batches.applies, [each.applies for each in rubric.compiled])
        passes = self._values(rubric.batches.passes, [each.passes for each in rubric.compiled])
        details = self._values(rubric.batches.details, [each.detail for each in rubric.compiled])
        phase = _PHASE_INDEX[self._service.spec.phase]
        judged = []
        for each, does_apply, does_pass, detail in zip(rubric.compiled, applies, passes, details, strict=True):
            result = self._result(each, does_apply, does_pass, detail, phase)
            waiver = waivers.get((self._service.name, each.criterion.id))
            if waiver and result.outcome in {Outcome.FAIL, Outcome.UNKNOWN}:
                result = msgspec.structs.replace(
                    result, outcome=Outcome.WAIVED, waiver=waiver.name, without_waiver=result.outcome
                )
            judged.append(Judged(each.criterion, result))
        return judged

    def _values(self, batch: Program, programs: Sequence[Program]) -> Sequence[object]:
        """Runs all expressions at once; one that has no value must not hide the others, so then one by one."""
        try:
            values: Sequence[object] = batch.run(self._activation)
        except Undecided:
            return [self._value(program) for program in programs]
        return values

    def _value(self, program: Program) -> object:
        try:
            return program.run(self._activation)
        except Undecided as reason:
            return reason

    def _result(
        self, each: CompiledCriterion, does_apply: object, does_pass: object, detail: object, phase: int
    ) -> CriterionResult:
        criterion = each.criterion
        if isinstance(does_apply, Undecided):
            return CriterionResult(criterion.id, Outcome.UNKNOWN, f"whether it applies is not known: {does_apply}")
        if not does_apply:
            return CriterionResult(criterion.id, Outcome.NOT_APPLICABLE, "does not apply to this service")
        if _PHASE_INDEX[criterion.phase] > phase:
            return CriterionResult(criterion.id, Outcome.UPCOMING, f"due in the {criterion.phase} phase")
        looked = self._look(criterion.needs, criterion.max_age)
        references = tuple(record.reference for record in looked.records)
        strength = min((record.level for record in looked.records), default=Strength.DECLARED)
        if looked.missing:
            return CriterionResult(criterion.id, Outcome.UNKNOWN, looked.missing, evidence=references)
        if isinstance(does_pass, Undecided):
            return CriterionResult(criterion.id, Outcome.UNKNOWN, f"not known: {does_pass}", evidence=references)
        found = "" if isinstance(detail, Undecided) else str(detail)
        if does_pass and strength < criterion.strength:
            return CriterionResult(
                criterion.id,
                Outcome.UNKNOWN,
                f"only {strength.word}, and {criterion.strength.word} is asked for: {found}",
                strength,
                references,
            )
        return CriterionResult(criterion.id, Outcome.PASS if does_pass else Outcome.FAIL, found, strength, references)

    def _look(self, needs: Sequence[str], max_age: dt.timedelta | None) -> _Looked:
        """Finds the records that a rule needs; one missing, stale or failed record makes the whole not known."""
        records: list[Record] = []
        for name in needs:
            key = KEYS[name]
            known = self._evidence.get(name, {})
            items = self._items[key.per]
            if not items:
                return _Looked(missing=f"not known: the entry names no {key.per} to look at")
            for item in items:
                if missing := self._missing(key, item, known.get(item), max_age):
                    return _Looked(tuple(records), missing)
                records.append(known[item].record)
        return _Looked(tuple(records))

    def _missing(self, key: Key, item: str, known: Known | None, max_age: dt.timedelta | None) -> str:
        about = f"{key.name} of {item}" if item else key.name
        if known is None:
            return f"not known: no collector has looked ({about}; the {key.collector} collector brings it)"
        record = known.record
        if record.failed:
            return f"not known: {record.source} failed on {about}: {record.failed}"
        if is_stale(record, as_of=self._as_of, max_age=max_age):
            return f"not known: {about} is stale, last seen {record.time:%Y-%m-%d}"
        return ""

    def _breaches(self) -> tuple[Breach, ...]:
        found = []
        for rule, when, detail in self._rubric.breaches:
            looked = self._look(rule.needs, parse_age(rule.max_age))
            broken = self._value(when)
            if looked.missing or isinstance(broken, Undecided):
                reason = looked.missing or f"not known: {broken}"
                found.append(_breach(rule, reason, known=False))
            elif broken:
                found.append(_breach(rule, str(self._value(detail)), known=True))
        return tuple(found)


def _breach(rule: BreachRule, detail: str, *, known: bool) -> Breach:
    return Breach(rule.id, rule.title, Verdict(rule.then), detail, known)


def _items(facts: SubjectFacts) -> Mapping[str, Sequence[str]]:
    """The parts of a service that must each have their own record, for every way in which keys are kept."""
    service = facts.service
    return {
        "service": ("",),
        "slo": [slo.name for slo in service.slos],
        "runbook": [runbook.place for runbook in service.runbooks],
        "dashboard": list(service.dashboards),
        "dependency": [dependency.target for dependency in service.dependencies],
        "soft": [dependency.target for dependency in service.dependencies if not dependency.hard],
        "store": [store.name for store in service.stores],
    }


def _present(evidence: SubjectEvidence, items: Mapping[str, Sequence[str]], as_of: dt.datetime) -> SubjectEvidence:
    """What expressions see: records of parts that the entry still has, with ages counted up to now.

    Otherwise the record of an objective that is long gone would fail its criterion, and a drill would stay as recent as
    on the day of its report.
    """
    return {
        name: {item: _aged(known, as_of) for item, known in by_item.items() if item in items[KEYS[name].per]}
        for name, by_item in evidence.items()
    }


def _aged(known: Known, as_of: dt.datetime) -> Known:
    if known.value is None:
        return known
    value = known.value.after((as_of - known.record.time) / dt.timedelta(days=1))
    return known if value is known.value else Known(known.record, value)
