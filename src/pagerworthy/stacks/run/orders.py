"""How a run goes about its work, and what it says of a stack that it leaves alone."""

from pathlib import Path

import msgspec


class Orders(msgspec.Struct, frozen=True):
    """How a run goes about its work.

    Times are in seconds: `timeout` for one operation of an engine, `grace` for what such an operation has begun by then
    in the cloud, `patience` for a stack that somebody else holds.
    `workers` stacks are worked on at once, `parallel` resources of each (None: as many as Pulumi likes).
    """

    timeout: float = 3600.0
    grace: float = 600.0
    patience: float = 300.0
    workers: int = 2
    parallel: int | None = None
    refresh: bool = False
    clear_pending: bool = False
    plans: Path | None = None


class RefusedError(Exception):
    """A stack that is left alone, and what a person can do about it; `blocked_by` is the stack that is to blame."""

    def __init__(self, message: str, mend: str = "", blocked_by: str = "") -> None:
        super().__init__(message)
        self.help = mend
        self.blocked_by = blocked_by
