"""`pagerworthy explain`: what a problem code or a criterion means, why it matters, and how to mend it."""

import os
import sys
import textwrap
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pagerworthy.catalog import read_document
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.codes import CODES, Code
from pagerworthy.problem import Severity
from pagerworthy.project import ProjectError, data_folder
from pagerworthy.report import Style, style_for

if TYPE_CHECKING:
    from pagerworthy.scoring import Criterion


@click.command()
@click.argument("name", metavar="CODE|CRITERION")
@click.pass_context
def command(ctx: click.Context, name: str) -> int:
    """Say what a problem code or a criterion means and how to mend it.

    CODE is that of a problem, like PW104; CRITERION is the id of a criterion, like slo-measured.
    """
    style = style_for(sys.stdout, os.environ)
    code = CODES.get(name.upper()) or CODES.get(f"PW{name}")
    if code is not None:
        click.echo(_code(code, style), nl=False)
        return Exit.FINE
    files = _criterion_files(ctx)
    if name not in files:
        looks_like_code = name.upper().startswith("PW")
        if looks_like_code:
            # Codes are numbers: the nearest one by its spelling is another problem.
            raise click.UsageError(f"there is no problem code {name.upper()!r}; `pagerworthy docs problems` lists all")
        raise click.UsageError(unknown_name("criterion", name, [*files, *CODES]))
    *shipped, last = files[name]
    found = _read(last)
    if found is None and shipped:
        found = _read(shipped[0])
        click.echo(f"{name} is left out of the rubric here, by {last}. As it is shipped:\n")
    if found is None:
        raise click.ClickException(f"{last} says only that {name} is left out")
    click.echo(_shown(found, style), nl=False)
    return Exit.FINE


def _criterion_files(ctx: click.Context) -> dict[str, list[Path]]:
    """The files of each criterion by id: the shipped one, and then the repository's own, which has the last word."""
    folders = [data_folder("scoring")]
    # Codes and shipped criteria can be explained anywhere.
    with suppress(ProjectError):
        folders.append(project_of(ctx).root / "scoring")
    files: dict[str, list[Path]] = {}
    for folder in folders:
        for path in sorted(folder.glob("criteria/*/*.yaml")):
            files.setdefault(path.stem, []).append(path)
    return files


def _read(file: Path) -> "Criterion | None":
    """What the file says of its criterion; None where it only leaves it out."""
    # Most who ask, ask for a code.
    from pagerworthy.scoring import criterion_of

    try:
        document = read_document(file.read_bytes(), file.name, "criterion")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}") from error
    if document.problems:
        first = document.problems[0]
        raise click.ClickException(f"{file} is not a criterion: line {first.where.line}: {first.message}")
    return None if document.value.get("disabled") else criterion_of(document.value, file.name)


def _code(code: Code, style: Style) -> str:
    colour = "red" if code.severity is Severity.ERROR else "yellow"
    parts = [
        f"{style.paint(f'{code.severity}[{code.code}]', 'bold', colour)}: {style.paint(code.title, 'bold')}",
        _paragraph(code.why, style),
        f"{style.paint('To mend it', 'green')}\n{_paragraph(code.mend, style)}",
    ]
    if code.wrong:
        parts.append(f"{style.paint('Wrong', 'bold')}\n{textwrap.indent(code.wrong, '    ')}")
    if code.right:
        parts.append(f"{style.paint('Right', 'bold')}\n{textwrap.indent(code.right, '    ')}")
    return "\n\n".join(parts) + "\n"


def _shown(criterion: "Criterion", style: Style) -> str:
    asks = f"Asked of {criterion.area} from {criterion.phase} on; counts for {criterion.rung.word}."
    needs = f"Evidence has to be {criterion.strength.word} or stronger"
    if criterion.needs:
        needs += f": {', '.join(criterion.needs)}"
    if criterion.max_age:
        needs += f", at most {criterion.max_age.days} days old"
    effort = f"(effort: {criterion.fix.effort})"
    parts = [
        f"{style.paint(criterion.id, 'bold')}: {criterion.question}",
        _paragraph(f"{asks} {needs}.", style),
        f"{style.paint('Why', 'bold')}\n{_paragraph(criterion.why, style)}",
        f"{style.paint('To pass it', 'green')} {effort}\n{_paragraph(criterion.fix.text, style)}",
    ]
    return "\n\n".join(parts) + "\n"


def _paragraph(text: str, style: Style) -> str:
    return textwrap.fill(" ".join(text.split()), min(style.width, 100), initial_indent="  ", subsequent_indent="  ")
