"""Assessing a repository for a person: progress while it lasts, and the reasons where it cannot be done."""

import datetime as dt
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from pagerworthy.cli.pipeline import Assessment, CannotAssess, assess
from pagerworthy.problem import Problem
from pagerworthy.project import Project
from pagerworthy.report import ProblemReport, problems, style_for


def assess_aloud(
    project: Project,
    consequence: str,
    *,
    as_of: dt.datetime | None = None,
    evidence: Sequence[Path] = (),
    cache: bool = True,
) -> Assessment | None:
    """The assessment; None, with the problems and their consequence on stderr, where nothing can be judged."""
    try:
        return assess(project, as_of=as_of, evidence=evidence, cache=cache, say=_progress())
    except CannotAssess as error:
        show_problems(error.problems, project.root)
        click.echo(f"nothing is judged until this is mended: {consequence}", err=True)
        return None


def say_what_is_later(found: Assessment) -> None:
    """One line on the evidence that is newer than the moment that is judged, where there is some."""
    from pagerworthy.report.words import count

    if later := found.evidence.later:
        newer = f"{count(later, 'record is', 'records are')} newer than {found.as_of:%Y-%m-%dT%H:%M:%SZ}"
        click.echo(f"note: {newer}, which is judged, and left out; entries count as they stand here", err=True)


def show_problems(found: Sequence[Problem], root: Path) -> None:
    """Draws problems on stderr, beside an answer that goes to stdout."""
    if found:
        report = ProblemReport(tuple(found), tuple({problem.where.file for problem in found}), root)
        click.echo(problems("text")(report, style_for(sys.stderr, os.environ)), nl=False, err=True)


class _Progress:
    """One line on the terminal, replaced at each step and gone at the end."""

    def __call__(self, step: str) -> None:
        click.echo(f"\r\033[K{step}", nl=False, err=True)


def _progress() -> _Progress | None:
    # A process may be started without any output.
    return _Progress() if sys.stderr is not None and sys.stderr.isatty() else None
