"""Shows what a command had to say of files beside its output: problems in full, warnings as notes of a line."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from pagerworthy.problem import Problem, Severity, Where
from pagerworthy.report import ProblemReport, problems, style_for


def show(found: Sequence[Problem], root: Path | None = None) -> None:
    """Prints the problems to stderr. Warnings that say the same are one note, with the first of their places."""
    notes: dict[tuple[str, str], list[Problem]] = {}
    errors = []
    for each in found:
        if each.severity is Severity.ERROR:
            errors.append(each)
        else:
            notes.setdefault((each.code, each.message), []).append(each)
    for same in notes.values():
        first = same[0]
        more = f" (and at {len(same) - 1:,} more places)" if len(same) > 1 else ""
        click.echo(f"note[{first.code}]: {_place(first.where)}: {first.message}{more}; {first.help}", err=True)
    if errors:
        report = ProblemReport(tuple(errors), tuple({each.where.file for each in errors}), root or Path())
        click.echo(problems("text")(report, style_for(sys.stderr, os.environ)), nl=False, err=True)


def _place(where: Where) -> str:
    return f"{where.file}:{where.line}:{where.column}" if where.line else where.file
