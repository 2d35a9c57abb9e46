"""Generates records of evidence for a generated catalog, a file for each collector."""

import datetime as dt
import json
import math
import random
import typing
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.catalog import AS_OF, Planned
from pagerworthy.evidence import KEYS, Key

# How much of what could be known of a service is known, from hardly seen to well watched.
_SEEN = (0.0, 0.2, 0.5, 0.8)
_NUMBERS = (0, 0.5, 1, 2, 3, 5, 30, 90, 400)
_STORES = frozenset({"postgres", "mysql", "redis", "bucket"})


def generate_evidence(root: Path, planned: Sequence[Planned], seed: int = 2) -> int:
    """Writes `root`/catalog/evidence, and says how many records it has."""
    rng = random.Random(seed)
    lines: dict[str, list[str]] = defaultdict(list)
    shapes = {name: list(typing.get_type_hints(key.value, include_extras=True).items()) for name, key in KEYS.items()}
    for each in planned:
        seen = rng.choice(_SEEN)
        for name, key in KEYS.items():
            if rng.random() < seen:
                for item in _items(key, each):
                    lines[key.collector].append(_record(rng, key, shapes[name], each.name, item))
    folder = root / "catalog" / "evidence"
    folder.mkdir(parents=True, exist_ok=True)
    for collector, written in sorted(lines.items()):
        (folder / f"{collector}.jsonl").write_text("\n".join(written) + "\n", encoding="utf-8")
    return sum(map(len, lines.values()))


def _items(key: Key, each: Planned) -> Sequence[str]:
    parts: dict[str, Sequence[str]] = {
        "service": [""],
        "slo": each.slos,
        "runbook": each.runbooks,
        "dashboard": each.dashboards,
        "dependency": list(each.targets),
        "soft": [name for name, hard in each.targets.items() if not hard],
        "hard": [name for name, hard in each.targets.items() if hard],
        "store": [name for name, kind in each.resources if kind in _STORES],
    }
    return parts[key.per]


def _record(rng: random.Random, key: Key, shape: list[tuple[str, Any]], subject: str, item: str) -> str:
    time = AS_OF - dt.timedelta(hours=rng.choice((1, 2, 6, 24, 24 * 40)), seconds=rng.randrange(3600))
    record: dict[str, Any] = {
        "subject": subject,
        "key": key.name,
        "time": f"{time:%Y-%m-%dT%H:%M:%SZ}",
        "source": key.collector,
        "strength": key.strength.word,
    }
    if item:
        record["item"] = item
    if rng.random() < 0.02:
        record["failed"] = "the source did not answer"
    else:
        record["value"] = _values(rng, key, shape)
    return json.dumps(record, separators=(",", ":"))


def _values(rng: random.Random, key: Key, shape: list[tuple[str, Any]]) -> dict[str, Any]:
    """Values that the key's type takes: some numbers are parts of others."""
    while True:
        drawn = {name: _value(rng, hint) for name, hint in shape}
        try:
            msgspec.convert(drawn, key.value)
        except msgspec.ValidationError:
            continue
        return drawn


def _value(rng: random.Random, hint: Any) -> Any:
    if typing.get_origin(hint) is typing.Annotated:
        hint, *limits = typing.get_args(hint)
        least = max((each.ge for each in limits if each.ge is not None), default=-math.inf)
        most = min((each.le for each in limits if each.le is not None), default=math.inf)
        return rng.choice([each for each in _NUMBERS if least <= each <= most]) if hint is float else _value(rng, hint)
    if hint == tuple[float, ...]:
        return [1, 0]
    if hint is bool:
        return rng.random() < 0.85
    if hint is str:
        return "as seen"
    if typing.get_origin(hint) is typing.Literal:
        return rng.choice(typing.get_args(hint))
    return ["one"] if rng.random() < 0.15 else []
