"""Which metrics a PromQL text names, and which of them describe machines instead of users' requests."""

import re
from collections.abc import Iterator
from functools import lru_cache

# Texts, comments, numbers (with their units, as in `5m` and `1e9`) and ranges hide no names; `$window` is ours.
# A text that nobody closes hides all after it: to look for the next one would take the square of its length.
_TOKEN = re.compile(
    r"""
    (?P<text>"(?:[^"\\]++|\\[\s\S])*+"|'(?:[^'\\]++|\\[\s\S])*+'|`[^`]*`)
    |(?P<comment>\#[^\n]*|["'][\s\S]*)
    |(?P<number>\d[\w.]*)
    |(?P<range>\[[^\]]*\]?)
    |(?P<variable>\$\w+)
    |(?P<name>[A-Za-z_:][\w:]*)
    |(?P<sign>[{}()=~!,])
    """,
    re.VERBOSE,
)
# Nearly all that stands in braces is of this form; taking it out at once makes reading several times as fast.
_PLAIN_MATCHERS = re.compile(r"\{(?:[A-Za-z_]\w*+[=!][=~]?\"[^\"\\]*+\",?+\s*+)*+\}")
_LISTS = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_WORDS = _LISTS | {"and", "or", "unless", "offset", "bool", "atan2", "inf", "nan"}

_MACHINE_NAMES = frozenset({"up", "scrape_duration_seconds", "scrape_samples_scraped"})
_MACHINE_PREFIXES = (
    "node_",
    "container_",
    "process_",
    "kube_",
    "kubelet_",
    "k8s_",
    "machine_",
    "windows_",
    "jvm_",
    "go_",
    "python_",
    "nodejs_",
    "dotnet_",
    "system_cpu_",
    "system_memory_",
    "system_disk_",
    "system_filesystem_",
    "ecs_",
)
# `order_process_total` counts orders; `process_cpu_seconds_total` and its kin count a machine's work.
_PROCESS = re.compile(
    r"process_(cpu|memory|resident|virtual|open_fds|max_fds|start_time|threads|runtime|network|heap|uptime|num|io)"
)
_RESOURCE = re.compile(r"(^|_)(cpu|memory_(bytes|usage|used|util\w*|percent|ratio|free|available))(_|$)")


def metric_names(query: str) -> frozenset[str]:
    """The metrics that a query reads: neither functions, nor labels, nor what stands in a text or a comment.

    A name that is given as `{__name__="..."}` or `{"..."}` counts as well. Half a query is read as far as it goes:
    that it is right is the business of the system that runs it.
    """
    if "__name__" not in query:
        query = _PLAIN_MATCHERS.sub(" ", query)
    return _named(query)


@lru_cache(4096)
def _named(query: str) -> frozenset[str]:
    # Without their matchers, most queries of a catalog are the same few.
    return frozenset(_names(list(_TOKEN.finditer(query))))


@lru_cache(4096)
def is_machine_metric(name: str) -> bool:
    """Whether a metric tells of machines, from which nobody learns whether a user got an answer.

    The parts of a recorded metric's name, `level:metric:operation`, are looked at one by one.
    """
    return any(_is_machine(part) for part in name.lower().split(":") if part)


def _is_machine(part: str) -> bool:
    if part.startswith("process_"):
        return bool(_PROCESS.match(part))
    return part in _MACHINE_NAMES or part.startswith(_MACHINE_PREFIXES) or bool(_RESOURCE.search(part))


def _names(tokens: list[re.Match[str]]) -> Iterator[str]:
    tokens = [token for token in tokens if token.lastgroup not in {"comment", "number", "range", "variable"}]
    position = 0
    while position < len(tokens):
        token = tokens[position]
        following = tokens[position + 1].group() if position + 1 < len(tokens) else ""
        if token.group() == "{":
            end = _end(tokens, position, "}")
            yield from _matched(tokens[position + 1 : end])
            position = end
        elif token.lastgroup == "name":
            word = token.group().lower()
            if word in _LISTS and following == "(":
                position = _end(tokens, position + 1, ")")
            elif word not in _WORDS and following != "(" and following.lower() not in {"by", "without"}:
                yield token.group()
        position += 1


def _matched(inside: list[re.Match[str]]) -> Iterator[str]:
    """The names that matchers give: `__name__="up"`, `__name__=~"node_.*"`, or a text alone."""
    start = 0
    for index in range(len(inside) + 1):
        if index < len(inside) and inside[index].group() != ",":
            continue
        matcher = [token.group() for token in inside[start:index]]
        start = index + 1
        if not matcher or matcher[-1][0] not in "\"'`":
            continue
        if len(matcher) == 1 or (matcher[0] == "__name__" and "!" not in matcher):
            yield matcher[-1][1:-1]


def _end(tokens: list[re.Match[str]], position: int, closing: str) -> int:
    """Where what opens at `position` closes; the end of the query where it never does."""
    return next((at for at in range(position, len(tokens)) if tokens[at].group() == closing), len(tokens))
