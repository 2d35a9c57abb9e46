"""Writes a new entry: only if it is right, and never over a file that is there."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from pagerworthy.catalog import FOLDERS, check, check_entry, load, locate, suggest_name
from pagerworthy.cli.check import criterion_ids
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import moment
from pagerworthy.problem import Problem, Severity
from pagerworthy.project import Project
from pagerworthy.report import ProblemReport, problems, style_for

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class EntryName(click.ParamType[str]):
    """A name that can be a file's."""

    name = "name"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        text = str(value)
        if _NAME.fullmatch(text) and 2 <= len(text) <= 40:
            return text
        guess = suggest_name(text)
        meant = f"; did you mean {guess}?" if len(guess) > 1 else ""
        message = f"{text!r} is not a name: write lower-case letters, digits and single hyphens{meant}"
        raise click.BadParameter(message, ctx, param)


def write_entry(project: Project, kind: str, name: str, text: str) -> int:
    """Writes an entry if it is right; then says what the rest of the catalog makes of it."""
    ending = "md" if kind == "Postmortem" else "yaml"
    path = f"catalog/{FOLDERS[kind]}/{name}.{ending}"
    wrong = check_entry(text.encode(), path, kind, project.root)
    if wrong:
        _show(wrong, None)
        raise click.UsageError(f"{path} was not written: it would have the problems above")
    create(project.root, path, text)
    click.echo(f"Wrote {path}.")
    loaded = load(project.root)
    between = check(loaded.catalog, project.root, as_of=moment(project, None), criteria=criterion_ids(project.root))
    found = [each for each in (*loaded.problems, *between) if each.where.file == path]
    if found:
        _show(locate(project.root, found), project.root)
    return Exit.PROBLEMS if any(each.severity is Severity.ERROR for each in found) else Exit.FINE


def create(root: Path, path: str, text: str) -> None:
    """Writes a new file. Raises click.UsageError where there is one already, or a link on the way."""
    here = root
    for part in path.split("/")[:-1]:
        here = here / part
        if here.is_symlink():
            raise click.UsageError(f"{here} is a symbolic link; nothing is written through it")
    try:
        here.mkdir(parents=True, exist_ok=True)
        # "x" fails where anything is already, a link included.
        with (root / path).open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise click.UsageError(f"{path} is there already, and was left as it is") from None
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None


def _show(found: Sequence[Problem], root: Path | None) -> None:
    report = ProblemReport(tuple(found), tuple({problem.where.file for problem in found}), root)
    click.echo(problems("text")(report, style_for(sys.stderr, os.environ)), nl=False, err=True)
