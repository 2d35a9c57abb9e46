"""Writes unit tests beside the rules that they test."""

from collections.abc import Container, Sequence
from pathlib import Path

import msgspec

from pagerworthy import atomic
from pagerworthy.catalog import Service
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where
from pagerworthy.slo.objective import objectives_of
from pagerworthy.slo.rules import ENDING as RULES
from pagerworthy.slo.simulate.unit_tests import as_promtool, unit_tests

ENDING = ".test.yaml"
_MARK = "# Written by Pagerworthy"
_HEAD = f"{_MARK}; changes made here are lost. To run: promtool test rules *{ENDING}\n"


class TestsWritten(msgspec.Struct, frozen=True):
    """What was written: counts of files, the objectives that promtool cannot be fed, and what stood in the way."""

    written: int
    unchanged: int
    removed: int
    left_out: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


def write_tests(services: Sequence[Service], out: Path, *, keep: Container[str] | None = None) -> TestsWritten:
    """Writes a file of tests for each service into `out`, where its rules are; only what differs from what is there.

    Files of ours for other services are removed, save of those to `keep`; without `keep` all stay. Raises OSError where
    a file cannot be written.
    """
    written = unchanged = removed = 0
    left_out: list[str] = []
    problems: list[Problem] = []
    names = set()
    for service in services:
        tests = unit_tests(service)
        told = {test.objective for test in tests}
        left_out += [objective.id for objective in objectives_of(service) if objective.id not in told]
        if not tests:
            continue
        path = out / f"{service.name}{ENDING}"
        names.add(path.name)
        content = (_HEAD + as_promtool(f"{service.name}{RULES}", tests)).encode()
        there = path.read_bytes() if path.is_file() else None
        if there is not None and not there.startswith(_MARK.encode()):
            problems.append(_foreign(path))
        elif there == content:
            unchanged += 1
        else:
            atomic.write(path, content)
            written += 1
    for path in sorted(out.glob(f"*{ENDING}")):
        known = keep is None or path.name in names or path.name.removesuffix(ENDING) in keep
        if not known and path.is_file() and path.read_bytes().startswith(_MARK.encode()):
            path.unlink()
            removed += 1
    return TestsWritten(written, unchanged, removed, tuple(left_out), tuple(problems))


def _foreign(path: Path) -> Problem:
    message = f"{path} was not written by Pagerworthy, and stays as it is"
    return problem("PW504", message, Where(file=str(path)), "move it away, or name another folder with --promtool DIR")
