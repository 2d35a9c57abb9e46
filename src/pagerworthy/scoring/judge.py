"""From a service's facts and evidence to its scorecard: what of the rubric applies, is due, is known and passes."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from pagerworthy.catalog import PHASES, Phase, Waiver
from pagerworthy.evidence import Strength, SubjectEvidence
from pagerworthy.scoring.cel import Program, Undecided
from pagerworthy.scoring.gather import Doubt, Gathered
from pagerworthy.scoring.looking import Looked, Looker, is_of_service, never_seen
from pagerworthy.scoring.model import Breach, CriterionResult, Outcome, Scorecard, Verdict
from pagerworthy.scoring.policy import parse_age
from pagerworthy.scoring.rubric import CompiledBreach, CompiledCriterion, Reads, Rubric
from pagerworthy.scoring.verdicts import Measure, conclude

_encoder = msgspec.msgpack.Encoder()
_WAIVABLE = frozenset({Outcome.FAIL, Outcome.UNKNOWN})
# Only of a pager that SRE carries can the contract be broken.
_HELD = frozenset({"sre", "shared"})


class _Rule(msgspec.Struct, frozen=True):
    """A criterion at its place in the rubric, with the results that say the same of every service that has them."""

    place: int
    each: CompiledCriterion
    needs: tuple[str, ...]
    max_age: dt.timedelta | None
    # Where it needs one record about the whole service: that record's key, and what is said when it was never seen.
    alone: str
    never_seen: CriterionResult
    not_applicable: CriterionResult
    upcoming: CriterionResult


class Judge:
    """Judges service after service by one rubric, with the waivers in force at one moment."""

    def __init__(self, rubric: Rubric, waivers: Sequence[Waiver], as_of: dt.datetime) -> None:
        self.rubric = rubric
        self.as_of = as_of
        # Compiled here, so that a process that is forked off has it, too.
        self.batch = rubric.batch
        self.measure = Measure(rubric.criteria, rubric.policy)
        self.waivers: dict[str, dict[str, Waiver]] = defaultdict(dict)
        for waiver in waivers:
            self.waivers[waiver.spec.service][waiver.spec.criterion] = waiver
        self.rules = [_rule(place, each) for place, each in enumerate(rubric.compiled)]
        self.due = {phase: [rule for rule in self.rules if _is_due(rule, phase)] for phase in PHASES}
        self.before = {
            phase: [None if _is_due(rule, phase) else rule.upcoming for rule in self.rules] for phase in PHASES
        }
        self._unknown: dict[tuple[str, str], CriterionResult] = {}
        self._common = hashlib.sha256(_encoder.encode((rubric.digest, as_of)))

    def card(self, gathered: Gathered, evidence: SubjectEvidence, unread: Sequence[str]) -> Scorecard:
        """The scorecard of one service; `unread` names the post-mortems that may be about it and cannot be read."""
        return _Subject(self, gathered, evidence, unread).card()

    def digest(self, gathered: Gathered, evidence: bytes, unread: Sequence[str]) -> bytes:
        """A digest of all that the scorecard of one service follows from; `evidence` is that of its evidence."""
        waivers = self.waivers.get(gathered.facts.service.name)
        total = self._common.copy()
        total.update(_encoder.encode((evidence, gathered.facts, gathered.pager, waivers, unread)))
        total.update(_encoder.encode((gathered.graph_doubt, gathered.dependents_doubt)))
        return total.digest()

    def unknown(self, criterion: str, reason: str) -> CriterionResult:
        """A criterion of which nothing was found. Most services lack the same, so that they share the result."""
        result = self._unknown.get((criterion, reason))
        if result is None:
            result = self._unknown[criterion, reason] = CriterionResult(criterion, Outcome.UNKNOWN, reason)
        return result


def _rule(place: int, each: CompiledCriterion) -> _Rule:
    criterion = each.criterion
    alone = criterion.needs[0] if len(criterion.needs) == 1 and is_of_service(criterion.needs[0]) else ""
    return _Rule(
        place=place,
        each=each,
        needs=criterion.needs,
        max_age=criterion.max_age,
        alone=alone,
        never_seen=CriterionResult(criterion.id, Outcome.UNKNOWN, never_seen(alone) if alone else ""),
        not_applicable=CriterionResult(criterion.id, Outcome.NOT_APPLICABLE, "does not apply to this service"),
        upcoming=CriterionResult(criterion.id, Outcome.UPCOMING, f"due in the {criterion.phase} phase"),
    )


def _is_due(rule: _Rule, phase: Phase) -> bool:
    return PHASES.index(rule.each.criterion.phase) <= PHASES.index(phase)


class _Subject:
    """One service while it is judged."""

    def __init__(self, judge: Judge, gathered: Gathered, evidence: SubjectEvidence, unread: Sequence[str]) -> None:
        self._judge = judge
        self._service = gathered.service
        self._pager = gathered.pager
        self._facts = gathered.facts
        self._seen = judge.rubric.language.facts(gathered.facts)
        self._evidence = evidence
        self._looker = Looker(evidence, gathered.facts, judge.as_of)
        self._graph_doubt = gathered.graph_doubt
        self._dependents_doubt = gathered.dependents_doubt
        self._incident_doubt = _of_postmortems(unread)
        self._is_doubtful = any((self._graph_doubt, self._dependents_doubt, self._incident_doubt))

    def card(self) -> Scorecard:
        rubric = self._judge.rubric
        results = self._results()
        stand = self._judge.measure.standing(results, self._service)
        breaches = self._breaches() if self._pager.holder in _HELD else ()
        lifted = int(self._facts.pager.freezes)
        verdict, reason = conclude(self._service, self._pager, stand, breaches, rubric.policy, lifted)
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
            results=tuple(results),
            blocking=tuple(each.criterion.id for each in stand.blocking),
            breaches=breaches,
        )

    def _results(self) -> list[CriterionResult]:
        judge, phase = self._judge, self._service.spec.phase
        evidence, look = self._evidence, self._looker.look
        results = judge.before[phase].copy()
        found: dict[int, Looked] = {}
        doubted = set()
        for rule in judge.due[phase]:
            if self._is_doubtful and (doubt := self._doubt_about(rule.each.reads)):
                name, reason = rule.each.criterion.id, f"not known: {doubt.why}"
                results[rule.place] = CriterionResult(name, Outcome.UNKNOWN, reason, mend=doubt.mend)
                doubted.add(rule.place)
                continue
            if rule.alone and rule.alone not in evidence:
                results[rule.place] = rule.never_seen
                continue
            looked = look(rule.needs, rule.max_age)
            if looked.missing:
                results[rule.place] = self._not_known(rule, looked.references, looked.missing)
            else:
                found[rule.place] = looked
        rules = judge.rules
        for place, part in enumerate(self._parts(found)):
            if part is False:
                if place not in doubted:
                    results[place] = rules[place].not_applicable
            elif results[place] is None:
                results[place] = self._result(rules[place], found[place], part)
        judged = [result for result in results if result is not None]
        waivers = judge.waivers.get(self._service.name)
        return judged if waivers is None else [_waived(result, waivers.get(result.id)) for result in judged]

    def _parts(self, found: Mapping[int, Looked]) -> Sequence[object]:
        """What expressions say of each criterion, see `Language.batch`; a text where one has no value."""
        judge = self._judge
        known = [False] * len(judge.rules)
        needs: list[str] = []
        for place in found:
            known[place] = True
            needs += judge.rules[place].needs
        seen = judge.rubric.language.batch_activation(self._seen, self._looker.values(needs), known)
        try:
            parts: Sequence[object] = judge.batch.run(seen)
        except Undecided:
            # One criterion that has no value must not hide the others: ask them one by one.
            return [self._part(rule.each, is_known=rule.place in found) for rule in judge.rules]
        return parts

    def _part(self, each: CompiledCriterion, *, is_known: bool) -> object:
        """One criterion's part of the batch, asked for alone."""
        applies = self._value(each.applies, ())
        if not is_known or applies is False or isinstance(applies, str):
            return applies
        needs = each.criterion.needs
        passes, detail = self._value(each.passes, needs), self._value(each.detail, needs)
        return passes if isinstance(passes, str) else [passes, detail]

    def _value(self, program: Program, needs: Sequence[str]) -> object:
        language = self._judge.rubric.language
        try:
            return program.run(language.activation(self._seen, self._looker.values(needs)))
        except Undecided as reason:
            return f"not known: {reason}"

    def _result(self, rule: _Rule, looked: Looked, part: object) -> CriterionResult:
        if not isinstance(part, list):
            return self._not_known(rule, looked.references, str(part))
        criterion = rule.each.criterion
        passes, detail = part
        outcome = Outcome.PASS if passes else Outcome.FAIL
        if passes and looked.strength < criterion.strength:
            outcome = Outcome.UNKNOWN
            detail = f"only {looked.strength.word}, and {criterion.strength.word} is asked for: {detail}"
        return CriterionResult(criterion.id, outcome, detail, looked.strength, looked.references)

    def _not_known(self, rule: _Rule, references: tuple[str, ...], reason: str) -> CriterionResult:
        name = rule.each.criterion.id
        if not references:
            return self._judge.unknown(name, reason)
        return CriterionResult(name, Outcome.UNKNOWN, reason, evidence=references)

    def _doubt_about(self, reads: Reads) -> Doubt | None:
        """Facts that would be read from a file that cannot be read are not known, whatever they seem to be."""
        return (
            (self._graph_doubt if reads.graph else None)
            or (self._dependents_doubt if reads.dependents else None)
            or (self._incident_doubt if reads.incidents else None)
        )

    def _breaches(self) -> tuple[Breach, ...]:
        return tuple(breach for each in self._judge.rubric.breaches if (breach := self._breach(each)) is not None)

    def _breach(self, each: CompiledBreach) -> Breach | None:
        """A limit of the contract that is crossed or cannot be judged; None where it is kept."""
        rule = each.rule
        looked = self._looker.look(rule.needs, parse_age(rule.max_age))
        unknown, broken = looked.missing, False
        if not unknown:
            value = self._value(each.when, rule.needs)
            unknown, broken = (value, False) if isinstance(value, str) else ("", bool(value))
        if not unknown and self._is_doubtful and (doubt := self._doubt_about(each.reads)):
            unknown = f"not known: {doubt.why}"
        if not unknown and not broken and rule.needs and looked.strength < (least := Strength[rule.strength.upper()]):
            unknown = f"not known: only {looked.strength.word}, and {least.word} is asked for"
        if not unknown and not broken:
            return None
        detail = unknown or str(self._value(each.detail, rule.needs))
        return Breach(rule.id, rule.title, Verdict(rule.then), detail, known=not unknown)


def _of_postmortems(unread: Sequence[str]) -> Doubt | None:
    if not unread:
        return None
    names = ", ".join(unread)
    plural = "" if len(unread) == 1 else "s"
    mend = f"Mend the post-mortem{plural} {names}; `pagerworthy check` says how."
    return Doubt(f"the post-mortem{plural} of {names} cannot be read", mend)


def _waived(result: CriterionResult, waiver: Waiver | None) -> CriterionResult:
    if waiver is None or result.outcome not in _WAIVABLE:
        return result
    return msgspec.structs.replace(result, outcome=Outcome.WAIVED, waiver=waiver.name, without_waiver=result.outcome)
