"""Asks a server with Prometheus's HTTP interface, and keeps of its answers no more than numbers.

Every query is for all services at once, and each answer is read while it arrives: what it takes to keep grows with the
objectives, not with what is said of them.
"""

import datetime as dt
import math
from array import array
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from pagerworthy.collect.client import Client
from pagerworthy.collect.elements import Elements
from pagerworthy.collect.errors import SourceError
from pagerworthy.evidence.text import inert

_T = TypeVar("_T")
Key = tuple[str, ...]

# More series than the largest catalog has objectives, many times over.
_MOST_SERIES = 2_000_000
_LONGEST = 200
DAY = 86_400


class _Vector(msgspec.Struct, gc=False):
    metric: dict[str, str]
    value: tuple[float, str]


class _Matrix(msgspec.Struct, gc=False):
    metric: dict[str, str]
    values: list[tuple[float, str]]


class _Kind(msgspec.Struct):
    kind: str = msgspec.field(name="resultType", default="")


class _Envelope(msgspec.Struct):
    """What stands around the data of an answer. Thanos warns, and VictoriaMetrics says, where a part is missing."""

    status: str
    data: msgspec.Raw = msgspec.Raw(b"null")
    error: str = ""
    warnings: list[str] | None = None
    partial: bool = msgspec.field(name="isPartial", default=False)


class Rule(msgspec.Struct, gc=False):
    """A rule as the interface shows it, as far as anybody looks at it here."""

    name: str
    type: str = ""
    query: str = ""
    health: str = ""
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None


class Group(msgspec.Struct, gc=False):
    """A group of rules; `interval` is in seconds."""

    name: str
    interval: float = 0
    rules: list[Rule] | None = None


class Numbers(msgspec.Struct, frozen=True):
    """What a query says now: a number by the values of the labels that were asked for."""

    query: str
    values: Mapping[Key, float] = {}
    digest: str = ""


class Days(msgspec.Struct, frozen=True):
    """What a query says at the end of each of the last days, the oldest first; NaN where it says nothing."""

    query: str
    values: Mapping[Key, "array[float]"] = {}
    digest: str = ""


class Server:
    """A server at a moment. All that it raises is SourceError."""

    def __init__(self, client: Client, as_of: dt.datetime) -> None:
        self.as_of = as_of
        self._client = client
        self._now = as_of.timestamp()

    def vector(self, query: str, *labels: str) -> Numbers:
        """What a query that gives one series for each combination of these labels says."""
        parameters = [("query", query), ("time", _moment(self._now))]

        def begin() -> tuple[dict[Key, float], Callable[[_Vector], None]]:
            values: dict[Key, float] = {}

            def keep(series: _Vector) -> None:
                number = _number(series.value[1])
                if not math.isnan(number):
                    values[_key(series.metric, labels)] = number
                    _bound(values)

            return values, keep

        values, digest = self._ask("/api/v1/query", parameters, "result", _Vector, begin, kind="vector")
        return Numbers(query, values, digest)

    def days(self, query: str, count: int, *labels: str) -> Days:
        """The same at the end of each of so many days; the last one ends at the moment."""
        first = self._now - (count - 1) * DAY
        parameters = [("query", query), ("start", _moment(first)), ("end", _moment(self._now)), ("step", str(DAY))]
        nothing = array("d", [math.nan]) * count

        def begin() -> tuple[dict[Key, "array[float]"], Callable[[_Matrix], None]]:
            values: dict[Key, array[float]] = {}

            def keep(series: _Matrix) -> None:
                row = array("d", nothing)
                for moment, said in series.values:
                    day = (moment - first) / DAY
                    if -0.5 < day < count - 0.5:
                        row[round(day)] = _number(said)
                values[_key(series.metric, labels)] = row
                _bound(values)

            return values, keep

        values, digest = self._ask("/api/v1/query_range", parameters, "result", _Matrix, begin, kind="matrix")
        return Days(query, values, digest)

    def rules(self, make: Callable[[], tuple[_T, Callable[[Group], None]]]) -> tuple[_T, str]:
        """Gives each group of alerting rules away; returns what `make` made, and the answer's digest.

        `make` is called anew for each try: it returns what is gathered, and what gathers it.
        """
        return self._ask("/api/v1/rules", [("type", "alert")], "groups", Group, make)

    def metrics(self, days: int) -> tuple[frozenset[str], str]:
        """The names of all series of the last days, and the answer's digest."""
        parameters = [("start", _moment(self._now - days * DAY)), ("end", _moment(self._now))]
        answer = self._client.get("/api/v1/label/__name__/values", parameters)
        try:
            names = frozenset(msgspec.json.decode(_whole(answer.body), type=list[str]))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SourceError(f"its answer is not what its description says: {str(error)[:_LONGEST]}") from error
        return names, answer.digest

    def _ask(
        self,
        path: str,
        parameters: list[tuple[str, str]],
        name: str,
        element: type,
        make: Callable[[], tuple[_T, Callable[..., None]]],
        *,
        kind: str = "",
    ) -> tuple[_T, str]:
        tries: list[tuple[_T, Elements[object]]] = []

        def begin() -> Callable[[bytes], None]:
            gathered, keep = make()
            elements: Elements[object] = Elements(name, element, keep)
            tries.append((gathered, elements))
            return elements

        self._client.stream(path, parameters, begin)
        gathered, elements = tries[-1]
        data = _whole(elements.outside())
        if kind:
            try:
                said = msgspec.json.decode(data, type=_Kind).kind
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise SourceError("its answer is not what its description says") from error
            if said != kind:
                raise SourceError(f"its answer is no {kind}")
        return gathered, elements.digest


def _whole(document: bytes) -> bytes:
    """The data of an answer. Raises SourceError where it is none, or where a part is missing."""
    try:
        envelope = msgspec.json.decode(document, type=_Envelope)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"its answer is not what its description says: {str(error)[:_LONGEST]}") from error
    if envelope.status != "success":
        raise SourceError(f"it answers with an error: {inert(envelope.error)}")
    if envelope.warnings or envelope.partial:
        said = inert(envelope.warnings[0]) if envelope.warnings else "it says that a part is missing"
        raise SourceError(f"its answer may not be whole: {said}")
    return bytes(envelope.data)


def _moment(seconds: float) -> str:
    return f"{seconds:.3f}"


def _key(metric: Mapping[str, str], labels: Key) -> Key:
    return tuple([metric.get(label, "") for label in labels])


def _number(said: str) -> float:
    """NaN for what is no number, or none that can be counted with."""
    try:
        number = float(said)
    except ValueError:
        return math.nan
    return number if math.isfinite(number) else math.nan


def _bound(values: Mapping[Key, object]) -> None:
    if len(values) > _MOST_SERIES:
        raise SourceError(f"its answer has more than {_MOST_SERIES:,} series")
