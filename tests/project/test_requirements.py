"""The locks: complete, hashed, in step with pyproject.toml, and free of addresses."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
ENTRY = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>[^\s\\;]+)(?P<rest>(?:.*\\\n)+.*)$", re.MULTILINE)


def _normal(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found, requirement
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _locked(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for entry in ENTRY.finditer(path.read_text()):
        found.setdefault(entry["name"], set()).add(entry["version"])
    return found


def _asked() -> dict[str, set[str]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    live = set(project["project"]["dependencies"])
    groups = project["dependency-groups"]
    lines = (ROOT / "requirements" / "build.in").read_text().splitlines()
    build = {line for line in lines if line and not line.startswith("#")}
    return {
        "build": build,
        "runtime": live,
        "dev": live | build | set(groups["dev"]),
        "stacks": live | set(project["project"]["optional-dependencies"]["stacks"]),
        "bench": live | set(groups["bench"]),
    }


def test_every_lock_is_known() -> None:
    assert {path.stem for path in LOCKS} == set(_asked())


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_a_lock_has_all_that_is_asked_for(path: Path) -> None:
    missing = {_normal(each) for each in _asked()[path.stem]} - set(_locked(path))
    assert not missing, f"run `make lock`: {path.name} lacks {', '.join(sorted(missing))}"


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.stem)
def test_every_line_is_a_version_or_a_hash(path: Path) -> None:
    text = path.read_text()
    for line in text.splitlines():
        assert re.fullmatch(r"[a-z0-9-]+==\S+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?", line), line
    for entry in ENTRY.finditer(text):
        assert "--hash=sha256:" in entry["rest"], entry["name"]


def test_all_locks_hold_the_same_versions() -> None:
    found: dict[str, dict[str, set[str]]] = {}
    for path in LOCKS:
        for name, versions in _locked(path).items():
            found.setdefault(name, {})[path.stem] = versions
    differing = {name: by_lock for name, by_lock in found.items() if len({*map(frozenset, by_lock.values())}) > 1}
    assert not differing


def test_the_build_backend_is_the_one_that_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (asked,) = project["build-system"]["requires"]
    assert asked in (ROOT / "requirements" / "build.in").read_text()
