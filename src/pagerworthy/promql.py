"""PromQL: whether a query can be read, and as what."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from promql_parser import Expr

# More than people write, and far from where the parser, which calls itself for each operator, runs out of stack and
# takes the process with it.
_DEEPEST = 50
_OPERATORS = 300
_LONGEST = 10_000
# What nobody closes goes to the end: to look for where it may begin again would take the square of its length.
_QUOTED = re.compile(r"""(?s:"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|'(?:[^'\\]++|\\.)*+(?:'|\\?\Z))|`[^`]*`""")
_TEXT = re.compile(_QUOTED.pattern + r"|#[^\n]*")
_OPERATOR = re.compile(r"[-+*/%^<>]|[!=]=|[(\[]|\b(?:and|or|unless|atan2|offset)\b", re.IGNORECASE)
# What stands for the range of a query until somebody asks it.
WINDOW = "$window"
# What can be exchanged without reading a query otherwise: the value of a plain matcher, a metric's name before a brace.
_VALUE = re.compile(r'([{,]\s*[A-Za-z_]\w*\s*!?=\s*)"[^"\\\n]+"')
_NAME = re.compile(r"\b[A-Za-z][^\W_]*+_\w*+(?=\{)")
_SCALARS = frozenset({"scalar", "time", "pi"})


def unreadable(query: str) -> str:
    """Why Prometheus could not read a query, in a few words; empty where it can.

    `$window` must have been replaced by a duration.
    """
    return _fault(query) if _fault(_form(query)) else ""


def is_fine(query: str) -> bool:
    """Whether a query surely can be read, and looks at the `$window`; found sooner than by asking for both."""
    return _has_fine_form(_form(query))


def unreadable_selector(selector: str) -> str:
    """Why label matchers, as they stand between braces, cannot be read; empty where they can."""
    # Whatever closes the brace early, or hides its end, makes something else of the selector.
    if re.search(r"[{}#]", _QUOTED.sub("", selector)):
        return "it must be label matchers and nothing else"
    return unreadable(f"m_x{{{selector}}}")


def code_of(query: str) -> str:
    """The query without what stands in texts and comments."""
    return _TEXT.sub('""', query)


def _form(query: str) -> str:
    """The query without its own names: most of a catalog differ in them alone, and the parser takes its time."""
    return _NAME.sub("m", _VALUE.sub(_without_value, query))


def _without_value(found: re.Match[str]) -> str:
    return found[1] + '"x"'


@lru_cache(4096)
def _has_fine_form(form: str) -> bool:
    return WINDOW in code_of(form) and not _fault(form.replace(WINDOW, "5m"))


@lru_cache(4096)
def _fault(query: str) -> str:
    if len(query) > _LONGEST:
        return f"it is longer than {_LONGEST:,} characters"
    code = code_of(query)
    if len(_OPERATOR.findall(code)) > _OPERATORS:
        return f"it has more than {_OPERATORS} operators"
    if _depth(code) > _DEEPEST:
        return f"brackets are nested more than {_DEEPEST} deep"
    import promql_parser

    try:
        expression = promql_parser.parse(query)
    except (ValueError, RecursionError, OverflowError) as error:
        return " ".join(str(error).split())
    return _no_vector(expression)


def _no_vector(expression: "Expr") -> str:
    """What an expression gives instead of one number for each series; empty where it gives that."""
    import promql_parser as p

    while isinstance(expression, p.ParenExpr | p.UnaryExpr):
        expression = expression.expr
    if isinstance(expression, p.NumberLiteral):
        return "it is a number, and no metric is counted"
    if isinstance(expression, p.StringLiteral):
        return "it is a text, and no metric is counted"
    if isinstance(expression, p.MatrixSelector | p.SubqueryExpr):
        return "it gives all values of a range: put rate(...) or another function around it"
    if isinstance(expression, p.Call) and expression.func.name in _SCALARS:
        return f"{expression.func.name}() gives a number without labels, and no metric is counted"
    if isinstance(expression, p.BinaryExpr) and _no_vector(expression.lhs) and _no_vector(expression.rhs):
        return "it is a number, and no metric is counted"
    return ""


def _depth(code: str) -> int:
    depth = deepest = 0
    for sign in re.findall(r"[(){}\[\]]", code):
        depth += 1 if sign in "({[" else -1
        deepest = max(deepest, depth)
    return deepest
