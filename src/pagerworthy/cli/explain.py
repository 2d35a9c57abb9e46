"""`pagerworthy explain`: what a problem code or a criterion means, why it matters, and how to mend it."""

import os
import sys
import textwrap
from contextlib import suppress
from pathlib import Path

import click
import msgspec

from pagerworthy.catalog import read_document
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.codes import CODES, Code
from pagerworthy.problem import Severity
from pagerworthy.project import ProjectError, data_folder
from pagerworthy.report import Style, style_for


class _Fix(msgspec.Struct, frozen=True):
    text: str
    effort: str


class _Criterion(msgspec.Struct, frozen=True):
    """What people need to know of a criterion; its expressions stay in its file."""

    id: str
    question: str
    area: str
    phase: str
    rung: str
    strength: str
    why: str
    fix: _Fix
    needs: tuple[str, ...] = ()
    max_age: str = ""


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
        kind, known = ("problem code", list(CODES)) if looks_like_code else ("criterion", [*files, *CODES])
        raise click.UsageError(unknown_name(kind, name.upper() if looks_like_code else name, known))
    click.echo(_shown(_read(files[name]), style), nl=False)
    return Exit.FINE


def _criterion_files(ctx: click.Context) -> dict[str, Path]:
    """The file of each criterion by id; the repository's own, where there is one, before the shipped."""
    folders = [data_folder("scoring")]
    # Codes and shipped criteria can be explained anywhere.
    with suppress(ProjectError):
        folders.append(project_of(ctx).root / "scoring")
    return {path.stem: path for folder in folders for path in sorted(folder.glob("criteria/*/*.yaml"))}


def _read(file: Path) -> _Criterion:
    try:
        document = read_document(file.read_bytes(), file.name, "criterion")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}") from error
    if document.problems:
        first = document.problems[0]
        raise click.ClickException(f"{file} is not a criterion: line {first.where.line}: {first.message}")
    return msgspec.convert(document.value, _Criterion)


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


def _shown(criterion: _Criterion, style: Style) -> str:
    asks = f"Asked of {criterion.area} from {criterion.phase} on; counts for {criterion.rung}."
    needs = f"Evidence has to be {criterion.strength} or stronger"
    if criterion.needs:
        needs += f": {', '.join(criterion.needs)}"
    if criterion.max_age:
        needs += f", at most {criterion.max_age} old"
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
