"""What every environment holds, from the catalog alone: Pulumi need not be installed."""

from pagerworthy.site.source import SiteInput
from pagerworthy.stacks import EnvironmentStacks
from pagerworthy.stacks.inventory import Inventory, inventory_of
from pagerworthy.stacks.refusals import doubtful, refusals, refused_environments


def inventories_of(source: SiteInput) -> dict[str, Inventory]:
    """The inventories of all environments, by name."""
    catalog, graph = source.catalog, source.graph
    refused = {
        name: f"no stack is made of it: {each[0].message}" for name, each in refusals(catalog, source.problems).items()
    }
    for name, reason in doubtful(catalog, graph).items():
        refused.setdefault(name, f"its stack stays as it is: {reason}")
    nowhere = {
        name: f"no stack is made of it: {each[0].message}"
        for name, each in refused_environments(catalog, source.problems).items()
    }
    found = {}
    for name, environment in catalog.environments.items():
        versions = source.releases.get(name, {})
        stacks = EnvironmentStacks(catalog, graph, environment, source.scores.as_of, versions)
        found[name] = inventory_of(stacks, catalog, refused, nowhere.get(name, ""))
    return found
