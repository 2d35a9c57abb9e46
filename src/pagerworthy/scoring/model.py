"""What a rubric is made of and what scoring returns: criteria, outcomes, scorecards, verdicts."""

import datetime as dt
import enum
from collections.abc import Mapping

import msgspec

from pagerworthy.catalog import Phase
from pagerworthy.evidence import Strength
from pagerworthy.handover import PagerHolder


class Outcome(enum.StrEnum):
    """What is known of one criterion for one service."""

    PASS = "pass"  # noqa: S105 -- an outcome, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"
    WAIVED = "waived"
    UPCOMING = "upcoming"
    NOT_APPLICABLE = "not-applicable"

    @property
    def is_due(self) -> bool:
        """Whether the criterion counts now: it applies and its phase has come."""
        return self not in {Outcome.UPCOMING, Outcome.NOT_APPLICABLE}


class Rung(enum.IntEnum):
    """How far a service has climbed; `NONE` is below bronze."""

    NONE = 0
    BRONZE = 1
    SILVER = 2
    GOLD = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Verdict(enum.StrEnum):
    """What the rubric concludes about a service's pager."""

    ACCEPT = "accept"
    ACCEPT_WITH_CONDITIONS = "accept-with-conditions"
    DEFER = "defer"
    KEEP = "keep"
    FREEZE = "freeze"
    HAND_BACK = "hand-back"


class Fix(msgspec.Struct, frozen=True):
    """How a failing criterion is met, and how much work that is."""

    text: str
    effort: str


class Criterion(msgspec.Struct, frozen=True):
    """One question about one service; `pass_`, `applies` and `detail` are CEL expressions."""

    id: str
    question: str
    area: str
    phase: Phase
    rung: Rung
    strength: Strength
    pass_: str
    why: str
    fix: Fix
    needs: tuple[str, ...] = ()
    max_age: dt.timedelta | None = None
    applies: str = "true"
    detail: str = ""
    gating: bool = False
    file: str = ""


class CriterionResult(msgspec.Struct, frozen=True, gc=False):
    """One criterion's outcome for one service.

    `strength` is the weakest among the evidence that decided it, None where nothing decided. `evidence` lists ids of
    the records used. `without_waiver` is the outcome that a waiver covers. `mend` says what to do where the
    criterion's own fix would be wrong advice, because the outcome rests on a file that cannot be read.
    """

    id: str
    outcome: Outcome
    detail: str
    strength: Strength | None = None
    evidence: tuple[str, ...] = ()
    waiver: str = ""
    without_waiver: Outcome | None = None
    mend: str = ""


class Breach(msgspec.Struct, frozen=True):
    """A limit of the pager contract that is crossed, or that cannot be judged (`known` is False)."""

    id: str
    title: str
    action: Verdict
    detail: str
    known: bool = True


class Scorecard(msgspec.Struct, frozen=True, gc=False):
    """All that is concluded about one service.

    `score` and `score_with_waivers` run from 0 to 100, `coverage` from 0 to 1: the share of due criteria of which the
    outcome is known. `blocking` lists, most urgent first, the criteria that keep the service from `required_rung`.
    """

    service: str
    verdict: Verdict
    reason: str
    holder: PagerHolder
    rung: Rung
    rung_with_waivers: Rung
    required_rung: Rung
    score: float
    score_with_waivers: float
    coverage: float
    results: tuple[CriterionResult, ...]
    blocking: tuple[str, ...] = ()
    breaches: tuple[Breach, ...] = ()

    def mend_of(self, criterion: str) -> str:
        """What to do about a criterion in place of its own fix; empty where that fix is right."""
        return next((result.mend for result in self.results if result.id == criterion), "")

    def count(self, outcome: Outcome) -> int:
        """How many criteria have this outcome."""
        return sum(result.outcome is outcome for result in self.results)


class Digests(msgspec.Struct, frozen=True):
    """SHA-256 digests of what the scores rest on, each `sha256:` and 64 hex digits."""

    catalog: str
    rubric: str
    evidence: str


class Scores(msgspec.Struct, frozen=True):
    """The scorecards of all services, by name, with the moment and the inputs they hold for.

    `follows` has, by service, a digest of all that its scorecard follows from: of the rubric, the moment, the facts,
    the evidence, the decisions and the waivers in force.
    """

    as_of: dt.datetime
    digests: Digests
    scorecards: tuple[Scorecard, ...]
    follows: Mapping[str, bytes] = {}
