"""`pagerworthy collect`: gathers evidence from the sources that are there and writes it as JSON Lines."""

import datetime as dt
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import msgspec

from pagerworthy.atomic import replacing
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import Moment, moment
from pagerworthy.collect.sources import SOURCES
from pagerworthy.errors import ProjectError
from pagerworthy.evidence import COLLECTED, Record, configured_paths
from pagerworthy.problem import Problem, Where
from pagerworthy.project import SETTINGS_FILE, Project

if TYPE_CHECKING:
    from pagerworthy.cli.collect_needs import Needs
    from pagerworthy.collect import Gathered, Surroundings
    from pagerworthy.collect.surroundings import Wire
    from pagerworthy.evidence.collectors import Collector

_BUDGET = 300
_LONGEST = 300


@click.command(help="Gather evidence and write it as JSON Lines, one file a source.")
@click.argument("sources", nargs=-1, type=click.Choice(list(SOURCES)), metavar="[SOURCE]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help=f"The folder to write to.  [default: {COLLECTED}]",
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
    help="Also keep what the sources answer, without tokens, in a folder that is new or empty.",
)
@click.option(
    "--replay",
    "replayed",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    metavar="DIR",
    help="Ask a recording, as of its moment or that of --as-of, and no source over the network.",
)
@click.option(
    "--as-of",
    type=Moment(),
    metavar="TIME",
    help="Ask about this moment, which has passed, instead of now. What knows only the present is dated now.",
)
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
    """Exit code 1 when a source failed, as a whole or for all that it has of a key that a due criterion needs."""
    from pagerworthy.catalog import load
    from pagerworthy.cli.collect_needs import Needs
    from pagerworthy.collect import Deadline, Surroundings, gather_apart
    from pagerworthy.evidence.collectors import Context

    if recorded and replayed:
        raise click.UsageError("--record and --replay exclude each other: a recording answers what it was asked")
    project = project_of(ctx)
    run = _replaying(replayed, as_of) if replayed else _live(project, as_of, recorded)
    settings = project.settings.collect
    deadline = Deadline(timeout)
    surroundings = Surroundings(project.root, settings, run.variables, deadline, run.wire, project.settings.stacks)
    folder = out or _default_folder(project)
    opened = _open(sources, surroundings, folder, run.recorded)
    context = Context(catalog=load(project.root).catalog, root=project.root, as_of=run.as_of, settings=settings)
    needs = Needs(project, context.catalog)
    failed = False
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror}") from error
    for each in gather_apart(opened, context, deadline):
        failed |= _write_down(_dated(each, run.as_of, run.asked), folder, needs)
    if not _is_read(project, folder):
        click.echo(f"`score` does not read {folder}: name it in [evidence] paths, or with --evidence", err=True)
    return Exit.PROBLEMS if failed else Exit.FINE


class _Run(NamedTuple):
    """The moment that is asked about, the one at which it is asked, and what carries the questions.

    `recorded` are the sources whose answers there are; None where the sources themselves are asked.
    """

    as_of: dt.datetime
    asked: dt.datetime
    wire: "Wire"
    variables: Mapping[str, str]
    recorded: frozenset[str] | None = None


def now() -> dt.datetime:
    """The moment of the run, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def _live(project: Project, as_of: dt.datetime | None, recorded: Path | None) -> _Run:
    from pagerworthy.collect.replay import RecordingWire
    from pagerworthy.collect.surroundings import Wire

    asked = now()
    fixed = project.settings.scoring.as_of
    if not as_of and fixed and fixed < asked:
        raise click.UsageError(
            f"scoring.as_of in {SETTINGS_FILE} fixes the moment that is judged, {fixed:%Y-%m-%dT%H:%M:%SZ}, and what "
            "is seen now was not seen then: take it out of the settings, or name a moment with --as-of TIME"
        )
    judged = moment(project, as_of or project.settings.scoring.as_of or asked)
    if judged > asked:
        by = "--as-of" if as_of else "as_of in [scoring]"
        raise click.UsageError(f"{by} is {judged:%Y-%m-%dT%H:%M:%SZ}, which is yet to come: nobody can see it now")
    if not recorded:
        return _Run(judged, asked, Wire(), dict(os.environ))
    try:
        if recorded.is_dir() and any(recorded.iterdir()):
            said = "which is not empty, and a recording is made at once, of all sources that it is to have"
            raise click.UsageError(f"--record {recorded}, {said}: name a folder that is not there yet")
        return _Run(judged, asked, RecordingWire(recorded, judged, asked), dict(os.environ))
    except OSError as error:
        raise click.ClickException(f"{recorded} cannot be written: {error.strerror}") from error


def _replaying(folder: Path, as_of: dt.datetime | None) -> _Run:
    """Of a recording; with `as_of`, as if it had been made at that moment."""
    from pagerworthy.collect import SourceError
    from pagerworthy.collect.replay import ReplayingWire

    try:
        wire = ReplayingWire(folder)
    except SourceError as error:
        raise click.UsageError(str(error)) from error
    return _Run(as_of or wire.as_of, as_of or wire.asked, wire, wire.around(os.environ), wire.sources)


def _open(
    names: tuple[str, ...], surroundings: "Surroundings", folder: Path, recorded: frozenset[str] | None
) -> "list[Collector]":
    """The collectors of the named sources, or of all that are set up; of one that is set up wrongly, what says so."""
    from pagerworthy.collect import SourceError
    from pagerworthy.collect.unopened import Unopened

    opened: list[Collector] = []
    wrong: list[Collector] = []
    without: list[str] = []
    for name in _chosen(names, recorded):
        source, file = SOURCES[name], folder / f"{name}.jsonl"
        try:
            collector = source.open(surroundings)
            if collector is None and recorded is not None and name in recorded:
                raise SourceError(f"the recording has its answers, but it is not set up here: {source.needs}")
        except SourceError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 -- one source that cannot be opened hides no other
            reason = f"{type(error).__name__}: {error}"
        else:
            if collector is not None:
                opened.append(collector)
            elif names:
                raise click.UsageError(f"{name} is not set up: {source.needs}")
            elif file.exists():
                told = f"{name} is not set up here, and {file} of an earlier run counts until it is too old"
                click.echo(f"{told}: {source.needs}; or remove the file", err=True)
            else:
                without.append(f"{name} ({source.step})")
            continue
        click.echo(f"{name} is not asked: {reason[:_LONGEST]}", err=True)
        wrong.append(Unopened(name, source.keys(surroundings.settings), reason[:_LONGEST], file))
    if len(opened) > 1:
        click.echo(f"asking {', '.join(each.name for each in opened)}", err=True)
    if without and recorded is None:
        click.echo(f"not set up, so not asked: {', '.join(without)}", err=True)
    return [*opened, *wrong]


def _chosen(names: tuple[str, ...], recorded: frozenset[str] | None) -> list[str]:
    """The sources to open, each once: of a recording, those that it has, and those of the repository."""
    chosen = list(dict.fromkeys(names) or SOURCES)
    if recorded is None:
        return chosen
    there = [name for name in chosen if SOURCES[name].answers == "repository" or name in recorded]
    if names and (lost := [name for name in chosen if name not in there]):
        made = ", ".join(sorted(recorded)) or "no source"
        raise click.UsageError(f"the recording has nothing of {lost[0]}: it was made of {made}")
    return there


def _dated(gathered: "Gathered", as_of: dt.datetime, asked: dt.datetime) -> "Gathered":
    """What a source brought, by the moment at which it was asked where it knows but the present."""
    if asked <= as_of or SOURCES[gathered.source].answers != "present":
        return gathered
    said = f"{gathered.source} knows only the present: what it says is dated {asked:%Y-%m-%dT%H:%M:%SZ}"
    click.echo(f"{said}, and not seen as of {as_of:%Y-%m-%dT%H:%M:%SZ}", err=True)
    records = tuple(
        msgspec.structs.replace(each, time=asked) if each.time == as_of else each for each in gathered.records
    )
    return msgspec.structs.replace(gathered, records=records)


def _write_down(gathered: "Gathered", folder: Path, needs: "Needs") -> bool:
    """Writes what one source brought, says what it could not see, and whether that is all of it, or all of a key.

    Of a key that no due criterion needs it is said, too, and is no failure where other keys were seen.
    """
    missed = Counter(record.failed for record in gathered.records if record.failed)
    file = folder / f"{gathered.source}.jsonl"
    try:
        _write(file, gathered.records)
    except OSError as error:
        # What others bring is written all the same.
        said = f"{gathered.source}: {file} cannot be written: {error.strerror}"
        click.echo(f"{said}; what it held before, if anything, still counts", err=True)
        return True
    click.echo(f"{gathered.source}: {len(gathered.records)} records in {file} ({gathered.seconds:.1f} s)")
    for reason, count in sorted(missed.items()):
        click.echo(f"  {count} not known: {reason}", err=True)
    for note in gathered.notes:
        click.echo(f"  note: {note}", err=True)
    seen = {record.key for record in gathered.records if not record.failed}
    unseen = sorted({record.key for record in gathered.records} - seen)
    if gathered.failed:
        return True
    # Where nothing at all was seen, it is the source that fails.
    needed = {each.key for each in gathered.records if not seen or (each.key in unseen and needs.has(each))}
    if needed:
        click.echo(f"  {gathered.source} failed for all of {', '.join(sorted(needed))}", err=True)
    if idle := [key for key in unseen if key not in needed]:
        click.echo(f"  nothing is known of {', '.join(idle)}, and no criterion that is due needs it", err=True)
    return bool(needed)


def _default_folder(project: Project) -> Path:
    """Raises ProjectError where it is a link that leads out of the repository."""
    folder = project.root / COLLECTED
    if configured_paths(project.root, [COLLECTED])[1]:
        raise ProjectError(
            Problem(
                code="PW501",
                message=f"{COLLECTED} leads out of the repository, so nothing is written there",
                where=Where(file=COLLECTED),
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
