"""`pagerworthy collect`: gathers evidence from the sources that are there and writes it as JSON Lines."""

import datetime as dt
import os
import tempfile
from collections import Counter
from importlib.util import find_spec
from pathlib import Path

import click
import msgspec

from pagerworthy.catalog import load
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, moment
from pagerworthy.errors import ProjectError
from pagerworthy.evidence import Record, configured_paths
from pagerworthy.evidence.collectors import COLLECTORS, NAMES, Collector, Context
from pagerworthy.problem import Problem, Where
from pagerworthy.project import Project

# Below the folder that `[evidence] paths` names from the start, so that `score` reads what was gathered.
DEFAULT_OUT = "catalog/evidence/collected"


@click.command(help="Gather evidence and write it as JSON Lines, one file a source.")
@click.argument("sources", nargs=-1, type=click.Choice(list(NAMES)), metavar="[SOURCE]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=f"The folder to write to.  [default: {DEFAULT_OUT}]",
)
@as_of_option
@click.pass_context
def command(ctx: click.Context, sources: tuple[str, ...], out: Path | None, as_of: dt.datetime | None) -> int:
    """Exit code 1 when a source failed for some service: those keys are then not known."""
    project = project_of(ctx)
    context = Context(
        catalog=load(project.root).catalog,
        root=project.root,
        as_of=moment(project, as_of),
        settings=project.settings.collect,
    )
    folder = out or _default_folder(project)
    failed = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in sources or _there():
            failed += _gather(name, context, folder)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}") from error
    if not _is_read(project, folder):
        click.echo(f"`score` does not read {folder}: name it in [evidence] paths, or with --evidence", err=True)
    return Exit.PROBLEMS if failed else Exit.FINE


def _gather(name: str, context: Context, folder: Path) -> int:
    """Writes what one source brings, and says how many keys it could not see."""
    records = sorted(_collector(name).collect(context), key=lambda each: (each.subject, each.key, each.item))
    missed = Counter(record.failed for record in records if record.failed)
    file = folder / f"{name}.jsonl"
    _write(file, records)
    click.echo(f"{name}: {len(records)} records in {file}")
    for reason, count in sorted(missed.items()):
        click.echo(f"  {count} not known: {reason}", err=True)
    return missed.total()


def _collector(name: str) -> Collector:
    if name in COLLECTORS:
        return COLLECTORS[name]
    from pagerworthy.stacks.collector import StacksCollector

    return StacksCollector()


def _there() -> tuple[str, ...]:
    """All collectors, without the one that needs Pulumi where Pulumi is not installed."""
    return tuple(name for name in NAMES if name in COLLECTORS or find_spec("pulumi") is not None)


def _default_folder(project: Project) -> Path:
    """Raises ProjectError where it is a link that leads out of the repository."""
    folder = project.root / DEFAULT_OUT
    if configured_paths(project.root, [DEFAULT_OUT])[1]:
        raise ProjectError(
            Problem(
                code="PW501",
                message=f"{DEFAULT_OUT} leads out of the repository, so nothing is written there",
                where=Where(file=DEFAULT_OUT),
                help="remove the symbolic link, or name a folder with --out DIR",
            )
        )
    return folder


def _is_read(project: Project, folder: Path) -> bool:
    paths, _ = configured_paths(project.root, project.settings.evidence.paths)
    return any(folder.resolve().is_relative_to(path.resolve()) for path in paths)


def _write(file: Path, records: list[Record]) -> None:
    """Replaces the file whole, so that a reader never sees half of it."""
    encoder = msgspec.json.Encoder(order="sorted")
    handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            for record in records:
                stream.write(encoder.encode(record))
                stream.write(b"\n")
        Path(temporary).chmod(0o644)
        Path(temporary).replace(file)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
