"""Which series an SLI counts, so that events can be fed to its rules."""

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import msgspec

from pagerworthy.catalog import Sli
from pagerworthy.slo import indicator
from pagerworthy.slo.simulate.labels import NAME, Matcher, Selector, example, opposite, selected, series_text

if TYPE_CHECKING:
    from promql_parser import BinaryExpr, Expr, VectorSelector

_COUNTING = frozenset({"rate", "increase"})
_OPS = {"Equal": "=", "NotEqual": "!=", "Re": "=~", "NotRe": "!~"}
# More counters than people add up, and few enough to try every two together.
_MOST = 5
# What adds nothing where something else is: `... or vector(0)`.
_NOTHING = frozenset({"vector(0)", "0 * vector(1)"})


class Counters(msgspec.Struct, frozen=True):
    """Series, as PromQL writes them, that each good event adds one to, and those that each bad event does."""

    good: tuple[str, ...]
    bad: tuple[str, ...]


def gauge_of(sli: Sli) -> str | None:
    """The series of a probe, which is 1 while all is well; None for other SLIs, and where no series is found."""
    if sli.form != "probe" or sli.slices is not None:
        return None
    labels = _labels(sli.probe, sli.selector)
    return series_text(labels) if labels else None


def counters_of(sli: Sli) -> Counters | None:
    """The counters of an SLI; None where it is none of sums of rates, so that only its recorded ratios can be given."""
    if sli.form == "histogram":
        return None if sli.native else _histogram(sli)
    if sli.form not in {"good", "bad"}:
        return None
    part, total = _terms(sli.good or sli.bad), _terms(sli.total)
    if part is None or total is None:
        return None
    good = _events(part, total, counted=sli.form == "good")
    bad = _events(part, total, counted=sli.form == "bad")
    return Counters(good, bad) if good and bad else None


def _histogram(sli: Sli) -> Counters | None:
    labels = _labels(sli.histogram, sli.selector)
    if labels is None:
        return None
    count = series_text(labels | {NAME: f"{sli.histogram}_count"})
    bucket = labels | {NAME: f"{sli.histogram}_bucket"}
    edge, rest = (series_text(bucket | {"le": le}) for le in (f"{indicator.bound(sli):.15g}", "+Inf"))
    return Counters(good=(count, edge, rest), bad=(count, rest))


class _Term(msgspec.Struct, frozen=True):
    """A counter in a sum of counters: added, or with `sign` -1 taken away."""

    sign: int
    selector: Selector


def _events(part: list[_Term], total: list[_Term], *, counted: bool) -> tuple[str, ...]:
    """The series that one event adds to, such that `total` counts it, and `part` does if `counted`; empty for none."""
    wanted = (int(counted), 1)
    known = list(_candidates(part, total))
    for size in (1, 2):
        for some in combinations(known, size):
            if tuple(sum(_adds(terms, labels) for labels in some) for terms in (part, total)) == wanted:
                return tuple(map(series_text, some))
    return ()


def _adds(terms: list[_Term], labels: dict[str, str]) -> int:
    return sum(term.sign for term in terms if selected(term.selector, labels))


def _candidates(part: list[_Term], total: list[_Term]) -> Iterator[dict[str, str]]:
    """Series that some term selects: on its own, together with another term, or just beside it."""
    selectors = [term.selector for term in (*part, *total)]
    tried: list[Selector] = list(selectors)
    for one in selectors:
        for other in selectors:
            if one is not other:
                tried.append((*one, *other))
                tried += [(*one, opposite(matcher)) for matcher in other if matcher not in one]
    seen: list[dict[str, str]] = []
    for selector in tried:
        labels = example(tuple(dict.fromkeys(selector)))
        if labels and labels.get(NAME) and labels not in seen:
            seen.append(labels)
            yield labels


def _terms(query: str) -> list[_Term] | None:
    """The counters whose rates a query adds up; None where it does anything else."""
    import promql_parser

    try:
        found = list(_sum(promql_parser.parse(query.replace(indicator.WINDOW, "5m")), 1))
        return found if len(found) <= _MOST else None
    except (ValueError, _NoSumError):
        return None


class _NoSumError(Exception):
    """The query is no sum of rates, or selects in ways that are not followed."""


def _sum(expression: "Expr", sign: int) -> Iterator[_Term]:
    import promql_parser as p

    while isinstance(expression, p.ParenExpr):
        expression = expression.expr
    if isinstance(expression, p.BinaryExpr):
        yield from _both(expression, sign)
        return
    if not isinstance(expression, p.AggregateExpr) or str(expression.op) != "sum" or expression.modifier:
        raise _NoSumError
    call = expression.expr
    if not isinstance(call, p.Call) or call.func.name not in _COUNTING:
        raise _NoSumError
    matrix = call.args[0]
    if not isinstance(matrix, p.MatrixSelector) or matrix.vector_selector.offset or matrix.vector_selector.at:
        raise _NoSumError
    yield _Term(sign, _matchers(matrix.vector_selector))


def _both(expression: "BinaryExpr", sign: int) -> Iterator[_Term]:
    operator = str(expression.op)
    if operator == "or" and expression.rhs.prettify().strip() in _NOTHING:
        yield from _sum(expression.lhs, sign)
        return
    if operator not in {"+", "-"} or expression.modifier:
        raise _NoSumError
    yield from _sum(expression.lhs, sign)
    yield from _sum(expression.rhs, sign if operator == "+" else -sign)


def _labels(metric: str, selector: str) -> dict[str, str] | None:
    """The labels of a series of the metric that the selector selects; None where none is found."""
    import promql_parser as p

    try:
        vector = p.parse(f"{metric}{{{selector}}}" if selector else metric)
        return example(_matchers(vector)) if isinstance(vector, p.VectorSelector) else None
    except (ValueError, _NoSumError):
        return None


def _matchers(vector: "VectorSelector") -> Selector:
    if vector.matchers.or_matchers:
        raise _NoSumError
    named = (Matcher(NAME, "=", vector.name),) if vector.name else ()
    found = [Matcher(m.name, _OPS[str(m.op).rpartition(".")[2]], m.value) for m in vector.matchers.matchers]
    if not all(matcher.simple for matcher in found):
        raise _NoSumError
    return (*named, *found)
