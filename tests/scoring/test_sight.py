"""What is known of a service, what is missing, and what one more source would really add."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from pagerworthy.cli.pipeline import Assessment, assess
from pagerworthy.evidence import KEYS, Evidence, Known
from pagerworthy.project import open_project
from pagerworthy.scoring import score
from pagerworthy.scoring.sight import Sights, gains_of, sights_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo() -> Assessment:
    return assess(open_project(ROOT))


@pytest.fixture(scope="module")
def seen(demo: Assessment) -> Mapping[str, Sights]:
    return {card.service: _sights(demo, card.service) for card in demo.scores.scorecards}


def _sights(found: Assessment, name: str) -> Sights:
    card = next(each for each in found.scores.scorecards if each.service == name)
    service = found.catalog.services[name]
    return sights_of(service, card, found.rubric.criteria, found.evidence.of(name), found.as_of)


def test_it_counts_as_the_scorecard_does(demo: Assessment, seen: Mapping[str, Sights]) -> None:
    for card in demo.scores.scorecards:
        found = seen[card.service]
        assert round(found.known / found.due, 3) == found.coverage == card.coverage


def test_what_is_stale_failed_or_missing_is_never_called_known(demo: Assessment, seen: Mapping[str, Sights]) -> None:
    states = {sight.state for found in seen.values() for sight in found.sights}
    assert {"known", "stale", "failed", "missing"} <= states
    for name, found in seen.items():
        results = {each.id: each for card in demo.scores.scorecards if card.service == name for each in card.results}
        for sight in found.sights:
            known = demo.evidence.of(name).get(sight.key, {}).get(sight.item)
            assert (sight.state == "missing") is (known is None)
            assert (sight.state == "failed") is (known is not None and bool(known.record.failed))
            if sight.state in {"failed", "missing"}:
                # Nothing that needs it can have passed by it.
                waived = {
                    one for one in sight.criteria if (results[one].without_waiver or results[one].outcome) != "unknown"
                }
                assert not waived


def test_a_source_adds_what_is_promised_of_it(demo: Assessment, seen: Mapping[str, Sights]) -> None:
    promised = [(name, gain.collector, gain.coverage) for name, found in seen.items() for gain in found.gains]
    assert promised
    for name, collector, coverage in promised:
        bigger = {**demo.evidence.subjects, name: _with(demo, seen[name], collector)}
        evidence = msgspec.structs.replace(demo.evidence, subjects=bigger)
        scores = score(demo.catalog, demo.graph, evidence, demo.rubric, demo.as_of)
        card = next(each for each in scores.scorecards if each.service == name)
        assert card.coverage == coverage, (name, collector)


def _with(demo: Assessment, found: Sights, collector: str) -> dict[str, dict[str, Known]]:
    """What is known of a service, and what a collector would add: the values are those of other services."""
    known = {key: dict(items) for key, items in demo.evidence.of(found.service).items()}
    for sight in found.sights:
        if sight.state != "known" and sight.collector == collector:
            known.setdefault(sight.key, {})[sight.item] = _known(demo.evidence, sight.key, sight.item, demo.as_of)
    return known


def _known(evidence: Evidence, key: str, item: str, as_of: dt.datetime) -> Known:
    for _, items in evidence.having(key):
        for each in items.values():
            if not each.record.failed:
                record = msgspec.structs.replace(
                    each.record, item=item, time=as_of, expires=None, strength=KEYS[key].strength.word
                )
                return msgspec.structs.replace(each, record=record)
    raise LookupError(key)


def test_the_gains_alone_are_those_of_the_whole(demo: Assessment, seen: Mapping[str, Sights]) -> None:
    rubric = {each.id: each for each in demo.rubric.criteria}
    for card in demo.scores.scorecards:
        service, evidence = demo.catalog.services[card.service], demo.evidence.of(card.service)
        assert gains_of(service, card, rubric, evidence, demo.as_of) == seen[card.service].gains


def test_a_document_at_an_address_is_opened_by_links_and_looked_into_by_nobody(demo: Assessment) -> None:
    service = demo.catalog.services["cart"]
    runbooks = tuple(
        msgspec.structs.replace(each, path="", url=f"https://wiki.example.com/{number}")
        for number, each in enumerate(service.spec.runbooks)
    )
    service = msgspec.structs.replace(service, spec=msgspec.structs.replace(service.spec, runbooks=runbooks))
    card = next(each for each in demo.scores.scorecards if each.service == "cart")
    evidence = {key: items for key, items in demo.evidence.of("cart").items() if not key.endswith("runbook")}
    found = sights_of(service, card, demo.rubric.criteria, evidence, demo.as_of)
    bringers = {sight.key: sight.collector for sight in found.sights if "wiki.example.com" in sight.item}
    assert bringers == {"files.runbook": "links", "git.runbook": "", "runbook.mentions": ""}
    assert "" not in {gain.collector for gain in found.gains}


def test_what_is_too_old_for_one_criterion_is_known_to_another(demo: Assessment, seen: Mapping[str, Sights]) -> None:
    criteria = {each.id: each for each in demo.rubric.criteria}
    for name, found in seen.items():
        results = {each.id: each for card in demo.scores.scorecards if card.service == name for each in card.results}
        for gain in found.gains:
            for one in gain.criteria:
                # All that it needs and does not have is this source's.
                lacks = {
                    sight.collector
                    for sight in found.sights
                    if sight.key in criteria[one].needs and sight.state in {"failed", "missing"}
                }
                assert lacks <= {gain.collector}
                assert (results[one].without_waiver or results[one].outcome) == "unknown"
