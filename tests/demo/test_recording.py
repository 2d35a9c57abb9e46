"""The demo's evidence of Prometheus and Alertmanager is what real ones answered to the script."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.demo.lines import put
from tests.demo.recorded import ROOT, SOURCES, record
from tests.demo.script import read_script
from tests.demo.servers import NEEDED
from tests.tools import require_tool

EVIDENCE = ROOT / "catalog" / "evidence"
# One that calls what it does not declare, one that declares what it does not call, and who calls that one.
SOME = frozenset({"quote", "recommendation", "shipping"})
# Told by the whole period, of which the test has some days, or by all services.
_WHOLE = {"slo.budget", "slo.burndown", "capacity.forecast", "deploys.errors"}


def shipped() -> dict[tuple[str, str, str], dict[str, Any]]:
    records = [json.loads(line) for file in sorted(EVIDENCE.glob("*.jsonl")) for line in file.read_text().splitlines()]
    return {place(each): each for each in records if each["source"].partition(" ")[0] in SOURCES}


def place(record: dict[str, Any]) -> tuple[str, str, str]:
    return record["subject"], record["key"], record.get("item", "")


def test_what_ships_was_collected_when_the_script_says() -> None:
    shop = read_script().shop
    moments = {f"{each:%Y-%m-%dT%H:%M:%SZ}" for each in (shop.moment, shop.forecasts.checked)}
    for each in shipped().values():
        assert each["source"] in SOURCES
        assert each["time"] in moments
        assert each.get("response", "sha256:").startswith("sha256:")


def test_some_days_of_some_services_say_what_ships(tmp_path: Path) -> None:
    for name in NEEDED:
        require_tool(name)
    script = read_script(SOME)
    script = msgspec.structs.replace(script, shop=msgspec.structs.replace(script.shop, days=8))
    found = {place(each): each for each in record(script, tmp_path, interval=20)}
    expected = {key: each for key, each in shipped().items() if key[0] in SOME and key[1] not in _WHOLE}
    assert len(expected) > 30
    for key, each in expected.items():
        assert key in found
        if "value" in each:
            assert found[key]["value"] == {name: close(said) for name, said in each["value"].items()}, key
        else:
            assert found[key]["failed"] == each["failed"], key


def close(said: object) -> object:
    return pytest.approx(said, rel=0.005) if isinstance(said, float) else said


LINE = {"subject": "a", "key": "k", "item": "", "value": {}, "source": "prometheus", "response": "sha256:1"}


def test_only_lines_of_the_sources_are_replaced(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    old = [LINE | {"key": "gone"}, LINE | {"key": "z", "source": "prometheus (once)"}, LINE | {"source": "reports"}]
    file.write_text("".join(json.dumps(each) + "\n" for each in old))
    assert put(tmp_path, [LINE | {"key": "b"}, LINE | {"subject": "new"}], ("prometheus",)) == [
        file,
        tmp_path / "new.jsonl",
    ]
    left = [json.loads(line) for line in file.read_text().splitlines()]
    assert [(each["key"], each["source"]) for each in left] == [("b", "prometheus"), ("k", "reports")]


def test_a_record_of_which_the_digest_alone_is_another_stays(tmp_path: Path) -> None:
    assert put(tmp_path, [LINE], ("prometheus",)) == [tmp_path / "a.jsonl"]
    assert put(tmp_path, [LINE | {"response": "sha256:2"}], ("prometheus",)) == []
    assert put(tmp_path, [LINE | {"value": {"more": 1}, "response": "sha256:2"}], ("prometheus",)) != []
    assert "sha256:2" in (tmp_path / "a.jsonl").read_text()
