"""The one list of sources, without importing what any of them needs."""

import importlib
from typing import Literal, NamedTuple

from pagerworthy.collect.address import variable
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.evidence import KEYS
from pagerworthy.evidence.collectors import Collector
from pagerworthy.project import CollectSettings

# What a source can be asked about: the repository as it is checked out, a moment that has passed, or only the present.
Answers = Literal["repository", "past", "present"]


class Source(NamedTuple):
    """A source: where its `open` is, written module:function, and what has to be set before it can be asked.

    `shared` are keys that it writes beside those which are its own.
    """

    name: str
    opened_by: str
    needs: str = ""
    answers: Answers = "present"
    shared: tuple[str, ...] = ()

    @property
    def step(self) -> str:
        """The first way to set it up, where all sources that are not stand in one line."""
        return self.needs.partition(", or ")[0].removesuffix(" of pagerworthy.toml")

    def keys(self, settings: CollectSettings) -> tuple[str, ...]:
        """What it would write if it could be opened; of keys that only partly are its own, none."""
        if self.name == "exec":
            return tuple(dict.fromkeys(key for each in settings.exec.values() for key in each.keys if key in KEYS))
        if self.name == "reports":
            from pagerworthy.collect.reports import FORMATS

            named = [each for name, each in FORMATS.items() if getattr(settings.reports, name)]
            return tuple(dict.fromkeys(key for each in named for key in each.keys))
        return (*(name for name, key in KEYS.items() if key.collector == self.name), *self.shared)

    def open(self, surroundings: Surroundings) -> Collector | None:
        """Its collector; None where it is not set up. Raises SourceError where it is set up wrongly."""
        module, _, function = self.opened_by.partition(":")
        found: Collector | None = getattr(importlib.import_module(module), function)(surroundings)
        return found


def _at_address(name: str, answers: Answers = "present") -> Source:
    """A source that is asked over HTTP, below one address."""
    needs = f"set {variable(name, 'URL')}, or url in [collect.{name}] of pagerworthy.toml"
    return Source(name, f"pagerworthy.collect.{name}:open_collector", needs, answers)


def _with_token(name: str, module: str, shared: tuple[str, ...]) -> Source:
    """A source that has its own address in each organisation, and answers nobody without a token."""
    needs = f"set {variable(name, 'URL')} and {variable(name, 'TOKEN')}"
    return Source(name, f"pagerworthy.collect.{module}:open_collector", needs, shared=shared)


# Whoever pages people knows of these.
_PAGING = tuple(name for name, key in KEYS.items() if key.collector == "pagerduty" and name != "incidents.severe")


# In the order in which they are listed; every one that is set up is asked, all at once.
SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        Source("files", "pagerworthy.collect.local:open_files", answers="repository"),
        Source("git", "pagerworthy.collect.local:open_git", answers="repository"),
        _at_address("prometheus", "past"),
        _at_address("alertmanager"),
        Source("links", "pagerworthy.collect.links:open_collector", "set hosts in [collect.links] of pagerworthy.toml"),
        Source(
            "reports", "pagerworthy.collect.reports:open_collector", "name files in [collect.reports]", "repository"
        ),
        # It is told the moment, and dates what it prints by itself.
        Source("exec", "pagerworthy.collect.exec:open_collector", "name a command in [collect.exec.NAME]", "past"),
        Source("stacks", "pagerworthy.collect.local:open_stacks", "install pagerworthy[stacks]", "repository"),
        Source("pulumi", "pagerworthy.collect.pulumi:open_collector", "set backend in [stacks], or PULUMI_BACKEND_URL"),
        Source("github", "pagerworthy.collect.github:open_collector", f"set {variable('github', 'TOKEN')}"),
        Source("pagerduty", "pagerworthy.collect.pagerduty:open_collector", f"set {variable('pagerduty', 'TOKEN')}"),
        _with_token("grafana-oncall", "grafana_oncall", _PAGING),
    )
}
