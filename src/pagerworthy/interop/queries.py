"""PromQL of other tools, and ours: `$window` stands where the range of a query belongs.

Other tools write `{{.window}}` there, or a fixed range, or leave the range to whoever reads a growing counter.
"""

import re

import msgspec

from pagerworthy.promql import code_of, unreadable

WINDOW = "$window"
TEMPLATE = "{{.window}}"

_PLACEHOLDER = re.compile(r"\{\{-?\s*\.\s*window\s*-?\}\}|\$\{window\}|\$window\b")
_TEMPLATE = re.compile(r"\{\{")
_QUOTED = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`|#[^\n]*'
_RANGE = re.compile(rf"({_QUOTED})|\[\s*(?:[0-9]+(?:ms|[smhdwy]))+\s*\]")
_COUNTING = re.compile(r"\b(?:rate|increase)\s*\(")
_OVER_RANGES = re.compile(r"\b(rate|irate|increase|delta|idelta|deriv|changes|resets|\w+_over_time)\s*\(")
_COUNTER_NAME = re.compile(r"(?:_total|_count|_bucket|_sum)$")
# Values that go up and down are looked at once a minute, which is what most of them are scraped at.
_STEP = "1m"
_SIGNS = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


class Translated(msgspec.Struct, frozen=True):
    """A query with `$window`; `note` says what was understood without being said.

    `changed` says that more was done to it than to write the window in another way.
    """

    text: str
    note: str = ""
    changed: bool = True


class UntranslatableError(ValueError):
    """The query cannot be asked over any window; says why, and `mend` what to write.

    `of_total` says that it is the second of a pair.
    """

    def __init__(self, message: str, mend: str, *, of_total: bool = False) -> None:
        super().__init__(message)
        self.mend = mend
        self.of_total = of_total


def pair(first: str, total: str, *, counter: bool | None) -> tuple[Translated, Translated]:
    """The queries for some events and for all of them, in the same unit. Raises UntranslatableError.

    `counter` says whether metrics without a range only ever grow; None, that nobody said so.
    """
    note = ""
    if counter is None:
        counter = any(map(_looks_like_counter, (first, total)))
        kind = "only grow" if counter else "go up and down"
        note = f"nothing says whether these are counters; they were taken for metrics that {kind}"
    some = counted(first, counter=counter)
    try:
        every = counted(total, counter=counter)
    except UntranslatableError as error:
        raise UntranslatableError(str(error), error.mend, of_total=True) from error
    if (some.changed or every.changed) and _functions(some.text) != _functions(every.text):
        mend = "write both with the same function, such as rate(...[{{.window}}])"
        raise UntranslatableError("the two queries count over their ranges in different ways", mend, of_total=True)
    if note and not (_PLACEHOLDER.search(first) or some.note):
        some = msgspec.structs.replace(some, note=note)
    return some, every


def counted(query: str, *, counter: bool) -> Translated:
    """A query that counts events; `counter` as in `pair`. Raises UntranslatableError."""
    query = _checked(query)
    if _PLACEHOLDER.search(query):
        return _whole(Translated(_PLACEHOLDER.sub(WINDOW, query), changed=False))
    if ranged := _ranged(query):
        return ranged
    if counter:
        return _whole(Translated(_rated(query)))
    return _whole(Translated(f"sum(avg_over_time(({query})[{WINDOW}:{_STEP}]))"))


def share(query: str) -> Translated:
    """A query for a share, of good or bad events. Raises UntranslatableError."""
    query = _checked(query)
    if _PLACEHOLDER.search(query):
        return _whole(Translated(_PLACEHOLDER.sub(WINDOW, query), changed=False))
    return _ranged(query) or _whole(Translated(f"avg(avg_over_time(({query})[{WINDOW}:{_STEP}]))"))


def compared(query: str, op: str, value: float) -> Translated:
    """The share of moments at which a metric compares so with the value. Raises UntranslatableError."""
    query = _checked(query)
    if _PLACEHOLDER.search(query):
        mend = "write a query for the value at one moment, without a window"
        raise UntranslatableError("a metric that is compared with a value has no window of its own", mend)
    number = str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    return _whole(Translated(f"avg(avg_over_time((({query}) {_SIGNS[op]} bool {number})[{WINDOW}:{_STEP}]))"))


def with_template(query: str) -> str:
    """Our query as other tools write it."""
    return query.replace(WINDOW, TEMPLATE)


def _checked(query: str) -> str:
    query = query.strip()
    if "#" in query:
        # What is written behind a query must not become part of a comment in it.
        query = re.sub(rf"({_QUOTED})", lambda found: "" if found[0].startswith("#") else found[0], query).strip()
    if _TEMPLATE.search(_PLACEHOLDER.sub("", query)):
        mend = "write the value out; only {{.window}} is known"
        raise UntranslatableError("the query has a template that is not known", mend)
    return query


def _whole(translated: Translated) -> Translated:
    """The same, if Prometheus can read it. Raises UntranslatableError."""
    if WINDOW not in code_of(translated.text):
        mend = "write the range as [{{.window}}]"
        raise UntranslatableError("the window does not stand in a range of the query", mend)
    if fault := unreadable(translated.text.replace(WINDOW, "5m")):
        raise UntranslatableError(f"Prometheus cannot read this: {fault}", "mend the query; try it in Prometheus")
    return translated


def _ranged(query: str) -> Translated | None:
    """The query with its fixed ranges replaced, where all of them are those of counters; else None."""
    ranges = sorted({found[0] for found in _RANGE.finditer(query) if found[1] is None})
    code = code_of(query)
    if not ranges or code.count("[") != len(_COUNTING.findall(code)) or "offset" in code or "@" in code:
        return None
    text = _RANGE.sub(lambda found: found[1] or f"[{WINDOW}]", query)
    return _whole(Translated(text, f"the fixed range {' and '.join(ranges)} became that of each alert: [$window]"))


def _functions(query: str) -> set[str]:
    """The functions that look at ranges of values."""
    return set(_OVER_RANGES.findall(code_of(query)))


def _looks_like_counter(query: str) -> bool:
    names = re.findall(r"[A-Za-z_:][A-Za-z0-9_:]*(?=\s*(?:\{|\)|$))", code_of(query))
    return any(_COUNTER_NAME.search(name) for name in names)


def _rated(query: str) -> str:
    """Rates of the growing counters that a query adds up. Raises UntranslatableError where it does more than that."""
    import promql_parser as p

    if fault := unreadable(query):
        raise UntranslatableError(f"Prometheus cannot read this: {fault}", "mend the query; try it in Prometheus")
    mend = "write rate(...[{{.window}}]) around each counter"
    refusal = UntranslatableError("the query does more with counters than to add them up", mend)

    def rated(part: p.Expr, *, summed: bool) -> str:
        if isinstance(part, p.VectorSelector) and part.offset is None and part.at is None:
            rate = f"rate({part.prettify()}[{WINDOW}])"
            return rate if summed else f"sum({rate})"
        if isinstance(part, p.ParenExpr):
            return f"({rated(part.expr, summed=summed)})"
        if isinstance(part, p.AggregateExpr) and str(part.op) == "sum" and part.modifier is None:
            return f"sum({rated(part.expr, summed=True)})"
        if isinstance(part, p.BinaryExpr) and str(part.op) in {"+", "-"} and part.modifier is None:
            return f"{rated(part.lhs, summed=summed)} {part.op} {rated(part.rhs, summed=summed)}"
        raise refusal

    return rated(p.parse(query), summed=False)
