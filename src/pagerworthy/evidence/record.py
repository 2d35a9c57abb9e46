"""One record of evidence: that something is so, how strongly it is known, and where that was seen."""

import datetime as dt
import enum
from typing import Annotated, Literal

import msgspec


class Strength(enum.IntEnum):
    """How far evidence carries; a stronger one may stand in for a weaker one, never the other way round."""

    DECLARED = 1
    LINKED = 2
    OBSERVED = 3
    EXERCISED = 4

    @property
    def word(self) -> "StrengthWord":
        return _WORDS[self]


StrengthWord = Literal["declared", "linked", "observed", "exercised"]
_WORDS: dict[Strength, StrengthWord] = {
    Strength.DECLARED: "declared",
    Strength.LINKED: "linked",
    Strength.OBSERVED: "observed",
    Strength.EXERCISED: "exercised",
}
_LEVELS: dict[str, Strength] = {word: strength for strength, word in _WORDS.items()}

_TO_THE_SECOND = len("2026-03-31T08:00:00")

# As long as `line` and `text` of schemas/common.schema.json.
Line = Annotated[str, msgspec.Meta(max_length=300)]
Text = Annotated[str, msgspec.Meta(max_length=8000)]
# As long as `url`, since parts of a service may be addresses.
Item = Annotated[str, msgspec.Meta(max_length=2000)]

# This very object, which alone the encoder leaves out of a line.
NO_VALUE = msgspec.Raw()


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False):
    """A line of an evidence file, as `schemas/evidence.schema.json` describes it.

    `subject` is a service's name. `item` names the part of the service that the record is about (an objective, a
    runbook, a dependency) where the key is kept per part. `value` has the shape that the key's type gives. A record
    with `failed` says that its collector looked and could not see: it makes its key unknown. `expires` is for what a
    person attests; other records age by the criterion's `max_age`. `response` is a digest of what the source answered.
    """

    subject: Line
    key: str
    time: dt.datetime
    source: Line
    strength: StrengthWord
    item: Item = ""
    value: msgspec.Raw = NO_VALUE
    query: Text = ""
    failed: Text = ""
    expires: dt.datetime | None = None
    response: str = ""

    @property
    def level(self) -> Strength:
        return _LEVELS[self.strength]

    @property
    def reference(self) -> str:
        """What a scorecard calls the record: key, item and time, unique within its subject."""
        item = f"[{self.item}]" if self.item else ""
        # The start of the ISO form is what `strftime` gives, in a fifth of its time.
        return f"{self.key}{item}@{self.time.isoformat()[:_TO_THE_SECOND]}Z"
