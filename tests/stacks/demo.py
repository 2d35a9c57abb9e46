"""The repository's own catalog, for tests of stacks: as it is, and with edits."""

import datetime as dt
import functools
import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import msgspec

from pagerworthy.catalog import Catalog, Entry, Located, Service, ServiceSpec, assemble, load
from pagerworthy.graph import DependencyGraph
from pagerworthy.stacks import EnvironmentStacks

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "schemas"
AS_OF = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


def holds(document: object, schema: str) -> None:
    """Holds a document against one of our schemas."""
    jsonschema.Draft202012Validator(json.loads((SCHEMAS / schema).read_text())).validate(document)


@functools.cache
def demo() -> Catalog:
    """The demo's catalog."""
    return load(ROOT).catalog


def stacks_of(
    catalog: Catalog,
    environment: str = "production",
    as_of: dt.datetime = AS_OF,
    graph: DependencyGraph | None = None,
) -> EnvironmentStacks:
    """The stacks of an environment of a catalog, by the graph of all of it or another one."""
    graph = graph or DependencyGraph.of(catalog)
    return EnvironmentStacks(catalog, graph, catalog.environments[environment], as_of, {})


def edited(catalog: Catalog, service: str, edit: Callable[[ServiceSpec], ServiceSpec]) -> Catalog:
    """The catalog with one service's entry changed."""
    entries: list[Entry] = [
        *catalog.services.values(),
        *catalog.teams.values(),
        *catalog.systems.values(),
        *catalog.environments.values(),
        *catalog.decisions,
        *catalog.waivers,
    ]
    replaced = [_edited(each, edit) if isinstance(each, Service) and each.name == service else each for each in entries]
    return assemble([Located(entry=each, file=catalog.file_of(each.kind, each.name)) for each in replaced])


def _edited(service: Service, edit: Callable[[ServiceSpec], ServiceSpec]) -> Service:
    return msgspec.structs.replace(service, spec=edit(service.spec))
