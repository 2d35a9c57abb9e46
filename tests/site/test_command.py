"""`site build` and `site serve` on the repository's own catalog."""

import http.client
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.project import ProjectError
from tests.site.pages import read_page

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what the site is made from, so that a test may edit it."""
    root = tmp_path_factory.mktemp("repository")
    for name in ("catalog", "scoring"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "pagerworthy.toml", root)
    return root


@pytest.fixture(scope="module")
def built(repository: Path) -> Path:
    result = CliRunner().invoke(app, ["--root", str(repository), "site", "build"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return repository / "public"


def test_the_demo_has_a_page_for_every_entry(built: Path) -> None:
    entries = sorted(path.stem for path in (ROOT / "catalog/services").glob("*.yaml"))
    assert sorted(path.stem for path in (built / "services").glob("*.html")) == entries
    teams = sorted(path.stem for path in (ROOT / "catalog/teams").glob("*.yaml"))
    assert sorted(path.stem for path in (built / "teams").glob("*.html")) == teams


def test_the_pages_of_the_demo_are_sound_and_small(built: Path) -> None:
    for page in built.rglob("*.html"):
        assert read_page(page).wrong == [], page
        assert page.stat().st_size < 40_000, page


def test_what_stands_between_backticks_is_code(built: Path) -> None:
    assert [page for page in built.rglob("*.html") if "`" in page.read_text(encoding="utf-8")] == []
    assert "<code>due</code>" in (built / "criteria/actions-done.html").read_text(encoding="utf-8")


def test_a_second_build_has_nothing_to_write(repository: Path, built: Path) -> None:
    result = CliRunner().invoke(app, ["--root", str(repository), "site", "build", "--out", str(built)])
    assert ": 0 files written" in result.output


def test_another_moment_is_said_on_the_pages(repository: Path, tmp_path: Path) -> None:
    arguments = ["--root", str(repository), "site", "build", "--as-of", "2026-10-01", "--out", str(tmp_path / "out")]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "Judged as of 2026-10-01" in (tmp_path / "out/index.html").read_text(encoding="utf-8")


def test_a_broken_rubric_writes_no_page(repository: Path, tmp_path: Path) -> None:
    root = tmp_path / "broken"
    shutil.copytree(repository, root, ignore=shutil.ignore_patterns("public"))
    (root / "scoring/policy.yaml").write_text("nothing: useful\n")
    result = CliRunner().invoke(app, ["--root", str(root), "site", "build"], standalone_mode=False)
    assert result.return_value == 2
    assert not (root / "public").exists()
    assert "scoring/policy.yaml" in result.stderr


@pytest.mark.parametrize("words", [("site", "build", "--out", "{out}"), ("score",)])
def test_a_process_without_stderr_does_its_work(repository: Path, tmp_path: Path, words: tuple[str, ...]) -> None:
    arguments = [word.format(out=tmp_path / "out") for word in words]
    command = [sys.executable, "-m", "pagerworthy", "--root", str(repository), *arguments]
    done = subprocess.run(["sh", "-c", '"$@" 2>&-', "sh", *command], stdout=subprocess.PIPE, check=False)
    assert done.returncode == 0
    assert done.stdout


def test_no_site_is_built_among_the_entries(repository: Path) -> None:
    result = CliRunner().invoke(
        app, ["--root", str(repository), "site", "build", "--out", str(repository / "catalog/x")]
    )
    assert isinstance(result.exception, ProjectError)
    assert result.exception.problem.code == "PW503"
    assert not (repository / "catalog/x").exists()


@pytest.fixture
def server(repository: Path, built: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "pagerworthy", "--root", str(repository), "site", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("http://127.0.0.1:")
        yield int(line.split(":")[2].split("/")[0])
        process.terminate()


def get(port: int, path: str, host: str = "127.0.0.1") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    content = answer.read().decode("utf-8", errors="replace")
    connection.close()
    return answer.status, content


def test_the_server_shows_an_edit_at_the_next_load(repository: Path, server: int) -> None:
    entry = repository / "catalog/services/checkout.yaml"
    before = entry.read_text(encoding="utf-8")
    assert "Turns a cart into a paid order" in get(server, "/services/checkout.html")[1]
    entry.write_text(before.replace("Turns a cart into a paid order", "Takes the money"), encoding="utf-8")
    try:
        assert "Takes the money" in get(server, "/services/checkout.html")[1]
    finally:
        entry.write_text(before, encoding="utf-8")


def test_the_server_lists_no_folder_and_answers_no_other_name(server: int) -> None:
    assert get(server, "/services/")[0] == 404
    assert get(server, "/../pagerworthy.toml")[0] == 404
    assert get(server, "/index.html", host="evil.example")[0] == 403
    status, content = get(server, "/nowhere.html")
    assert status == 404
    assert "There is no such page" in content
    status, content = get(server, "/services/deep/nowhere.html")
    assert status == 404
    assert "There is no such page" in content
    assert 'href="/assets/site.css"' in content
    assert get(server, "/assets/site.css")[0] == 200
