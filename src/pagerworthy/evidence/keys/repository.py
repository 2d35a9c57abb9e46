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


class Releases(Value, frozen=True):
    age_days: Annotated[float, in_days("days since the last release")]
    releases_90d: Annotated[float, counted("releases in the last 90 days")]
    per_week: Annotated[float, says("releases a week over the last 28 days", 0, 100_000)]


class LeadTime(Value, frozen=True):
    median_hours: Annotated[
        float,
        says(
            "median hours from a commit to the first release that has it, of what was released in 90 days", 0, 876_000
        ),
    ]
    commits: Annotated[float, counted("commits that were first released in the last 90 days")]
    waiting_days: Annotated[float, in_days("days since the oldest commit that is in no release; 0 where none waits")]


class Reviews(Value, frozen=True):
    changes: Annotated[float, counted("changes of the branch in the last 90 days: merges, and commits without one")]
    self_approved: Annotated[float, counted("those that nobody but their author approved, as their trailers say")]

    def __post_init__(self) -> None:
        among("self_approved", self.self_approved, "changes", self.changes)


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
    Key("git.releases", Releases, "service", _O, "git", "how often a version is released, by the repository's tags"),
    Key("git.lead", LeadTime, "service", _O, "git", "how long a change waits for its release"),
    Key("git.approvals", Reviews, "service", _L, "git", "what history shows of who approved each change"),
    Key("files.design", Sections, "service", _L, "files", "the design document exists, where it is a file here"),
    Key("files.runbook", Sections, "runbook", _L, "files", "each runbook exists and has its sections"),
    Key("git.runbook", Verified, "runbook", _L, "git", "how old each runbook is"),
    Key("runbook.mentions", Mentions, "runbook", _O, "prometheus", "what each runbook names exists"),
)
