"""What counts as the program of stacks: a change of anything else brings no stack up again."""

import ast
from pathlib import Path

import pytest

import pagerworthy
from pagerworthy.stacks.run import digests

PACKAGE = Path(pagerworthy.__file__).parent


def imported(path: Path) -> set[Path]:
    """The files of the package that a file imports from, by Python's own parser."""
    found: set[Path] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports from where it is"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.startswith("pagerworthy."):
                at = PACKAGE.joinpath(*name.split(".")[1:])
                candidates = [at.with_suffix(".py"), at / "__init__.py", at.parent / "__init__.py"]
                if at.parent != PACKAGE:
                    candidates.insert(2, at.parent.with_suffix(".py"))
                found.add(next(each for each in candidates if each.is_file()))
    return found


def test_the_programs_and_all_that_they_import_count() -> None:
    found = set(digests.program_files(PACKAGE))
    assert set((PACKAGE / "stacks" / "program").rglob("*.py")) <= found
    needed = set().union(*map(imported, found))
    # Entries come in the inputs, which count as a whole.
    assert {each for each in needed - found if each.parts[len(PACKAGE.parts)] != "catalog"} == set()
    assert not {each for each in found if each.parts[len(PACKAGE.parts)] == "catalog"}


def test_what_only_looks_at_stacks_does_not_count() -> None:
    found = {
        path.relative_to(PACKAGE / "stacks").as_posix()
        for path in digests.program_files(PACKAGE)
        if "cloud" not in path.parts and "slo" not in path.parts
    }
    assert {"inputs.py", "outputs.py", "names.py"} <= found
    assert not found & {"affected.py", "collector.py", "commits.py", "gather.py", "linked.py", "near.py", "refusals.py"}
    assert not {each for each in found if each.startswith(("cost/", "render/", "run/"))}


@pytest.fixture
def package(tmp_path: Path) -> Path:
    files = {
        "cloud/__init__.py": "from pagerworthy.cloud.zones import zones",
        "cloud/zones.py": "zones = 3",
        "stacks/program/topic.py": "from pagerworthy.stacks.inputs import (\n    Ask,\n    Need,\n)",
        "stacks/program/late.py": "def late():\n    from pagerworthy.stacks.tags import tags",
        "stacks/inputs.py": "from pagerworthy.cloud import zones\nfrom pagerworthy.catalog import Entry",
        "stacks/tags.py": "1",
        "stacks/__init__.py": "from pagerworthy.stacks.gather import gather",
        "stacks/gather.py": "1",
        "stacks/run/visit.py": "1",
        "catalog/__init__.py": "1",
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content + "\n")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("stacks/program/topic.py", True),
        ("stacks/program/new.py", True),
        ("stacks/inputs.py", True),
        ("stacks/tags.py", True),
        ("cloud/zones.py", True),
        ("stacks/gather.py", False),
        ("stacks/run/visit.py", False),
        ("catalog/__init__.py", False),
    ],
)
def test_another_program_makes_another_digest(
    package: Path, name: str, counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "_PACKAGE", package)
    try:
        digests.programs.cache_clear()
        before = digests.programs()
        (package / name).write_text((package / name).read_text() + "2\n" if (package / name).exists() else "2\n")
        digests.programs.cache_clear()
        assert (digests.programs() != before) is counts
    finally:
        digests.programs.cache_clear()
