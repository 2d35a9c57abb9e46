"""`pagerworthy collect`: gathers evidence from the sources that are there and writes it as JSON Lines."""

import datetime as dt
import os
import tempfile
from pathlib import Path

import click
import msgspec

from pagerworthy.catalog import load
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, moment
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors import COLLECTORS, Context


@click.command(help="Gather evidence and write it as JSON Lines, one file a source.")
@click.argument("sources", nargs=-1, type=click.Choice(list(COLLECTORS)), metavar="[SOURCE]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="DIR",
    help="The folder to write to.",
)
@as_of_option
@click.pass_context
def command(ctx: click.Context, sources: tuple[str, ...], out: Path, as_of: dt.datetime | None) -> int:
    """Exit code 1 when a source failed for some service: those keys are then not known."""
    project = project_of(ctx)
    context = Context(
        catalog=load(project.root).catalog,
        root=project.root,
        as_of=moment(project, as_of),
        settings=project.settings.collect,
    )
    out.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in sources or tuple(COLLECTORS):
        records = list(COLLECTORS[name].collect(context))
        missed = [record for record in records if record.failed]
        failed += len(missed)
        file = out / f"{name}.jsonl"
        _write(file, records)
        click.echo(f"{name}: {len(records)} records in {file}")
        for reason in sorted({record.failed for record in missed}):
            count = sum(record.failed == reason for record in missed)
            click.echo(f"  {count} not known: {reason}", err=True)
    return Exit.PROBLEMS if failed else Exit.FINE


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
