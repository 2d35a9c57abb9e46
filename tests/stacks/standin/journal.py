"""The record of what engines asked of the stand-in, one JSON object a line."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Phase = Literal["begin", "done", "failed"]


@dataclass(frozen=True, slots=True)
class Call:
    """A call: `create`, `read`, `update`, `delete`, `configure` or `invoke`, as it begins and as it ends.

    `time` is in seconds since the epoch. `stack`, `type` and `name` are parts of the `urn`. `changed` are the
    properties of an update. `detail` is the error of one that failed.
    """

    time: float
    phase: Phase
    call: str
    urn: str
    id: str = ""
    changed: tuple[str, ...] = ()
    detail: str = ""
    preview: bool = False

    @property
    def stack(self) -> str:
        return self.urn.removeprefix("urn:pulumi:").split("::")[0]

    @property
    def type(self) -> str:
        parts = self.urn.split("::")
        return parts[2].rsplit("$", 1)[-1] if len(parts) > 3 else ""

    @property
    def name(self) -> str:
        return self.urn.split("::", 3)[-1] if self.urn else ""


class Journal:
    """Appends to the file; safe for threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._path = path
        self._path.touch()

    def note(
        self,
        phase: Phase,
        call: str,
        urn: str,
        id_: str = "",
        *,
        changed: tuple[str, ...] = (),
        detail: str = "",
        preview: bool = False,
    ) -> None:
        line = json.dumps(asdict(Call(time.time(), phase, call, urn, id_, changed, detail, preview)))
        with self._lock, self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


def read_journal(path: Path) -> Iterator[Call]:
    """The calls so far, in order; a line that is still being written is left for the next time."""
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            fields = json.loads(line)
        except ValueError:
            return
        yield Call(**{**fields, "changed": tuple(fields["changed"])})
