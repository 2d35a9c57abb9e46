"""The rubric: all criteria and the policy, compiled and checked, ready to score with."""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec

from pagerworthy import catalog
from pagerworthy.catalog import Team, Waiver
from pagerworthy.scoring.cel import Language, Program, Rule
from pagerworthy.scoring.model import Criterion
from pagerworthy.scoring.policy import BreachRule, Policy


class Reads(msgspec.Struct, frozen=True):
    """Which facts the expressions of a rule read that another's broken file makes doubtful."""

    graph: bool = False
    dependents: bool = False
    incidents: bool = False


class CompiledCriterion(msgspec.Struct, frozen=True):
    """A criterion, its three programs, and which doubtful facts decide it."""

    criterion: Criterion
    applies: Program
    passes: Program
    detail: Program
    reads: Reads = Reads()

    @property
    def rule(self) -> Rule:
        return Rule(self.criterion.applies, self.criterion.pass_, self.criterion.detail)


class CompiledBreach(msgspec.Struct, frozen=True):
    """A limit of the contract, its two programs, and which doubtful facts decide it."""

    rule: BreachRule
    when: Program
    detail: Program
    reads: Reads = Reads()


class Rubric(msgspec.Struct, frozen=True, dict=True):
    """All criteria, in order of area and id, and the policy. `digest` covers everything that can change an outcome."""

    policy: Policy
    compiled: tuple[CompiledCriterion, ...]
    breaches: tuple[CompiledBreach, ...]
    language: Language
    digest: str

    @cached_property
    def batch(self) -> Program:
        """All criteria as one expression (see `Language.batch`): compiled for who scores, and not for who checks."""
        return self.language.batch([each.rule for each in self.compiled])

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(each.criterion for each in self.compiled)

    def honours(self, waiver: Waiver, teams: Mapping[str, Team]) -> bool:
        """Whether the policy lets the waiver count."""
        return not broken_terms(waiver, self.policy, teams)


def broken_terms(waiver: Waiver, policy: Policy, teams: Mapping[str, Team]) -> str:
    """Which term of the policy a waiver breaks, in words; empty where it breaks none."""
    return catalog.broken_terms(waiver, policy.waivers, teams)


def assemble(
    criteria: Sequence[Criterion],
    policy: Policy,
    compiled: Sequence[CompiledCriterion],
    breaches: Sequence[CompiledBreach],
    language: Language,
) -> Rubric:
    """Puts checked parts together: orders them and takes the digest."""
    order = {area.id: index for index, area in enumerate(policy.areas)}
    ordered = sorted(compiled, key=lambda each: (order[each.criterion.area], each.criterion.rung, each.criterion.id))
    return Rubric(
        policy=policy,
        compiled=tuple(ordered),
        breaches=tuple(breaches),
        language=language,
        digest=_digest(criteria, policy),
    )


def _digest(criteria: Sequence[Criterion], policy: Policy) -> str:
    content = [msgspec.structs.replace(criterion, file="") for criterion in sorted(criteria, key=lambda each: each.id)]
    encoded = msgspec.json.encode([content, policy], order="sorted")
    return f"sha256:{hashlib.sha256(encoded).hexdigest()}"
