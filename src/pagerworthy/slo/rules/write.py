"""Brings a folder of rules to what is planned, for Prometheus to load.

Each file says at its head that it is ours, what it follows from, and what its content was, so that the next build knows
without any record beside it which files are as it would write them. Files without our mark are never touched.
"""

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from pagerworthy.codes import problem
from pagerworthy.errors import ProjectError
from pagerworthy.parallel import in_halves
from pagerworthy.problem import Problem, Where
from pagerworthy.slo.rules.build import rule_file
from pagerworthy.slo.rules.plan import FORM, RulePlan, Wanted
from pagerworthy.slo.rules.silence import COMMON, common_file
from pagerworthy.slo.rules.standing import headed, standing
from pagerworthy.slo.rules.yaml import as_yaml

# Fewer are rendered sooner than a second process starts.
_MANY = 150


class Written(msgspec.Struct, frozen=True):
    """What a build did: counts of files, and why it kept its hands off some."""

    written: int
    unchanged: int
    removed: int
    kept: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class _Made(msgspec.Struct, frozen=True, array_like=True):
    """A file that was made: whether it lies beside its place now, or stands there already just so."""

    name: str
    changed: bool


def write_rules(plan: RulePlan, out: Path, *, anew: bool = False) -> Written:
    """Writes what has changed into `out`, and removes files of ours that no service has any more.

    Everything is made before the first file is replaced, and each is replaced at once, so that a build that breaks off
    leaves no half of anything. With `anew`, every file is made again. Raises ProjectError where `out` is no folder, and
    OSError where it cannot be written.
    """
    if out.exists() and not out.is_dir():
        message, mend = f"{out} is a file", "name a folder with --out DIR"
        raise ProjectError(problem("PW504", message, Where(file=str(out)), mend))
    there = standing(out, cache=not anew)
    names = {each.name for each in plan.wanted} | {COMMON}
    foreign = {name for name in names if there.get(name, "") is None}
    todo = [each for each in plan.wanted if each.name not in foreign and (anew or there.get(each.name) != each.stamp)]
    out.mkdir(parents=True, exist_ok=True)
    beside = _Beside(out, os.getpid())
    try:
        # Each process writes what it makes: handing the texts over would take as long as writing them.
        made = in_halves(beside.make, todo, _Made, many=_MANY)
        if COMMON not in foreign and (anew or there.get(COMMON) != str(FORM)):
            made = [*made, beside.put(COMMON, headed(as_yaml(common_file()), "", str(FORM)))]
        changed = [file.name for file in made if file.changed]
        for name in changed:
            beside.move(name)
    except BaseException:
        beside.clear([COMMON, *(each.name for each in todo)])
        raise
    stale = [name for name, stamp in there.items() if stamp is not None and name not in names | plan.unsure]
    for name in sorted(stale):
        (out / name).unlink(missing_ok=True)
    return Written(
        written=len(changed),
        unchanged=len(names) - len(changed) - len(foreign),
        removed=len(stale),
        kept=tuple(sorted(plan.unsure & there.keys())),
        problems=tuple(_foreign(out, name) for name in sorted(foreign)),
    )


class _Beside:
    """New files, each beside its place in the folder until all are there."""

    def __init__(self, out: Path, process: int) -> None:
        self._out = str(out)
        self._process = process

    def make(self, some: Sequence[Wanted]) -> list[_Made]:
        """Makes and puts down the files of some services."""
        return [self.put(each.name, _content(each)) for each in some]

    def put(self, name: str, content: bytes) -> _Made:
        """Puts a file beside its place, unless what stands there is the same."""
        try:
            with open(f"{self._out}/{name}", "rb") as file:  # noqa: PTH123 -- called for every file
                if file.read() == content:
                    return _Made(name, changed=False)
        except FileNotFoundError:
            pass
        new = self._new(name)
        # What is left over there may be a link that leads elsewhere.
        with suppress(FileNotFoundError):
            os.unlink(new)  # noqa: PTH108 -- called for every file
        with open(new, "xb") as stream:  # noqa: PTH123
            stream.write(content)
        return _Made(name, changed=True)

    def move(self, name: str) -> None:
        """Moves a file into its place."""
        os.replace(self._new(name), f"{self._out}/{name}")  # noqa: PTH105 -- called for every file

    def clear(self, names: Iterable[str]) -> None:
        """Removes what still lies beside its place."""
        for name in names:
            Path(self._new(name)).unlink(missing_ok=True)

    def _new(self, name: str) -> str:
        return f"{self._out}/.{name}.{self._process}.new"


def _content(wanted: Wanted) -> bytes:
    return headed(as_yaml(rule_file(wanted.service, wanted.source, wanted.texts)), wanted.source, wanted.stamp)


def _foreign(out: Path, name: str) -> Problem:
    message = f"{out / name} was not written by Pagerworthy, and stays as it is"
    return problem("PW504", message, Where(file=str(out / name)), "move it away, or name another folder with --out DIR")
