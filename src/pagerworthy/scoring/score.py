"""Scores: a pure function of catalog, graph, evidence, rubric and moment."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import msgspec

from pagerworthy.catalog import PHASES, Catalog, Team, Waiver
from pagerworthy.evidence import (
    KEYS,
    Evidence,
    Key,
    Known,
    Strength,
    SubjectEvidence,
    brought_by,
    is_stale,
    survived,
)
from pagerworthy.graph import DependencyGraph
from pagerworthy.parallel import in_halves
from pagerworthy.scoring.cel import Program, Undecided
from pagerworthy.scoring.facts import SubjectFacts
from pagerworthy.scoring.gather import Doubt, Gathered, Gatherer
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

# Fewer services are scored sooner than a second process starts.
_MANY = 600
_WAIVABLE = frozenset({Outcome.FAIL, Outcome.UNKNOWN})
# Only of a pager that SRE carries can the contract be broken.
_HELD = frozenset({"sre", "shared"})
_NO_RECORDS: Mapping[str, Known] = {}
_PHASE_INDEX = {phase: index for index, phase in enumerate(PHASES)}


class _Looked(msgspec.Struct, frozen=True, gc=False):
    """What looking for the evidence of a rule has brought: its records, their strength, or why it is not known.

    `doubtful` says that facts are missing, too, so that not even whether the rule applies is known; `mend` how they
    come back.
    """

    references: tuple[str, ...] = ()
    strength: Strength = Strength.DECLARED
    missing: str = ""
    doubtful: bool = False
    mend: str = ""


_NOTHING_NEEDED = _Looked()


def score(
    catalog: Catalog,
    graph: DependencyGraph,
    evidence: Evidence,
    rubric: Rubric,
    as_of: dt.datetime,
    *,
    unread: Mapping[str, Sequence[str]] | None = None,
) -> Scores:
    """Scores every service. The same arguments always give the same result; nothing is read, nothing is written.

    `unread` names, by service, the post-mortems that may be about it and cannot be read.
    """
    waivers = _waivers_in_force(catalog.waivers, rubric, catalog.teams, as_of)
    gatherer = Gatherer(catalog, graph, rubric.policy, as_of, survived(evidence, within=rubric.policy.drill_age))
    doubts = unread or {}
    # Compiled here, once for both processes.
    batch = rubric.batch

    def cards(names: Sequence[str]) -> list[Scorecard]:
        subjects = (
            _Subject(gatherer.of(name), evidence.of(name), rubric, batch, as_of, doubts.get(name, ())) for name in names
        )
        return [subject.card(waivers) for subject in subjects]

    return Scores(
        as_of=as_of,
        digests=Digests(catalog=catalog.digest, rubric=rubric.digest, evidence=evidence.digest),
        scorecards=tuple(in_halves(cards, list(catalog.services), Scorecard, many=_MANY)),
    )


def _waivers_in_force(
    waivers: Sequence[Waiver], rubric: Rubric, teams: Mapping[str, Team], as_of: dt.datetime
) -> Mapping[tuple[str, str], Waiver]:
    today = as_of.date()
    return {
        (waiver.spec.service, waiver.spec.criterion): waiver
        for waiver in waivers
        if waiver.spec.granted <= today <= waiver.spec.expires and rubric.honours(waiver, teams)
    }


class _Subject:
    """One service while it is scored."""

    def __init__(
        self,
        gathered: Gathered,
        evidence: SubjectEvidence,
        rubric: Rubric,
        batch: Program,
        as_of: dt.datetime,
        unread: Sequence[str],
    ) -> None:
        service, facts = gathered.service, gathered.facts
        self._service = service
        self._pager = gathered.pager
        self._facts = facts
        self._evidence = evidence
        self._rubric = rubric
        self._batch = batch
        self._as_of = as_of
        self._items = _items(facts)
        self._graph_doubt = gathered.graph_doubt
        self._dependents_doubt = gathered.dependents_doubt
        self._incident_doubt = _of_postmortems(unread)
        self._looked = [
            self._doubted(each) or self._look(each.criterion.needs, each.criterion.max_age) for each in rubric.compiled
        ]
        phase = _PHASE_INDEX[service.spec.phase]
        self._due = [_PHASE_INDEX[each.criterion.phase] <= phase for each in rubric.compiled]
        known = [due and not looked.missing for due, looked in zip(self._due, self._looked, strict=True)]
        self._activation = rubric.language.activation(
            facts, _present(evidence, self._needed(known), self._items, as_of), known
        )

    def card(self, waivers: Mapping[tuple[str, str], Waiver]) -> Scorecard:
        judged = self._judge(waivers)
        stand = standing(judged, self._rubric.policy, self._service)
        breaches = self._breaches() if self._pager.holder in _HELD else ()
        lifted = int(self._facts.pager.freezes)
        verdict, reason = conclude(self._service, self._pager, stand, breaches, self._rubric.policy, lifted)
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

    def _needed(self, known: Sequence[bool]) -> set[str]:
        """The evidence that expressions will be asked about: turning it into what they read takes time."""
        needed = {
            name
            for each, is_known in zip(self._rubric.compiled, known, strict=True)
            if is_known
            for name in each.criterion.needs
        }
        if self._pager.holder in _HELD:
            needed.update(name for each in self._rubric.breaches for name in each.rule.needs)
        return needed

    def _judge(self, waivers: Mapping[tuple[str, str], Waiver]) -> list[Judged]:
        try:
            parts = self._batch.run(self._activation)
        except Undecided:
            # One criterion that has no value must not hide the others: ask them one by one.
            parts = [None] * len(self._rubric.compiled)
        judged = []
        for each, looked, due, part in zip(self._rubric.compiled, self._looked, self._due, parts, strict=True):
            result = self._result(each, looked, due, self._part(each, looked, due) if part is None else part)
            if result.outcome in _WAIVABLE:
                result = _waived(result, waivers.get((self._service.name, each.criterion.id)))
            judged.append(Judged(each.criterion, result))
        return judged

    def _part(self, each: CompiledCriterion, looked: _Looked, due: bool) -> object:
        """One criterion's part of the batch, asked for alone; a text where it has no value."""
        applies = self._value(each.applies)
        if not due or looked.missing or applies is False or isinstance(applies, str):
            return applies
        passes, detail = self._value(each.passes), self._value(each.detail)
        return passes if isinstance(passes, str) else [passes, detail]

    def _value(self, program: Program) -> object:
        try:
            return program.run(self._activation)
        except Undecided as reason:
            return f"not known: {reason}"

    def _result(self, each: CompiledCriterion, looked: _Looked, due: bool, part: object) -> CriterionResult:
        criterion = each.criterion
        if looked.doubtful and due:
            return CriterionResult(criterion.id, Outcome.UNKNOWN, looked.missing, mend=looked.mend)
        if part is False:
            return CriterionResult(criterion.id, Outcome.NOT_APPLICABLE, "does not apply to this service")
        if not due:
            return CriterionResult(criterion.id, Outcome.UPCOMING, f"due in the {criterion.phase} phase")
        if looked.missing:
            return CriterionResult(criterion.id, Outcome.UNKNOWN, looked.missing, evidence=looked.references)
        if not isinstance(part, list):
            return CriterionResult(criterion.id, Outcome.UNKNOWN, str(part), evidence=looked.references)
        passes, detail = part
        outcome = Outcome.PASS if passes else Outcome.FAIL
        if passes and looked.strength < criterion.strength:
            outcome = Outcome.UNKNOWN
            detail = f"only {looked.strength.word}, and {criterion.strength.word} is asked for: {detail}"
        return CriterionResult(criterion.id, outcome, detail, looked.strength, looked.references)

    def _look(self, needs: Sequence[str], max_age: dt.timedelta | None) -> _Looked:
        """Finds the records that a rule needs; one missing, stale or failed record makes the whole not known."""
        if not needs:
            return _NOTHING_NEEDED
        references: list[str] = []
        strength = Strength.EXERCISED
        for name in needs:
            key = KEYS[name]
            known = self._evidence.get(name, _NO_RECORDS)
            items = self._items[key.per]
            if not items:
                return _Looked(missing=f"not known: the entry names no {key.per} to look at")
            for item in items:
                record = known.get(item)
                if record is None or (missing := self._missing(key, item, record, max_age)):
                    return _Looked(tuple(references), missing=_never_seen(key, item) if record is None else missing)
                references.append(record.reference)
                strength = min(strength, record.level)
        return _Looked(tuple(references), strength)

    def _missing(self, key: Key, item: str, known: Known, max_age: dt.timedelta | None) -> str:
        record = known.record
        if record.failed:
            return f"not known: {record.source} failed on {_about(key, item)}: {record.failed}"
        if is_stale(record, as_of=self._as_of, max_age=max_age):
            return f"not known: {_about(key, item)} is stale, last seen {record.time:%Y-%m-%d}"
        return ""

    def _breaches(self) -> tuple[Breach, ...]:
        found = []
        for each in self._rubric.breaches:
            rule = each.rule
            looked = self._look(rule.needs, parse_age(rule.max_age))
            broken = self._value(each.when)
            unknown = looked.missing or (broken if isinstance(broken, str) else "")
            if not unknown and "incidents." in rule.when and self._incident_doubt:
                unknown = f"not known: {self._incident_doubt.why}"
            if (
                not unknown
                and not broken
                and rule.needs
                and looked.strength < (least := Strength[rule.strength.upper()])
            ):
                unknown = f"not known: only {looked.strength.word}, and {least.word} is asked for"
            if unknown:
                found.append(_breach(rule, unknown, known=False))
            elif broken:
                found.append(_breach(rule, str(self._value(each.detail)), known=True))
        return tuple(found)

    def _doubted(self, each: CompiledCriterion) -> _Looked | None:
        """Facts that would be read from a file that cannot be read are not known, whatever they seem to be."""
        doubt = (
            (each.reads_graph and self._graph_doubt)
            or (each.reads_dependents and self._dependents_doubt)
            or (each.reads_incidents and self._incident_doubt)
        )
        return _Looked(missing=f"not known: {doubt.why}", doubtful=True, mend=doubt.mend) if doubt else None


def _of_postmortems(unread: Sequence[str]) -> Doubt | None:
    if not unread:
        return None
    names = ", ".join(unread)
    plural = "" if len(unread) == 1 else "s"
    mend = f"Mend the post-mortem{plural} {names}; `pagerworthy check` says how."
    return Doubt(f"the post-mortem{plural} of {names} cannot be read", mend)


def _about(key: Key, item: str) -> str:
    return f"{key.name} of {item}" if item else key.name


def _never_seen(key: Key, item: str) -> str:
    return f"not known: no collector has looked ({_about(key, item)}; {brought_by(key.name)})"


def _waived(result: CriterionResult, waiver: Waiver | None) -> CriterionResult:
    if waiver is None:
        return result
    return msgspec.structs.replace(result, outcome=Outcome.WAIVED, waiver=waiver.name, without_waiver=result.outcome)


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
        "hard": [dependency.target for dependency in service.dependencies if dependency.hard],
        "soft": [dependency.target for dependency in service.dependencies if not dependency.hard],
        "store": [store.name for store in service.stores],
    }


def _present(
    evidence: SubjectEvidence, needed: Collection[str], items: Mapping[str, Sequence[str]], as_of: dt.datetime
) -> SubjectEvidence:
    """What expressions see: the records needed of parts that the entry still has, with ages counted up to now.

    Otherwise the record of an objective that is long gone would fail its criterion, and a drill would stay as recent as
    on the day of its report.
    """
    return {
        name: {item: _aged(known, as_of) for item, known in by_item.items() if item in items[KEYS[name].per]}
        for name, by_item in evidence.items()
        if name in needed
    }


def _aged(known: Known, as_of: dt.datetime) -> Known:
    if known.value is None:
        return known
    value = known.value.after((as_of - known.record.time) / dt.timedelta(days=1))
    return known if value is known.value else msgspec.structs.replace(known, value=value)
