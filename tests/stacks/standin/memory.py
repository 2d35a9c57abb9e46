"""What moto has no operation for, kept by the stand-in itself and shown in `emulated.json`.

A type that is kept here is not AWS's behaviour as moto knows it: only that what was declared is remembered, given
back, changed and deleted.
"""

import json
import threading
from pathlib import Path
from typing import Any

from tests.stacks.standin.values import Props


class Memory:
    """Emulated resources by kind (`mq:Broker`) and id; every change is written to the file at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._things: dict[str, dict[str, Props]] = {}
        self._write()

    def put(self, kind: str, id_: str, props: Props) -> None:
        with self._lock:
            self._things.setdefault(kind, {})[id_] = json.loads(json.dumps(props))
            self._write()

    def get(self, kind: str, id_: str) -> Props | None:
        with self._lock:
            found = self._things.get(kind, {}).get(id_)
            return dict(found) if found is not None else None

    def all(self, kind: str) -> dict[str, Any]:
        with self._lock:
            return dict(self._things.get(kind, {}))

    def remove(self, kind: str, id_: str) -> None:
        with self._lock:
            self._things.get(kind, {}).pop(id_, None)
            self._write()

    def clear(self) -> None:
        with self._lock:
            self._things.clear()
            self._write()

    def _write(self) -> None:
        """Replaces the file, so that a reader sees all of it or what was before."""
        things = {kind: ids for kind, ids in sorted(self._things.items()) if ids}
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(things, indent=1), encoding="utf-8")
        draft.replace(self._path)
