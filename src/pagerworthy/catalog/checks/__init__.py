"""What entries say of each other: one rule a file."""

import datetime as dt
from collections.abc import Collection
from pathlib import Path

from pagerworthy.catalog.catalog import Catalog
from pagerworthy.problem import Problem


def check(
    catalog: Catalog, root: Path, *, as_of: dt.datetime, criteria: Collection[str] | None = None
) -> list[Problem]:
    """The problems between entries, sorted; `criteria` are the ids that a waiver may name, None to skip."""
    return []
