"""`pagerworthy collect`: gathers evidence from the sources that are there and writes it as JSON Lines."""

import datetime as dt
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from pagerworthy.atomic import replacing
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, moment
from pagerworthy.collect.sources import SOURCES
from pagerworthy.errors import ProjectError
from pagerworthy.evidence import Record, configured_paths
from pagerworthy.problem import Problem, Where
from pagerworthy.project import Project

if TYPE_CHECKING:
    from pagerworthy.collect import Gathered, Surroundings
    from pagerworthy.collect.replay import ReplayingWire
    from pagerworthy.collect.surroundings import Wire
    from pagerworthy.evidence.collectors import Collector

# Below the folder that `[evidence] paths` names from the start, so that `score` reads what was gathered.
DEFAULT_OUT = "catalog/evidence/collected"
_BUDGET = 300


@click.command(help="Gather evidence and write it as JSON Lines, one file a source.")
@click.argument("sources", nargs=-1, type=click.Choice(list(SOURCES)), metavar="[SOURCE]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=f"The folder to write to.  [default: {DEFAULT_OUT}]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1, 86_400),
    default=_BUDGET,
    show_default=True,
    metavar="SECONDS",
    help="How long all sources together may take; what is not done by then is not known.",
)
@click.option(
    "--record",
    "recorded",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Also keep what the sources answer, without tokens.",
)
@click.option(
    "--replay",
    "replayed",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Ask a recording, as of its moment, and no source over the network.",
)
@as_of_option
@click.pass_context
def command(
    ctx: click.Context,
    sources: tuple[str, ...],
    *,
    out: Path | None,
    timeout: float,
    recorded: Path | None,
    replayed: Path | None,
    as_of: dt.datetime | None,
) -> int:
    """Exit code 1 when a source failed for some service: those keys are then not known."""
    from pagerworthy.catalog import load
    from pagerworthy.collect import Deadline, Surroundings, gather
    from pagerworthy.evidence.collectors import Context

    if recorded and replayed:
        raise click.UsageError("--record and --replay exclude each other: a recording answers what it was asked")
    project = project_of(ctx)
    judged, wire = _wire(moment(project, as_of), as_of, recorded, replayed)
    settings = project.settings.collect
    deadline = Deadline(timeout)
    surroundings = Surroundings(project.root, settings, dict(os.environ), deadline, wire, project.settings.stacks)
    folder = out or _default_folder(project)
    opened, failed = _open(sources, surroundings)
    context = Context(catalog=load(project.root).catalog, root=project.root, as_of=judged, settings=settings)
    if len(opened) > 1:
        click.echo(f"asking {', '.join(each.name for each in opened)}", err=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for each in gather(opened, context, deadline):
            failed += _write_down(each, folder)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}") from error
    if not _is_read(project, folder):
        click.echo(f"`score` does not read {folder}: name it in [evidence] paths, or with --evidence", err=True)
    return Exit.PROBLEMS if failed else Exit.FINE


def _wire(
    judged: dt.datetime, as_of: dt.datetime | None, recorded: Path | None, replayed: Path | None
) -> "tuple[dt.datetime, Wire]":
    """The moment for which evidence is gathered, and what carries the questions."""
    from pagerworthy.collect.replay import RecordingWire, ReplayingWire
    from pagerworthy.collect.surroundings import Wire

    if replayed:
        wire = ReplayingWire(replayed)
        return as_of or _moment_of(wire), wire
    if recorded:
        try:
            return judged, RecordingWire(recorded, judged)
        except OSError as error:
            raise click.ClickException(f"{recorded} cannot be written: {error.strerror}") from error
    return judged, Wire()


def _moment_of(wire: "ReplayingWire") -> dt.datetime:
    from pagerworthy.collect import SourceError

    try:
        return wire.as_of
    except SourceError as error:
        raise click.UsageError(str(error)) from error


def _open(names: tuple[str, ...], surroundings: "Surroundings") -> "tuple[list[Collector], int]":
    """The collectors of the named sources, or of all that are set up, and how many are set up wrongly."""
    from pagerworthy.collect import SourceError

    opened: list[Collector] = []
    wrong = 0
    for name in dict.fromkeys(names) or SOURCES:
        source = SOURCES[name]
        try:
            collector = source.open(surroundings)
        except SourceError as error:
            wrong += 1
            click.echo(f"{name} is not asked: {error}", err=True)
            continue
        if collector is not None:
            opened.append(collector)
        elif names:
            raise click.UsageError(f"{name} is not set up: {source.needs}")
    return opened, wrong


def _write_down(gathered: "Gathered", folder: Path) -> int:
    """Writes what one source brought, and says how many keys it could not see."""
    missed = Counter(record.failed for record in gathered.records if record.failed)
    file = folder / f"{gathered.source}.jsonl"
    _write(file, gathered.records)
    click.echo(f"{gathered.source}: {len(gathered.records)} records in {file} ({gathered.seconds:.1f} s)")
    for reason, count in sorted(missed.items()):
        click.echo(f"  {count} not known: {reason}", err=True)
    return missed.total() + bool(gathered.failed)


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


def _write(file: Path, records: tuple[Record, ...]) -> None:
    encoder = msgspec.json.Encoder(order="sorted")
    with replacing(file) as stream:
        for record in records:
            stream.write(encoder.encode(record))
            stream.write(b"\n")
