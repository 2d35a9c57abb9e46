"""Where evidence may be read from: the settings come with a pull request, the command line does not."""

from collections.abc import Sequence
from pathlib import Path

from pagerworthy.problem import Problem, Where
from pagerworthy.project import SETTINGS_FILE

# Where `pagerworthy collect` writes: below the folder that `[evidence] paths` names from the start.
COLLECTED = "catalog/evidence/collected"


def configured_paths(root: Path, named: Sequence[str]) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
    """The paths of `[evidence] paths` that exist, and a problem for each that leads out of the repository.

    A symbolic link leads where it points. A folder that is not there yet is no evidence, and no problem.
    """
    paths: list[Path] = []
    problems: list[Problem] = []
    for name in named:
        path = root / name
        try:
            inside = path.resolve().is_relative_to(root.resolve())
            exists = inside and path.exists()
        except (OSError, ValueError, RuntimeError):
            # RuntimeError is how pathlib reports symbolic links that lead in a circle.
            inside = exists = False
        if not inside:
            problems.append(_outside(name))
        elif exists:
            paths.append(path)
    return tuple(paths), tuple(problems)


def _outside(name: str) -> Problem:
    return Problem(
        code="PW502",
        message=f"[evidence] paths: {name!r} leads out of the repository, so it is not read",
        where=Where(file=SETTINGS_FILE),
        help="name a folder of this repository, or give the path on the command line with --evidence PATH",
    )
