"""Checks the rubric for `pagerworthy check`, once for each content: compiling it takes longer than all the rest."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pagerworthy.catalog import Catalog, WaiverTerms, check_waivers
from pagerworthy.catalog.kept import keep, read_kept
from pagerworthy.problem import Problem
from pagerworthy.project import data_folder

_FOLDER = "rubrics"


def rubric_files(root: Path) -> list[Path]:
    """The files of the repository's own rubric."""
    return list(_files(root / "scoring"))


def rubric_problems(root: Path, catalog: Catalog, *, cache: bool) -> tuple[Problem, ...]:
    """What is wrong with the rubric that holds in the repository, and the waivers that its policy does not let count.

    With `cache`, a rubric that was right before is not read again: what is kept of it are the terms of waivers.
    """
    key = _key(root)
    terms = _kept_terms(key) if cache and key else None
    found: tuple[Problem, ...] = ()
    if terms is None:
        from pagerworthy.scoring import load_policy, load_rubric

        loaded = load_rubric(root)
        found = loaded.problems
        # A criterion may be broken, and the policy right.
        policy = loaded.rubric.policy if loaded.rubric else load_policy(root)
        terms = policy.waivers if policy else None
        if key and terms is not None and not found:
            keep(_FOLDER, key, msgspec.msgpack.encode(terms))
    return found if terms is None else (*found, *check_waivers(catalog, terms))


def _kept_terms(key: bytes) -> WaiverTerms | None:
    content = read_kept(_FOLDER, key)
    if content is None:
        return None
    try:
        return msgspec.msgpack.decode(content, type=WaiverTerms)
    except (msgspec.MsgspecError, ValueError):
        return None


def _key(root: Path) -> bytes:
    """What stands for this very rubric; empty where something is no readable file.

    Everything that lies in the folders counts, so that a file which is no part of a rubric is not overlooked.
    """
    digest = hashlib.sha256()
    try:
        for folder in (data_folder("scoring"), root / "scoring", data_folder("schemas")):
            for name, path, is_file in sorted(_below(folder, "")):
                if not is_file:
                    return b""
                for part in (name.encode(errors="surrogateescape"), path.read_bytes()):
                    digest.update(len(part).to_bytes(8))
                    digest.update(part)
            digest.update(b"folder")
    except OSError:
        return b""
    return digest.digest()


def _below(folder: Path, name: str) -> Iterator[tuple[str, Path, bool]]:
    """All but folders: the name from the topmost folder, the path, and whether it is a regular file, not a link."""
    if not os.path.lexists(folder):
        return
    if folder.is_symlink() or not folder.is_dir():
        yield name, folder, False
        return
    with os.scandir(folder) as found:
        for each in found:
            path = f"{name}/{each.name}"
            if each.is_dir(follow_symlinks=False):
                yield from _below(Path(each.path), path)
            else:
                yield path, Path(each.path), each.is_file(follow_symlinks=False)


def _files(folder: Path) -> Iterator[Path]:
    for pattern in ("policy.yaml", "criteria/*/*.yaml"):
        yield from sorted(folder.glob(pattern))
