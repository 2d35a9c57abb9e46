"""The examples of other tools' files, and what reading them gives."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec

from pagerworthy.catalog import Metadata, Service, ServiceSpec
from pagerworthy.interop import Promises, Read, checked, fragment, read_openslo, read_pyrra, read_sloth
from pagerworthy.problem import Problem, Severity

FOLDER = Path(__file__).parent / "examples"
READERS: dict[str, Callable[[Path], Read]] = {
    "openslo": lambda path: read_openslo([path]),
    "sloth": lambda path: read_sloth([path], "30d"),
    "pyrra": lambda path: read_pyrra([path], "shop"),
}
GOOD = sorted(FOLDER.glob("*/good/*.yaml"))
BAD = sorted(FOLDER.glob("*/bad/*.yaml"))

_EXPECT = re.compile(r"^# expect: (PW\d+) (\d+):(\d+) (.+)$", re.MULTILINE)


class Expected(msgspec.Struct, frozen=True, order=True):
    """A problem that an example has; `help` is part of what its help says."""

    code: str
    line: int
    column: int
    help: str


def expected(path: Path) -> list[Expected]:
    """What an example says at its end of its problems."""
    found = _EXPECT.findall(path.read_text(encoding="utf-8"))
    return sorted(Expected(code, int(line), int(column), help_) for code, line, column, help_ in found)


def read(path: Path) -> Read:
    """What `pagerworthy import` makes of an example."""
    return checked(READERS[path.parts[-3]](path))


def shown(path: Path) -> str:
    """The lines for entries, and the notes, of a good example."""
    found = read(path)
    lines = "---\n".join(f"# {promises.service}\n{fragment(promises)}" for promises in found.services)
    notes = "".join(f"# {_line(each)}\n" for each in found.problems)
    return f"{lines}{notes}"


def snapshot(path: Path) -> Path:
    """Where what a good example gives is kept."""
    return path.with_suffix(".expected")


def service_of(promises: Promises) -> Service:
    """An entry with what was read."""
    extensions = {"openslo": promises.openslo} if promises.openslo else {}
    spec = ServiceSpec(owner="payments", system="storefront", tier=3, phase="design", slos=promises.slos)
    return Service(
        apiVersion="pagerworthy/v1",
        metadata=Metadata(name=promises.service, description="Was read"),
        spec=msgspec.structs.replace(spec, extensions=extensions),
    )


def _line(problem: Problem) -> str:
    assert problem.severity is Severity.WARNING, problem
    return f"{problem.code} {problem.where.line}:{problem.where.column} {problem.message}"


if __name__ == "__main__":
    for each in GOOD:
        snapshot(each).write_text(shown(each), encoding="utf-8")
