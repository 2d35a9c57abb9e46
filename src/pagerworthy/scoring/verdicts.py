"""From outcomes to rungs, scores and a verdict with its reason in one sentence."""

from collections.abc import Mapping, Sequence
from operator import itemgetter

import msgspec

from pagerworthy.catalog import PHASES, Service
from pagerworthy.handover import Pager
from pagerworthy.scoring.model import Breach, Criterion, CriterionResult, Outcome, Rung, Verdict
from pagerworthy.scoring.policy import Policy

# Looking a member up in its class takes as long as all else that is done with it below.
_PASS, _UNKNOWN, _WAIVED = Outcome.PASS, Outcome.UNKNOWN, Outcome.WAIVED
_UPCOMING, _NOT_APPLICABLE = Outcome.UPCOMING, Outcome.NOT_APPLICABLE
_ACCEPTANCE = PHASES.index("acceptance")
_NAMED = 3


class Judged(msgspec.Struct, frozen=True, gc=False):
    """One criterion beside its outcome for one service."""

    criterion: Criterion
    result: CriterionResult

    @property
    def is_waived(self) -> bool:
        return self.result.outcome is Outcome.WAIVED


class Standing(msgspec.Struct, frozen=True):
    """How far a service has climbed, and what keeps it from the rung that it needs, most urgent first."""

    rung: Rung
    rung_with_waivers: Rung
    required: Rung
    score: float
    score_with_waivers: float
    coverage: float
    blocking: tuple[Judged, ...]


class _Weighed(msgspec.Struct, frozen=True):
    """A criterion, its rung as a number, its weight, and how urgent it is when it fails, is not known or is waived."""

    criterion: Criterion
    rung: int
    weight: float
    urgency: Mapping[Outcome, tuple[bool, int, int, str]]


class Measure:
    """Measures services by the criteria of a rubric."""

    def __init__(self, criteria: Sequence[Criterion], policy: Policy) -> None:
        self._policy = policy
        self._weighed = [
            _Weighed(each, int(each.rung), policy.weight(each.rung), _urgencies(each)) for each in criteria
        ]

    def standing(self, results: Sequence[CriterionResult], service: Service) -> Standing:
        """Rungs, scores and coverage of one service; `results` are those of the criteria, in their order.

        A rung is reached when every criterion due on it and below passes; the score is the weighted share of due
        criteria that pass, 0 to 100; the coverage is the share of due criteria of which the outcome is known, 0 to 1,
        whatever a waiver says. Where nothing is due, score and coverage are 0: nothing was shown.
        """
        required = self._policy.required_rung(service.spec.engagement, service.spec.tier)
        needed = int(required)
        total = passed = with_waivers = 0.0
        due = known = 0
        rung = rung_with_waivers = int(Rung.GOLD)
        blocking = []
        for each, result in zip(self._weighed, results, strict=True):
            outcome = result.outcome
            if outcome is _NOT_APPLICABLE or outcome is _UPCOMING:
                continue
            due += 1
            known += (result.without_waiver or outcome) is not _UNKNOWN
            weight = each.weight
            total += weight
            if outcome is _PASS:
                passed += weight
                with_waivers += weight
                continue
            below = each.rung - 1
            rung = min(rung, below)
            if outcome is _WAIVED:
                with_waivers += weight
            elif below < rung_with_waivers:
                rung_with_waivers = below
            if below < needed:
                blocking.append((each.urgency[outcome], each.criterion, result))
        blocking.sort(key=itemgetter(0))
        return Standing(
            rung=Rung(rung if due else Rung.NONE),
            rung_with_waivers=Rung(rung_with_waivers if due else Rung.NONE),
            required=required,
            score=round(100 * passed / total, 1) if total else 0.0,
            score_with_waivers=round(100 * with_waivers / total, 1) if total else 0.0,
            coverage=round(known / due, 3) if due else 0.0,
            blocking=tuple([Judged(criterion, result) for _, criterion, result in blocking]),
        )


def _urgencies(criterion: Criterion) -> dict[Outcome, tuple[bool, int, int, str]]:
    outcomes = (Outcome.FAIL, Outcome.UNKNOWN, Outcome.WAIVED)
    return {
        outcome: (not criterion.gating, int(criterion.rung), index, criterion.id)
        for index, outcome in enumerate(outcomes)
    }


def conclude(
    service: Service,
    pager: Pager,
    stand: Standing,
    breaches: Sequence[Breach],
    policy: Policy,
    lifted: int,
) -> tuple[Verdict, str]:
    """The verdict on a service's pager and the sentence that gives its reason.

    `lifted` counts the freezes within the policy's period that are over.
    """
    if pager.holder in {"sre", "shared"}:
        return _while_sre_holds(pager, stand, breaches, policy, lifted)
    return _before_sre_holds(service, stand, policy)


def _before_sre_holds(service: Service, stand: Standing, policy: Policy) -> tuple[Verdict, str]:
    spec = service.spec
    wanted = f"{stand.required.word}, which tier {spec.tier} with engagement {spec.engagement} asks for"
    if PHASES.index(spec.phase) < _ACCEPTANCE:
        return Verdict.DEFER, f"It is in the {spec.phase} phase: the pager is decided on from acceptance on."
    if spec.engagement == "dev":
        reached = f"it has reached {stand.rung.word}" if stand.rung else "it has not reached bronze"
        return Verdict.DEFER, f"SRE is not asked: with engagement dev the team carries the pager; {reached}."
    if not stand.blocking and stand.rung >= stand.required:
        return Verdict.ACCEPT, f"Every criterion due passes up to {wanted}."
    count = len(stand.blocking)
    gating = [each for each in stand.blocking if each.criterion.gating]
    below = [each for each in stand.blocking if each.criterion.rung < stand.required and not each.is_waived]
    if count and not gating and not below and count <= policy.conditions.at_most:
        until = f"to be met within {policy.conditions.within_days} days"
        reason = f"{_criteria(count)} short of {wanted}: {_names(stand.blocking)}; {until}."
        return Verdict.ACCEPT_WITH_CONDITIONS, reason
    unknown = sum(each.result.outcome is Outcome.UNKNOWN for each in stand.blocking)
    failing = sum(each.result.outcome is Outcome.FAIL for each in stand.blocking)
    parts = [f"{failing} fail" if failing else "", f"{unknown} are not known" if unknown else ""]
    if waived := count - unknown - failing:
        parts.append(f"{waived} waived")
    return (
        Verdict.DEFER,
        f"{_criteria(count)} short of {wanted} ({', '.join(filter(None, parts))}); first: {_names(stand.blocking)}.",
    )


def _while_sre_holds(
    pager: Pager, stand: Standing, breaches: Sequence[Breach], policy: Policy, lifted: int
) -> tuple[Verdict, str]:
    broken = [breach for breach in breaches if breach.known]
    unseen = [breach for breach in breaches if not breach.known]
    titles = "; ".join(f"{breach.title.lower()} ({breach.detail})" for breach in broken)
    if broken and lifted >= policy.repeat.freezes:
        return Verdict.HAND_BACK, f"{lifted} freezes within {policy.repeat.within_days} days, and again: {titles}."
    if any(breach.action is Verdict.HAND_BACK for breach in broken):
        return Verdict.HAND_BACK, f"The contract is broken: {titles}."
    if broken:
        return Verdict.FREEZE, f"Deployments stop: {titles}."
    if unseen:
        # Whoever cannot see whether the budget is spent does not deploy; and losing evidence must end no freeze.
        return Verdict.FREEZE, f"Deployments stop until it is known whether the contract is kept; {_unseen(unseen)}."
    if pager.frozen:
        return Verdict.FREEZE, (
            f"Frozen by decision on {pager.freezes[-1]:%Y-%m-%d}; every limit is kept again, so a decision to resume "
            "is due."
        )
    reason = "No limit of the contract is broken"
    if stand.blocking:
        reason += f". {_criteria(len(stand.blocking))} short of {stand.required.word}: {_names(stand.blocking)}"
    return Verdict.KEEP, reason + "."


def _unseen(breaches: Sequence[Breach]) -> str:
    """The limits that cannot be judged; the details of several would bury the reason, and stand with each of them."""
    if len(breaches) == 1:
        return f"one of its limits is not known: {breaches[0].title.lower()} ({breaches[0].detail})"
    return f"{len(breaches)} of its limits are not known: {', '.join(breach.title.lower() for breach in breaches)}"


def _criteria(count: int) -> str:
    return "1 criterion is" if count == 1 else f"{count} criteria are"


def _names(judged: Sequence[Judged]) -> str:
    names = ", ".join(each.criterion.id for each in judged[:_NAMED])
    more = len(judged) - _NAMED
    return f"{names} and {more} more" if more > 0 else names
