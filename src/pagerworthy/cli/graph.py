"""`pagerworthy graph`: questions to the dependency graph."""

import datetime as dt
import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from pagerworthy.catalog import Catalog, load
from pagerworthy.cli import graph_text
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, cache_option, evidence_option, moment
from pagerworthy.graph import (
    EXPORTERS,
    Cycle,
    DependencyGraph,
    Factor,
    Node,
    NodeKind,
    Survived,
    ceilings,
    deploy_order,
    failing_services,
    find_cycles,
    impact_of,
    single_points,
)
from pagerworthy.problem import Problem, Severity

FORMATS = ("text", *EXPORTERS)

_F = TypeVar("_F", bound=Callable[..., Any])


def _format_option(default: str) -> Callable[[_F], _F]:
    return click.option(
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default=default,
        show_default=True,
        help="How to print the answer.",
    )


_all_option = click.option("--all", "show_all", is_flag=True, help="Show every row of long lists.")


@click.group()
def command() -> None:
    """Ask the dependency graph: in which order to deploy, what breaks if something breaks.

    A NODE is a service (`cart`), a resource (`cart/valkey`) or an external provider (`external:stripe`).

    With `--format dot`, `mermaid` or `graphml` each answer is drawn as a graph. The schemas of `--format json`
    are schemas/graph*.schema.json.
    """


@command.command()
@_format_option("text")
@cache_option
@click.pass_context
def order(ctx: click.Context, form: str, cache: bool) -> None:
    """Print the waves in which to deploy: all that a service needs hard is in an earlier wave.

    Exit code 1 where a hard cycle makes that impossible; what can be ordered is printed nevertheless.
    """
    _, graph = _open(ctx, cache=cache)
    answer = deploy_order(graph)
    if form == "text":
        _print_lines(graph_text.order_lines(answer))
    elif form == "json":
        _print_json(answer)
    else:
        marks = {name: f"wave {n}" for n, wave in enumerate(answer.waves, start=1) for name in wave}
        _print_graph(graph, marks | dict.fromkeys(answer.blocked, "blocked"), form)
    if answer.cycles:
        ctx.exit(Exit.PROBLEMS)


@command.command()
@click.argument("node")
@_format_option("text")
@_all_option
@cache_option
@click.pass_context
def impact(ctx: click.Context, node: str, form: str, show_all: bool, cache: bool) -> None:
    """Print what fails and degrades when NODE fails, the promises at risk and whom to tell."""
    catalog, graph = _open(ctx, cache=cache)
    found = _find(graph, node)
    answer = impact_of(catalog, graph, found.id)
    if form == "text":
        _print_lines(graph_text.impact_lines(answer, show_all=show_all))
    elif form == "json":
        _print_json(answer)
    else:
        marks = {found.id: "down"}
        marks |= {row.service: "fails" for row in answer.fails}
        marks |= {row.service: "degrades" for row in answer.degrades}
        _print_graph(graph.restricted_to(marks), marks, form)


@command.command()
@_format_option("text")
@cache_option
@click.pass_context
def cycles(ctx: click.Context, form: str, cache: bool) -> None:
    """Print services that need each other in a circle. Exit code 1 where one is hard."""
    _, graph = _open(ctx, cache=cache)
    answer = find_cycles(graph)
    if form == "text":
        _print_lines(graph_text.cycle_lines(answer))
    elif form == "json":
        _print_json(_Cycles(answer))
    else:
        # Reversed, so that a service of a hard and a soft cycle is marked by the hard one.
        marks = {name: f"{cycle.criticality} cycle" for cycle in reversed(answer) for name in cycle.path}
        _print_graph(graph.restricted_to(marks), marks, form)
    if any(cycle.criticality == "hard" for cycle in answer):
        ctx.exit(Exit.PROBLEMS)


@command.command()
@_format_option("text")
@_all_option
@cache_option
@click.pass_context
def spof(ctx: click.Context, form: str, show_all: bool, cache: bool) -> None:
    """Print single points of failure: nodes without redundancy, by what each alone takes down."""
    _, graph = _open(ctx, cache=cache)
    answer = single_points(graph)
    if form == "text":
        _print_lines(graph_text.single_point_lines(answer, show_all=show_all))
    elif form == "json":
        _print_json(answer)
    else:
        marks = {point.node.id: "single point" for point in answer.single}
        failing = {name for point in answer.single for name in failing_services(graph, point)}
        _print_graph(graph.restricted_to(failing | marks.keys()), marks, form)


@command.command()
@_format_option("json")
@click.option("--service", "focus", metavar="NODE", help="Only what is near this node.")
@click.option(
    "--depth",
    type=click.IntRange(min=1),
    metavar="N",
    help="With --service: how many steps up and down. [default: 1]",
)
@cache_option
@click.pass_context
def export(ctx: click.Context, form: str, focus: str | None, depth: int | None, cache: bool) -> None:
    """Print the graph for other tools, or the part of it around one node."""
    if depth is not None and focus is None:
        raise click.UsageError("--depth needs --service: name the node to look around")
    _, graph = _open(ctx, cache=cache)
    marks = {}
    if focus is not None:
        found = _find(graph, focus)
        graph = graph.around(found.id, depth or 1)
        marks = {found.id: "focus"}
    if form == "text":
        _print_lines(graph_text.graph_lines(graph))
    else:
        _print_graph(graph, marks, form)


@command.command()
@click.argument("service")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="How to print the answer.",
)
@_all_option
@evidence_option
@as_of_option
@cache_option
@click.pass_context
def ceiling(
    ctx: click.Context,
    service: str,
    *,
    form: str,
    show_all: bool,
    evidence: tuple[Path, ...],
    as_of: dt.datetime | None,
    cache: bool,
) -> None:
    """Print what availability the hard dependencies of SERVICE allow, and what limits it most.

    What several of them share counts once, and of alternatives (`any_of`) one is enough. A soft dependency does not
    limit, nor does one whose loss was survived in a recent drill (`drill.hard`). Exit code 1 where the service promises
    more than they allow.
    """
    catalog, graph = _open(ctx, cache=cache)
    found = _find(graph, service)
    if found.unread:
        raise click.UsageError(f"{found.missing}; without it nobody knows what {found.name} promises and needs")
    if found.kind is not NodeKind.SERVICE or not found.known:
        raise click.UsageError(f"{found.id} is no service of the catalog, and only services have a ceiling")
    every = ceilings(catalog, _survived(ctx, catalog, evidence, as_of))
    answer, parts = every.of(found.id), every.factors(found.id)
    if form == "text":
        _print_lines(graph_text.ceiling_lines(answer, parts, show_all=show_all))
    else:
        _print_json(
            _CeilingAnswer(
                service=answer.service,
                promise=answer.promise,
                ceiling=answer.percent,
                exact=answer.exact,
                limiting=answer.limiting,
                path=answer.path,
                series=parts.series,
                choices=parts.choices,
                alternatives=parts.alternatives,
                unpromised=answer.unpromised,
                unknown=parts.unknown,
                survived=answer.survived,
            )
        )
    if answer.is_broken:
        ctx.exit(Exit.PROBLEMS)


class _CeilingAnswer(msgspec.Struct, frozen=True):
    """What `graph ceiling --format json` prints."""

    service: str
    promise: float | None
    ceiling: float | None
    exact: bool
    limiting: str
    path: tuple[str, ...]
    series: tuple[Factor, ...]
    choices: float
    alternatives: tuple[Factor, ...]
    unpromised: tuple[str, ...]
    unknown: tuple[str, ...]
    survived: tuple[str, ...]


def _survived(
    ctx: click.Context, catalog: Catalog, paths: Sequence[Path], as_of: dt.datetime | None
) -> Survived | None:
    """What drills have shown not to limit; nothing where the policy cannot be read, which says how old they may be."""
    from pagerworthy.cli.pipeline import evidence_paths
    from pagerworthy.evidence import read_evidence, survived
    from pagerworthy.scoring import load_policy

    project = project_of(ctx)
    policy = load_policy(project.root)
    if policy is None:
        click.echo("note: the policy has problems, so that no drill counts; see `pagerworthy check`", err=True)
        return None
    when = moment(project, as_of)
    known = read_evidence(
        project.root, evidence_paths(project, paths), as_of=when, subjects=[*catalog.services, *catalog.unreadable]
    )
    return survived(known, within=policy.drill_age)


class _Cycles(msgspec.Struct, frozen=True):
    """What `graph cycles --format json` prints."""

    cycles: tuple[Cycle, ...]


def _open(ctx: click.Context, *, cache: bool) -> tuple[Catalog, DependencyGraph]:
    """The catalog and its graph; says on stderr how many files had to be left out."""
    loaded = load(project_of(ctx).root, cache=cache)
    count = len(_left_out(loaded.catalog, loaded.problems))
    if count:
        files, were = ("1 file has", "was") if count == 1 else (f"{count} files have", "were")
        click.echo(f"note: {files} problems and {were} left out; see `pagerworthy check`", err=True)
    for lost in loaded.catalog.unreadable.values():
        click.echo(f"note: what {lost.name} needs is not known: {lost.why}", err=True)
    return loaded.catalog, DependencyGraph.of(loaded.catalog)


def _left_out(catalog: Catalog, problems: Iterable[Problem]) -> set[str]:
    wrong = {problem.where.file for problem in problems if problem.severity is Severity.ERROR}
    return wrong - {file for files in catalog.places.values() for file in files.values()}


def _find(graph: DependencyGraph, name: str) -> Node:
    """The node of this name. Raises UsageError, with the nearest names, where there is none."""
    node = graph.find(name)
    if node is not None:
        return node
    known = {other: other for other in graph.nodes} | {other.name: other.id for other in graph.nodes.values()}
    near = list(dict.fromkeys(known[match] for match in difflib.get_close_matches(name, known, n=3)))
    hint = f"; did you mean {' or '.join(near)}?" if near else "; `pagerworthy graph export` lists all"
    raise click.UsageError(f"there is no node {name!r}{hint}")


def _print_lines(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)


def _print_json(answer: msgspec.Struct) -> None:
    click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2))


def _print_graph(graph: DependencyGraph, marks: Mapping[str, str], form: str) -> None:
    click.echo(EXPORTERS[form](graph, marks), nl=False)
