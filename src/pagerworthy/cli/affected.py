"""`pagerworthy affected`: which stacks a change alters, exactly, without engine or cloud."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click
import msgspec

from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, moment
from pagerworthy.cli.stack_options import demand_pulumi
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.project import SETTINGS_FILE, ProjectError, StacksSettings

if TYPE_CHECKING:
    from pagerworthy.catalog import Catalog
    from pagerworthy.graph import DependencyGraph
    from pagerworthy.project import Project
    from pagerworthy.stacks import EnvironmentStacks
    from pagerworthy.stacks.affected import Affected, Difference, NotCompared
    from pagerworthy.stacks.images import ImageOwners
    from pagerworthy.stacks.losses import Loss

# Lines of one stack on a terminal, before the rest is counted.
_SHOWN = 8
_SIGNS = {"create": "+", "update": "~", "delete": "-"}
_ANEW = "±"
_HARMLESS = 1000
LEGEND = "+ created   ~ changed   ± replaced, and its data is lost   - deleted"


class _Answer(msgspec.Struct, frozen=True):
    """As JSON: see schemas/affected.schema.json."""

    since: str
    stacks: "tuple[Affected, ...]"
    not_compared: "tuple[NotCompared, ...]" = ()


@click.command()
@click.argument("environments", nargs=-1, metavar="[ENVIRONMENT]...")
@click.option("--since", required=True, metavar="REF", help="The commit to compare with: a branch, a tag, HEAD~1.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "names", "markdown"]),
    default="text",
    show_default=True,
    help="How to print the answer; `names` is one stack a line.",
)
@as_of_option
@click.pass_context
def command(ctx: click.Context, environments: tuple[str, ...], since: str, form: str, as_of: dt.datetime | None) -> int:
    """Say which stacks of ENVIRONMENT (or of all) are to be others than at the commit REF, and what differs.

    Compares what the files here say with what they said there, both judged for the same moment. What loses data comes
    first: databases, caches, brokers, queues and buckets that go or are made anew. Exit code 0 whether stacks differ or
    not, 1 where entries cannot be read, so that the answer is not whole.
    """
    from pagerworthy.catalog import load_both
    from pagerworthy.cli.rules import broken_decisions, show
    from pagerworthy.evidence.collectors.git_process import GitError

    demand_pulumi()
    from pagerworthy.stacks import PLATFORM, stack_name
    from pagerworthy.stacks.affected import Affected, NotCompared
    from pagerworthy.stacks.commits import changed_since
    from pagerworthy.stacks.refusals import unread_environments

    project = project_of(ctx)
    try:
        then_files = changed_since(project.root, since)
    except GitError as error:
        raise click.UsageError(str(error)) from error
    now, then = load_both(project.root, then_files)
    judged = moment(project, as_of)
    if broken := broken_decisions(now, judged):
        show(broken, project)
        click.echo("who holds a pager is not known until this is mended: nothing is compared", err=True)
        return Exit.USAGE
    known = {**then.catalog.environments, **now.catalog.environments}
    for name in environments:
        if name not in known:
            raise click.UsageError(unknown_name("environment", name, known))
    found: list[Affected | NotCompared] = []
    names = sorted(set(environments) or known)
    catalogs = (then.catalog, now.catalog)
    touched = {name: _touched(catalogs, then_files, name) for name in names}
    sides, around = _sides(catalogs, touched)
    unsure = _unsure(sides)
    settings, unknown = _settings(project, then_files, since)
    unread = unread_environments(now.catalog, now.problems)
    for name in names:
        if unread:
            why = f"which environments there are is not known: {', '.join(unread)} cannot be read"
            found.append(NotCompared(name, why))
            continue
        asked = _Asked(project.root, name, judged, settings)
        there = _in_environment(asked, sides, then_files, around.get(name), unsure)
        if unknown:
            platform = stack_name(PLATFORM, name)
            there = [NotCompared(platform, unknown), *(each for each in there if each.stack != platform)]
        found += there
    compared = tuple(each for each in found if isinstance(each, Affected))
    skipped = tuple(each for each in found if isinstance(each, NotCompared))
    _print(_Answer(since, compared, skipped), form)
    for each in skipped:
        click.echo(f"{each.stack} is not compared: {each.reason}; `pagerworthy check` says more", err=True)
    lost_files = {*unread, *(each.file for each in now.catalog.unreadable.values())}
    lost = [each for each in now.problems if each.where.file in lost_files]
    show(lost, project)
    return Exit.PROBLEMS if lost or skipped else Exit.FINE


class _Side(NamedTuple):
    """The catalog at one of the two commits, and its graph, or as much of it as can matter."""

    catalog: "Catalog"
    graph: "DependencyGraph"
    images: "ImageOwners"


class _Asked(NamedTuple):
    """What is compared: an environment, as it is judged at a moment, and the settings at both commits."""

    root: Path
    environment: str
    judged: dt.datetime
    settings: tuple[StacksSettings, StacksSettings]


def _settings(
    project: "Project", files: Mapping[str, bytes | None], since: str
) -> tuple[tuple[StacksSettings, StacksSettings], str]:
    """The settings as they were and as they are, and why it is not known what they were; empty where it is."""
    from pagerworthy.stacks.commits import settings_at

    now = project.settings.stacks
    try:
        return (settings_at(files, now), now), ""
    except ProjectError as error:
        return (now, now), f"{SETTINGS_FILE} at {since}: {error.problem.message}"


def _sides(
    catalogs: "tuple[Catalog, Catalog]", touched: Mapping[str, set[str] | None]
) -> tuple[tuple[_Side, _Side], dict[str, set[str]]]:
    """Both sides, and the services around those that were touched, by environment; all are where it is not there."""
    from pagerworthy.graph import DependencyGraph
    from pagerworthy.stacks.images import ImageOwners
    from pagerworthy.stacks.near import near

    images = [ImageOwners(catalog) for catalog in catalogs]
    known = {each: near(images, each) for each in {frozenset(each) for each in touched.values() if each is not None}}
    around = {name: known[frozenset(each)] for name, each in touched.items() if each is not None}
    if len(around) < len(touched):
        then, now = (_Side(each.catalog, DependencyGraph.of(each.catalog), each) for each in images)
    else:
        looked = set[str]().union(*around.values())
        then, now = (_Side(each.catalog, DependencyGraph.about(each.catalog, looked), each) for each in images)
    return (then, now), around


def _in_environment(
    asked: _Asked,
    sides: tuple[_Side, _Side],
    files: Mapping[str, bytes | None],
    around: set[str] | None,
    unsure: Mapping[str, str],
) -> "list[Affected | NotCompared]":
    from pagerworthy.stacks.affected import affected
    from pagerworthy.stacks.releases import releases, releases_with

    versions = releases(asked.root, asked.environment)
    then = _opened(asked, sides[0], asked.settings[0], releases_with(versions, files, asked.environment))
    now = _opened(asked, sides[1], asked.settings[1], versions)
    return list(affected(then, now, around, unsure))


def _unsure(sides: Iterable[_Side]) -> dict[str, str]:
    """The services of whose stacks nobody knows what they were or should be, with the reason."""
    from pagerworthy.stacks.refusals import doubtful

    found: dict[str, str] = {}
    for side in sides:
        found |= doubtful(side.catalog, side.graph)
    return found


def _opened(
    asked: _Asked, side: _Side, settings: StacksSettings, versions: Mapping[str, str]
) -> "EnvironmentStacks | None":
    from pagerworthy.stacks import open_environment

    if asked.environment not in side.catalog.environments:
        return None
    return open_environment(
        asked.root,
        side.catalog,
        side.graph,
        asked.environment,
        asked.judged,
        settings=settings,
        versions=versions,
        images=side.images,
    )


def _touched(
    catalogs: "tuple[Catalog, Catalog]", files: Mapping[str, bytes | None], environment: str
) -> set[str] | None:
    """The services that the changed files are about; None where a file says something of many."""
    from pagerworthy.stacks.releases import service_of

    services = [{file: name for name, file in each.places.get("Service", {}).items()} for each in catalogs]
    decisions = [
        {each.file_of("Decision", decision.name): decision.spec.service for decision in each.decisions}
        for each in catalogs
    ]
    touched: set[str] = set()
    for path in files:
        names = {about[path] for about in (*services, *decisions) if path in about}
        if path.startswith("stacks/"):
            touched.add(service_of(path.rpartition("/")[2], environment))
        elif names or path.startswith(("catalog/services/", "catalog/decisions/")):
            touched |= names
        elif path.startswith(("catalog/teams/", "catalog/environments/")):
            return None
    return touched - {""}


def _print(answer: _Answer, form: str) -> None:
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(answer, order="sorted"), indent=2))
    elif form == "names":
        for each in answer.stacks:
            click.echo(each.stack)
    else:
        click.echo("\n".join(_markdown(answer) if form == "markdown" else _text(answer)))


def _text(answer: _Answer) -> Sequence[str]:
    if not answer.stacks:
        return [f"no stack differs from {answer.since}"]
    lines = list(_lost(answer))
    lines.append(
        f"{len(answer.stacks)} stacks differ from {answer.since}"
        if len(answer.stacks) > 1
        else f"one stack differs from {answer.since}"
    )
    for stack in answer.stacks:
        lines += ["", f"{_SIGNS[stack.change]} {stack.stack}"]
        shown = sorted(stack.differences, key=_severity)
        # What is made anew or goes is never among the rest.
        most = max(_SHOWN, sum(_severity(each) < _HARMLESS for each in shown))
        for each in shown[:most]:
            what = f": {', '.join(each.properties)}" if each.properties else ""
            lines.append(f"    {_sign(each)} {each.name} ({each.type}){what}")
        if len(shown) > most:
            lines.append(f"    and {len(shown) - most} more; --format json lists all")
    return [*lines, "", LEGEND]


def _sign(each: "Difference") -> str:
    return _ANEW if each.replaces else _SIGNS[each.change]


def _severity(each: "Difference") -> int:
    """What loses data first, the worst before the rest, then what else goes, then all others as they come."""
    from pagerworthy.stacks.losses import rank

    goes = each.replaces or each.change == "delete"
    return rank(each.type) if goes else _HARMLESS


def _lost(answer: _Answer) -> Sequence[str]:
    """What loses data, before all else."""
    found = [f"  {_ANEW if loss.change == 'replace' else '-'} {text}" for loss, text in _losses(answer.stacks)]
    return ["DATA IS LOST by this change:", *found, ""] if found else []


def _losses(stacks: "Sequence[Affected]") -> "Iterable[tuple[Loss, str]]":
    for stack in stacks:
        # `up` deletes no stack whose entry is gone.
        later = f", once somebody runs `pagerworthy destroy {stack.environment} --orphans`"
        for loss in stack.losses:
            yield loss, f"{stack.stack} {loss.text}{later if stack.change == 'delete' else ''}"


def _markdown(answer: _Answer) -> Sequence[str]:
    if not answer.stacks:
        return ["No stack differs."]
    lines = []
    if lost := [f"> - {text}" for _, text in _losses(answer.stacks)]:
        lines += ["> [!CAUTION]", "> **Data is lost by this change:**", *lost, ""]
    lines += ["| stack | | creates | changes | replaces | deletes |", "|---|---|---|---|---|---|"]
    for stack in answer.stacks:
        signs = [_sign(each) for each in stack.differences]
        counts = [signs.count(sign) for sign in (_SIGNS["create"], _SIGNS["update"], _ANEW, _SIGNS["delete"])]
        lines.append(f"| `{stack.stack}` | {stack.change} | {' | '.join(str(count) for count in counts)} |")
    return lines
