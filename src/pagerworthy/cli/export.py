"""`pagerworthy export`: what entries say, for other tools."""

from pathlib import Path

import click

from pagerworthy import atomic
from pagerworthy.catalog import load, locate
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.notes import show
from pagerworthy.cli.options import cache_option
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.interop import dumped, export_openslo
from pagerworthy.problem import Severity
from pagerworthy.report.words import count

_HEAD = "# Written by `pagerworthy export openslo`. Change the entry, not this file.\n"


@click.group()
def command() -> None:
    """Write what entries say for other tools."""


@command.command()
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False, allow_dash=True),
    default="-",
    metavar="DIR",
    help="A folder, for one file a service; - prints all. [default: -]",
)
@cache_option
@click.pass_context
def openslo(ctx: click.Context, services: tuple[str, ...], out: Path, cache: bool) -> int:
    """Write objectives as OpenSLO v1, those of SERVICEs or of all.

    What `import openslo` kept under extensions.openslo is given back. In DIR only what has changed is written, and
    never over a file that this command has not written; documents that several services share go to _shared.yaml.
    """
    project = project_of(ctx)
    loaded = load(project.root, cache=cache)
    catalog = loaded.catalog
    for name in services:
        if name not in catalog.services:
            raise click.UsageError(unknown_name("service", name, catalog.services))
    chosen = [catalog.services[name] for name in sorted(set(services) or catalog.services)]
    exported = export_openslo((service, catalog.file_of("Service", service.name)) for service in chosen)
    show(locate(project.root, exported.problems), project.root)
    left_out = {each.where.file for each in loaded.problems if each.severity is Severity.ERROR}
    if left_out:
        click.echo(f"note: {len(left_out)} files have problems and were left out; see `pagerworthy check`", err=True)
    if any(each.severity is Severity.ERROR for each in exported.problems):
        return Exit.PROBLEMS
    texts = {name: dumped(documents) for name, documents in exported.documents.items() if documents}
    if str(out) == "-":
        click.echo("---\n".join(texts.values()), nl=False)
    else:
        _write(out, {f"{name}.yaml": (_HEAD + text).encode() for name, text in texts.items()})
    return Exit.FINE


def _write(out: Path, files: dict[str, bytes]) -> None:
    """Writes what has changed. Raises click.UsageError, before anything is written, where a file is somebody else's."""
    before = {name: _content(out / name) for name in files}
    for name, content in before.items():
        if content is not None and not content.startswith(_HEAD.encode()):
            raise click.UsageError(f"{out / name} was not written by this command, and was left as it is")
    changed = [name for name in files if before[name] != files[name]]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for name in changed:
            atomic.write(out / name, files[name])
    except OSError as error:
        raise click.UsageError(f"{out} cannot be written: {error.strerror}") from None
    click.echo(f"{len(changed)} of {count(len(files), 'file')} written to {out}.", err=True)


def _content(path: Path) -> bytes | None:
    try:
        return None if not path.exists() and not path.is_symlink() else path.read_bytes()
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from None
