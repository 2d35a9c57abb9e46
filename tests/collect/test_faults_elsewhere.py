"""Links, reports and pulumi on the demo, killed, hung or spoilt in every way: what is not seen is not known.

That no source can break to its advantage is `test_broken_sources`.
"""

import json
import shutil
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import load
from pagerworthy.cli.pipeline import assess
from pagerworthy.collect import Deadline, Surroundings, gather
from pagerworthy.collect.reports import FORMATS
from pagerworthy.collect.sources import SOURCES
from pagerworthy.collect.surroundings import Wire
from pagerworthy.collect.transport import Answer, Bounds, Request, Take, Transport
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import (
    CollectSettings,
    LinksSettings,
    PulumiSettings,
    ReportsSettings,
    open_project,
)
from pagerworthy.scoring import Outcome
from tests.evidence.world import AS_OF

ROOT = Path(__file__).parents[2]
SECONDS = 3
SETTINGS = CollectSettings(
    links=LinksSettings(hosts=(".example.com", "github.com", "grafana.com")),
    reports=ReportsSettings(**{name: (f"reports/{name}/*",) for name in FORMATS}),  # type: ignore[arg-type]
    pulumi=PulumiSettings(drift=("reports/drift/*",)),
)
Outcomes = Mapping[tuple[str, str], Outcome]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo, of which nothing is known."""
    made = tmp_path_factory.mktemp("elsewhere")
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


class Answering(Wire):
    """Carries every request to one thing."""

    def __init__(self, found: Callable[[Request, Deadline], Answer]) -> None:
        self._found = found

    def carry(self, source: str, live: Callable[[], Transport]) -> Transport:
        return self

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        return self._found(request, deadline)


def hang(_: Request, deadline: Deadline) -> Answer:
    waiting, other = socket.socketpair()
    with waiting, other:
        waiting.settimeout(30)
        waiting.recv(1)
    deadline.demand()
    raise AssertionError


def crash(_: Request, __: Deadline) -> Answer:
    raise ZeroDivisionError


def _always(answer: Answer) -> Callable[[Request, Deadline], Answer]:
    return lambda _, __: answer


_LOOP = {"location": "/again"}
FAULTS: Mapping[str, Callable[[Request, Deadline], Answer]] = {
    "hang": hang,
    "crash": crash,
    "broken": _always(Answer(500, {}, b"\xff\x00")),
    "unauthorised": _always(Answer(401, {}, b"\xff\x00")),
    "in a circle": _always(Answer(302, _LOOP, b"[" * 100_000)),
    "to sign in": lambda request, _: (
        Answer(200, {}, b"{}") if "login" in request.url else Answer(302, {"location": "/login"}, b'{"subject": 1}')
    ),
}


def _demand_nothing_better(root: Path, unseen: Outcomes, source: str, wire: Wire) -> tuple[Record, ...]:
    deadline = Deadline(SECONDS)
    variables = {"PULUMI_BACKEND_URL": (root / "state").as_uri()}
    collector = SOURCES[source].open(Surroundings(root, SETTINGS, variables, deadline, wire))
    assert collector is not None
    (found,) = gather([collector], Context(load(root).catalog, root, AS_OF, SETTINGS), deadline)
    assert found.seconds < SECONDS + 5
    assert found.records
    assert {each.key for each in found.records} <= set(collector.keys)
    assert all(each.failed for each in found.records), [each for each in found.records if not each.failed][:3]
    file = root / "catalog/evidence/collected.jsonl"
    file.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in found.records))
    try:
        now = outcomes(root)
    finally:
        file.unlink()
    assert not {place for place, outcome in now.items() if outcome is Outcome.PASS is not unseen[place]}
    return found.records


@pytest.mark.parametrize("fault", sorted(FAULTS))
@pytest.mark.parametrize("source", ["links", "pulumi"])
def test_a_fault_makes_keys_unknown_and_nothing_better(source: str, fault: str, root: Path, unseen: Outcomes) -> None:
    _demand_nothing_better(root, unseen, source, Answering(FAULTS[fault]))


SPOILT = {
    "gone": None,
    "empty": b"",
    "cut off": b'[{"service": "checkout", "time": ',
    "not text": b"\xff\xfe\x00\x01" * 1000,
    "deep": b"[" * 200_000,
    "another kind": json.dumps([[[{"status": 17}]]]).encode(),
    "nothing in it": b"{}",
}


@pytest.mark.parametrize("ending", [".json", ".csv", ".yaml"])
@pytest.mark.parametrize("name", sorted(SPOILT))
def test_spoilt_reports_make_keys_unknown_and_nothing_better(
    name: str, ending: str, root: Path, unseen: Outcomes
) -> None:
    content = SPOILT[name]
    try:
        for each in FORMATS:
            file = root / f"reports/{each}/x{ending}"
            file.parent.mkdir(parents=True, exist_ok=True)
            if content is not None:
                file.write_bytes(content)
        _demand_nothing_better(root, unseen, "reports", Wire())
    finally:
        shutil.rmtree(root / "reports")


@pytest.mark.parametrize("name", sorted(SPOILT))
def test_spoilt_states_make_keys_unknown_and_nothing_better(name: str, root: Path, unseen: Outcomes) -> None:
    content = SPOILT[name]
    folder = root / "state/.pulumi"
    states = folder / "stacks/pagerworthy"
    try:
        states.mkdir(parents=True)
        if content is not None:
            (folder / "meta.yaml").write_text("version: 1\n")
            for service in load(root).catalog.services:
                (states / f"{service}.production.json").write_bytes(content)
        _demand_nothing_better(root, unseen, "pulumi", Wire())
    finally:
        shutil.rmtree(root / "state")
