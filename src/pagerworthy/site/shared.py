"""What the pages of all services share; its digest is part of every page's."""

from collections.abc import Mapping
from dataclasses import dataclass

from pagerworthy.scoring import Criterion, Policy
from pagerworthy.site import words


@dataclass(frozen=True, slots=True)
class Shared:
    """The moment, the rubric, the labels of teams by name, and why a waiver does not count, where it does not."""

    clock: words.Clock
    criteria: Mapping[str, Criterion]
    policy: Policy
    teams: Mapping[str, str]
    broken: Mapping[str, str]
