"""`pagerworthy import` and `export` as they are typed."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pagerworthy.cli.app import app
from pagerworthy.cli.exits import Exit
from tests.catalog.wrong_entries import RIGHT
from tests.interop import examples

EVENTS = examples.FOLDER / "sloth" / "good" / "events.yaml"
WRONG = examples.FOLDER / "sloth" / "bad" / "plugin.yaml"
KEPT = examples.FOLDER / "openslo" / "good" / "everything-kept.yaml"


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], standalone_mode=False)


def test_lines_go_to_stdout_and_notes_to_stderr() -> None:
    result = _run("import", "sloth", EVENTS)
    assert result.return_value == Exit.FINE
    assert result.stdout.startswith("# Put this under spec of catalog/services/checkout.yaml.\n")
    assert "  window: 30d\n" in result.stdout
    assert f"note[PW613]: {EVENTS}:12:7: alerting.page_alert.disable" in result.stderr


def test_sloth_takes_its_window_from_the_command_line() -> None:
    assert "  window: 7d\n" in _run("import", "sloth", "--window", "7d", EVENTS).stdout
    assert _run("import", "sloth", "--window", "3d", EVENTS).exit_code


def test_what_is_wrong_is_told_and_the_rest_is_printed() -> None:
    result = _run("import", "sloth", EVENTS, WRONG)
    assert result.return_value == Exit.PROBLEMS
    assert "slos:" in result.stdout
    assert f"--> {WRONG}:6:11" in result.stderr
    assert "error[PW611]" in result.stderr


def test_pyrra_is_told_its_service() -> None:
    path = examples.FOLDER / "pyrra" / "good" / "ratio.yaml"
    assert "- name: orders\n" in _run("import", "pyrra", "--service", "shop", path).stdout
    without = _run("import", "pyrra", path).stdout
    assert without.startswith("# Put this under spec of the service's entry.\nslos:\n- name: shop-orders\n")


def test_calendar_in_another_zone_is_taken_as_utc_on_demand() -> None:
    path = examples.FOLDER / "openslo" / "bad" / "calendar-in-new-york.yaml"
    assert _run("import", "openslo", path).return_value == Exit.PROBLEMS
    result = _run("import", "openslo", "--utc", path)
    assert result.return_value == Exit.FINE
    assert "window: calendar-month" in result.stdout
    assert "note[PW617]" in result.stderr
    # What the file said of the zone is given back.
    assert "timeZone: America/New_York" not in result.stdout.split("extensions:")[0]
    assert "is: America/New_York" in result.stdout


def test_a_new_file_is_written_and_no_other_touched(tmp_path: Path) -> None:
    into = tmp_path / "slos.yaml"
    result = _run("import", "sloth", EVENTS, "--into", into)
    assert result.return_value == Exit.FINE
    assert result.stdout == ""
    assert into.read_text(encoding="utf-8") == _run("import", "sloth", EVENTS).stdout
    into.write_text("mine", encoding="utf-8")
    result = _run("import", "sloth", EVENTS, "--into", into)
    assert "is there already" in str(result.exception)
    assert into.read_text(encoding="utf-8") == "mine"


def test_nothing_is_written_where_something_is_wrong(tmp_path: Path) -> None:
    into = tmp_path / "slos.yaml"
    result = _run("import", "sloth", EVENTS, WRONG, "--into", into)
    assert "not all could be read" in str(result.exception)
    assert not into.exists()


def test_files_without_objectives_say_so(tmp_path: Path) -> None:
    (tmp_path / "empty.yaml").write_text("# nothing\n", encoding="utf-8")
    assert "no objective" in str(_run("import", "openslo", tmp_path).exception)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A catalog with what was read from OpenSLO."""
    root = tmp_path / "repository"
    shutil.copytree(RIGHT, root)
    lines = _run("import", "openslo", KEPT).stdout
    head = "apiVersion: pagerworthy/v1\nkind: Service\nmetadata: {name: web-shop, description: Sells}\nspec:\n"
    head += "  owner: payments\n  system: storefront\n  tier: 3\n  phase: design\n"
    text = head + "".join(f"  {line}\n" for line in lines.splitlines())
    (root / "catalog/services/web-shop.yaml").write_text(text, encoding="utf-8")
    return root


def test_one_file_a_service_is_written_and_then_only_what_changed(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = _run("--root", root, "export", "openslo", "--no-cache", "--out", out)
    assert result.return_value == Exit.FINE
    files = sorted(path.name for path in out.iterdir())
    assert "web-shop.yaml" in files
    assert f"{len(files)} of {len(files)} files written" in result.stderr
    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    entry = root / "catalog/services/web-shop.yaml"
    entry.write_text(entry.read_text(encoding="utf-8").replace("objective: 90\n", "objective: 91\n"), encoding="utf-8")
    result = _run("--root", root, "export", "openslo", "--no-cache", "--out", out)
    assert f"1 of {len(files)} files written" in result.stderr
    assert [path.name for path in out.iterdir() if path.stat().st_mtime_ns != before[path]] == ["web-shop.yaml"]
    assert "target: 0.91\n" in (out / "web-shop.yaml").read_text(encoding="utf-8")


def test_what_is_exported_is_read_again(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    _run("--root", root, "export", "openslo", "--no-cache", "--out", out, "web-shop")
    assert [path.name for path in out.iterdir()] == ["web-shop.yaml"]
    assert _run("import", "openslo", out).stdout == _run("import", "openslo", KEPT).stdout
    printed = _run("--root", root, "export", "openslo", "--no-cache", "web-shop").stdout
    assert (out / "web-shop.yaml").read_text(encoding="utf-8").endswith(printed)


def test_a_file_of_somebody_else_is_left_alone(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "web-shop.yaml").write_text("mine", encoding="utf-8")
    result = _run("--root", root, "export", "openslo", "--no-cache", "--out", out)
    assert "not written by this command" in str(result.exception)
    assert [path.name for path in out.iterdir()] == ["web-shop.yaml"]


def test_what_is_stale_in_an_entry_has_its_place(root: Path) -> None:
    entry = root / "catalog/services/web-shop.yaml"
    text = entry.read_text(encoding="utf-8")
    entry.write_text(text.replace("- name: refunds\n", "- name: returns\n"), encoding="utf-8")
    result = _run("--root", root, "export", "openslo", "--no-cache", "web-shop")
    line = next(
        n for n, text in enumerate(entry.read_text(encoding="utf-8").splitlines(), 1) if text == "      - slos:"
    )
    assert result.return_value == Exit.FINE
    assert "note[PW615]: catalog/services/web-shop.yaml:" in result.stderr
    assert int(result.stderr.split("web-shop.yaml:")[1].split(":")[0]) >= line


def test_an_unknown_service_is_a_wrong_usage(root: Path) -> None:
    assert "did you mean web-shop?" in str(_run("--root", root, "export", "openslo", "web-shpo").exception)
