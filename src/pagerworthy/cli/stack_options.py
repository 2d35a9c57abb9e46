"""What the commands of stacks share: the catalog of a repository, its environments, and their services."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click
import msgspec

from pagerworthy.catalog import Catalog
from pagerworthy.cli.app import project_of
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import moment
from pagerworthy.cli.suggest import unknown_name
from pagerworthy.problem import Problem, Severity
from pagerworthy.project import Project

if TYPE_CHECKING:
    from pagerworthy.graph import DependencyGraph
    from pagerworthy.stacks import EnvironmentStacks


class Opened(msgspec.Struct, frozen=True):
    """A repository as the commands of stacks see it; `problems` are those of checking its catalog."""

    project: Project
    catalog: Catalog
    problems: tuple[Problem, ...]
    graph: "DependencyGraph"
    as_of: dt.datetime

    def environment(self, name: str) -> "EnvironmentStacks":
        """The stacks of an environment. Raises UsageError where there is none of that name, or none to be had."""
        from pagerworthy.stacks import open_environment
        from pagerworthy.stacks.refusals import refused_environments

        if name not in self.catalog.environments:
            raise click.UsageError(unknown_name("environment", name, self.catalog.environments))
        for each in refused_environments(self.catalog, self.problems).get(name, ()):
            raise click.UsageError(f"{each.where.file}: {each.where.path}: {each.message}; {each.help}")
        settings = self.project.settings.stacks
        return open_environment(self.project.root, self.catalog, self.graph, name, self.as_of, settings=settings)

    def refused(self, services: Iterable[str]) -> dict[str, tuple[Problem, ...]]:
        """What the stacks of these services are refused for, by service."""
        from pagerworthy.stacks.refusals import refusals

        found = refusals(self.catalog, self.problems)
        return {name: found[name] for name in services if name in found}


def open_catalog(ctx: click.Context, as_of: dt.datetime | None, *, cache: bool) -> Opened | None:
    """Reads the catalog; None, with the reasons on stderr, where nobody can say who holds which pager."""
    from pagerworthy.catalog import check, load
    from pagerworthy.cli.rules import broken_decisions, show
    from pagerworthy.graph import DependencyGraph

    project = project_of(ctx)
    loaded = load(project.root, cache=cache)
    judged = moment(project, as_of)
    if broken := broken_decisions(loaded, judged):
        show(broken, project)
        click.echo("who holds a pager is not known until this is mended: no stack is touched", err=True)
        return None
    problems = (*loaded.problems, *check(loaded.catalog, project.root, as_of=judged))
    return Opened(project, loaded.catalog, problems, DependencyGraph.of(loaded.catalog), judged)


def demand_pulumi() -> None:
    """Ends the command with 2, and what mends it, where Pulumi's Python packages are not installed."""
    from pagerworthy.stacks.installed import install, missing_package

    if package := missing_package():
        click.echo(f"error: the Python package {package} is not installed", err=True)
        click.echo(f"  run: {install()}", err=True)
        raise click.exceptions.Exit(Exit.USAGE)


def chosen(stacks: "EnvironmentStacks", services: Sequence[str]) -> tuple[str, ...]:
    """The named services, or all; sorted, each once. Raises UsageError for one that is not deployed there."""
    for name in services:
        if name not in stacks:
            raise click.UsageError(unknown_name(f"service in {stacks.environment}", name, stacks.services))
    return tuple(sorted(set(services))) or stacks.services


def lost(opened: Opened) -> list[Problem]:
    """The errors of services' entries that cannot be read: nobody knows what their stacks should be."""
    unread = {each.file for each in opened.catalog.unreadable.values()}
    return [each for each in opened.problems if each.severity is Severity.ERROR and each.where.file in unread]
