"""What the rules would have recorded, had they been loaded all the time: promtool evaluates them over the samples.

It evaluates each rule over a whole span at once, and not one after another, so that rules which rest on others have
their turn after these.
"""

import datetime as dt
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ryaml

from pagerworthy.metrics import metric_names
from tests.demo.servers import prometheus, run, tool

# What no other rule sums up is only looked at in the end.
_LATELY = dt.timedelta(minutes=6)
# As long as blocks may be: promtool asks for one at a time, and a server gives 11,000 points at most.
_SAMPLES, _POINTS = "500h", 10_500


class _Span(NamedTuple):
    """From when to when rules are evaluated, and every how many seconds."""

    start: dt.datetime
    end: dt.datetime
    interval: int


class _Rule(NamedTuple):
    file: str
    group: str
    written: Mapping[str, object]
    record: str
    needs: frozenset[str]


def write_past(
    folder: Path, samples: Path, rules: Iterable[Path], *, start: dt.datetime, end: dt.datetime, interval: int
) -> Path:
    """The data of a server with these samples and all that the rules make of them, evaluated every so many seconds."""
    data = folder / "data"
    run([tool("promtool"), "tsdb", "create-blocks-from", f"--max-block-duration={_SAMPLES}",
         "openmetrics", "--quiet", samples, data])  # fmt: skip
    recorded = [rule for file in rules for rule in _recording(file)]
    whole = _summed_up(recorded)
    for number, level in enumerate(_levels(recorded)):
        with prometheus(folder / f"asked-{number}", data) as address:
            for name, rules_of, begin in (
                ("whole", [rule for rule in level if rule.record in whole], start),
                ("lately", [rule for rule in level if rule.record not in whole], end - _LATELY),
            ):
                if rules_of:
                    _record(folder / f"level-{number}-{name}", rules_of, address, data, _Span(begin, end, interval))
    return data


def _record(folder: Path, rules: Sequence[_Rule], address: str, data: Path, span: _Span) -> None:
    # A group is evaluated at seconds that follow from its name and its file's, which are therefore always the same.
    (folder / "rules").mkdir(parents=True)
    files: dict[str, dict[str, list[Mapping[str, object]]]] = {}
    for rule in rules:
        files.setdefault(rule.file, {}).setdefault(rule.group, []).append(rule.written)
    for name, groups in files.items():
        written = {"groups": [{"name": group, "rules": several} for group, several in groups.items()]}
        (folder / "rules" / name).write_text(json.dumps(written), encoding="utf-8")
    longest = span.interval * _POINTS // 3600
    run([tool("promtool"), "tsdb", "create-blocks-from", f"--max-block-duration={longest}h", "rules", "--quiet",
         f"--url={address}", f"--start={span.start.timestamp():.0f}", f"--end={span.end.timestamp():.0f}",
         f"--eval-interval={span.interval}s", f"--output-dir={data}", *(f"rules/{name}" for name in sorted(files))],
        cwd=folder)  # fmt: skip


def _recording(file: Path) -> list[_Rule]:
    groups = ryaml.loads(file.read_text(encoding="utf-8"))["groups"]
    return [
        _Rule(file.name, group["name"], rule, rule["record"], frozenset(metric_names(rule["expr"])))
        for group in groups
        for rule in map(_noted, group["rules"])
    ]


def _noted(rule: dict[str, Any]) -> dict[str, Any]:
    """An alert as what Prometheus notes of it while it fires, which promtool leaves out; it fires at once here."""
    if "record" in rule:
        return rule
    labels = {**rule.get("labels", {}), "alertname": rule["alert"], "alertstate": "firing"}
    return {"record": "ALERTS", "expr": f"({rule['expr']}) * 0 + 1", "labels": labels}


def _levels(rules: Sequence[_Rule]) -> list[list[_Rule]]:
    """Such that each rule rests on those of earlier levels alone."""
    left, made, found = list(rules), set[str](), []
    recorded = {rule.record for rule in rules}
    while left:
        level = [rule for rule in left if rule.needs & recorded <= made]
        assert level, "rules rest on each other in a circle"
        # One name may be recorded by rules of several levels: whoever needs it waits for all.
        left = [rule for rule in left if rule not in level]
        made |= {rule.record for rule in level} - {rule.record for rule in left}
        found.append(level)
    return found


def _summed_up(rules: Sequence[_Rule]) -> frozenset[str]:
    """The series that others sum up over time, and what these rest on."""
    recorded = {rule.record for rule in rules}
    found = {
        need
        for rule in rules
        for need in rule.needs & recorded
        if re.search(rf"{need}(\{{[^}}]*\}})?\[", str(rule.written["expr"]))
    }
    more = found
    while more:
        more = {need for rule in rules if rule.record in more for need in rule.needs & recorded} - found
        found |= more
    return frozenset(found)
