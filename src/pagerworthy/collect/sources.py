"""The one list of sources, without importing what any of them needs."""

import importlib
from typing import NamedTuple

from pagerworthy.collect.address import variable
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.evidence.collectors import Collector


class Source(NamedTuple):
    """A source: where its `open` is, written module:function, and what has to be set before it can be asked."""

    name: str
    opened_by: str
    needs: str = ""

    def open(self, surroundings: Surroundings) -> Collector | None:
        """Its collector; None where it is not set up. Raises SourceError where it is set up wrongly."""
        module, _, function = self.opened_by.partition(":")
        found: Collector | None = getattr(importlib.import_module(module), function)(surroundings)
        return found


def _at_address(name: str, module: str, more: str = "") -> Source:
    """A source that is asked over HTTP, below one address."""
    table = name.replace("-", "_")
    needs = f"set {variable(name, 'URL')}, or url in [collect.{table}] of pagerworthy.toml{more}"
    return Source(name, f"pagerworthy.collect.{module}:open_collector", needs)


def _with_token(name: str, module: str) -> Source:
    """A source that has its own address in each organisation, and answers nobody without a token."""
    needs = f"set {variable(name, 'URL')} and {variable(name, 'TOKEN')}"
    return Source(name, f"pagerworthy.collect.{module}:open_collector", needs)


# In the order in which they are listed; every one that is set up is asked, all at once.
SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("files", "pagerworthy.collect.local:open_files"),
        Source("git", "pagerworthy.collect.local:open_git"),
        _at_address("prometheus", "prometheus"),
        _at_address("alertmanager", "alertmanager"),
        Source("links", "pagerworthy.collect.links:open_collector", "set hosts in [collect.links] of pagerworthy.toml"),
        Source("reports", "pagerworthy.collect.reports:open_collector", "name files in [collect.reports]"),
        Source("exec", "pagerworthy.collect.exec:open_collector", "name a command in [collect.exec.NAME]"),
        Source("stacks", "pagerworthy.collect.local:open_stacks", "install pagerworthy[stacks]"),
        Source("pulumi", "pagerworthy.collect.pulumi:open_collector", "set backend in [stacks], or PULUMI_BACKEND_URL"),
        Source("github", "pagerworthy.collect.github:open_collector", f"set {variable('github', 'TOKEN')}"),
        Source("pagerduty", "pagerworthy.collect.pagerduty:open_collector", f"set {variable('pagerduty', 'TOKEN')}"),
        _with_token("grafana-oncall", "grafana_oncall"),
    )
}
