"""Whether the metrics and resources exist that runbooks name.

A metric is what a query in a runbook asks for, in a code block or between backquotes, or a name there that ends as
metrics do. Whatever else stands between backquotes may be anything, and is left alone.
"""

import re
from collections.abc import Iterator

from pagerworthy.catalog import Service
from pagerworthy.catalog.precheck import SIZE_LIMIT
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.prometheus.look import Look, Part
from pagerworthy.evidence import Record, items_of
from pagerworthy.evidence.keys import Value
from pagerworthy.evidence.keys.repository import Mentions
from pagerworthy.metrics import metric_names
from pagerworthy.promql import unreadable

# Whatever was not counted for so long is gone.
_DAYS = 30
# Blocks may stand within lists, however deep.
_FENCE = re.compile(r" *(`{3,}(?=[^`]*\Z)|~{3,})[ \t]*(\w*)")
_SPAN = re.compile(r"(?<!`)`([^`\n]{1,500})`(?!`)")
_METRIC = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*_(?:total|seconds|bytes|bucket|count|sum|ratio|celsius|info)")
_RESOURCE = re.compile(r"([a-z][a-z0-9-]*)/([a-z][a-z0-9-]*)")
# Patterns are names of nothing.
_NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_MOST = 50
# More than people write; reading a text as a query may take more than its length says.
_LONGEST_QUERY = 2_000


def _look(look: Look) -> Iterator[Record]:
    runbooks = sorted({each.path for service in look.services.values() for each in service.spec.runbooks if each.path})
    if not runbooks:
        return
    metrics, digest = look.server.metrics(_DAYS)
    if not metrics:
        # Of a server that keeps nothing, or shows nothing to this tenant, nobody learns what is gone.
        raise SourceError(f"it says of no metric at all that there was one within {_DAYS} days")
    broken = {path: _broken(look, path, metrics) for path in runbooks}
    for name, service in look.services.items():
        for item in items_of(service, "runbook"):
            if item in broken:
                query = f"GET /api/v1/label/__name__/values, beside what {item} names"
                yield look.record(name, "runbook.mentions", broken[item], query, digest, item=item)


MENTIONS = Part(("runbook.mentions",), _look)


def _broken(look: Look, path: str, metrics: frozenset[str]) -> Value | str:
    root = look.context.root
    try:
        file = (root / path).resolve()
        if not file.is_relative_to(root.resolve()):
            return f"{path} leads out of the repository"
        with file.open("rb") as stream:
            content = stream.read(SIZE_LIMIT + 1)
    except (OSError, ValueError, RuntimeError):
        # RuntimeError is how pathlib reports symbolic links that lead in a circle.
        return f"{path} cannot be read"
    if len(content) > SIZE_LIMIT:
        return f"{path} is larger than {SIZE_LIMIT // 1024} KiB"
    named, resources = mentions(content.decode("utf-8", errors="replace"))
    gone = {each for each in named if not _is_there(each, metrics)}
    gone |= {each for each in resources if _is_gone(look.services.get(each.partition("/")[0]), each)}
    return Mentions(broken=tuple(sorted(gone)[:_MOST]))


def mentions(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The metrics that a runbook names, and what in it may be resources, as `service/resource`."""
    metrics: set[str] = set()
    resources: set[str] = set()
    prose, queries = _parted(text)
    for query in queries:
        metrics |= _asked(query)
    for span in _SPAN.finditer(prose):
        code = span[1].strip()
        if _METRIC.fullmatch(code):
            metrics.add(code)
        elif _RESOURCE.fullmatch(code):
            resources.add(code)
        elif "(" in code or "{" in code:
            metrics |= _asked(code)
    return frozenset(metrics), frozenset(resources)


def _parted(text: str) -> tuple[str, list[str]]:
    """The text outside of code blocks, and each block of PromQL, in one pass; a block that nobody closes ends with
    the text."""
    prose: list[str] = []
    queries: list[list[str]] = []
    block: list[str] = []
    fence = ""
    for line in text.split("\n"):
        stripped = line.strip()
        if fence:
            if stripped.startswith(fence) and not stripped.strip(fence[0]):
                fence = ""
            else:
                block.append(line)
        elif opening := _FENCE.match(line):
            fence, block = opening[1], []
            if opening[2] == "promql":
                queries.append(block)
        else:
            prose.append(line)
    return "\n".join(prose), ["\n".join(each) for each in queries]


def _asked(query: str) -> frozenset[str]:
    """The metrics that a query asks for; none where it is no query."""
    if len(query) > _LONGEST_QUERY:
        return frozenset()
    return frozenset() if unreadable(query) else frozenset(filter(_NAME.fullmatch, metric_names(query)))


def _is_there(metric: str, metrics: frozenset[str]) -> bool:
    # A histogram or a summary is named by what is common to its series.
    return metric in metrics or any(f"{metric}_{ending}" in metrics for ending in ("bucket", "count", "sum"))


def _is_gone(owner: Service | None, resource: str) -> bool:
    """Whether a service of the catalog has no such resource; one that is not there may be a folder's name."""
    return owner is not None and bool(owner.spec.resources) and resource.partition("/")[2] not in owner.spec.resources
