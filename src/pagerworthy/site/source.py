"""What the site is made from: everything that earlier stages concluded, and the documents of the catalog."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pagerworthy.catalog import Catalog
from pagerworthy.evidence import Evidence
from pagerworthy.graph import DependencyGraph
from pagerworthy.problem import Problem
from pagerworthy.project import SiteSettings
from pagerworthy.scoring import Criterion, Policy, Scores

# Documents that get a page of their own; one whose name does not fit a web address is left out.
_DOCUMENT = re.compile(r"catalog/(runbooks|postmortems)(/[A-Za-z0-9_][A-Za-z0-9._-]*)+\.md")
_LONGEST_DOCUMENT = 1 << 20


@dataclass(frozen=True, slots=True)
class SiteInput:
    """All that the site shows. `documents` maps paths of runbooks and post-mortems to their Markdown."""

    catalog: Catalog
    graph: DependencyGraph
    evidence: Evidence
    scores: Scores
    criteria: tuple[Criterion, ...]
    policy: Policy
    settings: SiteSettings = field(default_factory=SiteSettings)
    documents: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_documents(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """The Markdown of the runbooks and post-mortems among `paths` (from the repository's root), by path.

    Symbolic links are never followed; a file that has gone meanwhile is left out, and bytes that are not UTF-8 are
    shown as replacement characters.
    """
    found: dict[str, str] = {}
    for path in sorted(paths):
        if not _DOCUMENT.fullmatch(path):
            continue
        try:
            descriptor = os.open(root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            continue
        with os.fdopen(descriptor, "rb") as file:
            found[path] = file.read(_LONGEST_DOCUMENT).decode("utf-8", errors="replace")
    return found
