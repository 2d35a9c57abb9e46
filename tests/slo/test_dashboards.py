"""`pagerworthy rules dashboards`: what Grafana is told to draw is what the rules record."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from click.testing import CliRunner, Result
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from pagerworthy.cli.app import app

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(ROOT / "catalog", tmp_path / "repository/catalog")
    shutil.copy(ROOT / "pagerworthy.toml", tmp_path / "repository")
    return tmp_path / "repository"


def run(root: Path, what: str, out: Path) -> Result:
    return CliRunner().invoke(app, ["--root", str(root), "rules", what, "--out", str(out)], standalone_mode=False)


def built(root: Path, out: Path) -> dict[str, dict[str, Any]]:
    done = run(root, "dashboards", out)
    assert done.return_value == 0, done.output
    return {path.name: json.loads(path.read_text()) for path in sorted(out.glob("*.json"))}


def queries(board: dict[str, Any]) -> Iterator[str]:
    for panel in board["panels"]:
        for target in panel.get("targets", ()):
            yield target["expr"]


def test_every_query_asks_for_what_the_rules_record(root, tmp_path):
    run(root, "build", tmp_path / "rules")
    recorded: dict[str, set[str]] = {}
    for file in (tmp_path / "rules").glob("*.rules.yaml"):
        for group in yaml.safe_load(file.read_text())["groups"]:
            for rule in group["rules"]:
                if "record" in rule:
                    recorded.setdefault(rule["record"], set()).add(rule["labels"].get("sloth_id"))
    asked = 0
    for board in built(root, tmp_path / "boards").values():
        for query in queries(board):
            promql_parser.parse(query)
            for metric, slo in re.findall(r'(slo:[\w:]+)\{(?:sloth_id="([\w-]+)")?', query):
                assert metric in recorded
                assert not slo or slo in recorded[metric]
                asked += 1
    assert asked > 200


def test_dashboards_are_as_grafana_writes_them(root, tmp_path):
    for name, board in built(root, tmp_path / "boards").items():
        read = Dashboard.from_json(board)
        assert json.loads(JSONEncoder().encode(read)).keys() == board.keys(), name
        ids = [panel["id"] for panel in board["panels"]]
        assert len(set(ids)) == len(ids)
        assert len(board["uid"]) <= 40
        boxes = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in board["panels"]}
        assert len(boxes) == len(board["panels"]), f"{name}: panels lie on each other"


def test_links_lead_to_dashboards_that_exist(root, tmp_path):
    boards = built(root, tmp_path / "boards")
    uids = {board["uid"] for board in boards.values()}
    assert len(uids) == len(boards)
    linked = {
        uid
        for board in boards.values()
        for panel in board["panels"]
        if panel["type"] == "text"
        for uid in re.findall(r"\]\(/d/([\w-]+)\)", panel["options"]["content"])
    }
    assert linked
    assert linked <= uids


def test_texts_of_entries_are_no_markup(root, tmp_path):
    entry = root / "catalog/services/cart.yaml"
    text = entry.read_text()
    assert "title: Cart" in text
    entry.write_text(text.replace("title: Cart", 'title: "<img src=x onerror=alert(1)> [a](javascript:b) ${__url}"', 1))
    boards = built(root, tmp_path / "boards")
    content = boards["system-ordering.json"]["panels"][0]["options"]["content"]
    assert "<img" not in content
    assert "](javascript" not in content
    assert "${" not in content


def test_only_what_changed_is_written_and_only_ours_is_removed(root, tmp_path):
    out = tmp_path / "boards"
    built(root, out)
    (out / "mine.json").write_text('{"uid": "mine"}')
    (out / "service-gone.json").write_text('{"uid": "pagerworthy-service-gone"}')
    (out / "service-ad.json").write_text('{"uid": "by hand"}')
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    done = run(root, "dashboards", out)
    assert done.return_value == 1
    assert "service-ad.json was not written by Pagerworthy" in done.stderr
    assert "0 files written" in done.output
    after = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert before.keys() - after.keys() == {"service-gone.json"}
    assert after.items() <= before.items()


def test_a_broken_entry_keeps_its_dashboard(root, tmp_path):
    out = tmp_path / "boards"
    built(root, out)
    entry = root / "catalog/services/cart.yaml"
    entry.write_text(entry.read_text().replace("tier:", "teir:"))
    done = run(root, "dashboards", out)
    assert done.return_value == 1
    assert (out / "service-cart.json").exists()
