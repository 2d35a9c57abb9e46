"""What lies in the repository: entries, documents, and the code's history."""

from typing import Annotated

from pagerworthy.evidence.keys.base import Key, Value, among, counted, in_days, says
from pagerworthy.evidence.record import Strength


class EntryAge(Value, frozen=True):
    age_days: Annotated[float, in_days("days since the entry last changed")]
    authors: Annotated[tuple[str, ...], says("who changed it last, newest first, at most five")] = ()


class Activity(Value, frozen=True):
    commits_90d: Annotated[float, counted("commits in the last 90 days")]
    owner_commits_90d: Annotated[float, counted("those of the owner's members")]

    def __post_init__(self) -> None:
        among("owner_commits_90d", self.owner_commits_90d, "commits_90d", self.commits_90d)


class DesignAge(Value, frozen=True):
    age_days: Annotated[float, in_days("days since the design document last changed")]
    large_change_days: Annotated[float, in_days("days since the last large change of the code")]


class Sections(Value, frozen=True):
    exists: Annotated[bool, says("the file is there")]
    missing: Annotated[tuple[str, ...], says("sections that are asked for and not there")] = ()


class Verified(Value, frozen=True):
    age_days: Annotated[float, in_days("days since it was last changed or confirmed")]


class Mentions(Value, frozen=True):
    broken: Annotated[
        tuple[str, ...], says("metrics, dashboards and resources that it names and that do not exist")
    ] = ()


_L = Strength.LINKED
_O = Strength.OBSERVED

KEYS = (
    Key("git.entry", EntryAge, "service", _L, "git", "how old the entry is and who changed it"),
    Key("git.activity", Activity, "service", _O, "git", "who works on the code"),
    Key("git.design", DesignAge, "service", _L, "git", "how old the design document is, beside the code"),
    Key("files.design", Sections, "service", _L, "files", "the design document exists, where it is a file here"),
    Key("files.runbook", Sections, "runbook", _L, "files", "each runbook exists and has its sections"),
    Key("git.runbook", Verified, "runbook", _L, "git", "how old each runbook is"),
    Key("runbook.mentions", Mentions, "runbook", _O, "prometheus", "what each runbook names exists"),
)
