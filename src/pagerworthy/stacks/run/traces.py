"""Which engines have begun at work on a stack here, and not ended as engines do.

Their locks are nobody's, and what they left may be half done, whatever clocks say.
"""

from contextlib import suppress
from pathlib import Path

_PREFIX = "engine-"
_UNDERWAY = "underway"
_BOOT = Path("/proc/sys/kernel/random/boot_id")
_PROCESSES = Path("/proc/self/ns/pid")


def here() -> str:
    """Where the numbers of processes mean what they mean to us: this boot of a system, and this namespace of it.

    Containers may share their folders and their host's name, and number their processes apart. Empty where the system
    has no such thing.
    """
    try:
        return f"{_BOOT.read_text('ascii').strip()} {_PROCESSES.readlink()}"
    except OSError:
        return ""


def began(folder: Path, process: int) -> None:
    """Notes in a stack's work folder that an engine is at work."""
    (folder / f"{_PREFIX}{process}").write_text(here(), "utf-8")


def ended(folder: Path, process: int) -> None:
    """Takes the note away."""
    with suppress(OSError):
        (folder / f"{_PREFIX}{process}").unlink(missing_ok=True)


def unended(folder: Path) -> frozenset[int]:
    """The processes of engines that are at work or were cut off, of those that began where we are."""
    ours = here()
    return frozenset(
        int(number)
        for path in folder.glob(f"{_PREFIX}*")
        if (number := path.name.removeprefix(_PREFIX)).isdecimal() and _text(path) == ours
    )


def change(folder: Path) -> None:
    """Marks a stack's work folder: from now on it may be half done."""
    (folder / _UNDERWAY).touch()


def changed(folder: Path) -> None:
    """Takes the mark away: what was begun has ended well."""
    (folder / _UNDERWAY).unlink(missing_ok=True)


def is_half_done(folder: Path) -> bool:
    """Whether a change of the stack began here, and none has ended well since."""
    return (folder / _UNDERWAY).exists()


def _text(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return None
