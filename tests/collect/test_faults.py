"""Every source that is asked over HTTP, with every fault that a server can have: what is not seen is not known.

The run ends within its budget, each key of each service says why it is not known, and no outcome improves.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import load
from pagerworthy.cli.pipeline import assess
from pagerworthy.collect import SOURCES
from pagerworthy.evidence import KEYS, items_of
from pagerworthy.project import open_project
from pagerworthy.scoring import Outcome
from tests.collect.server import FAULTS, Reply, serving
from tests.collect.world import QUICK, collected

ROOT = Path(__file__).parents[2]
TOKEN = "token-0123456789"  # noqa: S105 -- of nothing
SECONDS = 20
# Sources with faults of their own kind, each in a test of its own: files, commands and addresses of others.
ELSEWHERE = {"files", "git", "stacks", "links", "pulumi", "reports", "exec", "attestations"}
HTTP = sorted(SOURCES.keys() - ELSEWHERE)
Outcomes = Mapping[tuple[str, str], Outcome]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, of which nothing is known."""
    made = tmp_path_factory.mktemp("faults")
    shutil.copytree(ROOT / "catalog", made / "catalog", ignore=shutil.ignore_patterns("evidence"))
    (made / "catalog/evidence").mkdir()
    shutil.copy(ROOT / "pagerworthy.toml", made)
    return made


def outcomes(root: Path) -> Outcomes:
    cards = assess(open_project(root), cache=False).scores.scorecards
    return {(card.service, each.id): each.outcome for card in cards for each in card.results}


@pytest.fixture(scope="module")
def unseen(root: Path) -> Outcomes:
    return outcomes(root)


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("source", HTTP)
def test_a_fault_makes_keys_unknown_and_nothing_better(source: str, fault: str, root: Path, unseen: Outcomes) -> None:
    with serving(lambda _: Reply()) as server:
        server.fault = FAULTS[fault]
        found = collected(root, source, server.url, TOKEN, seconds=SECONDS, limits=QUICK)
    assert found.seconds < SECONDS + 5
    assert found.records
    assert all(each.failed and each.source for each in found.records)
    catalog = load(root).catalog
    assert {each.subject for each in found.records} <= set(catalog.services)
    for each in found.records:
        assert each.item in items_of(catalog.services[each.subject], KEYS[each.key].per)
    file = root / "catalog/evidence/collected.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in found.records))
    try:
        now = outcomes(root)
    finally:
        file.unlink()
    better = {place for place, outcome in now.items() if outcome is Outcome.PASS and unseen[place] is not Outcome.PASS}
    assert not better
    assert now.keys() == unseen.keys()
