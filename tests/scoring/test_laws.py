"""The promises of scoring, held against the demo catalog and the shipped rubric."""

import datetime as dt
import json
import random
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import Catalog, load
from pagerworthy.evidence import Evidence, Record, Strength, read_evidence, with_attestations
from pagerworthy.graph import DependencyGraph
from pagerworthy.scoring import Outcome, Rubric, Scorecard, Verdict, load_rubric, score

ROOT = Path(__file__).parents[2]
AS_OF = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
POSITIVE = {Verdict.ACCEPT, Verdict.ACCEPT_WITH_CONDITIONS}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    loaded = load(ROOT, cache=False)
    assert not [problem for problem in loaded.problems if problem.severity == "error"]
    return loaded.catalog


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    loaded = load_rubric(ROOT)
    assert loaded.rubric is not None, loaded.problems
    return loaded.rubric


@pytest.fixture(scope="module")
def graph(catalog: Catalog) -> DependencyGraph:
    return DependencyGraph.of(catalog)


@pytest.fixture(scope="module")
def lines(catalog: Catalog) -> list[str]:
    files = sorted((ROOT / "catalog" / "evidence").glob("**/*.jsonl"))
    written = [line for file in files for line in file.read_text().splitlines() if line.strip()]
    # What people attest is known by itself; here it is written down, to be left out or made older like all else.
    attested = with_attestations(Evidence(AS_OF, "", {}), catalog).subjects.values()
    return written + [known.line.decode() for keys in attested for items in keys.values() for known in items.values()]


def known(folder: Path, lines: Sequence[str], as_of: dt.datetime = AS_OF) -> Evidence:
    file = folder / "set.jsonl"
    file.write_text("\n".join(lines))
    return read_evidence(folder, [file], as_of=as_of)


def cards(
    catalog: Catalog, graph: DependencyGraph, evidence: Evidence, rubric: Rubric, as_of: dt.datetime = AS_OF
) -> dict[str, Scorecard]:
    return {card.service: card for card in score(catalog, graph, evidence, rubric, as_of).scorecards}


def outcomes(card: Scorecard) -> dict[str, Outcome]:
    return {result.id: result.outcome for result in card.results}


# How good an outcome is for the service; not knowing is never better than knowing that it fails.
RANK = {Outcome.FAIL: 0, Outcome.UNKNOWN: 0, Outcome.WAIVED: 1, Outcome.PASS: 2}


VERDICT_RANK = {
    Verdict.HAND_BACK: 0,
    Verdict.FREEZE: 0,
    Verdict.DEFER: 0,
    Verdict.ACCEPT_WITH_CONDITIONS: 1,
    Verdict.KEEP: 2,
    Verdict.ACCEPT: 2,
}


def no_better(after: Scorecard, before: Scorecard) -> None:
    then = outcomes(before)
    for name, outcome in outcomes(after).items():
        if then[name].is_due or outcome.is_due:
            assert RANK[outcome] <= RANK[then[name]], (after.service, name, then[name], outcome)
    assert after.score <= before.score
    assert after.score_with_waivers <= before.score_with_waivers
    assert after.rung <= before.rung
    assert VERDICT_RANK[after.verdict] <= VERDICT_RANK[before.verdict], (after.service, before.verdict, after.verdict)


def test_the_demo_shows_every_verdict_and_every_outcome(
    catalog: Catalog, graph: DependencyGraph, rubric: Rubric, lines: list[str], tmp_path: Path
) -> None:
    found = cards(catalog, graph, known(tmp_path, lines), rubric).values()
    assert {card.verdict for card in found} == set(Verdict)
    assert {result.outcome for card in found for result in card.results} == set(Outcome)


def test_without_evidence_nothing_passes_that_asks_for_more_than_a_declaration(
    catalog: Catalog, graph: DependencyGraph, rubric: Rubric, tmp_path: Path
) -> None:
    asks = {criterion.id: criterion.strength for criterion in rubric.criteria}
    for card in cards(catalog, graph, known(tmp_path, []), rubric).values():
        assert card.verdict not in {*POSITIVE, Verdict.KEEP}
        passed = [name for name, outcome in outcomes(card).items() if outcome is Outcome.PASS]
        assert all(asks[name] is Strength.DECLARED for name in passed)


def test_removing_any_one_record_improves_nothing(
    catalog: Catalog, graph: DependencyGraph, rubric: Rubric, lines: list[str], tmp_path: Path
) -> None:
    before = cards(catalog, graph, known(tmp_path, lines), rubric)
    held = {*POSITIVE, Verdict.KEEP, Verdict.FREEZE, Verdict.HAND_BACK}
    accepted = [name for name, card in before.items() if card.verdict in held]
    assert accepted
    # Scoring one service at a time would change the graph, so the lines of all accepted services go one by one, one
    # of each service in a round.
    own = {name: [line for line in lines if json.loads(line)["subject"] == name] for name in accepted}
    for number in range(max(map(len, own.values()))):
        gone = {records[number] for records in own.values() if number < len(records)}
        after = cards(catalog, graph, known(tmp_path, [line for line in lines if line not in gone]), rubric)
        for name in accepted:
            no_better(after[name], before[name])


@pytest.mark.parametrize("fault", ["stale", "failed", "declared"])
def test_worse_evidence_improves_nothing(
    fault: str, catalog: Catalog, graph: DependencyGraph, rubric: Rubric, lines: list[str], tmp_path: Path
) -> None:
    before = cards(catalog, graph, known(tmp_path, lines), rubric)
    worse = [json.loads(line) for line in lines]
    for record in worse:
        if fault == "stale":
            record["time"] = "2020-01-01T00:00:00Z"
        elif fault == "failed":
            record.pop("value", None)
            record["failed"] = "connection refused"
        else:
            record["strength"] = "declared"
    asks = {criterion.id: criterion for criterion in rubric.criteria}
    after = cards(catalog, graph, known(tmp_path, [json.dumps(record) for record in worse]), rubric)
    for name, card in after.items():
        no_better(card, before[name])
        assert card.verdict not in POSITIVE
        for result in card.results:
            limited = asks[result.id].needs and (fault != "stale" or asks[result.id].max_age)
            if limited and asks[result.id].strength > Strength.DECLARED:
                assert result.outcome is not Outcome.PASS, (name, result.id)


def test_same_inputs_give_the_same_bytes_in_any_order_of_lines(
    catalog: Catalog, graph: DependencyGraph, rubric: Rubric, lines: list[str], tmp_path: Path
) -> None:
    shuffled = list(lines)
    random.Random(7).shuffle(shuffled)  # noqa: S311 -- an order, not a secret
    one = score(catalog, graph, known(tmp_path, lines), rubric, AS_OF)
    other = score(catalog, graph, known(tmp_path, shuffled), rubric, AS_OF)
    assert msgspec.json.encode(one) == msgspec.json.encode(other)


def test_what_was_known_later_changes_no_past_verdict(
    catalog: Catalog, graph: DependencyGraph, rubric: Rubric, lines: list[str], tmp_path: Path
) -> None:
    later = [
        msgspec.json.encode(
            msgspec.structs.replace(msgspec.json.decode(line, type=Record), time=AS_OF + dt.timedelta(days=1))
        ).decode()
        for line in lines[:50]
    ]
    one = score(catalog, graph, known(tmp_path, lines), rubric, AS_OF)
    other = score(catalog, graph, known(tmp_path, [*lines, *later]), rubric, AS_OF)
    assert one == other


def test_scores_and_coverage_are_shares(
    catalog: Catalog, graph: DependencyGraph, rubric: Rubric, lines: list[str], tmp_path: Path
) -> None:
    for card in cards(catalog, graph, known(tmp_path, lines), rubric).values():
        assert 0 <= card.score <= card.score_with_waivers <= 100
        assert 0 <= card.coverage <= 1
        assert card.rung <= card.rung_with_waivers
        waived = [result for result in card.results if result.outcome is Outcome.WAIVED]
        assert all(result.without_waiver in {Outcome.FAIL, Outcome.UNKNOWN} for result in waived)
