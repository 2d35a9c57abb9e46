"""The slow tier: has the last word on what is valid, and says where the rest is wrong and how to mend it."""

import msgspec

from pagerworthy.catalog.accept import accept
from pagerworthy.catalog.model import Entry
from pagerworthy.catalog.schemas import Schemas
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where


class Explained(msgspec.Struct, frozen=True):
    """What became of one file: its entry, if it has no errors, and its problems."""

    entry: Entry | None = None
    problems: tuple[Problem, ...] = ()


def explain(content: bytes, path: str, kind: str, schemas: Schemas) -> Explained:
    entry = accept(content, path, kind, schemas)
    if entry is None:
        return Explained(
            problems=(problem("PW006", "not a valid entry", Where(file=path), "compare it with its schema"),)
        )
    return Explained(entry=entry)
