"""PromQL: whether a query can be read, and as what."""

import re

# More than people write, and far from where the parser, which calls itself for each operator, runs out of stack and
# takes the process with it.
_DEEPEST = 50
_OPERATORS = 300
_LONGEST = 10_000
_QUOTED = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`')
_TEXT = re.compile(_QUOTED.pattern + r"|#[^\n]*")
_OPERATOR = re.compile(r"[-+*/%^<>]|[!=]=|[(\[]|\b(?:and|or|unless|atan2|offset)\b", re.IGNORECASE)


def unreadable(query: str) -> str:
    """Why Prometheus could not read a query, in a few words; empty where it can.

    `$window` must have been replaced by a duration.
    """
    if len(query) > _LONGEST:
        return f"it is longer than {_LONGEST:,} characters"
    code = _TEXT.sub("", query)
    if len(_OPERATOR.findall(code)) > _OPERATORS:
        return f"it has more than {_OPERATORS} operators"
    if _depth(code) > _DEEPEST:
        return f"brackets are nested more than {_DEEPEST} deep"
    import promql_parser

    try:
        promql_parser.parse(query)
    except (ValueError, RecursionError, OverflowError) as error:
        return str(error)
    return ""


def unreadable_selector(selector: str) -> str:
    """Why label matchers, as they stand between braces, cannot be read; empty where they can."""
    # Whatever closes the brace early, or hides its end, makes something else of the selector.
    if re.search(r"[{}#]", _QUOTED.sub("", selector)):
        return "it must be label matchers and nothing else"
    return unreadable(f"m{{{selector}}}")


def _depth(code: str) -> int:
    depth = deepest = 0
    for sign in re.findall(r"[(){}\[\]]", code):
        depth += 1 if sign in "({[" else -1
        deepest = max(deepest, depth)
    return deepest
