"""`init`: a new catalog that passes its own check, and never a file of somebody else's changed."""

import datetime as dt
import json
import subprocess
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pagerworthy import __version__
from pagerworthy.catalog import FOLDERS, check, load
from pagerworthy.cli.app import app
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.init import NEW_SERVICE, installed_from
from pagerworthy.project import data_folder, open_project

AS_OF = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ROOT = Path(__file__).parents[2]


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], standalone_mode=False)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def started(tmp_path: Path) -> Path:
    assert _run("init", tmp_path / "new").return_value == Exit.FINE
    return tmp_path / "new"


def test_a_new_catalog_has_no_problems(started: Path) -> None:
    project = open_project(started)
    loaded = load(started, cache=False)
    assert not loaded.problems
    assert not check(loaded.catalog, project.root, as_of=AS_OF)
    assert list(loaded.catalog.services) == ["example"]
    assert loaded.catalog.teams
    assert loaded.catalog.systems


def test_the_smallest_entry_is_small(started: Path) -> None:
    lines = (started / "catalog" / "services" / "example.yaml").read_text().splitlines()
    assert sum(not line.startswith("#") for line in lines) <= 10


def test_it_names_the_version_that_wrote_it(started: Path) -> None:
    lines = (started / "requirements.txt").read_text().splitlines()
    assert any(__version__ in line for line in lines)
    # It is on no index: nothing is installed by its name until somebody says from where.
    assert all(line.startswith("#") for line in lines)
    assert not [name for name, content in _files(started).items() if b"@VERSION@" in content]


class _Installed:
    """A distribution of which the installer wrote down where it came from."""

    def __init__(self, written: str | None) -> None:
        self._written = written

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return self._written


_COMMIT, _DIGEST = "1" * 40, "2" * 64
_GIT = {"vcs_info": {"vcs": "git", "commit_id": _COMMIT}}
_ARCHIVE = {"archive_info": {"hashes": {"sha256": _DIGEST}}}


@pytest.mark.parametrize(
    ("written", "requirement"),
    [
        ({"url": "https://host/o/p", **_GIT}, f"pagerworthy @ git+https://host/o/p@{_COMMIT}"),
        ({"url": "https://me:secret@host/o/p", **_GIT}, f"pagerworthy @ git+https://host/o/p@{_COMMIT}"),
        ({"url": "https://host/p.whl", **_ARCHIVE}, f"pagerworthy @ https://host/p.whl#sha256={_DIGEST}"),
        ({"url": "https://host/p.whl", "archive_info": {}}, ""),
        ({"url": "http://host/o/p", **_GIT}, ""),
        ({"url": "file:///home/me/p", **_GIT}, ""),
        ({"url": "file:///home/me/p", "dir_info": {"editable": True}}, ""),
        ({"url": "https://host/p", "vcs_info": {"vcs": "hg", "commit_id": _COMMIT}}, ""),
        (None, ""),
    ],
)
def test_workflows_install_what_runs_here_where_others_can_get_it(
    written: dict[str, object] | None, requirement: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(written) if written else None
    monkeypatch.setattr("pagerworthy.cli.init.metadata.distribution", lambda _: _Installed(text))
    assert installed_from() == requirement
    assert _run("init", tmp_path).return_value == Exit.FINE
    lines = (tmp_path / "requirements.txt").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == ([requirement] if requirement else [])


def test_the_command_that_it_names_works(started: Path) -> None:
    program, *arguments = NEW_SERVICE.replace("NAME", "payment").split()
    assert program == "pagerworthy"
    assert _run("--root", started, *arguments).return_value == Exit.FINE
    assert (started / "catalog/services/payment.yaml").is_file()


def test_settings_in_it_are_the_defaults(started: Path) -> None:
    assert tomllib.loads((started / "pagerworthy.toml").read_text())
    bare = started / "bare"
    (bare / "catalog").mkdir(parents=True)
    assert open_project(started).settings == open_project(bare).settings


def test_every_schema_of_the_package_is_there(started: Path) -> None:
    shipped = {path.name: path.read_bytes() for path in data_folder("schemas").iterdir() if path.is_file()}
    assert {path.name: path.read_bytes() for path in (started / "schemas").iterdir()} == shipped


def test_editors_find_the_schema_of_every_kind(started: Path) -> None:
    settings = json.loads((started / ".vscode" / "settings.json").read_text())["yaml.schemas"]
    for schema in settings:
        assert (started / schema).is_file(), schema
    for kind, folder in FOLDERS.items():
        if kind != "Postmortem":  # the entry of a post-mortem is front matter, which editors do not look into
            assert settings[f"./schemas/{kind.lower()}.schema.json"] == [f"catalog/{folder}/**/*.yaml"]


def test_the_repository_has_the_same_editor_settings(started: Path) -> None:
    own = (ROOT / ".vscode" / "settings.json").read_bytes()
    assert own == (started / ".vscode" / "settings.json").read_bytes()


def test_a_second_start_changes_nothing(started: Path) -> None:
    (started / "pagerworthy.toml").write_text("# mine\n")
    before = _files(started)
    result = _run("init", started)
    assert "nothing was written" in str(result.exception)
    assert _files(started) == before


@pytest.mark.parametrize("link", [False, True])
def test_one_file_in_the_way_stops_all(tmp_path: Path, link: bool) -> None:
    place = tmp_path / "schemas" / "team.schema.json"
    place.parent.mkdir()
    if link:
        place.symlink_to(tmp_path / "elsewhere")
    else:
        place.write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    assert "schemas/team.schema.json" in str(_run("init", tmp_path).exception)
    assert sorted(tmp_path.rglob("*")) == before


def test_schemas_of_an_earlier_version_are_replaced_when_asked(started: Path) -> None:
    place = started / "schemas" / "team.schema.json"
    place.write_text("{}")
    assert _run("init", "--schemas", started).return_value == Exit.FINE
    assert place.read_bytes() == (data_folder("schemas") / place.name).read_bytes()


def test_git_leaves_out_what_is_built_and_gathered(started: Path) -> None:
    subprocess.run(["git", "init", "--quiet", started], check=True)
    for name in ("public/index.html", "catalog/evidence/collected/git.jsonl", ".venv/bin/python"):
        ignored = subprocess.run(["git", "-C", started, "check-ignore", "--quiet", name], check=False)
        assert ignored.returncode == 0, name
    for name in ("catalog/evidence/drills.jsonl", "catalog/services/example.yaml", "schemas/public/x"):
        kept = subprocess.run(["git", "-C", started, "check-ignore", "--quiet", name], check=False)
        assert kept.returncode == 1, name


def test_a_gitignore_that_is_there_stays_and_its_lines_are_said(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("/mine/\n", encoding="utf-8")
    result = _run("init", tmp_path)
    assert result.return_value == Exit.FINE
    assert "/catalog/evidence/collected/" in result.output
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "/mine/\n"


def test_a_start_that_was_killed_can_be_run_again(started: Path) -> None:
    whole = _files(started)
    for name in sorted(whole)[::2]:
        (started / name).unlink()
    result = _run("init", started)
    assert result.return_value == Exit.FINE
    assert "were there already" in result.output
    assert _files(started) == whole


@pytest.mark.parametrize("stop", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_a_start_that_is_stopped_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException] | BaseException
) -> None:
    (tmp_path / "mine").write_text("mine")
    replace, done = Path.replace, []

    def stopped(path: Path, target: Path) -> Path:
        done.append(target)
        if len(done) == 20:
            raise stop
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", stopped)
    assert isinstance(_run("init", tmp_path).exception, BaseException)
    assert len(done) == 20
    assert [path.name for path in tmp_path.rglob("*")] == ["mine"]


@pytest.mark.parametrize("name", ["catalog", "schemas", ".github", ".gitignore", "catalog/services"])
@pytest.mark.parametrize("schemas", [False, True])
def test_nothing_is_written_through_a_link(tmp_path: Path, name: str, schemas: bool) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    place = tmp_path / "new" / name
    place.parent.mkdir(parents=True)
    place.symlink_to(elsewhere)
    before = sorted(tmp_path.rglob("*"))
    result = _run("init", *(["--schemas"] if schemas else []), tmp_path / "new")
    if schemas and name != "schemas":
        assert result.return_value == Exit.FINE
    elif name != ".gitignore":
        assert "is a symbolic link" in str(result.exception)
        assert sorted(tmp_path.rglob("*")) == before
    assert list(elsewhere.iterdir()) == []
