"""Reads what an example of a wrong entry says of itself: where it lies, and which problems it has."""

import datetime as dt
import json
import re
import shutil
from pathlib import Path

import msgspec

from pagerworthy.catalog import check, load, locate
from pagerworthy.cli.check import criterion_ids
from pagerworthy.problem import Problem

EXAMPLES = Path(__file__).parents[1] / "examples" / "entries"
RIGHT = EXAMPLES / "right"
# The examples are judged at this moment, so that they stay as they are.
AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)

_AT = re.compile(r"^(?:# |<!-- )at: (\S+)", re.MULTILINE)
_EXPECT = re.compile(r'^(?:# |<!-- )expect: (PW\d+) line (\d+) help ("(?:[^"\\]|\\.)*")', re.MULTILINE)


class Expected(msgspec.Struct, frozen=True, order=True):
    """A problem that an example has: `help` is part of what its help says."""

    code: str
    line: int
    help: str
    file: str = ""


class Example(msgspec.Struct, frozen=True):
    """A wrong entry and what is wrong with it."""

    place: str
    content: bytes
    expected: tuple[Expected, ...]


def read(path: Path) -> Example:
    """The example in a file, which says at its end where it lies and what is wrong with it."""
    text = path.read_text(encoding="utf-8")
    place = _AT.search(text)
    assert place, f"{path} does not say where it lies: '# at: catalog/...'"
    expected = tuple(Expected(code, int(line), json.loads(help_)) for code, line, help_ in _EXPECT.findall(text))
    assert expected, f"{path} does not say what is wrong with it: '# expect: PW104 line 7 help \"...\"'"
    return Example(place[1], path.read_bytes(), expected)


def right_catalog(folder: Path) -> Path:
    """A copy of the right catalog, to put one wrong entry into."""
    root = folder / "repository"
    shutil.copytree(RIGHT, root)
    return root


def problems_of(root: Path) -> list[Problem]:
    """What `pagerworthy check` finds, located."""
    loaded = load(root, cache=False)
    between = check(loaded.catalog, root, as_of=AS_OF, criteria=criterion_ids(root))
    return locate(root, [*loaded.problems, *between])


def compare(found: list[Problem], expected: tuple[Expected, ...]) -> None:
    """Asserts that exactly the expected problems were found, each on its line and with its help."""
    shown = "\n".join(f"{p.code} {p.where.file}:{p.where.line} {p.message} | help: {p.help}" for p in found)
    assert sorted((p.code, p.where.line) for p in found) == sorted((e.code, e.line) for e in expected), shown
    for each in expected:
        same = [p for p in found if (p.code, p.where.line) == (each.code, each.line)]
        assert any(each.help in p.help for p in same), f"no help says {each.help!r}:\n{shown}"
        assert all(p.message and p.help and p.where.column >= 1 for p in same if p.where.line)
