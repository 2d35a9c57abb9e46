"""What came of each stack in a run."""

import enum

import msgspec

from pagerworthy.stacks.run.watch import Change


class Outcome(enum.StrEnum):
    """How a visit to a stack ended."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    HELD = "held"
    KEPT = "kept"
    PLANNED = "planned"
    REFRESHED = "refreshed"
    DRIFTED = "drifted"
    DESTROYED = "destroyed"
    ABSENT = "absent"
    FAILED = "failed"
    SKIPPED = "skipped"
    INTERRUPTED = "interrupted"
    NOT_STARTED = "not-started"

    @property
    def is_well(self) -> bool:
        """Whether what needs the stack can go on."""
        return self not in _BAD


_BAD = frozenset({Outcome.FAILED, Outcome.SKIPPED, Outcome.INTERRUPTED, Outcome.NOT_STARTED})

MEANINGS: dict[Outcome, str] = {
    Outcome.CHANGED: "it is now as the catalog says",
    Outcome.UNCHANGED: "nothing it follows from has changed",
    Outcome.HELD: "a freeze held back its deployment; the rest was done",
    Outcome.KEPT: "it was left as it is, since an entry that it follows from cannot be read",
    Outcome.PLANNED: "this is what `up` would do",
    Outcome.REFRESHED: "its state is now what the cloud is",
    Outcome.DRIFTED: "the cloud differs from its state",
    Outcome.DESTROYED: "all that it held is deleted",
    Outcome.ABSENT: "there is no such stack",
    Outcome.FAILED: "it could not be done",
    Outcome.SKIPPED: "what it needs did not come up",
    Outcome.INTERRUPTED: "the run was stopped while it was at work",
    Outcome.NOT_STARTED: "the run was stopped before it began",
}


class Visit(msgspec.Struct, frozen=True):
    """What came of one stack.

    `changes` were made, would be made, or are the drift, by what was asked. `message` says why it ended so and `help`
    how to mend it. `waiting` are outputs of soft dependencies that were not there, as `stack:key`; what needs them
    was left out. `digest` is of what it followed from. `visits` counts how often the stack was looked at.
    """

    stack: str
    outcome: Outcome
    changes: tuple[Change, ...] = ()
    seconds: float = 0.0
    message: str = ""
    help: str = ""
    blocked_by: str = ""
    waiting: tuple[str, ...] = ()
    digest: str = ""
    visits: int = 1
    wave: int = 0
    notes: tuple[str, ...] = ()
