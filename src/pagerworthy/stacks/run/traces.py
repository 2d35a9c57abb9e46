"""Which engines have begun at work on a stack here, and not ended as engines do: their locks are nobody's."""

from contextlib import suppress
from pathlib import Path

_PREFIX = "engine-"


def began(folder: Path, process: int) -> None:
    """Notes in a stack's work folder that an engine is at work."""
    (folder / f"{_PREFIX}{process}").touch()


def ended(folder: Path, process: int) -> None:
    """Takes the note away."""
    with suppress(OSError):
        (folder / f"{_PREFIX}{process}").unlink(missing_ok=True)


def unended(folder: Path) -> frozenset[int]:
    """The processes of engines that are at work, or were cut off."""
    found = (path.name.removeprefix(_PREFIX) for path in folder.glob(f"{_PREFIX}*"))
    return frozenset(int(each) for each in found if each.isdecimal())
