"""A rubric is used whole or not at all, and says where it is wrong."""

import datetime as dt
import os
from pathlib import Path

import pytest

from pagerworthy.catalog import load
from pagerworthy.evidence import read_evidence
from pagerworthy.graph import DependencyGraph
from pagerworthy.scoring import Outcome, load_rubric, score

ROOT = Path(__file__).parents[2]
AS_OF = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)

GOOD = """\
id: has-chat
question: Does the owner have a chat channel?
area: ownership
phase: design
rung: bronze
strength: declared
pass: team.has_contact
detail: "team.has_contact ? 'the team says how to reach it' : 'the team does not say how to reach it'"
why: Whoever is on call at night must reach the owner.
fix: {text: Write contact.chat in the team's entry., effort: small}
"""


def write(root: Path, text: str, name: str = "ownership/has-chat.yaml") -> Path:
    file = root / "scoring" / "criteria" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_an_organisation_adds_a_criterion_and_keeps_the_rest(tmp_path: Path) -> None:
    shipped = load_rubric(tmp_path).rubric
    write(tmp_path, GOOD)
    loaded = load_rubric(tmp_path)
    assert loaded.rubric is not None, loaded.problems
    assert shipped is not None
    assert {c.id for c in loaded.rubric.criteria} - {c.id for c in shipped.criteria} == {"has-chat"}
    assert loaded.rubric.digest != shipped.digest


def test_an_organisation_overrides_one_criterion_or_leaves_it_out(tmp_path: Path) -> None:
    shipped = load_rubric(tmp_path).rubric
    assert shipped is not None
    first = shipped.criteria[0]
    text = GOOD.replace("has-chat", first.id).replace("ownership", first.area)
    file = write(tmp_path, text, f"{first.area}/{first.id}.yaml")
    changed = load_rubric(tmp_path).rubric
    assert changed is not None
    assert {c.id: c.question for c in changed.criteria}[first.id] == "Does the owner have a chat channel?"
    file.write_text(text + "disabled: true\n")
    without = load_rubric(tmp_path).rubric
    assert without is not None
    assert {c.id for c in shipped.criteria} - {c.id for c in without.criteria} == {first.id}


def test_an_organisation_changes_one_limit_and_keeps_the_rest(tmp_path: Path) -> None:
    shipped = load_rubric(tmp_path).rubric
    policy = tmp_path / "scoring" / "policy.yaml"
    policy.parent.mkdir()
    policy.write_text("apiVersion: pagerworthy/v1\nkind: Policy\nlimits: {entry_age_days: 30}\n")
    loaded = load_rubric(tmp_path)
    assert loaded.rubric is not None, loaded.problems
    assert shipped is not None
    assert loaded.rubric.policy.limits == {**shipped.policy.limits, "entry_age_days": 30}
    assert loaded.rubric.policy.breaches == shipped.policy.breaches


def test_id_and_disabled_leave_a_criterion_out(tmp_path: Path) -> None:
    shipped = load_rubric(tmp_path).rubric
    assert shipped is not None
    write(tmp_path, "id: cost-watched\ndisabled: true\n", "cost/cost-watched.yaml")
    without = load_rubric(tmp_path).rubric
    assert without is not None
    assert {c.id for c in shipped.criteria} - {c.id for c in without.criteria} == {"cost-watched"}


def test_a_criterion_that_is_not_there_cannot_be_left_out(tmp_path: Path) -> None:
    write(tmp_path, "id: cost-wached\ndisabled: true\n", "cost/cost-wached.yaml")
    (problem,) = load_rubric(tmp_path).problems
    assert (problem.code, problem.where.line, problem.help) == ("PW309", 1, "did you mean cost-watched?")


def test_disabled_false_asks_for_a_whole_criterion(tmp_path: Path) -> None:
    write(tmp_path, "id: cost-watched\ndisabled: false\n", "cost/cost-watched.yaml")
    assert {problem.code for problem in load_rubric(tmp_path).problems} == {"PW106"}


def test_a_policy_says_only_what_differs(tmp_path: Path) -> None:
    shipped = load_rubric(tmp_path).rubric
    assert shipped is not None
    write(
        tmp_path,
        "areas: [{id: legal, title: Legal}, {id: cost, title: Money}]\n"
        "conditions: {at_most: 5}\n"
        'required: {sre: {"1": silver}}\n'
        "waivers: {signed_by: [board]}\n"
        "weights: {gold: 2}\n",
        "../policy.yaml",
    )
    loaded = load_rubric(tmp_path)
    assert loaded.rubric is not None, loaded.problems
    mine, theirs = loaded.rubric.policy, shipped.policy
    assert [area.id for area in mine.areas] == [*(area.id for area in theirs.areas), "legal"]
    assert {area.id: area.title for area in mine.areas}["cost"] == "Money"
    assert (mine.conditions.at_most, mine.conditions.within_days) == (5, theirs.conditions.within_days)
    assert mine.required == {**theirs.required, "sre": {**theirs.required["sre"], "1": "silver"}}
    assert (mine.waivers.signed_by, mine.waivers.longest_days) == (("board",), theirs.waivers.longest_days)
    assert mine.weights == {**theirs.weights, "gold": 2}
    assert loaded.rubric.criteria == shipped.criteria


@pytest.mark.parametrize(
    ("change", "code", "line", "says"),
    [
        (("pass: team.has_contact", "pass: team.has_contakt"), "PW307", 7, "has_contakt"),
        (("pass: team.has_contact", "pass: team.members"), "PW307", 7, "bool"),
        (("pass: team.has_contact", "pass: team.members >= 2"), "PW307", 7, "no matching overload"),
        (("pass: team.has_contact", "pass: 'team.has_contact &&'"), "PW307", 7, "Syntax error"),
        (("pass: team.has_contact", "pass: evidence.slo.events.all(e, e.total > 0.0)"), "PW307", 7, "evidence"),
        (("strength: declared", "strength: observed"), "PW106", 6, "needs"),
        (("strength: declared", "strength: observed\nneeds: [slo.event]"), "PW305", 7, "slo.event"),
        (("strength: declared", "strength: exercised\nneeds: [slo.events]"), "PW306", 6, "observed"),
        (("area: ownership", "area: owners"), "PW302", 3, "owners"),
        (("id: has-chat", "id: chat"), "PW302", 1, "chat"),
        (("rung: bronze", "rung: brass"), "PW104", 5, "brass"),
        (("rung: bronze", "rung: bronze\ncolour: red"), "PW105", 6, "colour"),
        (("rung: bronze", "rung: &a bronze"), "PW007", 5, "anchor"),
    ],
)
def test_a_wrong_criterion_stops_with_its_position(
    tmp_path: Path, change: tuple[str, str], code: str, line: int, says: str
) -> None:
    write(tmp_path, GOOD.replace(*change))
    loaded = load_rubric(tmp_path)
    assert loaded.rubric is None
    found = {(problem.code, problem.where.line) for problem in loaded.problems}
    assert (code, line) in found, loaded.problems
    assert any(says in problem.message + problem.help for problem in loaded.problems)
    assert all(problem.where.file == "scoring/criteria/ownership/has-chat.yaml" for problem in loaded.problems)


def test_the_column_of_an_expression_is_that_of_the_wrong_word(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("pass: team.has_contact", "pass: team.has_lead && team.colour"))
    (problem,) = load_rubric(tmp_path).problems
    assert (problem.where.line, problem.where.column) == (7, len("pass: team.has_lead && team") + 1)


def test_an_expression_without_end_is_cut_off_and_hides_no_other(tmp_path: Path) -> None:
    many = "[" + "1," * 300 + "1]"
    endless = f"{many}.all(a, {many}.all(b, a == b))"
    write(tmp_path, GOOD.replace("pass: team.has_contact", f"pass: '{endless}'"))
    loaded = load_rubric(tmp_path)
    assert loaded.rubric is not None, loaded.problems
    catalog = load(ROOT, cache=False).catalog
    nothing = read_evidence(tmp_path, [], as_of=AS_OF)
    for card in score(catalog, DependencyGraph.of(catalog), nothing, loaded.rubric, AS_OF).scorecards:
        results = {result.id: result for result in card.results}
        assert results["has-chat"].outcome is Outcome.UNKNOWN
        assert "budget exceeded" in results["has-chat"].detail
        assert any(result.outcome is Outcome.PASS for result in card.results)


def test_links_out_of_the_rubric_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text(GOOD)
    folder = tmp_path / "scoring" / "criteria" / "ownership"
    folder.mkdir(parents=True)
    (folder / "has-chat.yaml").symlink_to(outside)
    loaded = load_rubric(tmp_path)
    assert [problem.code for problem in loaded.problems] == ["PW301"]


@pytest.mark.parametrize(
    "name",
    ["criteria/loose.yaml", "criteria/ownership/x.yml", "criteria/ownership/deep/x.yaml", "policy.yml", "notes.json"],
)
def test_no_file_of_a_rubric_is_overlooked(tmp_path: Path, name: str) -> None:
    file = tmp_path / "scoring" / name
    file.parent.mkdir(parents=True)
    file.write_text("garbage: [")
    loaded = load_rubric(tmp_path)
    assert loaded.rubric is None
    assert [problem.where.file for problem in loaded.problems] == [f"scoring/{name}"]


def test_pipes_and_linked_folders_are_reported_and_never_opened(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.yaml").write_text("garbage: [")
    scoring = tmp_path / "scoring"
    (scoring / "criteria" / "ownership").mkdir(parents=True)
    (scoring / "criteria" / "elsewhere").symlink_to(outside)
    os.mkfifo(scoring / "policy.yaml")
    os.mkfifo(scoring / "criteria" / "ownership" / "pipe.yaml")
    found = {problem.where.file for problem in load_rubric(tmp_path).problems}
    assert found == {
        "scoring/criteria/elsewhere",
        "scoring/policy.yaml",
        "scoring/criteria/ownership/pipe.yaml",
    }


def grown(inner: str, times: int, outer: str) -> str:
    for _ in range(times):
        inner = outer.replace("X", inner)
    return inner


@pytest.mark.parametrize(
    "expression",
    [
        "size(" + grown("'aaaaaaaaaa'", 12, "X.replace('a', 'aaaaaaaaaa')") + ") > 0",
        "['a'].map(x, x + x).map(y, y . replace ('a', 'b').replace('b', 'cc')) == []",
        "['a'].map(a, [a + a].map(b, [b + b].map(c, c + c))) == []",
        "['a'].all(a, a.replace('a', 'b') == 'b')",
    ],
)
def test_an_expression_that_could_grow_without_bound_is_refused(tmp_path: Path, expression: str) -> None:
    write(tmp_path, GOOD.replace("pass: team.has_contact", 'pass: "' + expression.replace('"', "'") + '"'))
    (problem,) = load_rubric(tmp_path).problems
    assert (problem.code, problem.where.line) == ("PW307", 7)


def test_brackets_inside_of_texts_count_for_nothing(tmp_path: Path) -> None:
    text = "'.map( .map( .map( .replace( .replace( )' == 'x' || true"
    write(tmp_path, GOOD.replace("pass: team.has_contact", f'pass: "{text}"'))
    assert load_rubric(tmp_path).rubric is not None
