"""The list of sources, held beside what pages say of who brings a key."""

from pathlib import Path

import pytest

from pagerworthy.collect import SOURCES, Deadline, Surroundings
from pagerworthy.collect.reports import FORMATS
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import KEYS
from pagerworthy.evidence.collectors import NAMES, Collector
from pagerworthy.project import CollectSettings, ExecSettings, LinksSettings, PulumiSettings, ReportsSettings

# With these, every source is set up; nothing is asked.
VARIABLES: dict[str, str] = {
    "PULUMI_BACKEND_URL": "file:///states",
    "PAGERWORTHY_PROMETHEUS_URL": "http://127.0.0.1:9",
    "PAGERWORTHY_ALERTMANAGER_URL": "http://127.0.0.1:9",
    "PAGERWORTHY_GITHUB_URL": "http://127.0.0.1:9",
    "PAGERWORTHY_GITHUB_TOKEN": "t",
    "PAGERWORTHY_PAGERDUTY_URL": "http://127.0.0.1:9",
    "PAGERWORTHY_PAGERDUTY_TOKEN": "t",
    "PAGERWORTHY_GRAFANA_ONCALL_URL": "http://127.0.0.1:9",
    "PAGERWORTHY_GRAFANA_ONCALL_TOKEN": "t",
}
SETTINGS = CollectSettings(
    links=LinksSettings(hosts=("links.example.com",)),
    exec={"ours": ExecSettings(command=("collect/ours",), keys=("cost.unit",))},
    reports=ReportsSettings(**{name: (f"reports/{name}/*",) for name in FORMATS}),  # type: ignore[arg-type]
    pulumi=PulumiSettings(drift=("reports/drift.json",)),
)


def opened(name: str, root: Path, settings: CollectSettings | None = None) -> Collector | None:
    """A source's collector, where every source is set up."""
    found = settings or SETTINGS
    return SOURCES[name].open(Surroundings(root, found, VARIABLES, Deadline(5), Wire()))


def test_pages_know_every_source() -> None:
    assert set(SOURCES) == set(NAMES)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_who_is_said_to_bring_a_key_writes_it(key: str, tmp_path: Path) -> None:
    name = KEYS[key].collector
    if name in NAMES:
        collector = opened(name, tmp_path)
        assert collector is not None
        assert key in collector.keys


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_source_says_what_it_is(name: str, tmp_path: Path) -> None:
    collector = opened(name, tmp_path)
    assert collector is not None
    assert collector.name == name
    assert len(set(collector.keys)) == len(collector.keys)
    assert set(collector.keys) <= set(KEYS)


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_what_a_source_would_bring_is_known_before_it_is_opened(name: str, tmp_path: Path) -> None:
    collector = opened(name, tmp_path)
    assert collector is not None
    # Of documents, `links` has only those at addresses: the rest is not for it to say.
    others = {"files.design", "files.runbook"} if name == "links" else set()
    assert set(SOURCES[name].keys(SETTINGS)) == set(collector.keys) - others


def test_a_setting_that_is_wrong_hides_no_key() -> None:
    commands = {"a": ExecSettings(command=(), keys=("cost.unit", "no.such"))}
    assert SOURCES["exec"].keys(CollectSettings(exec=commands)) == ("cost.unit",)
