"""The gate of a release pipeline, on the demo catalog."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app

ROOT = Path(__file__).parents[2]


def gate(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--root", str(ROOT), "gate", *arguments], standalone_mode=False)
    assert result.exception is None or not isinstance(result.exception, AssertionError)
    return int(result.return_value or 0), result.output


def test_a_service_that_keeps_its_contract_may_be_deployed() -> None:
    assert gate("checkout") == (0, "go: checkout may be deployed, judged for 2026-11-20T08:00:00Z\n")


def test_a_freeze_by_decision_and_one_by_the_contract_both_stop() -> None:
    code, said = gate("cart")
    assert (code, "frozen by decision on 2026-11-18" in said) == (1, True)
    code, said = gate("recommendation")
    assert (code, "hand-back" in said) == (1, True)


def test_whoever_cannot_see_the_contract_does_not_deploy(tmp_path: Path) -> None:
    code, said = gate("checkout", "--evidence", str(tmp_path))
    assert (code, "until it is known" in said) == (1, True)


def test_a_broken_glass_lets_through_and_is_recorded(tmp_path: Path) -> None:
    record = tmp_path / "deep" / "glass.jsonl"
    for number in (1, 2):
        code, _ = gate("cart", "--break-glass", 'the store is full\n::error::"', "--record", str(record))
        assert code == 0
        lines = [json.loads(line) for line in record.read_text().splitlines()]
        assert len(lines) == number
    assert set(lines[0]) == {"service", "time", "by", "reason", "stopped_by"}
    assert lines[0]["service"] == "cart"


def test_a_person_without_a_name_is_called_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("getpwuid(): uid not found: 12345")

    monkeypatch.setattr("getpass.getuser", nobody)
    monkeypatch.setattr("os.getuid", lambda: 12345)
    monkeypatch.delenv("GITHUB_ACTOR", raising=False)
    record = tmp_path / "glass.jsonl"
    assert gate("cart", "--break-glass", "the store is full", "--record", str(record))[0] == 0
    assert json.loads(record.read_text())["by"] == "uid 12345"


def test_nothing_is_recorded_where_nothing_stops(tmp_path: Path) -> None:
    record = tmp_path / "glass.jsonl"
    assert gate("checkout", "--break-glass", "to be sure", "--record", str(record))[0] == 0
    assert not record.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["cart", "--break-glass", "because"],
        ["cart", "--record", "x"],
        ["cart", "--break-glass", " ", "--record", "x"],
        ["crat"],
    ],
)
def test_wrong_usage_never_lets_through(arguments: list[str]) -> None:
    result = CliRunner().invoke(app, ["--root", str(ROOT), "gate", *arguments])
    assert result.exit_code == 2


def test_a_broken_decision_stops(tmp_path: Path) -> None:
    (tmp_path / "catalog" / "decisions").mkdir(parents=True)
    (tmp_path / "catalog" / "decisions" / "broken.yaml").write_text("apiVersion: pagerworthy/v1\nkind: Decision\n")
    result = CliRunner().invoke(app, ["--root", str(tmp_path), "gate", "checkout"], standalone_mode=False)
    assert result.return_value == 2
    assert "catalog/decisions/broken.yaml" in result.output
