"""Opens the environments of a repository, as its files say or as they said at another commit."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from pagerworthy.catalog import Catalog
from pagerworthy.graph import DependencyGraph
from pagerworthy.project import StacksSettings
from pagerworthy.stacks.gather import EnvironmentStacks
from pagerworthy.stacks.images import ImageOwners
from pagerworthy.stacks.releases import releases


def open_environment(
    root: Path,
    catalog: Catalog,
    graph: DependencyGraph,
    name: str,
    as_of: dt.datetime,
    *,
    settings: StacksSettings | None = None,
    versions: Mapping[str, str] | None = None,
    images: ImageOwners | None = None,
) -> EnvironmentStacks:
    """The stacks of an environment; `versions` are its releases, read from the repository where they are not given.
    `settings` say whose CI may change it, and where that finds the state; `images` are the catalog's, for who has them.

    Raises KeyError where the catalog has no environment of that name.
    """
    environment = catalog.environments[name]
    known = releases(root, name) if versions is None else versions
    return EnvironmentStacks(catalog, graph, environment, as_of, known, settings or StacksSettings(), images=images)
