"""Writing: only what has changed, nothing that is not ours, and nothing left over."""

import errno
import itertools
import json
import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pagerworthy.project import ProjectError
from pagerworthy.site import MANIFEST, Planned, SitePlan, Theme, plan, refuse_sources, write
from tests.site.world import entries, world


def content(folder: Path) -> dict[str, bytes]:
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file() and file.name != MANIFEST
    }


def test_a_second_build_writes_nothing(planned: SitePlan, tmp_path: Path) -> None:
    first = write(planned, tmp_path / "out", processes=1)
    stamps = {file: file.stat().st_mtime_ns for file in (tmp_path / "out").rglob("*") if file.is_file()}
    second = write(planned, tmp_path / "out", processes=1)
    assert first.written == len(planned.files)
    assert (second.written, second.kept, second.removed) == (0, len(planned.files), 0)
    assert stamps == {file: file.stat().st_mtime_ns for file in stamps}


def test_two_processes_write_the_same_bytes(planned: SitePlan, tmp_path: Path) -> None:
    write(planned, tmp_path / "one", processes=1)
    write(planned, tmp_path / "two", processes=2)
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_a_service_that_is_gone_takes_its_pages_with_it(theme: Theme, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(plan(world(), theme), out, processes=1)
    assert (out / "services/lonely.html").is_file()
    fewer = [each for each in entries() if each.name != "lonely"]
    done = write(plan(world(fewer), theme), out, processes=1)
    assert done.removed == 4
    assert [path for path in content(out) if "lonely" in path] == []


def test_an_incremental_build_ends_where_a_fresh_one_does(theme: Theme, tmp_path: Path) -> None:
    fewer = [each for each in entries() if each.name not in {"lonely", "in-force", "cart-2026-11-10-freeze"}]
    write(plan(world(fewer), theme), tmp_path / "out", processes=1)
    write(plan(world(), theme), tmp_path / "out", processes=1)
    write(plan(world(), theme), tmp_path / "fresh", processes=1)
    assert content(tmp_path / "out") == content(tmp_path / "fresh")


@pytest.mark.parametrize("damage", [Path.unlink, lambda file: file.write_text("half")])
def test_a_file_that_is_not_as_it_was_left_is_written_again(planned: SitePlan, tmp_path: Path, damage: object) -> None:
    out = tmp_path / "out"
    write(planned, out, processes=1)
    whole = (out / "services/cart.html").read_bytes()
    damage(out / "services/cart.html")  # type: ignore[operator]
    assert write(planned, out, processes=1).written == 1
    assert (out / "services/cart.html").read_bytes() == whole


def test_a_build_that_was_cut_off_is_made_good(planned: SitePlan, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def stop() -> object:
        raise KeyboardInterrupt

    broken = tuple(
        Planned(file.path, file.digest, "", stop) if file.path == "services/lonely.html" else file
        for file in planned.files
    )
    with pytest.raises(KeyboardInterrupt):
        write(SitePlan(broken, planned.theme, planned.chrome), out, processes=1)
    write(planned, out, processes=1)
    write(planned, tmp_path / "fresh", processes=1)
    assert content(out) == content(tmp_path / "fresh")


def test_a_folder_with_other_files_is_refused(planned: SitePlan, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ProjectError, match="did not write"):
        write(planned, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(planned: SitePlan, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(ProjectError, match="is a file"):
        write(planned, tmp_path / "out")


def test_a_manifest_that_cannot_be_read_is_refused(planned: SitePlan, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("[")
    with pytest.raises(ProjectError, match="cannot be read"):
        write(planned, tmp_path)


@pytest.mark.parametrize("path", ["../out.html", "/etc/out.html", "a/../../out.html", "a\\b.html", MANIFEST])
def test_no_path_leads_out_of_the_folder(planned: SitePlan, tmp_path: Path, path: str) -> None:
    odd = Planned(path, "1", "", lambda: b"")
    with pytest.raises(ValueError, match="not a path of the site"):
        write(SitePlan((odd,), planned.theme, planned.chrome), tmp_path / "out")


@pytest.mark.parametrize("path", ["../elsewhere.txt", "/tmp/elsewhere.txt", "services/../../elsewhere.txt"])  # noqa: S108
def test_a_manifest_cannot_name_what_lies_elsewhere(planned: SitePlan, tmp_path: Path, path: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_text("not ours")
    (out / MANIFEST).write_text(f'{{"files": {{"{path}": ["", 8]}}}}')
    with pytest.raises(ProjectError, match="cannot be read"):
        write(planned, out)
    assert elsewhere.read_text() == "not ours"


def test_an_edit_that_keeps_the_size_is_undone(planned: SitePlan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write(planned, out, processes=1)
    page = out / "services/cart.html"
    whole = page.read_bytes()
    page.write_bytes(whole.replace(b"Cart", b"Dart"))
    assert write(planned, out, processes=1).written == 1
    assert page.read_bytes() == whole


def test_a_page_that_became_a_link_is_written_again_and_its_target_left_alone(
    planned: SitePlan, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    write(planned, out, processes=1)
    page = out / "services/cart.html"
    whole = page.read_bytes()
    elsewhere = tmp_path / "elsewhere.html"
    page.rename(elsewhere)
    page.symlink_to(elsewhere)
    assert write(planned, out, processes=1).written == 1
    assert not page.is_symlink()
    assert (page.read_bytes(), elsewhere.read_bytes()) == (whole, whole)


def swap_digests(files: dict[str, list[object]]) -> None:
    paths = sorted(files)
    first = files[paths[0]][0]
    for path, after in itertools.pairwise(paths):
        files[path][0] = files[after][0]
    files[paths[-1]][0] = first


def forget_times(files: dict[str, list[object]]) -> None:
    for path, entry in files.items():
        files[path] = entry[:2]


def shift_times(files: dict[str, list[object]]) -> None:
    for entry in files.values():
        entry[2] = 1


@pytest.mark.parametrize("damage", [swap_digests, forget_times, shift_times])
def test_a_manifest_that_tells_something_else_leaves_no_page_as_it_was(
    planned: SitePlan, tmp_path: Path, damage: Callable[[dict[str, list[object]]], None]
) -> None:
    out = tmp_path / "out"
    write(planned, out, processes=1)
    whole = content(out)
    for file in out.rglob("*.html"):
        file.write_bytes(b"stale")
    manifest = json.loads((out / MANIFEST).read_text())
    damage(manifest["files"])
    (out / MANIFEST).write_text(json.dumps(manifest))
    write(planned, out, processes=1)
    assert content(out) == whole


def test_the_manifest_of_another_site_leaves_none_of_its_pages(theme: Theme, tmp_path: Path) -> None:
    fewer = [each for each in entries() if each.name != "lonely"]
    write(plan(world(fewer), theme), tmp_path / "other", processes=1)
    write(plan(world(), theme), tmp_path / "out", processes=1)
    whole = content(tmp_path / "out")
    shutil.copy2(tmp_path / "other" / MANIFEST, tmp_path / "out")
    for name in ("index.html", "services/cart.html"):
        shutil.copy2(tmp_path / "other" / name, tmp_path / "out" / name)
    write(plan(world(), theme), tmp_path / "out", processes=1)
    assert content(tmp_path / "out") == whole


@pytest.mark.parametrize("built", [False, True])
@pytest.mark.parametrize("folder", ["services", "api", "api/v1"])
def test_a_linked_folder_is_refused_and_what_it_leads_to_left_alone(
    theme: Theme, tmp_path: Path, folder: str, built: bool
) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    if built:
        write(plan(world(), theme), out, processes=1)
        (out / folder).rename(elsewhere)
    else:
        elsewhere.mkdir()
        out.mkdir()
        (out / MANIFEST).write_text('{"files": {}}')
        (out / folder).parent.mkdir(parents=True, exist_ok=True)
    (elsewhere / "notes.txt").write_text("not ours")
    (out / folder).symlink_to(elsewhere)
    before = content(elsewhere)
    # One service less: a page there would have to go.
    fewer = [each for each in entries() if each.name != "lonely"]
    with pytest.raises(ProjectError, match="symbolic link"):
        write(plan(world(fewer), theme), out, processes=1)
    assert content(elsewhere) == before


@pytest.mark.parametrize("name", ["cart.html", ".cart.html.new"])
def test_a_link_that_leads_nowhere_yet_is_not_written_through(planned: SitePlan, tmp_path: Path, name: str) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere.html"
    write(planned, out, processes=1)
    (out / "services" / name).unlink(missing_ok=True)
    (out / "services" / name).symlink_to(elsewhere)
    (out / "services" / "cart.html").write_bytes(b"stale") if name.startswith(".") else None
    write(planned, out, processes=1)
    assert not elsewhere.exists()
    assert b"Cart" in (out / "services/cart.html").read_bytes()
    assert not (out / "services/cart.html").is_symlink()


def test_a_file_in_the_place_of_a_folder_is_refused(planned: SitePlan, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / MANIFEST).write_text('{"files": {}}')
    (out / "services").write_text("a file")
    with pytest.raises(ProjectError, match="where a folder belongs"):
        write(planned, out, processes=1)


def forged(out: Path, *paths: str) -> None:
    out.mkdir()
    (out / MANIFEST).write_text(json.dumps({"files": {path: ["", 0] for path in paths}, "version": 1}))


def test_a_folder_that_was_planted_with_links_leads_nowhere(planned: SitePlan, tmp_path: Path) -> None:
    out, home = tmp_path / "out", tmp_path / "home"
    home.mkdir()
    (home / "thesis").write_text("precious")
    forged(out, "away/thesis")
    (out / "away").symlink_to(home)
    with pytest.raises(ProjectError, match="symbolic link"):
        write(planned, out, processes=1)
    (out / "away").unlink()
    asset = next(file.path for file in planned.files if file.path.startswith("assets/"))
    (out / asset).parent.mkdir()
    (out / asset).write_text("old")
    (out / asset).with_name(f".{Path(asset).name}.new").symlink_to(home / "thesis")
    (out / "404.html").symlink_to(home / "new_file")
    write(planned, out, processes=1)
    assert content(home) == {"thesis": b"precious"}


@pytest.mark.parametrize("path", ["services", "index.html", "long-gone.html"])
def test_a_folder_where_a_file_belongs_is_refused(planned: SitePlan, tmp_path: Path, path: str) -> None:
    out = tmp_path / "out"
    forged(out, path)
    (out / path).mkdir()
    with pytest.raises(ProjectError, match="is a folder where a file belongs"):
        write(planned, out, processes=1)


def test_a_manifest_of_another_version_is_refused(planned: SitePlan, tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text('{"files": {}, "version": 2}')
    with pytest.raises(ProjectError, match="its version is 2"):
        write(planned, tmp_path)


def test_a_disk_that_is_full_leaves_no_half_and_locks_no_folder(
    planned: SitePlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> os.stat_result:
        raise OSError(errno.ENOSPC, "No space left on device")

    out = tmp_path / "out"
    with monkeypatch.context() as patch:
        patch.setattr("pagerworthy.site.folder.os.fstat", full)
        with pytest.raises(OSError, match="No space"):
            write(planned, out, processes=1)
    assert list(out.iterdir()) == []
    # A build that was killed has no time to tidy up.
    (out / ".pagerworthy-0123456789abcdef.new").write_text("half")
    assert write(planned, out, processes=1).written == len(planned.files)


def test_two_builds_into_one_folder_do_not_meet(theme: Theme, tmp_path: Path) -> None:
    fewer = [each for each in entries() if each.name != "lonely"]
    one, two = plan(world(), theme), plan(world(fewer), theme)
    write(one, tmp_path / "one", processes=1)
    write(two, tmp_path / "two", processes=1)
    failed: list[Exception] = []

    def build(site: SitePlan) -> None:
        try:
            write(site, tmp_path / "out", processes=1)
        except (OSError, ProjectError) as error:
            failed.append(error)

    threads = [threading.Thread(target=build, args=(site,)) for site in (one, two, one, two)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert content(tmp_path / "out") in (content(tmp_path / "one"), content(tmp_path / "two"))


@pytest.mark.parametrize("name", ["catalog", "catalog/services", "scoring/new", "site", "schemas", ".git/hooks"])
def test_no_site_goes_where_a_repository_has_something_else(tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    for out in (tmp_path / name, tmp_path / "public" / ".." / name, tmp_path / "link" / name):
        with pytest.raises(ProjectError, match="lies within"):
            refuse_sources(tmp_path, out)
    refuse_sources(tmp_path, tmp_path / "public")
    refuse_sources(tmp_path, tmp_path / "catalog-site")
