"""What the site is made from: everything that earlier stages concluded, and the documents of the catalog."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pagerworthy.catalog import Catalog
from pagerworthy.catalog.files import read_file
from pagerworthy.catalog.precheck import SIZE_LIMIT
from pagerworthy.evidence import Evidence
from pagerworthy.graph import DependencyGraph
from pagerworthy.history import NO_PAST, Past
from pagerworthy.problem import Problem
from pagerworthy.project import SiteSettings
from pagerworthy.scoring import Criterion, Policy, Scores

# Documents that get a page of their own; one whose name does not fit a web address is left out.
_DOCUMENT = re.compile(r"catalog/(runbooks|postmortems)(/[A-Za-z0-9_][A-Za-z0-9._-]*)+\.md")


@dataclass(frozen=True, slots=True)
class SiteInput:
    """All that the site shows. `documents` maps paths of runbooks and post-mortems to their Markdown, `releases`
    environments to the release of each service that has been released there. `past` is the history until then.
    """

    catalog: Catalog
    graph: DependencyGraph
    evidence: Evidence
    scores: Scores
    criteria: tuple[Criterion, ...]
    policy: Policy
    settings: SiteSettings = field(default_factory=SiteSettings)
    documents: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    releases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    past: Past = NO_PAST


def read_documents(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """The Markdown of the runbooks and post-mortems among `paths` (from the repository's root), by path.

    Symbolic links are never followed; a file that has gone meanwhile is left out, as is one that is too large for
    `pagerworthy check`, and bytes that are not UTF-8 are shown as replacement characters.
    """
    found: dict[str, str] = {}
    for path in sorted(paths):
        if not _DOCUMENT.fullmatch(path):
            continue
        try:
            content = read_file(root / path, SIZE_LIMIT)
        except OSError:
            continue
        if len(content) <= SIZE_LIMIT:
            found[path] = content.decode("utf-8", errors="replace")
    return found
