"""What a test wants to go wrong: a file of faults, read again at every call."""

import fnmatch
import json
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Action = Literal["deny", "fail", "delay", "hang", "drop"]


class DeniedError(Exception):
    """AWS would say AccessDenied."""


class AbandonedError(Exception):
    """The engine went away while the call was held back."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something to go wrong, for the calls that match all of it (`*` and `?` as in file names).

    - `deny`: the call ends in AWS's AccessDenied; `fail`: in an error of the text `message`.
    - `delay`: it takes `seconds` longer; `hang`: it takes until the fault is taken back. With `after`, the cloud has
      carried it out before it is held back, as when an answer is lost.
    - `drop`: the outputs named in `outputs` are left out of what the engine is told.

    `times` is how many calls it strikes, 0 for all.
    """

    action: Action
    type: str = "*"
    name: str = "*"
    stack: str = "*"
    call: str = "create"
    seconds: float = 0
    after: bool = False
    outputs: tuple[str, ...] = ()
    message: str = "InternalFailure: the service is not well"
    times: int = 0
    key: str = ""

    def strikes(self, call: str, stack: str, type_: str, name: str) -> bool:
        pairs = ((call, self.call), (stack, self.stack), (type_, self.type), (name, self.name))
        return all(fnmatch.fnmatchcase(text, pattern) for text, pattern in pairs)


def write_faults(path: Path, faults: tuple[Fault, ...]) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps([asdict(each) for each in faults]), encoding="utf-8")
    draft.replace(path)


class Faults:
    """The faults of the file as they are at the moment, and how often each struck."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._struck: dict[str, int] = {}

    def now(self) -> list[Fault]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return []
        return [Fault(**{**each, "outputs": tuple(each["outputs"])}) for each in found]

    def striking(self, call: str, stack: str, type_: str, name: str) -> list[Fault]:
        """The faults that strike this call; each is counted."""
        hits = []
        with self._lock:
            for fault in self.now():
                if not fault.strikes(call, stack, type_, name):
                    continue
                if fault.times and self._struck.get(fault.key, 0) >= fault.times:
                    continue
                self._struck[fault.key] = self._struck.get(fault.key, 0) + 1
                hits.append(fault)
        return hits

    def hold(self, fault: Fault, is_active: Callable[[], bool]) -> None:
        """Waits as a `delay` or `hang` says. Raises AbandonedError when the engine is gone before the call is made."""
        until = time.monotonic() + fault.seconds if fault.action == "delay" else None
        while is_active():
            if until is not None and time.monotonic() >= until:
                return
            if fault.action == "hang" and all(each.key != fault.key for each in self.now()):
                return
            time.sleep(0.02)
        if not fault.after:
            raise AbandonedError
