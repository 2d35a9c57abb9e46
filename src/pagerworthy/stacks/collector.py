"""The collector `stacks`: renders the stacks of production and says what they show."""

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

from pagerworthy.evidence.collectors.collector import Context, record
from pagerworthy.evidence.record import Record

if TYPE_CHECKING:
    from pagerworthy.stacks.inputs import ServiceInputs

_MISSING = "pulumi is not installed: pip install 'pagerworthy[stacks]'"


class StacksCollector:
    """Seven keys of each service that production deploys; of several such environments, the first by name counts."""

    name = "stacks"
    keys = (
        "cost.estimate",
        "stack.encryption",
        "stack.grants",
        "stack.health",
        "stack.placement",
        "stack.secrets",
        "stack.tags",
    )

    def collect(self, context: Context) -> Iterator[Record]:
        from pagerworthy.graph import DependencyGraph
        from pagerworthy.stacks.environments import open_environment

        catalog = context.catalog
        production = [name for name, each in catalog.environments.items() if each.spec.purpose == "production"]
        graph = DependencyGraph.of(catalog)
        seen: set[str] = set()
        for environment in production:
            stacks = open_environment(context.root, catalog, graph, environment, context.as_of)
            for name in stacks.services:
                if name not in seen:
                    seen.add(name)
                    yield from self._look(context, name, stacks.service(name))

    def _look(self, context: Context, name: str, inputs: "ServiceInputs") -> Iterator[Record]:
        if find_spec("pulumi") is None:
            for key in self.keys:
                yield record(self.name, name, key, _MISSING, time=context.as_of)
            return
        from pagerworthy.stacks.linked import linked
        from pagerworthy.stacks.render import render

        rendered = render(inputs)
        query = f"pagerworthy render {inputs.environment} {name}"
        for key, found in linked(inputs, rendered):
            yield record(self.name, name, key, found, time=context.as_of, query=query)
