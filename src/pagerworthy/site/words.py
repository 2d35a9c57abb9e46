"""How pages say things: states, ages, numbers. One place, so that every page says them alike."""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from markupsafe import Markup, escape

from pagerworthy.catalog import PHASES, PagerHolder, ServiceSpec
from pagerworthy.scoring import Outcome, Rung, Verdict

NOT_KNOWN = "not known: no collector has looked"
_DAYS_A_MONTH = 30.44
_MONTHS_FROM = 60
_YEARS_FROM = 730


class State(NamedTuple):
    """A word and the mark (shape and colour) that stands beside it."""

    word: str
    mark: str


VERDICTS: dict[Verdict, State] = {
    Verdict.ACCEPT: State("accept", "ok"),
    Verdict.ACCEPT_WITH_CONDITIONS: State("accept-with-conditions", "warn"),
    Verdict.DEFER: State("defer", "wait"),
    Verdict.KEEP: State("keep", "ok"),
    Verdict.FREEZE: State("freeze", "bad"),
    Verdict.HAND_BACK: State("hand-back", "bad"),
}
# Why a verdict is `defer`: nobody asks SRE, it is not yet time to ask, or criteria stand in the way.
NOT_ASKED = State("defer: not asked", "wait")
TOO_EARLY = State("defer: too early", "wait")
NOT_READY = State("defer: not ready", "not")
# All that can stand where a verdict is told of a service, in the order of columns.
TOLD_VERDICTS: tuple[State, ...] = (
    *(state for verdict, state in VERDICTS.items() if verdict is not Verdict.DEFER),
    NOT_READY,
    TOO_EARLY,
    NOT_ASKED,
)
OUTCOMES: dict[Outcome, State] = {
    Outcome.PASS: State("pass", "ok"),
    Outcome.FAIL: State("fail", "bad"),
    Outcome.UNKNOWN: State("unknown", "unk"),
    Outcome.WAIVED: State("waived", "half"),
    Outcome.UPCOMING: State("upcoming", "wait"),
    Outcome.NOT_APPLICABLE: State("not-applicable", "wait"),
}
HOLDERS: dict[PagerHolder, str] = {
    "sre": "SRE carries the pager",
    "shared": "SRE and the team share the pager",
    "shadow": "the team carries the pager, and SRE reads along",
    "dev": "the team carries the pager",
}
HOLDER_ORDER: tuple[PagerHolder, ...] = ("sre", "shared", "shadow", "dev")
RUNG_ORDER: tuple[Rung, ...] = (Rung.GOLD, Rung.SILVER, Rung.BRONZE, Rung.NONE)


def told(verdict: Verdict, spec: ServiceSpec) -> State:
    """A verdict as it is told of one service: a `defer` with its cause, so that what is not asked is not taken for what
    is not ready.
    """
    if verdict is not Verdict.DEFER:
        return VERDICTS[verdict]
    if PHASES.index(spec.phase) < PHASES.index("acceptance"):
        return TOO_EARLY
    return NOT_ASKED if spec.engagement == "dev" else NOT_READY


def score(value: float) -> str:
    """A score as it is told everywhere, here and at the terminal: `94.5`."""
    return f"{value:.1f}"


def rung_word(rung: Rung) -> str:
    """A rung as pages say it; below bronze there is none."""
    return rung.word if rung else "no rung yet"


@dataclass(frozen=True, slots=True)
class Clock:
    """Says dates with their age, as seen from the moment for which the catalog is judged."""

    as_of: dt.datetime
    _said: dict[dt.date, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def today(self) -> dt.date:
        return self.as_of.astimezone(dt.UTC).date()

    def days(self, moment: dt.date) -> int:
        """Days from `moment` until today; negative for what is still to come."""
        return (self.today - day_of(moment)).days

    def when(self, moment: dt.date) -> str:
        """`2026-11-01, 19 days ago`."""
        day = day_of(moment)
        said = self._said.get(day)
        if said is None:
            said = self._said[day] = f"{day.isoformat()}, {age((self.today - day).days)}"
        return said


def day_of(moment: dt.date) -> dt.date:
    """The day, in UTC, of a date or a moment."""
    if not isinstance(moment, dt.datetime):
        return moment
    return moment.date() if moment.tzinfo is dt.UTC else moment.astimezone(dt.UTC).date()


def age(days: int) -> str:
    """`today`, `19 days ago`, `in 3 months`."""
    if days in {-1, 0, 1}:
        return ("today", "yesterday", "tomorrow")[days]
    length = abs(days)
    if length < _MONTHS_FROM:
        text = f"{length} days"
    elif length < _YEARS_FROM:
        text = f"{round(length / _DAYS_A_MONTH)} months"
    else:
        text = f"{length // 365} years"
    return f"{text} ago" if days > 0 else f"in {text}"


def number(value: float) -> str:
    """`100,000`, `99.95`, `0.5`: no more decimals than it has, at most four."""
    if not math.isfinite(value):
        return "not a number"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4f}".rstrip("0")


def percent(share: float) -> str:
    """A share of 1 as a whole percentage; what is not quite all is never said to be all."""
    if not math.isfinite(share * 100):
        return "not a number"
    whole = round(share * 100)
    if whole >= 100 > share * 100:
        whole = 99
    if whole <= 0 < share * 100:
        return "under 1 %"
    return f"{whole} %"


def count(amount: int, one: str, many: str = "") -> str:
    """`1 service`, `12 services`."""
    return f"1 {one}" if amount == 1 else f"{amount:,} {many or one + 's'}"


def listed(words: Sequence[str], most: int = 3) -> str:
    """`a, b and c`, or `a, b, c and 4 more`."""
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most:,} more"
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(text: str) -> str:
    """With a capital at the start and a full stop at the end."""
    text = text.strip()
    if not text:
        return ""
    return text[0].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def ticked(text: str) -> Markup:
    """The text as HTML, with what stands between backticks as code."""
    parts = str(escape(text)).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    marked = "".join(part if place % 2 == 0 else f"<code>{part}</code>" for place, part in enumerate(parts))
    return Markup(marked)  # noqa: S704 -- every part was escaped


def cut(text: str, most: int) -> str:
    """At most so many characters, with an ellipsis where some are gone."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
