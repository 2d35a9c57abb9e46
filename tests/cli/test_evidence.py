"""`evidence SERVICE`: what is known, what is not, and what each source would make known."""

import json
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["--root", str(ROOT), "evidence", *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    assert not result.return_value
    return result.output


def answer(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--format", "json"))


def test_the_answer_holds_to_its_schema() -> None:
    schema = json.loads((ROOT / "schemas/known.schema.json").read_text())
    for service in ("checkout", "email"):
        jsonschema.Draft202012Validator(schema).validate(answer(service))


def test_it_names_source_strength_and_age_of_what_is_known() -> None:
    lines = run("email").splitlines()
    row = next(each for each in lines if each.strip().startswith("attest.security"))
    assert row.split()[1:4] == ["observed", "304", "d"]
    assert "until 2027-01-20" in row


def test_a_drill_is_as_old_as_it_is_and_not_as_its_record(tmp_path: Path) -> None:
    rows = [
        {"key": "drill.zone", "value": {"age_days": 10, "passed": True}},
        {"key": "drill.incident", "value": {"age_days": 0, "passed": True}},
    ]
    common = {"subject": "checkout", "strength": "exercised", "time": "2026-11-20T07:00:00Z", "source": "reports"}
    file = tmp_path / "one.jsonl"
    file.write_text("".join(f"{json.dumps(common | row)}\n" for row in rows), encoding="utf-8")
    ages = {
        cells[0]: cells[2:4]
        for line in run("checkout", "--evidence", str(file)).splitlines()
        if (cells := line.split()) and "exercised" in cells
    }
    assert ages["drill.zone"] == ["10", "d"]
    assert ages["drill.incident"] == ["today", "reports"]


def test_dashboards_that_are_not_ours_are_for_a_command_that_asks_grafana(tmp_path: Path) -> None:
    (tmp_path / "none.jsonl").touch()
    found = answer("checkout", "--evidence", str(tmp_path / "none.jsonl"))["sights"]
    assert {each["collector"] for each in found if each["key"] == "dashboard.panels"} == {"exec"}
    said = run("checkout", "--evidence", str(tmp_path / "none.jsonl"))
    assert "of this one, a command under collect.exec asks Grafana" in said


def test_it_says_why_something_is_not_known_and_who_would_bring_it() -> None:
    said = run("email", "--missing")
    assert "could not see it 2 h ago: no event was counted over its window" in said
    assert "last seen 40 d ago by exec" in said
    assert "\nknown\n" not in said
    assert "what each source would make known" in said
    assert not [each for each in answer("email", "--missing")["sights"] if each["state"] == "known"]


def test_a_wrong_name_is_answered_with_the_right_one() -> None:
    with pytest.raises(click.UsageError, match="checkout"):
        run("chekout")


def test_what_only_a_person_can_say_is_asked_of_one() -> None:
    lines = run("email").splitlines()
    known = next(each for each in lines if each.strip().startswith("attest.security"))
    assert known.endswith("attestation, until 2027-01-20, catalog/attestations/email-security-2026-01-20.yaml")
    missing = next(each for each in lines if each.strip().startswith("attest.switches"))
    assert "in catalog/attestations/: `pagerworthy new attestation email attest.switches`" in missing
    stale = next(each for each in run("shipping").splitlines() if each.strip().startswith("attest.security"))
    assert "last seen 415 d ago by attestation, until 2026-10-01" in stale
    assert stale.endswith("`pagerworthy new attestation shipping attest.security`")
