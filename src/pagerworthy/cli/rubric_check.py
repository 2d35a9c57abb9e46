"""Checks the rubric for `pagerworthy check`, once for each content: compiling it takes longer than the rest of a check.

What was right is remembered in the user's cache folder, never in the repository, where a pull request could write it.
"""

import hashlib
import stat
from collections.abc import Iterator
from pathlib import Path

from pagerworthy import __version__
from pagerworthy.catalog import Catalog
from pagerworthy.problem import Problem
from pagerworthy.project import data_folder


def rubric_files(root: Path) -> list[Path]:
    """The files of the repository's own rubric."""
    return list(_files(root / "scoring"))


def rubric_problems(root: Path, *, cache: bool) -> tuple[Problem, ...]:
    """What is wrong with the rubric that holds in the repository."""
    marker = _marker(root)
    if cache and marker is not None and marker.exists():
        return ()
    from pagerworthy.scoring import load_rubric

    found = load_rubric(root).problems
    if marker is not None and not found:
        try:
            marker.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            marker.touch()
        except OSError:
            # Without a cache everything still works.
            return found
    return found


def waiver_problems(catalog: Catalog, root: Path) -> list[Problem]:
    """Waivers that the policy does not let count. The policy is only read where there is a waiver."""
    if not catalog.waivers:
        return []
    from pagerworthy.scoring import check_waivers, load_policy

    policy = load_policy(root)
    return [] if policy is None else check_waivers(catalog, policy)


def _marker(root: Path) -> Path | None:
    """The file that stands for this very rubric having been right; None where something is no readable file.

    Everything that lies in the folders counts, so that a file which is no part of a rubric is not overlooked.
    """
    from platformdirs import user_cache_path

    digest = hashlib.sha256(__version__.encode())
    try:
        for folder in (data_folder("scoring"), root / "scoring", data_folder("schemas")):
            for file in sorted(folder.rglob("*")):
                mode = file.lstat().st_mode
                if stat.S_ISDIR(mode):
                    continue
                if not stat.S_ISREG(mode):
                    return None
                for part in (file.relative_to(folder).as_posix().encode(), file.read_bytes()):
                    digest.update(len(part).to_bytes(8))
                    digest.update(part)
        return user_cache_path("pagerworthy") / "rubrics" / digest.hexdigest()
    except (OSError, RuntimeError):
        return None


def _files(folder: Path) -> Iterator[Path]:
    for pattern in ("policy.yaml", "criteria/*/*.yaml"):
        yield from sorted(folder.glob(pattern))
