"""The files of evidence that ship: which lines of them are recorded, and how they are put in place."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

_FIRST = ("subject", "key", "item", "value", "failed", "strength", "time", "expires", "source", "query", "response")
# Answers that say when rules were last evaluated, or since when a server runs, have another digest each time.
_VARIES = "response"


def put(folder: Path, found: Iterable[dict[str, Any]], sources: tuple[str, ...]) -> list[Path]:
    """Replaces the records of these sources by what was found; returns the files that are now others.

    A record that only differs in the digest of the answer stays as it is: it says the same of the same moment.
    """
    by_service: dict[str, list[dict[str, Any]]] = {}
    for each in found:
        by_service.setdefault(each["subject"], []).append(each)
    changed = []
    for file in sorted(
        folder / f"{name}.jsonl" for name in {*by_service, *(each.stem for each in folder.glob("*.jsonl"))}
    ):
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        records = [json.loads(line) for line in before.splitlines()]
        known = {_place(each): each for each in records if _of(each, sources)}
        kept = [each for each in records if not _of(each, sources)]
        kept += [_either(known.get(_place(each)), each) for each in by_service.get(file.stem, ())]
        kept.sort(key=_place)
        after = "".join(f"{json.dumps(_ordered(each), ensure_ascii=False)}\n" for each in kept)
        if after != before:
            file.write_text(after, encoding="utf-8")
            changed.append(file)
    return changed


def _of(record: dict[str, Any], sources: tuple[str, ...]) -> bool:
    return str(record["source"]).partition(" ")[0] in sources


def _place(record: dict[str, Any]) -> tuple[str, str]:
    return record["key"], record.get("item", "")


def _either(known: dict[str, Any] | None, found: dict[str, Any]) -> dict[str, Any]:
    if known is None:
        return found
    same = {**known, _VARIES: ""} == {**found, _VARIES: ""}
    return known if same else found


def _ordered(record: dict[str, Any]) -> dict[str, Any]:
    return {name: record[name] for name in _FIRST if name in record}
