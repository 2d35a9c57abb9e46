"""Makes the demo's recorded history: `python -m tests.history.recorded` writes catalog/history.

Each night is scored by the product itself, from the demo's own records as they would have been read then. What people
did (drills, attestations, time in shadow) is not there before its own day; all else was measured again and again, so
that its record is moved to that night, with two differences: an error budget stands where `slo.burndown` had it, spent
while a freeze was in force; and deployments had failed as often as the budget had fallen sharply by then. The catalog
is today's, with the decisions up to then.
"""

import datetime as dt
import itertools
import json
import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from pagerworthy.catalog import load
from pagerworthy.cli.app import app
from pagerworthy.handover import pager_at
from pagerworthy.history import Branch
from tests.evidence.world import git

ROOT = Path(__file__).parents[2]
_LAST = dt.datetime(2026, 11, 20, 5, 30, tzinfo=dt.UTC)
_WEEKS, _NIGHTS = 12, 7
# Keys of what people did on a day.
_DONE = ("drill.", "attest.", "shadow.")
# The share of a budget that is left while a freeze is in force, and how much of one a failed deployment takes.
_SPENT, _SHARP = -0.05, 0.1
Record = dict[str, Any]


def nights() -> list[dt.datetime]:
    """A night a week, and each one of the last week; the oldest first."""
    before = [*range(7 * _WEEKS, 0, -7), *range(_NIGHTS - 1, -1, -1)]
    return [_LAST - dt.timedelta(days=days) for days in dict.fromkeys(before)]


def records_of(night: dt.datetime, found: list[Record], frozen: Collection[str]) -> Iterator[Record]:
    """The records as that night's run would have had them; deployments of `frozen` services had been stopped."""
    ago = (_LAST - night).days
    burned = {
        (each["subject"], each.get("item", "")): each["value"]
        for each in found
        if each["key"] == "slo.burndown" and each.get("value")
    }
    for each in found:
        key, subject, value = each["key"], each["subject"], each.get("value")
        seen = dt.datetime.fromisoformat(each["time"])
        if key.startswith(_DONE):
            if seen <= night:
                yield each
            continue
        moved = {**each, "time": f"{min(seen, _LAST) - dt.timedelta(days=ago):%Y-%m-%dT%H:%M:%SZ}"}
        if not ago or not value:
            yield moved
        elif key == "slo.budget":
            burndown = burned.get((subject, each.get("item", "")))
            spent = subject in frozen and each.get("item") == "availability"
            yield {**moved, "value": _budget(value, burndown, ago, spent=spent)} if burndown else moved
        elif key == "deploys.stability" and (burndown := burned.get((subject, "availability"))):
            yield {**moved, "value": _stability(value, burndown, ago)}
        elif key != "slo.burndown":
            yield moved


def _budget(now: dict[str, float], burndown: dict[str, list[float]], ago: int, *, spent: bool) -> dict[str, float]:
    """The budget so many days before; the objective follows from what is left now and what was good."""
    allowed = (100 - now["compliance"]) / (1 - now["remaining"])
    points = list(zip(burndown["days"], burndown["remaining"], strict=True))
    left = _SPENT if spent else next((left for day, left in reversed(points) if day >= ago), points[0][1])
    return {**now, "remaining": round(left, 3), "compliance": round(100 - (1 - left) * allowed, 3)}


def _stability(now: dict[str, float], burndown: dict[str, list[float]], ago: int) -> dict[str, float]:
    """How deployments went, without those that failed later."""
    steps = zip(burndown["days"][1:], itertools.pairwise(burndown["remaining"]), strict=True)
    later = sum(before - after >= _SHARP and day < ago for day, (before, after) in steps)
    failed = max(now["failed_28d"] - later, 0)
    share = failed / now["failed_28d"] if now["failed_28d"] else 0
    return {**now, "failed_28d": failed, "failure_rate": round(now["failure_rate"] * share, 3)}


def write(out: Path) -> None:
    """Scores all nights in a copy of the repository and takes its branch's files."""
    found = [
        json.loads(line)
        for file in sorted((ROOT / "catalog/evidence").glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    catalog = load(ROOT).catalog
    decided = {name: [each for each in catalog.decisions if each.spec.service == name] for name in catalog.services}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "demo"
        shutil.copytree(ROOT / "catalog", root / "catalog", ignore=shutil.ignore_patterns("evidence", "history"))
        shutil.copytree(ROOT / "scoring", root / "scoring")
        (root / "catalog/evidence").mkdir()
        git(root, "init", "--quiet")
        for night in nights():
            frozen = {name for name, decisions in decided.items() if pager_at(decisions, night).frozen}
            lines = [json.dumps(each) for each in records_of(night, found, frozen)]
            (root / "catalog/evidence/all.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
            done = CliRunner().invoke(app, ["--root", str(root), "snapshot", "--as-of", night.isoformat()])
            assert done.exit_code == 0, done.output
        shelf = Branch(root).shelf()
        assert shelf is not None
        shutil.rmtree(out / "services", ignore_errors=True)
        for path in shelf.stamps:
            (out / path).parent.mkdir(parents=True, exist_ok=True)
            (out / path).write_bytes(shelf.content(path))


if __name__ == "__main__":
    write(ROOT / "catalog/history")
