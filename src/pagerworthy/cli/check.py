"""`pagerworthy check`: every entry on its own, and what entries say of each other."""

import gc
import os
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from pagerworthy.catalog import check, load, locate
from pagerworthy.cli.app import project_of
from pagerworthy.cli.evidence_check import check_evidence
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option, evidence_option, moment
from pagerworthy.cli.rubric_check import rubric_files, rubric_problems
from pagerworthy.project import data_folder
from pagerworthy.report import FORMATS, ProblemReport, problems, style_for


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report.")
@click.option("--strict", is_flag=True, help="Let warnings make the check fail, too.")
@as_of_option
@evidence_option
@cache_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    *,
    paths: tuple[Path, ...],
    form: str,
    strict: bool,
    as_of: datetime | None,
    evidence: tuple[Path, ...],
    cache: bool,
) -> int:
    """Check every entry, what entries say of each other, the rubric and the evidence.

    With PATHs, only the problems of these files and folders are reported; the whole catalog is read all the same,
    because entries name each other. More than 1 MiB of evidence is only checked where it is asked for, by PATH or
    --evidence. `pagerworthy explain CODE` says more of a problem.
    """
    project = project_of(ctx)
    chosen = _from_root(project.root, paths)
    when = moment(project, as_of)
    loaded = load(project.root, cache=cache)
    # All of it stays until the end: looking through it for garbage would take as long as half the rules.
    gc.freeze()
    between = check(loaded.catalog, project.root, as_of=when, criteria=criterion_ids(project.root))
    rubric = rubric_problems(project.root, loaded.catalog, cache=cache)
    asked = (lambda file: _is_in(file, chosen)) if chosen else None
    known = check_evidence(project, loaded.catalog, as_of=when, given=evidence, is_chosen=asked)
    every = (*loaded.problems, *between, *rubric, *known.problems)
    found = [each for each in every if _is_in(each.where.file, chosen)]
    own = [file.relative_to(project.root).as_posix() for file in rubric_files(project.root)]
    checked = [file for file in (*loaded.catalog.files, *own, *known.files) if _is_in(file, chosen)]
    if known.left:
        click.echo(f"note: {known.left}", err=True)
    report = ProblemReport(tuple(locate(project.root, found)), tuple(checked), project.root)
    click.echo(problems(form)(report, style_for(sys.stdout, os.environ)), nl=False)
    return Exit.PROBLEMS if _fails(report, strict=strict) else Exit.FINE


def criterion_ids(root: Path) -> frozenset[str]:
    """The ids of all criteria, shipped or the repository's own: each is the name of its file."""
    folders = (data_folder("scoring") / "criteria", root / "scoring" / "criteria")
    # Path.glob would take longer than any check of what entries say of each other.
    found = (name for folder in folders for area in _areas(folder) for name in _names(area))
    return frozenset(name.removesuffix(".yaml") for name in found if name.endswith(".yaml"))


def _areas(folder: Path) -> list[Path]:
    return [path for path in map(folder.joinpath, _names(folder)) if path.is_dir()]


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 -- Path.iterdir makes a path of each
    except OSError:
        return []


def _fails(report: ProblemReport, *, strict: bool) -> bool:
    return report.errors > 0 or (strict and report.warnings > 0)


def _from_root(root: Path, paths: Sequence[Path]) -> tuple[str, ...]:
    """The paths, from the repository's root. Raises click.UsageError for one that is not in it."""
    chosen = []
    for path in paths:
        # The last part is not resolved: a link in the catalog is a problem to report, wherever it leads.
        absolute = path.resolve() if path.name in {"", ".."} else path.parent.resolve() / path.name
        if not os.path.lexists(absolute):
            raise click.UsageError(f"there is no {path}")
        try:
            chosen.append(absolute.relative_to(root).as_posix())
        except ValueError:
            raise click.UsageError(f"{path} is not in the repository {root}") from None
    return tuple(chosen)


def _is_in(file: str, chosen: Sequence[str]) -> bool:
    return not chosen or any(path in {".", file} or file.startswith(f"{path}/") for path in chosen)
