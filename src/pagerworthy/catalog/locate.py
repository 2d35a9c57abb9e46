"""Gives a problem that knows its place in the document its line and column in the file."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from pagerworthy.catalog.model import FOLDERS
from pagerworthy.problem import Problem


def locate(root: Path, problems: Iterable[Problem]) -> list[Problem]:
    """The same problems in the same order, with line and column where they had only a document path.

    Each file is read once more, in the slow tier; a place that is not in the file gets that of the nearest part above.
    """
    every = list(problems)
    lost = {each.where.file for each in every if each.where.path and not each.where.line}
    spots = {file: _spots(root, file) for file in sorted(lost)}
    return [_located(each, spots.get(each.where.file, {})) for each in every]


def _located(problem: Problem, spots: dict[str, tuple[int, int]]) -> Problem:
    where = problem.where
    if where.line or not where.path or not spots:
        return problem
    path = where.path
    while path and path not in spots:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    line, column = spots.get(path, (1, 1))
    return msgspec.structs.replace(problem, where=msgspec.structs.replace(where, line=line, column=column))


def _spots(root: Path, file: str) -> dict[str, tuple[int, int]]:
    # Only problems need positions, and the slow tier's parser takes long to import.
    from pagerworthy.catalog.decode import decode
    from pagerworthy.catalog.explain import compose_entry
    from pagerworthy.catalog.files import read_file
    from pagerworthy.catalog.precheck import SIZE_LIMIT
    from pagerworthy.problem import render_path

    folders = {folder: kind for kind, folder in FOLDERS.items()}
    parts = file.split("/")
    try:
        text, _ = decode(read_file(root / file, SIZE_LIMIT), file)
    except OSError:
        return {}
    composed = compose_entry(text, file, folders.get(parts[1], "") if len(parts) > 1 else "")
    if isinstance(composed, Problem):
        return {}
    return {render_path(path): spot.shown for path, spot in composed.spots.items()}
