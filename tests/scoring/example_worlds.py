"""Small worlds to score in: a complete catalog with its evidence, and the changes that an example makes to it."""

import datetime as dt
import functools
import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from pagerworthy.catalog import FOLDERS, Catalog, load
from pagerworthy.evidence import KEYS, Record, read_evidence
from pagerworthy.graph import DependencyGraph
from pagerworthy.problem import Severity
from pagerworthy.scoring import Rubric, Scorecard, score

EXAMPLES = Path(__file__).parents[1] / "examples" / "criteria"
_PART = re.compile(r"(?P<key>[a-z]+\.[a-z]+)(\[(?P<item>.+)\])?")

# A value as YAML gives it, and a change to one: a JSON merge patch (RFC 7396), in which null removes.
Data = dict[str, Any]
Patch = dict[str, Any] | None


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One change to the complete world, and what the criterion's detail `says` of it.

    `service` is a merge patch of the subject's entry; `entries` of any others, by kind and name; `evidence` of values,
    by key or `key[item]`.
    """

    says: str
    service: dict[str, Any] = {}
    entries: dict[str, Patch] = {}
    evidence: dict[str, Patch] = {}


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"pass_": "pass"}):
    """A file of examples: what passes the criterion, what fails it, what leaves it open, where it does not apply."""

    pass_: tuple[Case, ...]
    fail: tuple[Case, ...]
    unknown: tuple[Case, ...] = ()
    not_applicable: tuple[Case, ...] = msgspec.field(name="not-applicable", default=())


class World(msgspec.Struct, frozen=True):
    """Entries by kind and name, and records of evidence about the `subject` by key and item."""

    as_of: dt.datetime
    subject: str
    entries: Mapping[str, Data]
    records: Mapping[tuple[str, str], Data]

    def changed(self, case: Case) -> "World":
        """The world after a case's changes."""
        entries = dict(self.entries)
        for name, patch in {f"Service/{self.subject}": case.service, **case.entries}.items():
            merged = merge(entries.get(name, {"kind": name.partition("/")[0]}), patch)
            entries.pop(name, None) if merged is None else entries.update({name: merged})
        records = dict(self.records)
        for name, patch in case.evidence.items():
            match = _PART.fullmatch(name)
            assert match, f"{name} is no evidence key"
            place = (match["key"], match["item"] or "")
            assert place in records, f"{name} is not in the complete world"
            record = records.pop(place)
            if patch is not None:
                records[place] = record | {"value": merge(record["value"], patch)}
        return msgspec.structs.replace(self, entries=entries, records=records)

    def with_records(self, records: Iterable[Data]) -> "World":
        """The world with these records instead of its own."""
        return msgspec.structs.replace(
            self, records={(record["key"], record.get("item", "")): record for record in records}
        )

    def catalog(self) -> Catalog:
        """The entries, read as those of any repository."""
        return _catalog(json.dumps(list(self.entries.values())))

    def card(self, rubric: Rubric) -> Scorecard:
        """The subject's scorecard; entries and records are read as those of any repository."""
        catalog = self.catalog()
        records = msgspec.json.decode(json.dumps(list(self.records.values())), type=list[Record])
        evidence = read_evidence(Path(), (), as_of=self.as_of, subjects=catalog.services, extra=records)
        assert not evidence.problems, evidence.problems
        graph = DependencyGraph.of(catalog)
        cards = score(catalog, graph, evidence, rubric, self.as_of).scorecards
        return next(card for card in cards if card.service == self.subject)


@functools.lru_cache(maxsize=8)
def _catalog(entries: str) -> Catalog:
    with tempfile.TemporaryDirectory() as name:
        for entry in json.loads(entries):
            _write(Path(name), {"apiVersion": "pagerworthy/v1", **entry})
        loaded = load(Path(name), cache=False)
    # A patch of one part may leave another part naming what is gone: `check` says so, and scoring bears it.
    errors = [problem for problem in loaded.problems if problem.severity is Severity.ERROR]
    wrong = [problem for problem in errors if problem.code not in {"PW227", "PW228", "PW711"}]
    assert not wrong, wrong
    return loaded.catalog


class _Texts(yaml.SafeLoader):
    """Leaves dates as the texts that entries are written with."""


_Texts.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_yaml(file: Path) -> Any:
    """The content of a YAML file, with dates as texts."""
    return yaml.load(file.read_text(), Loader=_Texts)  # noqa: S506 -- a safe loader with fewer types


def read_example(file: Path) -> Example:
    """The examples of a file. Raises msgspec.ValidationError where it has another form."""
    return msgspec.convert(read_yaml(file), Example)


def complete_world() -> World:
    """The world in which every criterion applies and passes."""
    data = read_yaml(EXAMPLES / "_base" / "complete.yaml")
    as_of = dt.datetime.fromisoformat(data["as_of"])
    seen = (as_of - dt.timedelta(minutes=1)).isoformat()
    records = {}
    for key, told in data["evidence"].items():
        for value in told if isinstance(told, list) else [told]:
            item = value.get("item", "")
            records[key, item] = {
                "subject": data["subject"],
                "key": key,
                "time": seen,
                "source": "example",
                "strength": KEYS[key].strength.word,
                "value": {name: each for name, each in value.items() if name != "item"},
                **({"item": item} if item else {}),
            }
    entries = {f"{entry['kind']}/{entry['metadata']['name']}": entry for entry in data["entries"]}
    return World(as_of, data["subject"], entries, records)


def merge(value: Any, patch: Any) -> Any:
    """A JSON merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(value) if isinstance(value, dict) else {}
    for name, each in patch.items():
        if each is None:
            merged.pop(name, None)
        else:
            merged[name] = merge(merged.get(name), each)
    return merged


def _write(folder: Path, entry: Data) -> None:
    name, kind = entry["metadata"]["name"], entry["kind"]
    place = folder / "catalog" / FOLDERS[kind]
    place.mkdir(parents=True, exist_ok=True)
    if kind == "Postmortem":
        (place / f"{name}.md").write_text(f"---\n{json.dumps(entry)}\n---\nWhat happened, and what follows.\n")
    else:
        (place / f"{name}.yaml").write_text(json.dumps(entry))
