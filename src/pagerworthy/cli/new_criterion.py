"""`pagerworthy new criterion`: starts a criterion of an organisation's own, or its version of a shipped one."""

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pagerworthy.catalog import PHASES
from pagerworthy.cli import first_lines
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.cli.write_entry import EntryName, Refused, create, refuse_second, show_problems

if TYPE_CHECKING:
    from pagerworthy.scoring import Rubric

_MAX_AGE = "30d"
_OWN = ("area", "question", "phase", "rung", "passes")


@click.command()
@click.argument("id", type=EntryName())
@click.option("--area", help="The area of the rubric that it belongs to.")
@click.option("--question", help="What it asks; yes is good.")
@click.option("--phase", type=click.Choice(PHASES), help="It is due from this phase on; design where that is not said.")
@click.option("--rung", type=click.Choice(["bronze", "silver", "gold"]), help="bronze where that is not said.")
@click.option("--needs", multiple=True, metavar="KEY", help="An evidence key that it rests on. Repeatable.")
@click.option("--pass", "passes", metavar="CEL", help="When the answer is yes; never, where that is not said.")
@click.option("--leave-out", is_flag=True, help="Leave the shipped criterion of this id out of the rubric.")
@click.pass_context
def criterion(ctx: click.Context, /, id: str, leave_out: bool, **told: Any) -> int:  # noqa: A002 -- its name in the help
    """Start a criterion in scoring/criteria/, which is asked beside the shipped ones.

    With the id of a shipped criterion, its file is copied, to be changed: it then replaces the shipped one. The
    expressions are compiled before anything is written; a criterion without --pass holds for no service yet.
    """
    from pagerworthy.scoring import load_rubric

    project = project_of(ctx)
    loaded = load_rubric(project.root)
    if loaded.rubric is None:
        show_problems(loaded.problems, project.root)
        raise Refused("nothing was written: the rubric has the problems above")
    shipped = shipped_criteria().get(id)
    if shipped is None:
        if leave_out:
            raise Refused(unknown_name("shipped criterion", id, shipped_criteria()))
        area, text = told["area"], _first(id, loaded.rubric, told)
    else:
        if told["needs"] or any(told[each] is not None for each in _OWN):
            raise click.UsageError(f"{id} is a shipped criterion: name it alone to get its file, and change that")
        area = shipped.parent.name
        text = first_lines.left_out(id) if leave_out else shipped.read_text(encoding="utf-8")
    path = f"scoring/criteria/{area}/{id}.yaml"
    refuse_second(project.root / path, path)
    _try(project.root, path, text)
    create(project.root, path, text)
    click.echo(f"Wrote {path}. {_said(leave_out=leave_out, shipped=shipped is not None, passes=told['passes'])}")
    return Exit.FINE


def shipped_criteria() -> dict[str, Path]:
    """The file of each shipped criterion, by id."""
    from pagerworthy.project import data_folder

    return {path.stem: path for path in sorted((data_folder("scoring") / "criteria").glob("*/*.yaml"))}


def _first(name: str, rubric: "Rubric", told: dict[str, Any]) -> str:
    """The first lines of a new criterion. Raises Refused where an area or a key is wrong or missing."""
    from pagerworthy.evidence import KEYS

    areas = [area.id for area in rubric.policy.areas]
    if not told["area"] or not told["question"]:
        raise click.UsageError(f"a new criterion needs --question TEXT and --area AREA: {', '.join(areas)}")
    if told["area"] not in areas:
        add = "add it to `areas` in scoring/policy.yaml first, or name one of these"
        raise Refused(f"{unknown_name('area', told['area'], areas)}; {add}: {', '.join(areas)}")
    for key in told["needs"]:
        if key not in KEYS:
            raise Refused(f"{unknown_name('evidence key', key, KEYS)}; `pagerworthy docs evidence` lists them")
    passes = told["passes"] or "false"
    values: dict[str, Any] = {
        "id": name,
        "question": told["question"],
        "area": told["area"],
        "phase": told["phase"] or PHASES[0],
        "rung": told["rung"] or "bronze",
        # No key can be stronger than it ever is.
        "strength": min(KEYS[key].strength for key in told["needs"]).word if told["needs"] else "declared",
        "needs": list(told["needs"]) or None,
        "max_age": _MAX_AGE if told["needs"] else None,
        "pass": passes,
        "detail": f"{passes} ? 'yes' : 'no'",
        "why": "Say here what goes wrong where the answer is no.",
        "fix": {"text": "Say here what to do.", "effort": "small"},
    }
    return first_lines.criterion(values)


def _try(root: Path, path: str, text: str) -> None:
    """Compiles the rubric with the new file, in a folder of its own. Raises Refused where that fails."""
    from pagerworthy.scoring import load_rubric
    from pagerworthy.scoring.rubric_files import rubric_files

    own = rubric_files(root / "scoring")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for file in (*own.criteria, *([own.policy] if own.policy else ())):
            place = copy / file.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(text, encoding="utf-8", newline="\n")
        if found := load_rubric(copy).problems:
            show_problems(found, copy)
            raise Refused(f"{path} was not written: the rubric would have the problems above")


def _said(*, leave_out: bool, shipped: bool, passes: str | None) -> str:
    """What the file does now, and what to do with it."""
    if leave_out:
        return "The criterion is no longer asked."
    if shipped:
        return "It replaces the shipped criterion; change what has to differ."
    if passes:
        return "It is asked from now on. Write in `detail`, `why` and `fix` what people read of it."
    return "It is asked from now on, and no service passes until you write `pass`; see `pagerworthy docs facts`."
