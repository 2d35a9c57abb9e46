"""What no stack is made of: entries that ask the cloud for what it does not offer, or the law not allow."""

from collections.abc import Iterable, Mapping
from typing import Literal

from pagerworthy.catalog import Catalog
from pagerworthy.graph import DependencyGraph
from pagerworthy.problem import Problem, Severity
from pagerworthy.stacks.names import PLATFORM
from pagerworthy.stacks.releases import FOLDER, service_of

_CODES = "PW7"
_ENVIRONMENTS = "catalog/environments/"


def refusals(catalog: Catalog, problems: Iterable[Problem]) -> Mapping[str, tuple[Problem, ...]]:
    """The errors because of which a service has no stack, by service; `problems` are those of checking the catalog."""
    return _refusals(catalog, problems, "Service")


def refused_environments(catalog: Catalog, problems: Iterable[Problem]) -> Mapping[str, tuple[Problem, ...]]:
    """The errors because of which an environment has no stack at all, by environment."""
    return _refusals(catalog, problems, "Environment")


def _refusals(
    catalog: Catalog, problems: Iterable[Problem], kind: Literal["Service", "Environment"]
) -> Mapping[str, tuple[Problem, ...]]:
    problems = list(problems)
    names = {file: name for name, file in catalog.places.get(kind, {}).items()}
    if kind == "Service":
        # A release that cannot be read is a mistake in the configuration of a stack.
        files = {each.where.file for each in problems}
        for environment in catalog.environments:
            for file in files:
                folder, _, name = file.rpartition("/")
                if folder == FOLDER and (service := service_of(name, environment)):
                    names[file] = service
    found: dict[str, tuple[Problem, ...]] = {}
    for each in problems:
        name = names.get(each.where.file, "")
        if name and each.code.startswith(_CODES) and each.severity is Severity.ERROR:
            found[name] = (*found.get(name, ()), each)
    return found


def unread_environments(catalog: Catalog, problems: Iterable[Problem]) -> tuple[str, ...]:
    """The files below catalog/environments/ that no entry could be read from: whether an environment is gone, nobody
    knows while there is one."""
    read = set(catalog.places.get("Environment", {}).values())
    found = {each.where.file for each in problems if each.severity is Severity.ERROR}
    # A folder that nobody can look into may have any.
    return tuple(sorted(each for each in found - read if f"{each}/".startswith(_ENVIRONMENTS) or each == "catalog"))


def doubtful(catalog: Catalog, graph: DependencyGraph) -> Mapping[str, str]:
    """The services, `platform` among them, whose stacks follow from an entry that cannot be read, with the reason.

    Nobody knows what they should be: the rules to that service, the topics of its owner.
    """
    found = {name: f"its entry cannot be read: {lost.file}" for name, lost in catalog.unreadable.items()}
    if catalog.closed:
        found[PLATFORM] = f"what services need of it is not known: {catalog.closed[0]} cannot be read"
    if not catalog.unreadable:
        return found
    found[PLATFORM] = f"what {next(iter(found))} needs of it is not known: {next(iter(found.values()))}"
    for edge in graph.edges:
        target = graph.nodes[edge.target]
        if target.unread and edge.source in graph.nodes:
            found.setdefault(edge.source, f"the entry of {target.name} cannot be read, which it needs: {target.unread}")
    return found
