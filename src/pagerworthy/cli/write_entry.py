"""Writes a new entry: only if it is right, and never over a file that is there."""

import datetime as dt
import os
import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from pagerworthy.catalog import (
    FOLDERS,
    Catalog,
    Decision,
    Entry,
    Kind,
    Located,
    Waiver,
    assemble,
    check,
    check_waivers,
    load,
    locate,
    read_entry,
    suggest_name,
)
from pagerworthy.cli.check import criterion_ids
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import moment
from pagerworthy.problem import Problem, Severity
from pagerworthy.project import Project
from pagerworthy.report import ProblemReport, problems, style_for

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Refused(click.ClickException):
    """Nothing was written, for a reason that lies in the repository and not in how the command was called."""

    exit_code = int(Exit.USAGE)


class EntryName(click.ParamType[str]):
    """A name that can be a file's."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if _NAME.fullmatch(text) and 2 <= len(text) <= 40:
            return text
        guess = suggest_name(text)
        meant = f"; did you mean {guess}?" if len(guess) > 1 else ""
        rule = "write 2 to 40 lower-case letters, digits and single hyphens, a letter first"
        message = f"{text!r} is not a name: {rule}{meant}"
        raise click.BadParameter(message, ctx, param)


def write_entry(project: Project, kind: Kind, name: str, text: str) -> int:
    """Writes an entry if it is right, by itself and beside the others; says what there is to say of it.

    Raises Refused, and writes nothing, where the catalog would have an error more with it.
    """
    ending = "md" if kind == "Postmortem" else "yaml"
    path = f"catalog/{FOLDERS[kind]}/{name}.{ending}"
    refuse_second(project.root / path, path)
    entry, found = read_entry(text.encode(), path, kind, project.root)
    if entry is not None:
        found = [*found, *_beside_others(project, entry, path)]
    if any(each.severity is Severity.ERROR for each in found):
        show_problems(found)
        raise Refused(f"{path} was not written: the catalog would have the problems above")
    create(project.root, path, text)
    click.echo(f"Wrote {path}.")
    show_problems(locate(project.root, found), project.root)
    return Exit.FINE


def _beside_others(project: Project, entry: Entry, path: str) -> list[Problem]:
    """The problems that the catalog has with the entry, wherever they stand, and not without it."""
    catalog = load(project.root).catalog
    if other := catalog.places[entry.kind].get(entry.name):
        raise Refused(f"{path} was not written: {other} is the {entry.kind.lower()} {entry.name} already")
    if isinstance(entry, Decision):
        _refuse_unread(catalog)
    # Messages name the moment, so it has to be the same one.
    now = moment(project, None)
    before = set(_between(project, catalog, entry, now))
    return [each for each in _between(project, _with(catalog, entry, path), entry, now) if each not in before]


def _with(catalog: Catalog, entry: Entry, path: str) -> Catalog:
    """The catalog with one entry more."""
    there: list[Entry] = [*catalog.services.values(), *catalog.teams.values(), *catalog.systems.values()]
    there += [*catalog.environments.values(), *catalog.decisions, *catalog.waivers]
    there += [*catalog.attestations, *catalog.postmortems]
    located = [Located(entry=each, file=catalog.file_of(each.kind, each.name)) for each in there]
    return assemble([*located, Located(entry=entry, file=path)], {**catalog.files, path: ""})


def _between(project: Project, catalog: Catalog, entry: Entry, now: dt.datetime) -> list[Problem]:
    """What `check` says of a catalog, as far as an entry of this kind can change it."""
    found = check(catalog, project.root, as_of=now, criteria=criterion_ids(project.root))
    if isinstance(entry, Waiver):
        from pagerworthy.scoring import load_policy

        policy = load_policy(project.root)
        if policy is None:
            raise Refused("nobody knows which waivers count: `pagerworthy check` says what is wrong")
        found += check_waivers(catalog, policy.waivers)
    return found


def _refuse_unread(catalog: Catalog) -> None:
    """Raises Refused where nobody can say which decisions there are."""
    folder = f"catalog/{FOLDERS['Decision']}/"
    read = set(catalog.places["Decision"].values())
    broken = sorted(file for file in catalog.files if file.startswith(folder) and file not in read)
    if broken:
        reason = f"{broken[0]} cannot be read, so nobody knows what this decision follows from"
        raise Refused(f"nothing was written: {reason}; `pagerworthy check` says what is wrong with it")


def refuse_second(place: Path, path: str) -> None:
    """Raises Refused where anything is already, a link included."""
    if os.path.lexists(place):
        raise Refused(f"{path} is there already, and was left as it is")


def refuse_future(project: Project, when: dt.datetime) -> None:
    """Raises Refused for the moment of something that is to have happened, and that has not come."""
    if when > max(moment(project, None), dt.datetime.now(dt.UTC)):
        raise Refused(f"{when:%Y-%m-%dT%H:%M:%SZ} has not come: what is recorded has happened")


def create(root: Path, path: str, text: str) -> None:
    """Writes a new file. Raises Refused where there is one already, or a link on the way."""
    here = root
    for part in path.split("/")[:-1]:
        here = here / part
        if here.is_symlink():
            raise Refused(f"{here} is a symbolic link; nothing is written through it")
    try:
        here.mkdir(parents=True, exist_ok=True)
        # "x" fails where anything is already, a link included.
        with ExitStack() as undo:
            with (root / path).open("x", encoding="utf-8", newline="\n") as file:
                undo.callback((root / path).unlink, missing_ok=True)
                file.write(text)
            undo.pop_all()
    except FileExistsError:
        refuse_second(root / path, path)
        raise
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from None


def show_problems(found: Sequence[Problem], root: Path | None = None) -> None:
    """Draws problems on stderr; with `root`, beside the lines of its files that they are about."""
    if found:
        report = ProblemReport(tuple(found), tuple({problem.where.file for problem in found}), root)
        click.echo(problems("text")(report, style_for(sys.stderr, os.environ)), nl=False, err=True)
