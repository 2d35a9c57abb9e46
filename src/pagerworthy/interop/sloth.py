"""Reads Sloth's specifications: `version: prometheus/v1`, and the resource PrometheusServiceLevel."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from pagerworthy.catalog import Part, Sli, Slo, suggest_name
from pagerworthy.interop import queries
from pagerworthy.interop.kubernetes import Format, shaped
from pagerworthy.interop.names import apart, one_line, slo_name
from pagerworthy.interop.reading import Problems, Promises, Read, parts_of
from pagerworthy.problem import DocumentPath, Where

_FORMATS = (
    Format("Sloth", "version", "prometheus/v1", "sloth", "specification"),
    Format("Sloth", "apiVersion", "sloth.slok.dev/v1", "sloth", "resource", "PrometheusServiceLevel"),
)
_SNAKE = re.compile(r"(?<=[a-z])([A-Z])")


class _Service(msgspec.Struct):
    """What was read of one service so far."""

    slos: list[Slo] = []
    wheres: list[Where] = []


def read_sloth(paths: Iterable[Path], window: str) -> Read:
    """The SLOs of the files, by service, all over the same `window`, which Sloth takes from its command line."""
    problems = Problems()
    services: dict[str, _Service] = {}
    for part in parts_of(paths, problems):
        found = shaped(part, _FORMATS, problems)
        if found is None:
            continue
        form, value = found
        base: DocumentPath = ("spec",) if form.kind else ()
        spec = _snake(value["spec"] if form.kind else value)
        name = suggest_name(spec["service"])
        if len(name) < 2:
            mend = "write a name of lower-case letters, digits and hyphens"
            problems.of("PW614", f"{spec['service']} cannot be the name of an entry", part, (*base, "service"), mend)
            continue
        service = services.setdefault(name, _Service())
        for index, slo in _slos(spec, window, name, part, base, problems):
            service.slos.append(slo)
            service.wheres.append(part.where((*base, "slos", index)))
        _left_out(spec, part, base, problems)
    return Read(tuple(_promises(services)), tuple(problems.found))


def _promises(services: Mapping[str, _Service]) -> Iterator[Promises]:
    for name in sorted(services):
        service = services[name]
        if service.slos:
            names = apart([slo.name for slo in service.slos])
            slos = (msgspec.structs.replace(slo, name=mine) for slo, mine in zip(service.slos, names, strict=True))
            yield Promises(name, tuple(slos), tuple(service.wheres))


def _slos(
    spec: dict[str, Any], window: str, service: str, part: Part, base: DocumentPath, problems: Problems
) -> Iterator[tuple[int, Slo]]:
    for index, given in enumerate(spec["slos"]):
        path: DocumentPath = (*base, "slos", index)
        objective = given["objective"]
        if not 0 < objective < 100:
            message = f"an objective of {objective:g} % cannot be kept a budget for"
            problems.of("PW609", message, part, (*path, "objective"), "write one above 0 and below 100, such as 99.9")
            continue
        sli = _sli(given["sli"], part, (*path, "sli"), problems)
        if sli is not None:
            description = one_line(given.get("description", ""))
            name = slo_name(given["name"], service)
            yield index, Slo(name=name, objective=float(objective), window=window, sli=sli, description=description)


def _sli(given: dict[str, Any], part: Part, path: DocumentPath, problems: Problems) -> Sli | None:
    if len(given) != 1:
        what = "nothing says what is measured" if not given else f"{' and '.join(given)} stand side by side"
        problems.of("PW616", what, part, path, "give one of events and raw")
        return None
    if "plugin" in given:
        mend = "run `sloth generate`, and copy the queries as sli: {events: {error_query: ..., total_query: ...}}"
        problems.of("PW611", "the queries of this SLI are written by a plugin", part, (*path, "plugin"), mend)
        return None
    if "raw" in given:
        return _raw(given["raw"], part, (*path, "raw"), problems)
    return _events(given["events"], part, (*path, "events"), problems)


def _raw(given: dict[str, Any], part: Part, path: DocumentPath, problems: Problems) -> Sli | None:
    place: DocumentPath = (*path, _written(part, path, "error_ratio_query"))
    try:
        found = queries.share(given["error_ratio_query"])
    except queries.UntranslatableError as error:
        problems.of("PW605", str(error), part, place, error.mend)
        return None
    _note(found, part, place, problems)
    return Sli(ratio=f"1 - ({found.text})")


def _events(given: dict[str, Any], part: Part, path: DocumentPath, problems: Problems) -> Sli | None:
    places = [(*path, _written(part, path, key)) for key in ("error_query", "total_query")]
    try:
        bad, total = queries.pair(given["error_query"], given["total_query"], counter=True)
    except queries.UntranslatableError as error:
        problems.of("PW605", str(error), part, places[error.of_total], error.mend)
        return None
    for found, place in zip((bad, total), places, strict=True):
        _note(found, part, place, problems)
    return Sli(bad=bad.text, total=total.text)


def _note(found: queries.Translated, part: Part, place: DocumentPath, problems: Problems) -> None:
    if found.note:
        problems.of("PW617", found.note, part, place, "write the range as [{{.window}}] to say it yourself")


def _left_out(spec: dict[str, Any], part: Part, base: DocumentPath, problems: Problems) -> None:
    """Says what of a specification an entry has no place for: once for each thing, at the first of it."""
    mend = "whom alerts reach follows from the entry's owner; put runbooks and dashboards into the entry"
    found: dict[str, DocumentPath] = {}
    for key in ("labels", "slo_plugins"):
        if spec.get(key):
            found[key] = (*base, _written(part, base, key))
    for index, slo in enumerate(spec["slos"]):
        path: DocumentPath = (*base, "slos", index)
        for key in ("labels", "plugins"):
            if slo.get(key):
                found.setdefault(f"slos[].{key}", (*path, key))
        for key, value in slo.get("alerting", {}).items():
            place: DocumentPath = (*path, "alerting", _written(part, (*path, "alerting"), key))
            if key in {"page_alert", "ticket_alert"} and value.get("disable"):
                found.setdefault(f"alerting.{key}.disable: rules here alert nevertheless; it", place)
            elif value:
                found.setdefault(f"alerting.{key}", place)
    for what, place in found.items():
        problems.of("PW613", f"{what} is not carried over", part, place, mend)


def _written(part: Part, path: DocumentPath, key: str) -> str:
    return key if (*part.base, *path, key) in part.composed.spots else _camel(key)


def _snake(value: Any) -> Any:
    """The resource's spelling of names, `errorQuery`, as the specification's, `error_query`; labels are left alone."""
    if isinstance(value, list):
        return [_snake(part) for part in value]
    if not isinstance(value, dict):
        return value
    free = {"labels", "annotations", "plugin", "options", "plugins", "sloPlugins"}
    return {
        _SNAKE.sub(lambda found: f"_{found[1].lower()}", key): part if key in free else _snake(part)
        for key, part in value.items()
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
