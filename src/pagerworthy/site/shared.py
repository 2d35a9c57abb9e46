"""What the pages of all services share; its digest is part of every page's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from pagerworthy.scoring import Criterion, Policy, Rung
from pagerworthy.site import words

_EFFORT = {"small": 0, "medium": 1, "large": 2}


@dataclass(frozen=True, slots=True)
class Asked:
    """What every service's pages say of a criterion; `order` ranks it among those that are not met."""

    id: str
    question: str
    area: str
    rung: str
    fix: Markup
    effort: str
    order: tuple[float, int, str]


@dataclass(frozen=True, slots=True)
class Shared:
    """The moment, the rubric, the labels of teams by name, and why a waiver does not count, where it does not."""

    clock: words.Clock
    criteria: Mapping[str, Criterion]
    asked: Mapping[str, Asked]
    policy: Policy
    teams: Mapping[str, str]
    broken: Mapping[str, str]


def asked_of(criteria: Iterable[Criterion], policy: Policy) -> dict[str, Asked]:
    """The criteria of the policy's areas, by id."""
    areas = {area.id for area in policy.areas}
    return {each.id: _asked(each, policy) for each in criteria if each.area in areas}


def _asked(criterion: Criterion, policy: Policy) -> Asked:
    word = criterion.rung.word if criterion.rung else Rung.NONE.word
    weight = policy.weight(criterion.rung) if criterion.rung else 0.0
    return Asked(
        id=criterion.id,
        question=criterion.question,
        area=criterion.area,
        rung=f"{word}, gating" if criterion.gating else word,
        fix=words.ticked(criterion.fix.text),
        effort=criterion.fix.effort,
        order=(-weight, _EFFORT.get(criterion.fix.effort, 1), criterion.id),
    )
