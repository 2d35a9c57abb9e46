"""The collector `stacks`: renders the stacks of production and says what they show."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pagerworthy.evidence.collectors.collector import Context, record
from pagerworthy.evidence.record import Record
from pagerworthy.stacks.installed import install, missing_package

if TYPE_CHECKING:
    from pagerworthy.stacks.inputs import ServiceInputs

_LONGEST = 500
_NOWHERE = "have no stack to look at: their entries name no environment of production in spec.environments"


class StacksCollector:
    """Seven keys of each service that production deploys; of several such environments, the first by name counts."""

    name = "stacks"
    notes: tuple[str, ...] = ()
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
        from pagerworthy.catalog import check, check_alone
        from pagerworthy.graph import DependencyGraph
        from pagerworthy.stacks.environments import open_environment
        from pagerworthy.stacks.refusals import doubtful, refusals, refused_environments

        catalog = context.catalog
        problems = check(catalog, context.root, as_of=context.as_of)
        for name, service in catalog.services.items():
            problems += check_alone(service, catalog.file_of("Service", name))
        refused = refusals(catalog, problems)
        production = [name for name, each in catalog.environments.items() if each.spec.purpose == "production"]
        nowhere = refused_environments(catalog, problems)
        graph = DependencyGraph.of(catalog)
        unsure = doubtful(catalog, graph)
        seen: set[str] = set()
        for name, lost in catalog.unreadable.items():
            yield from self._failed(context, name, f"its entry cannot be read: {lost.file}")
        self.notes = ()
        for environment in production:
            stacks = open_environment(context.root, catalog, graph, environment, context.as_of)
            for name in stacks.services:
                if name not in seen:
                    seen.add(name)
                    reasons = (*refused.get(name, ()), *nowhere.get(environment, ()))
                    if name in unsure:
                        yield from self._failed(context, name, f"what its stack is to be is not known: {unsure[name]}")
                    elif reasons:
                        yield from self._failed(context, name, f"no stack is made of it: {reasons[0].message}")
                    else:
                        yield from self._look(context, name, stacks.service(name))
        if lacking := len(catalog.services.keys() - seen):
            self.notes = (f"{lacking} of {len(catalog.services)} services {_NOWHERE}",)

    def _look(self, context: Context, name: str, inputs: "ServiceInputs") -> Iterator[Record]:
        if package := missing_package():
            yield from self._failed(context, name, f"{package} is not installed: {install()}")
            return
        from pagerworthy.stacks.linked import linked
        from pagerworthy.stacks.render import render

        try:
            rendered = render(inputs)
        except Exception as error:  # noqa: BLE001 -- one stack that cannot be rendered hides no other
            yield from self._failed(context, name, f"its stack cannot be rendered: {error}"[:_LONGEST])
            return
        query = f"pagerworthy render {inputs.environment} {name}"
        for key, found in linked(inputs, rendered):
            yield record(self.name, name, key, found, time=context.as_of, query=query)

    def _failed(self, context: Context, name: str, reason: str) -> Iterator[Record]:
        for key in self.keys:
            yield record(self.name, name, key, reason, time=context.as_of)
