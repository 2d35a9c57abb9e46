"""The lines for an entry, and whether an entry with them would be right."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import yaml

from pagerworthy.catalog import check_entry, is_plain_text
from pagerworthy.interop.reading import Problems, Promises, Read
from pagerworthy.problem import Severity, sort_key

_MOST = 50
_FIRST_LINES = """\
apiVersion: pagerworthy/v1
kind: Service
metadata:
  name: imported
  description: Carries what was read
spec:
  owner: imported
  system: imported
  tier: 3
  phase: design
"""
_FIRST_LINE = _FIRST_LINES.count("\n")


def fragment(promises: Promises) -> str:
    """The `slos` of a service in YAML, and what is kept under `extensions`, as they stand under an entry's `spec`."""
    parts: dict[str, Any] = {"slos": msgspec.to_builtins(promises.slos)}
    if promises.openslo:
        parts["extensions"] = {"openslo": promises.openslo}
    text: str = yaml.dump(parts, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)
    return text


def checked(read: Read) -> Read:
    """What was read, without what `pagerworthy check` would refuse in an entry, of which each has a problem.

    One objective that does not fit holds back no other; a service is left out where nothing of it is left.
    """
    problems = Problems()
    right = tuple(fitting for service in read.services if (fitting := _fitting(service, problems)).slos)
    return Read(right, tuple(sorted((*read.problems, *problems.found), key=sort_key)))


def _fitting(promises: Promises, problems: Problems) -> Promises:
    """The service with those of its objectives that an entry can hold; without any where the rest does not fit."""
    wrong = _refused(promises, problems)
    if not wrong:
        return promises
    kept = [n for n in range(len(promises.slos)) if n not in wrong]
    left = msgspec.structs.replace(
        promises,
        slos=tuple(promises.slos[n] for n in kept),
        wheres=tuple(promises.wheres[n] for n in kept),
        openslo=_without(promises.openslo, {promises.slos[n].name for n in wrong}),
    )
    if kept and _refused(left, problems):
        return msgspec.structs.replace(left, slos=())
    return left


def _without(openslo: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """What is kept for the export, without documents of which an objective is gone: the export would miss it."""
    if "slos" not in openslo:
        return openslo
    return {**openslo, "slos": [each for each in openslo["slos"] if not names.intersection(each["slos"])]}


def _refused(promises: Promises, problems: Problems) -> set[int]:
    """Which objectives an entry cannot hold, each with a problem; all where that is not about single ones."""
    where = promises.wheres[0]
    everything = set(range(len(promises.slos)))
    if len(promises.slos) > _MOST:
        message = f"{promises.service or 'the service'} has {len(promises.slos):,} SLOs, and an entry at most {_MOST}"
        problems.at("PW614", message, where, "leave out those that nobody decides by, or write several services")
        return everything
    text = _FIRST_LINES + "".join(f"  {line}\n" for line in fragment(promises).splitlines())
    path = "catalog/services/imported.yaml"
    found = [
        each
        for each in check_entry(text.encode(), path, "Service", Path("/nonexistent"))
        if each.severity is Severity.ERROR
    ]
    wrong: set[int] = set()
    for each in found:
        index = _index(each.where.path)
        wrong |= everything if index is None else {index}
        place = where if index is None else promises.wheres[index]
        problems.at("PW614", f"an entry cannot hold this: {each.message}", place, each.help)
    return wrong


def _index(path: str) -> int | None:
    """Which of the SLOs a place in an entry is in; None where it is in none."""
    found = path.removeprefix("spec.slos[").partition("]")[0]
    return int(found) if path.startswith("spec.slos[") and found.isdecimal() else None


class _Dumper(yaml.SafeDumper):
    """Writes YAML that reads the same in every version of YAML, with long text in blocks."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else None if is_plain_text(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


def _number(dumper: yaml.SafeDumper, number: float) -> yaml.ScalarNode:
    if number == int(number) and abs(number) < 1e15:
        return dumper.represent_int(int(number))
    return dumper.represent_float(number)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(float, _number)


def dumped(documents: Iterable[dict[str, Any]]) -> str:
    """Documents in YAML, with lines of --- between them."""
    return yaml.dump_all(documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1_000_000)
