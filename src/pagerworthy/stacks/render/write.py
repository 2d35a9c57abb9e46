"""Writes rendered stacks into a folder: one file each, and only what has changed."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from pagerworthy import atomic
from pagerworthy.parallel import in_halves
from pagerworthy.stacks.inputs import StackInputs
from pagerworthy.stacks.render.mocked import render

_ENDING = ".json"
# Fewer are rendered sooner than a second process imports what it needs.
_MANY = 8


class Written(msgspec.Struct, frozen=True):
    """What became of the files of a folder."""

    written: int
    unchanged: int
    removed: int


class _Mark(msgspec.Struct, frozen=True):
    """By what a file of ours is known."""

    stack: str
    digest: str
    form: int


def write_rendered(inputs: Sequence[StackInputs], out: Path, *, environment: str | None = None) -> Written:
    """Renders stacks, each into `<stack>.json` of the folder, at once or not at all.

    With `environment`, these are all of its stacks, and files of ours for others of it are removed. Raises OSError
    where the folder cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    changed = in_halves(lambda some: [_write(each, out) for each in some], inputs, bool, many=_MANY)
    stale = [] if environment is None else _stale(out, environment, {each.stack for each in inputs})
    for path in stale:
        path.unlink(missing_ok=True)
    return Written(written=sum(changed), unchanged=len(changed) - sum(changed), removed=len(stale))


def _write(inputs: StackInputs, out: Path) -> bool:
    content = render(inputs).json()
    path = out / f"{inputs.stack}{_ENDING}"
    with suppress(FileNotFoundError):
        if not path.is_symlink() and path.read_bytes() == content:
            return False
    atomic.write(path, content)
    return True


def _stale(out: Path, environment: str, kept: set[str]) -> list[Path]:
    found = []
    for path in sorted(out.glob(f"*.{environment}{_ENDING}")):
        stack = path.name.removesuffix(_ENDING)
        if stack not in kept and path.is_file() and not path.is_symlink() and _is_ours(path, stack):
            found.append(path)
    return found


def _is_ours(path: Path, stack: str) -> bool:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Mark).stack == stack
    except (OSError, msgspec.MsgspecError, ValueError):
        return False
