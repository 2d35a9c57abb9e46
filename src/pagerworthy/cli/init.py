"""`pagerworthy init`: the first files of a new catalog."""

import json
import os
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

import click

from pagerworthy import __version__
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.init_stacks import stacks_files
from pagerworthy.cli.place import place_all
from pagerworthy.project import data_folder
from pagerworthy.report.words import count

# Beside the package's code, with a name that tools do not skip for its leading dot.
_STARTER = Path(__file__).parents[1] / "starter"
_DOT = "dot-"
REQUIREMENTS = "requirements.txt"
IGNORED = ".gitignore"
_KNOWN_SOURCE = """\
# What the workflows install: Pagerworthy {version}, from where the one came that wrote this catalog. It is on no
# package index: never install it by its name alone, because anybody could register that name.
{source}
"""
# What `new service` needs, with the team and system that a new catalog has.
NEW_SERVICE = "pagerworthy new service NAME --owner example-team --system example-system --tier 3"


@click.command()
@click.argument("folder", default=".", type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]")
@click.option("--schemas", is_flag=True, help="Only write schemas/ again, as this version ships them.")
@click.option("--stacks", is_flag=True, help="Only write what brings the cloud up: stacks/, its workflows and a lock.")
def command(folder: Path, *, schemas: bool, stacks: bool) -> int:
    """Start a catalog in this folder, or in DIR.

    Writes one example of a service, a team and a system, settings, schemas for editors, and workflows for GitHub. No
    file that exists is ever changed: where one is in the way, nothing is written; a .gitignore is left as it is. With
    --schemas, only the schemas are written, over those of an earlier version. With --stacks, only what a catalog needs
    to bring its cloud up: the Pulumi project in stacks/, workflows that preview pull requests and provision the main
    branch, and the lock that they install from. Either all is written or nothing, and nothing through a link.
    """
    if stacks and schemas:
        raise click.UsageError("--schemas and --stacks each write only their own: give one of them")
    if stacks:
        return _add_stacks(folder)
    files = dict(schema_files() if schemas else starter_files())
    keeps = os.path.lexists(folder / IGNORED)
    if keeps:
        files.pop(IGNORED, None)
    written = place_all(folder, files, replace=schemas)
    there = f"; {len(files) - written} were there already" if written < len(files) else ""
    click.echo(f"{count(written, 'file')} written to {folder}{there}")
    if not schemas:
        if source := installed_from():
            click.echo(f"Your workflows install {source}, as {REQUIREMENTS} says.")
            click.echo("Next: run `pagerworthy check`.")
        else:
            click.echo(
                f"Next: say in {REQUIREMENTS} where your workflows get Pagerworthy from; until then they stop with a "
                "word on it. Then run `pagerworthy check`."
            )
        click.echo(f"Then, for your first service: {NEW_SERVICE}")
        click.echo("To bring up what services run on, too: pagerworthy init --stacks")
        if keeps:
            click.echo(f"Your {IGNORED} was left as it is: add the lines {' and '.join(_ignored_paths())} to it.")
    return Exit.FINE


def _add_stacks(folder: Path) -> int:
    files = dict(stacks_files())
    written = place_all(folder, files)
    there = f"; {len(files) - written} were there already" if written < len(files) else ""
    click.echo(f"{count(written, 'file')} written to {folder}{there}")
    click.echo("Next: commit them, add an environment (`pagerworthy new environment`), and see what `doctor` says.")
    click.echo("stacks/README.md says what CI needs, and how to rehearse without an account.")
    return Exit.FINE


def starter_files() -> Iterator[tuple[str, bytes]]:
    """Every file of a new catalog: its path from the root, and its content."""
    for path in sorted(_STARTER.rglob("*")):
        if path.is_file():
            name = path.relative_to(_STARTER).as_posix()
            name = f".{name.removeprefix(_DOT)}" if name.startswith(_DOT) else name
            content = path.read_bytes().replace(b"@VERSION@", __version__.encode())
            if name == REQUIREMENTS and (source := installed_from()):
                content = _KNOWN_SOURCE.format(version=__version__, source=source).encode()
            yield name, content
    yield from schema_files()


def _ignored_paths() -> list[str]:
    lines = (_STARTER / f"{_DOT}{IGNORED.removeprefix('.')}").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def installed_from(package: str = "pagerworthy") -> str:
    """The requirement that brings exactly what runs here to any other machine; empty where there is none.

    Read from what the installer wrote down (PEP 610): an address with a commit or a digest. A folder or file of this
    machine is of no use to others, and what came from an index by its name could be anybody's.
    """
    try:
        written = metadata.distribution(package).read_text("direct_url.json")
        found = json.loads(written or "{}")
        url = urlsplit(found.get("url", ""))
    except (metadata.PackageNotFoundError, ValueError):
        return ""
    # Whoever installed it may have had a password in the address, which nobody else should read.
    address = url._replace(netloc=url.netloc.rpartition("@")[2]).geturl()
    commit = found.get("vcs_info", {}).get("commit_id", "") if found.get("vcs_info", {}).get("vcs") == "git" else ""
    digest = found.get("archive_info", {}).get("hashes", {}).get("sha256", "")
    if url.scheme != "https" or not (commit or digest):
        return ""
    return f"{package} @ git+{address}@{commit}" if commit else f"{package} @ {address}#sha256={digest}"


def schema_files() -> Iterator[tuple[str, bytes]]:
    """Every schema that ships with this version: its path from a repository's root, and its content."""
    folder = data_folder("schemas")
    for path in sorted(folder.iterdir()):
        if path.suffix in {".json", ".xsd"}:
            yield f"schemas/{path.name}", path.read_bytes()
