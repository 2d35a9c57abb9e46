"""Reads the documents of other tools, and lists of our own in YAML, JSON and CSV."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.collect.reports.model import WrongReportError, shortly
from pagerworthy.collect.reports.row_words import wrong_row

_T = TypeVar("_T")
_YAML_LIMIT = 1024 * 1024
_MOST_ROWS = 200_000
_LONGEST_CELL = 10_000
# What spreadsheets write in place of commas, depending on where in the world they run.
_OTHER_SIGNS = {";": "semicolons", "\t": "tabs", "|": "bars"}


class Row(NamedTuple, Generic[_T]):
    """One part of a list: what it says, or `fault`; `service` is whose it is, and `raw` what stands there."""

    place: str
    value: _T | None
    service: str = ""
    fault: str = ""
    raw: Mapping[str, object] = {}


def document(file: ReportFile, kind: type[_T]) -> _T:
    """A tool's JSON, as far as it is asked for. Raises WrongReportError."""
    try:
        return msgspec.json.decode(file.content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongReportError(f"not what its format says: {shortly(error)}") from error


def rows(file: ReportFile, kind: type[_T]) -> Iterator[Row[_T]]:
    """The parts of a list of ours, or its only one; each that is wrong says so. Raises WrongReportError for no list."""
    if file.fault:
        raise WrongReportError(file.fault)
    strict = not file.path.endswith(".csv")
    for place, raw in _parts(file):
        written = raw if isinstance(raw, dict) else {}
        service = written.get("service")
        name = service if isinstance(service, str) else ""
        try:
            yield Row(place, msgspec.convert(raw, kind, strict=strict), name, raw=written)
        except (msgspec.ValidationError, RecursionError) as error:
            yield Row(place, None, name, f"{place}: {wrong_row(error, raw, kind)}", written)


def _parts(file: ReportFile) -> Iterator[tuple[str, Any]]:
    if file.path.endswith(".csv"):
        yield from _of_csv(file)
    elif file.path.endswith(".json"):
        yield from _of(file, document(file, dict[str, Any] | list[Any]), {})  # type: ignore[arg-type]
    elif file.path.endswith((".yaml", ".yml")):
        yield from _of_yaml(file)
    else:
        raise WrongReportError("its name ends neither in .yaml nor in .json nor in .csv")


def _of(file: ReportFile, whole: object, lines: dict[int, int]) -> Iterator[tuple[str, Any]]:
    parts = whole if isinstance(whole, list) else [whole]
    if len(parts) > _MOST_ROWS:
        raise WrongReportError(f"it has more than {_MOST_ROWS:,} parts")
    for number, part in enumerate(parts):
        yield f"{file.path}:{lines[number]}" if number in lines else f"{file.path}, part {number + 1}", part


def _of_yaml(file: ReportFile) -> Iterator[tuple[str, Any]]:
    from pagerworthy.catalog.compose import compose
    from pagerworthy.catalog.decode import decode

    text, problems = decode(file.content, file.path, _YAML_LIMIT)
    composed = None if problems else compose(text, file.path)
    problems += composed.problems if composed else ()
    if problems or composed is None:
        first = problems[0]
        line = f"line {first.where.line}: " if first.where.line else ""
        raise WrongReportError(f"{line}{first.message}")
    lines = {path[0]: spot.line for path, spot in composed.spots.items() if len(path) == 1 and isinstance(path[0], int)}
    yield from _of(file, composed.value, lines)


def _of_csv(file: ReportFile) -> Iterator[tuple[str, Any]]:
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise WrongReportError("it is not UTF-8") from error
    if "\0" in text:
        raise WrongReportError("it is not text")
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey="", strict=True)
    try:
        names = reader.fieldnames or []
        if len(names) == 1 and (found := next((sign for sign in _OTHER_SIGNS if sign in names[0]), "")):
            raise WrongReportError(f"its columns are separated by {_OTHER_SIGNS[found]}: separate them by commas")
        if not names or len(set(names)) < len(names):
            raise WrongReportError("its first line does not name its columns, each once")
        for number, cells in enumerate(reader):
            if number >= _MOST_ROWS:
                raise WrongReportError(f"it has more than {_MOST_ROWS:,} lines")
            yield (
                f"{file.path}:{reader.line_num}",
                {name: cell for name, cell in cells.items() if cell not in (None, "")},
            )
    except csv.Error as error:
        raise WrongReportError(f"line {reader.line_num}: {shortly(error)}") from error
