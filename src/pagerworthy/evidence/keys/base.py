"""What all evidence keys share: the shape of a key, what every value can do, and the shapes that several use."""

import functools
from typing import Annotated, Literal, Self

import msgspec

from pagerworthy.evidence.record import Strength

Per = Literal["service", "slo", "runbook", "dashboard", "dependency", "hard", "soft", "store"]


_MOST_COUNTED = 1e15
_HUNDRED_YEARS = 36_500


def says(text: str, least: float | None = None, most: float | None = None) -> msgspec.Meta:
    """What a field of a value is, for the reference, and the least and the most that a number can be.

    Every number has both: what nobody can have measured is not evidence.
    """
    return msgspec.Meta(description=text, ge=least, le=most)


def share(text: str) -> msgspec.Meta:
    """A part of a whole, 0 to 1."""
    return says(text, 0, 1)


def counted(text: str, most: float = _MOST_COUNTED) -> msgspec.Meta:
    """How many there are; no more than are counted exactly."""
    return says(text, 0, most)


def in_days(text: str) -> msgspec.Meta:
    """Days from or to something, up to a hundred years."""
    return says(text, 0, _HUNDRED_YEARS)


def among(part: str, parts: float, whole: str, total: float) -> None:
    """Raises ValueError where a part is more than its whole; a hundredth more is how a source rounds."""
    if parts > total * 1.01:
        raise ValueError(f"{part} is {parts:g}, more than {whole}, {total:g}")


# What these fields count goes on after they were seen: ages grow, and time that was left runs out.
_PER_DAY = {"age_days": 1.0, "large_change_days": 1.0, "age_minutes": 1440.0, "days_left": -1.0}


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """What all values share."""

    def after(self, days: float) -> Self:
        """The value as it stands so many days after it was seen, if nothing else has happened since."""
        moving = _moving(type(self))
        if not moving:
            return self
        moved = {field: getattr(self, field) + days * change for field, change in moving}
        return msgspec.structs.replace(self, **moved)


@functools.cache
def _moving(value: type[Value]) -> tuple[tuple[str, float], ...]:
    return tuple((field, _PER_DAY[field]) for field in value.__struct_fields__ if field in _PER_DAY)


class Key(msgspec.Struct, frozen=True):
    """An evidence key; `strength` is the strongest that its collector can give, `collector` who brings it."""

    name: str
    value: type[Value]
    per: Per
    strength: Strength
    collector: str
    says: str

    @property
    def group(self) -> str:
        return self.name.split(".")[0]

    @property
    def field(self) -> str:
        return self.name.split(".")[1]


class Active(Value, frozen=True):
    active: Annotated[bool, says("it is there and works")]


class Drill(Value, frozen=True):
    age_days: Annotated[float, in_days("days since it was held")]
    passed: Annotated[bool, says("it went as it should")]


class Attested(Value, frozen=True):
    by: Annotated[str, says("who says so")]
    statement: Annotated[str, says("what the person says")]
