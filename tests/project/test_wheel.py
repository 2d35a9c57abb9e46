"""The built wheel, in an environment that has nothing but what the runtime lock names, in an empty folder."""

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def _run(command: Sequence[str | Path], folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), "LANG": "C.UTF-8"} | environ,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    built = _run([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", out], ROOT)
    assert built.returncode == 0, built.stderr
    (path,) = out.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel and the packages of the runtime lock, and neither pip nor our sources."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    locked = re.findall(r"(?m)^([a-z0-9-]+)==", (ROOT / "requirements" / "runtime.txt").read_text())
    for name in locked:
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # the lock is for every system; this one is not for ours
        tops = {file.parts[0] for file in distribution.files or () if file.parts[0] not in {"..", "__pycache__"}}
        for top in tops:
            place = site_packages / top
            if not place.exists():
                place.symlink_to(str(distribution.locate_file(top)))
    uv = Path(sys.executable).parent / "uv"
    installed = _run(
        [uv, "pip", "install", "--offline", "--no-deps", "--no-config", "--python", folder / "bin" / "python", wheel],
        folder,
    )
    assert installed.returncode == 0, installed.stderr
    return folder / "bin"


def _names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _shipped(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".") and "__pycache__" not in path.parts
    }


@pytest.mark.parametrize("folder", ["schemas", "scoring", "site/templates", "site/assets"])
def test_the_wheel_carries_what_organisations_override(wheel: Path, folder: str) -> None:
    shipped = {f"pagerworthy/data/{name}" for name in _shipped(folder)}
    assert shipped
    assert shipped <= _names(wheel)


def test_the_wheel_carries_the_whole_package_and_nothing_else(wheel: Path) -> None:
    names = _names(wheel)
    sources = {name.removeprefix("src/") for name in _shipped("src/pagerworthy") if not name.endswith(".pyc")}
    assert sources <= names
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"pagerworthy"}
    assert any(name.endswith("/licenses/LICENSE") for name in names)


def test_it_is_the_wheel_that_runs(bare: Path, tmp_path: Path) -> None:
    found = _run([bare / "python", "-c", "import pagerworthy; print(pagerworthy.__file__)"], tmp_path)
    assert Path(found.stdout.strip()).is_relative_to(bare.parent)
    # No development package is in reach.
    assert _run([bare / "python", "-c", "import pytest"], tmp_path).returncode != 0


def test_an_empty_folder_becomes_a_checked_scored_and_published_catalog(bare: Path, tmp_path: Path) -> None:
    program = bare / "pagerworthy"
    for arguments, said in (
        (["init"], "files written"),
        (["check"], "No problems"),
        (["score"], "1 service as of"),
        (["site", "build", "--out", "public"], "files written"),
        (["doctor"], "the rubric has"),
        (["docs", "criteria"], "# Criteria"),
        (["docs", "sources"], "# Sources of evidence"),
    ):
        done = _run([program, *arguments], tmp_path)
        assert done.returncode == 0, (arguments, done.stdout, done.stderr)
        assert said in done.stdout, arguments
    assert "example" in (tmp_path / "public" / "services.html").read_text()


def test_a_wrong_entry_is_found_there_too(bare: Path, tmp_path: Path) -> None:
    program = bare / "pagerworthy"
    _run([program, "init"], tmp_path)
    entry = tmp_path / "catalog" / "services" / "example.yaml"
    entry.write_text(entry.read_text().replace("tier: 3", "tier: 5"))
    done = _run([program, "check", "--format", "github"], tmp_path)
    assert done.returncode == 1
    assert done.stdout.startswith("::error file=catalog/services/example.yaml,line=10,")
