"""Every criterion against its examples, and the promises that all criteria keep."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import PHASES, Phase
from pagerworthy.evidence import KEYS, Strength
from pagerworthy.scoring import Criterion, CriterionResult, Outcome, Rubric, Verdict, load_rubric
from tests.scoring.example_worlds import EXAMPLES, Case, Data, World, complete_world, read_example

ROOT = Path(__file__).parents[2]
FILES = sorted(EXAMPLES.glob("*.yaml"))
CRITERIA = sorted((ROOT / "scoring" / "criteria").glob("*/*.yaml"))
COMPLETE = complete_world()
PLACES = sorted(COMPLETE.records)


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    loaded = load_rubric(ROOT)
    assert loaded.rubric is not None, loaded.problems
    return loaded.rubric


@pytest.fixture(scope="module")
def by_id(rubric: Rubric) -> dict[str, Criterion]:
    return {criterion.id: criterion for criterion in rubric.criteria}


def results(world: World, rubric: Rubric) -> dict[str, CriterionResult]:
    return {result.id: result for result in world.card(rubric).results}


def cases() -> list[tuple[str, Outcome, Case]]:
    found = []
    for file in FILES:
        example = read_example(file)
        found += [(file.stem, Outcome.PASS, case) for case in example.pass_]
        found += [(file.stem, Outcome.FAIL, case) for case in example.fail]
        found += [(file.stem, Outcome.UNKNOWN, case) for case in example.unknown]
        found += [(file.stem, Outcome.NOT_APPLICABLE, case) for case in example.not_applicable]
    return found


@pytest.mark.parametrize(
    ("name", "outcome", "case"), [pytest.param(*each, id=f"{each[0]}-{each[1]}") for each in cases()]
)
def test_a_criterion_decides_its_examples(name: str, outcome: Outcome, case: Case, rubric: Rubric) -> None:
    result = results(COMPLETE.changed(case), rubric)[name]
    assert (result.outcome, case.says in result.detail) == (outcome, True), result


@pytest.mark.parametrize("name", sorted({file.stem for file in (*FILES, *CRITERIA)}))
def test_each_criterion_has_an_example_of_every_outcome_that_it_can_have(
    name: str, by_id: dict[str, Criterion]
) -> None:
    assert EXAMPLES / f"{name}.yaml" in FILES, "there are no examples of this criterion"
    assert name in by_id, "there is no criterion of this name"
    example, criterion = read_example(EXAMPLES / f"{name}.yaml"), by_id[name]
    assert example.pass_
    assert example.fail
    assert bool(example.unknown) is bool(criterion.needs)
    assert bool(example.not_applicable) is (criterion.applies != "true")


def test_what_is_found_is_said_differently_when_it_passes_and_when_it_fails(rubric: Rubric) -> None:
    said: dict[tuple[str, Outcome], set[str]] = {}
    for name, outcome, case in cases():
        if outcome in {Outcome.PASS, Outcome.FAIL}:
            detail = results(COMPLETE.changed(case), rubric)[name].detail
            said.setdefault((name, outcome), set()).add(detail)
    for (name, outcome), details in said.items():
        # Numbers may be large or long-winded, but never what only a computer would say.
        assert not [each for each in details if "inf" in each.split() or "nan" in each.split() or "e+" in each]
        if outcome is Outcome.PASS:
            assert not details & said[name, Outcome.FAIL], name


def test_a_complete_service_passes_everything(rubric: Rubric) -> None:
    card = COMPLETE.card(rubric)
    assert {result.id: result.detail for result in card.results if result.outcome is not Outcome.PASS} == {}
    assert (card.score, card.coverage, card.verdict) == (100.0, 1.0, Verdict.KEEP)


def test_the_complete_world_has_evidence_of_every_key() -> None:
    assert {key for key, _ in PLACES} == set(KEYS)


def dropped(record: Data) -> None:
    """No record at all."""
    return


def failed(record: Data) -> Data:
    """The collector looked and could not see."""
    return {name: each for name, each in record.items() if name != "value"} | {"failed": "connection refused"}


def stale(record: Data) -> Data:
    """As good as ever, and long ago."""
    return record | {"time": "2015-01-01T00:00:00Z"}


def expired(record: Data) -> Data:
    """What a person attested has ended."""
    return record | {"expires": (COMPLETE.as_of - dt.timedelta(minutes=1)).isoformat()}


def weaker(record: Data) -> Data:
    """Somebody only says so."""
    return record | {"strength": Strength.DECLARED.word}


@pytest.mark.parametrize("fault", [dropped, failed, stale, expired, weaker], ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0]}[{place[1]}]" if place[1] else place[0])
def test_one_faulty_record_makes_all_that_rests_on_it_unknown_and_nothing_else(
    place: tuple[str, str],
    fault: Callable[[Data], Data | None],
    rubric: Rubric,
    by_id: dict[str, Criterion],
) -> None:
    records = {other: record for other, record in COMPLETE.records.items() if other != place}
    if (worse := fault(COMPLETE.records[place])) is not None:
        records[place] = worse
    found = results(COMPLETE.with_records(records.values()), rubric)
    assert {name for name, result in found.items() if result.outcome is Outcome.UNKNOWN} == {
        name for name, criterion in by_id.items() if place[0] in criterion.needs
    }
    assert {result.outcome for result in found.values()} <= {Outcome.PASS, Outcome.UNKNOWN}


def test_without_evidence_everything_that_asks_for_some_is_unknown(rubric: Rubric, by_id: dict[str, Criterion]) -> None:
    found = results(COMPLETE.with_records([]), rubric)
    assert {name: result.outcome for name, result in found.items()} == {
        name: Outcome.UNKNOWN if criterion.needs else Outcome.PASS for name, criterion in by_id.items()
    }


def test_a_bare_entry_passes_only_what_its_team_and_system_say(rubric: Rubric) -> None:
    service = {"kind": "Service", "metadata": {"name": "checkout", "description": "Places orders"}}
    spec = {"owner": "payments", "system": "storefront", "tier": 1, "phase": "testing", "engagement": "sre"}
    entries = {
        "Service/checkout": service | {"spec": spec},
        "Team/payments": COMPLETE.entries["Team/payments"],
        "System/storefront": COMPLETE.entries["System/storefront"],
    }
    world = World(COMPLETE.as_of, "checkout", entries, {})
    found = results(world, every_phase_come(rubric))
    assert {name for name, result in found.items() if result.outcome is Outcome.PASS} == {
        "owner-team",
        "business-owner",
    }


def every_phase_come(rubric: Rubric) -> Rubric:
    """The rubric as if all of it were due from the design phase on."""
    replace = msgspec.structs.replace
    return replace(
        rubric,
        compiled=tuple(replace(each, criterion=replace(each.criterion, phase="design")) for each in rubric.compiled),
    )


@pytest.mark.parametrize("phase", PHASES)
def test_what_a_later_phase_asks_for_is_upcoming(phase: Phase, rubric: Rubric, by_id: dict[str, Criterion]) -> None:
    found = results(COMPLETE.changed(Case(says="", service={"spec": {"phase": phase}})), rubric)
    for name, criterion in by_id.items():
        later = PHASES.index(criterion.phase) > PHASES.index(phase)
        assert found[name].outcome is (Outcome.UPCOMING if later else Outcome.PASS), name


def test_records_of_parts_that_are_gone_change_nothing(rubric: Rubric) -> None:
    """An objective, a runbook or a store that was removed leaves bad records behind."""
    gone = [
        record | {"item": "gone-since", "value": record["value"] | spoilt}
        for (key, item), record in COMPLETE.records.items()
        if item
        for spoilt in [{"slo.events": {"good": 0, "total": 0}, "slo.budget": {"remaining": -9}}.get(key, {})]
    ]
    assert gone
    before = results(COMPLETE, rubric)
    after = results(COMPLETE.with_records([*COMPLETE.records.values(), *gone]), rubric)
    assert after == before


def test_evidence_ages_while_nobody_looks_again(rubric: Rubric) -> None:
    """A drill is as old as the calendar says, not as old as on the day of its report."""
    place = ("drill.incident", "")
    half_a_year_ago = (COMPLETE.as_of - dt.timedelta(days=175)).isoformat()
    for age, outcome in ((1, Outcome.PASS), (10, Outcome.FAIL)):
        record = COMPLETE.records[place] | {
            "time": half_a_year_ago,
            "value": {"age_days": age, "passed": True},
        }
        world = COMPLETE.with_records((COMPLETE.records | {place: record}).values())  # type: ignore[operator]
        assert results(world, rubric)["incident-drill"].outcome is outcome


def test_every_limit_is_one_that_an_expression_compares_with(rubric: Rubric) -> None:
    text = "\n".join(file.read_text() for file in CRITERIA)
    breaches = "\n".join(f"{rule.when} {rule.detail}" for rule in rubric.policy.breaches)
    assert [name for name in rubric.policy.limits if f"limits.{name}" not in text + breaches] == []


def test_the_rubric_covers_every_area_key_and_rung(rubric: Rubric) -> None:
    assert {criterion.area for criterion in rubric.criteria} == {area.id for area in rubric.policy.areas}
    # A drill is weighed with the promises of the graph, which are facts; a burn-down is drawn on the service's page.
    elsewhere = {"drill.hard", "slo.burndown"}
    assert {need for criterion in rubric.criteria for need in criterion.needs} == set(KEYS) - elsewhere
    assert {criterion.rung.word for criterion in rubric.criteria} == {"bronze", "silver", "gold"}


def test_criteria_read_as_questions(rubric: Rubric) -> None:
    assert len(rubric.criteria) >= 60
    for criterion in rubric.criteria:
        assert criterion.question.endswith("?"), criterion.id
        assert criterion.question.count("?") == 1, criterion.id
        assert criterion.detail, criterion.id
        assert criterion.max_age is not None or not criterion.needs, criterion.id
        assert criterion.gating is False or criterion.rung.word == "bronze", criterion.id
    assert len({criterion.question for criterion in rubric.criteria}) == len(rubric.criteria)
