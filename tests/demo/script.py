"""What the demo's users and services do: the script from which its samples are made.

`shop.yaml` says when, how the day and the week run, and what is amiss with the monitoring itself; each file in
`traffic/` says what one service is called for, what goes wrong, and what its other series show.
"""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import msgspec
import ryaml

HERE = Path(__file__).parent
DAY = 86_400
WEEK = 7 * DAY


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Incident(_Part, frozen=True):
    """From `at` on, for so many minutes: this share of what is asked goes wrong, and so many times as much is asked."""

    at: dt.datetime
    minutes: float
    bad: float | None = None
    times: float = 1
    why: str = ""

    def holds(self, moment: float) -> bool:
        """Whether it goes on at a moment, in seconds of Unix time; samples tell of what was before them."""
        start = self.at.timestamp()
        return start < moment <= start + 60 * self.minutes


class Flow(_Part, frozen=True):
    """Things that are counted: so many in the week before the moment, of which `bad` is the usual share.

    `all`, `good` and `failed` name the counters that show them.
    """

    week: float
    bad: float = 0
    incidents: tuple[Incident, ...] = ()
    all: tuple[str, ...] = ()
    good: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()


class Spell(_Part, frozen=True):
    """From `at` on, for so many minutes, a gauge shows another value."""

    at: dt.datetime
    minutes: float
    value: float
    why: str = ""

    def holds(self, moment: float) -> bool:
        start = self.at.timestamp()
        return start < moment <= start + 60 * self.minutes


class Level(_Part, frozen=True):
    """A gauge that mostly shows one value, seen so often (seconds)."""

    series: str
    usual: float
    every: int = 3600
    spells: tuple[Spell, ...] = ()


class Trend(_Part, frozen=True):
    """A value that rises or falls evenly: what it is at the moment, and by how much it changes in a day."""

    series: str
    now: float
    a_day: float


class Calls(_Part, frozen=True):
    """Whom the service was seen to call: services that send spans of their own, databases, and what is seen by the
    caller alone."""

    services: tuple[str, ...] = ()
    databases: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


class Traffic(_Part, frozen=True):
    """One service; of one that fell silent, there are no samples after `heard_until`."""

    flows: tuple[Flow, ...] = ()
    levels: tuple[Level, ...] = ()
    trends: tuple[Trend, ...] = ()
    calls: Calls = Calls()
    heard_until: dt.datetime | None = None


class Rhythm(_Part, frozen=True):
    """How much is asked: relative weights of the hours (UTC) and the days (from Monday), and the growth in a week."""

    hours: tuple[float, ...]
    weekdays: tuple[float, ...]
    growth: float

    def weight(self, moment: float, end: float) -> float:
        """Relative to other moments; even within an hour."""
        then = dt.datetime.fromtimestamp(moment, dt.UTC)
        grown: float = self.growth ** ((moment - end) / WEEK)
        return self.hours[then.hour] * self.weekdays[then.weekday()] * grown


class Forecasts(_Part, frozen=True):
    """Forecasts that entries had once: for which day, by service the peak, and when they were held beside what came."""

    by: dt.date
    checked: dt.datetime
    peaks: Mapping[str, float]


class Shop(_Part, frozen=True):
    """When the demo's evidence is gathered, over how many days there are samples, and what is amiss."""

    moment: dt.datetime
    days: int
    rhythm: Rhythm
    rules_not_loaded: tuple[str, ...]
    routes_by_hand: Mapping[str, str]
    routes_missing: tuple[str, ...]
    forecasts: Forecasts

    @property
    def end(self) -> float:
        return self.moment.timestamp()


class Script(_Part, frozen=True):
    """All of it, services by name."""

    shop: Shop
    services: Mapping[str, Traffic]


def read_script(only: frozenset[str] = frozenset()) -> Script:
    """The script of the demo, or of some services alone. Raises msgspec.ValidationError where it is wrong."""
    shop = msgspec.convert(_read(HERE / "shop.yaml"), Shop)
    files = sorted((HERE / "traffic").glob("*.yaml"))
    return Script(
        shop, {file.stem: msgspec.convert(_read(file), Traffic) for file in files if not only or file.stem in only}
    )


def _read(file: Path) -> object:
    try:
        return ryaml.loads(file.read_text(encoding="utf-8"))
    except ryaml.InvalidYamlError as error:
        raise ValueError(f"{file.name}: {error}") from error
