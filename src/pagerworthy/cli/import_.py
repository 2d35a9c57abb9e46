"""`pagerworthy import`: the objectives of other tools as lines for entries. No entry is changed."""

import os
from pathlib import Path

import click

from pagerworthy.cli.exits import Exit
from pagerworthy.cli.notes import show
from pagerworthy.interop import Promises, Read, checked, fragment, read_openslo, read_pyrra, read_sloth
from pagerworthy.problem import Severity
from pagerworthy.slo import PERIODS

_WINDOWS = [name for name, period in PERIODS.items() if not period.calendar]

_files = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
_into = click.option(
    "--into", type=click.Path(path_type=Path), metavar="FILE", help="Write a new file, if all could be read."
)


@click.group()
def command() -> None:
    """Read objectives of other tools and print them as lines for entries.

    A FILE may also be a folder, of which all YAML files are read, or hold several documents. What is printed belongs
    under `spec` of the service's entry; no entry is changed. What cannot be carried over is a problem with its
    position, and what is left out a note. Exit code 1 where something could not be read; the rest is printed.
    """


@command.command()
@_files
@click.option("--utc", is_flag=True, help="Take calendar windows to begin at midnight in UTC, whatever their zone.")
@_into
def openslo(files: tuple[Path, ...], utc: bool, into: Path | None) -> int:
    """Read OpenSLO v1.

    References are looked up among the FILEs. What an entry has no place for, such as labels and alert policies, is
    kept under extensions.openslo, and `pagerworthy export openslo` gives it back.
    """
    return _print(read_openslo(files, utc=utc), into)


@command.command()
@_files
@click.option(
    "--window",
    type=click.Choice(_WINDOWS),
    default="30d",
    show_default=True,
    help="Over which time the objectives hold; Sloth's files do not say.",
)
@_into
def sloth(files: tuple[Path, ...], window: str, into: Path | None) -> int:
    """Read Sloth's specifications and its resources for Kubernetes."""
    return _print(read_sloth(files, window), into)


@command.command()
@_files
@click.option("--service", default="", metavar="NAME", help="The service that they are of; Pyrra's files do not say.")
@_into
def pyrra(files: tuple[Path, ...], service: str, into: Path | None) -> int:
    """Read Pyrra's resources for Kubernetes."""
    return _print(read_pyrra(files, service), into)


def _print(read: Read, into: Path | None) -> int:
    read = checked(read)
    show(read.problems)
    wrong = any(each.severity is Severity.ERROR for each in read.problems)
    if not read.services and not wrong:
        raise click.UsageError("there is no objective in these files")
    text = "---\n".join(_lines(service) for service in read.services)
    if into is None:
        click.echo(text, nl=False)
    elif wrong:
        raise click.UsageError(f"{into} was not written: not all could be read, see above")
    else:
        _create(into, text)
        click.echo(f"Wrote {into}.", err=True)
    return Exit.PROBLEMS if wrong else Exit.FINE


def _lines(promises: Promises) -> str:
    name = promises.service
    place = f"catalog/services/{name}.yaml" if name else "the service's entry"
    start = "" if not name or os.path.lexists(place) else f"\n# `pagerworthy new service {name}` starts that entry."
    return f"# Put this under spec of {place}.{start}\n{fragment(promises)}"


def _create(path: Path, text: str) -> None:
    try:
        # "x" fails where anything is already, a link included.
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise click.UsageError(f"{path} is there already, and was left as it is") from None
    except OSError as error:
        raise click.UsageError(f"{path} cannot be written: {error.strerror}") from None
