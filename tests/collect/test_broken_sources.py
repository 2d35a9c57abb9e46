"""Every source answers well, with values that fail; then it is broken, and no outcome is better for that.

A source without a row in `tests.collect.broken` fails here.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import load
from pagerworthy.cli.pipeline import assess
from pagerworthy.collect import SOURCES, Gathered
from pagerworthy.evidence import KEYS, items_of
from pagerworthy.project import open_project
from pagerworthy.scoring import Outcome
from tests.collect.broken import ROWS, build, look
from tests.collect.server import FAULTS, Server, serving

Outcomes = Mapping[tuple[str, str], Outcome]
SECONDS = 20
CASES = [(source, fault) for source, row in ROWS.items() for fault in sorted(FAULTS if row.answer else row.faults)]


def outcomes(root: Path, found: Gathered | None) -> Outcomes:
    """What comes of each criterion with no other evidence."""
    file = root / "catalog/evidence/collected/source.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    records = found.records if found else ()
    file.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in records))
    try:
        cards = assess(open_project(root), cache=False).scores.scorecards
        return {(card.service, each.id): each.outcome for card in cards for each in card.results}
    finally:
        shutil.rmtree(file.parent.parent)


@contextmanager
def served(source: str) -> Iterator[Server | None]:
    answer = ROWS[source].answer
    if answer is None:
        yield None
        return
    with serving(answer) as server:
        yield server


def passing(found: Outcomes) -> set[tuple[str, str]]:
    return {place for place, outcome in found.items() if outcome is Outcome.PASS}


def test_every_source_is_broken_here() -> None:
    assert set(ROWS) == set(SOURCES)
    assert all(row.answer or row.faults for row in ROWS.values())


def _well(
    source: str, known: dict[str, tuple[Path, Outcomes, Outcomes]], factory: pytest.TempPathFactory
) -> tuple[Path, Outcomes, Outcomes]:
    """The repository of a source, what comes of criteria without any evidence, and with all that it says."""
    if source not in known:
        root = factory.mktemp("well") / "root"
        build(source, root)
        unseen = outcomes(root, None)
        with served(source) as server:
            found = look(source, root, server.url if server else "", seconds=60)
        assert not found.failed
        seen = outcomes(root, found)
        failing = {place for place, each in seen.items() if each is Outcome.FAIL is not unseen[place]}
        assert failing, [each for each in found.records if each.failed][:5]
        known[source] = root, unseen, seen
    return known[source]


@pytest.fixture(scope="module")
def known() -> dict[str, tuple[Path, Outcomes, Outcomes]]:
    return {}


@pytest.mark.parametrize(("source", "fault"), CASES)
def test_a_source_that_breaks_makes_no_outcome_better(
    source: str,
    fault: str,
    known: dict[str, tuple[Path, Outcomes, Outcomes]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    whole, unseen, seen = _well(source, known, tmp_path_factory)
    root = tmp_path_factory.mktemp("broken") / "root"
    shutil.copytree(whole, root, symlinks=True)
    with served(source) as server:
        if server:
            server.fault = FAULTS[fault]
        else:
            ROWS[source].faults[fault](root)
        found = look(source, root, server.url if server else "", seconds=SECONDS)
    assert found.seconds < SECONDS + 5
    catalog = load(root, cache=False).catalog
    for each in found.records:
        if each.subject in catalog.unreadable:
            assert each.failed
        else:
            assert each.item in items_of(catalog.services[each.subject], KEYS[each.key].per)
    if server:
        assert found.records
        assert all(each.failed for each in found.records)
    now = outcomes(root, found)
    assert not passing(now) - passing(seen)
    if server:
        assert not passing(now) - passing(unseen)
