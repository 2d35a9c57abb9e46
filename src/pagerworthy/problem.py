"""What every stage returns when something is wrong: where, what, why and how to mend it."""

import enum
from collections.abc import Iterable
from pathlib import PurePosixPath

import msgspec

# A place inside a document: keys and list indices from the root, `("spec", "slos", 1, "objective")`.
DocumentPath = tuple[str | int, ...]


class Severity(enum.StrEnum):
    """How much a problem matters: an error makes a check fail, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


class Where(msgspec.Struct, frozen=True, order=True):
    """A place in a file of the repository.

    `line` and `column` count from 1; 0 means that the problem is about the whole file. `path` is the place inside the
    document, written `spec.slos[1].objective`, or empty.
    """

    file: str
    line: int = 0
    column: int = 0
    path: str = ""


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong: a stable code, the sentence a person reads, where it is and how to mend it."""

    code: str
    message: str
    where: Where
    help: str
    severity: Severity = Severity.ERROR


def sort_key(problem: Problem) -> tuple[str, int, int, str, str]:
    """Orders problems by file and position, so that the same input always prints the same report."""
    where = problem.where
    return (where.file, where.line, where.column, problem.code, problem.message)


def render_path(path: Iterable[str | int]) -> str:
    """Writes a document path as people read it: `spec.slos[1].objective`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if text else part
    return text


def repository_path(path: PurePosixPath | str) -> str:
    """Writes a path with forward slashes and no control characters, safe to print and the same on every system."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(path).replace("\\", "/"))
