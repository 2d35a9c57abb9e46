"""What the pages of all services share; its digest is part of every page's."""

from collections.abc import Mapping
from dataclasses import dataclass

from pagerworthy.scoring import Criterion, Policy
from pagerworthy.site import words


@dataclass(frozen=True, slots=True)
class Shared:
    """The moment, the rubric, and the labels of teams by name."""

    clock: words.Clock
    criteria: Mapping[str, Criterion]
    policy: Policy
    teams: Mapping[str, str]
