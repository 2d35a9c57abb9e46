"""`pagerworthy init`: the first files of a new catalog."""

import os
from collections.abc import Iterator
from pathlib import Path

import click

from pagerworthy import __version__
from pagerworthy.cli.exits import Exit
from pagerworthy.project import data_folder

# Beside the package's code, with a name that tools do not skip for its leading dot.
_STARTER = Path(__file__).parents[1] / "starter"
_DOT = "dot-"
# What `new service` needs, with the team and system that a new catalog has.
NEW_SERVICE = "pagerworthy new service NAME --owner example-team --system example-system --tier 3"


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]")
@click.option("--schemas", is_flag=True, help="Only write schemas/ again, as this version ships them.")
def command(folder: Path, schemas: bool) -> int:
    """Start a catalog in this folder, or in DIR.

    Writes one example of a service, a team and a system, settings, schemas for editors, and workflows for GitHub. No
    file that exists is ever changed: where one is in the way, nothing is written. With --schemas, only the schemas
    are written, over those of an earlier version.
    """
    files = dict(schema_files() if schemas else starter_files())
    if not schemas:
        in_the_way = sorted(name for name in files if os.path.lexists(folder / name))
        if in_the_way:
            more = f" and {len(in_the_way) - 3} more" if len(in_the_way) > 3 else ""
            raise click.UsageError(f"nothing was written: {folder} already has {', '.join(in_the_way[:3])}{more}")
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    click.echo(f"{len(files)} files written to {folder}")
    if not schemas:
        click.echo(
            "Next: say in requirements.txt where your workflows get Pagerworthy from, and run `pagerworthy check`."
        )
        click.echo(f"Then, for your first service: {NEW_SERVICE}")
    return Exit.FINE


def starter_files() -> Iterator[tuple[str, bytes]]:
    """Every file of a new catalog: its path from the root, and its content."""
    for path in sorted(_STARTER.rglob("*")):
        if path.is_file():
            name = path.relative_to(_STARTER).as_posix()
            name = f".{name.removeprefix(_DOT)}" if name.startswith(_DOT) else name
            yield name, path.read_bytes().replace(b"@VERSION@", __version__.encode())
    yield from schema_files()


def schema_files() -> Iterator[tuple[str, bytes]]:
    """Every schema that ships with this version: its path from a repository's root, and its content."""
    folder = data_folder("schemas")
    for path in sorted(folder.iterdir()):
        if path.suffix in {".json", ".xsd"}:
            yield f"schemas/{path.name}", path.read_bytes()
