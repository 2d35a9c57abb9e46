"""Loading: the same catalog whatever the order, the machine or the cache; nothing hidden, nothing written in it."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pagerworthy.catalog import Catalog, load
from pagerworthy.catalog.cache import Cache
from pagerworthy.catalog.kept import keep, read_kept
from pagerworthy.catalog.reading import Read, read_all
from pagerworthy.catalog.walk import walk
from tests.catalog.hostile import PAYMENT
from tests.catalog.wrong_entries import RIGHT, problems_of, right_catalog


@pytest.fixture(autouse=True)
def cache_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder


def settle() -> None:
    """Waits until files are old enough to be remembered."""
    time.sleep(0.06)


def remembered(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.kept"))


def test_everything_is_loaded_in_order() -> None:
    catalog = load(RIGHT, cache=False).catalog
    assert list(catalog.services) == ["cart", "checkout", "email", "payment"]
    assert list(catalog.teams) == ["payments", "sre", "storefront"]
    assert [decision.name for decision in catalog.decisions] == ["checkout-agree", "checkout-accept"]
    assert catalog.file_of("Postmortem", "orders-lost") == "catalog/postmortems/orders-lost.md"
    assert catalog.services["checkout"].spec.dependencies[0].target == "payment"
    assert "catalog/runbooks/checkout-slow.md" in catalog.files
    with pytest.raises(KeyError):
        catalog.file_of("Service", "nothing")


def test_digest_does_not_depend_on_order_place_or_time(tmp_path: Path) -> None:
    files = [path for path in RIGHT.rglob("*") if path.is_file()]
    digests = set()
    for seed in range(3):
        root = tmp_path / f"copy-{seed}"
        files = files[seed:] + files[:seed]
        for path in files:
            target = root / path.relative_to(RIGHT)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
            os.utime(target, (seed * 1000, seed * 1000))
        digests.add(load(root, cache=False).catalog.digest)
    code = (
        "import sys\nfrom pathlib import Path\nfrom pagerworthy.catalog import load\n"
        "print(load(Path(sys.argv[1])).catalog.digest)"
    )
    for zone, locale in (("Pacific/Apia", "C"), ("America/St_Johns", "tr_TR.UTF-8")):
        environment = {**os.environ, "TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": "1"}
        done = subprocess.run(
            [sys.executable, "-c", code, str(RIGHT)], capture_output=True, text=True, check=True, env=environment
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1
    assert digests.pop().startswith("sha256:")


def test_digest_changes_with_every_file(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    before = load(root, cache=False).catalog.digest
    for place in ("services/email.yaml", "runbooks/checkout-slow.md", "decisions/checkout-agree.yaml"):
        path = root / "catalog" / place
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        after = load(root, cache=False).catalog.digest
        assert after != before
        before = after


def test_broken_entries_count_in_the_digest(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "catalog/services/cart.yaml").write_bytes(b"\xff")
    one = load(root, cache=False).catalog
    (root / "catalog/services/cart.yaml").write_bytes(b"\xfe")
    assert load(root, cache=False).catalog.digest != one.digest
    assert "cart" not in one.services


def same(one: Catalog, other: Catalog) -> None:
    assert (one.files, one.digest, one.places, one.ties) == (other.files, other.digest, other.places, other.ties)
    assert dict(one.services) == dict(other.services)
    assert (dict(one.teams), dict(one.systems)) == (dict(other.teams), dict(other.systems))
    assert (one.decisions, one.waivers, one.postmortems) == (other.decisions, other.waivers, other.postmortems)


def test_cache_changes_nothing(tmp_path: Path, cache_folder: Path) -> None:
    root = right_catalog(tmp_path)
    cold = load(root, cache=False)
    assert not remembered(cache_folder)
    settle()
    first = load(root)
    assert len(remembered(cache_folder)) == 1
    second = load(root)
    for loaded in (first, second):
        same(loaded.catalog, cold.catalog)
        assert loaded.problems == cold.problems


def test_cache_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = right_catalog(tmp_path)
    settle()
    load(root)
    read: list[str] = []

    def spy(root: Path, files: list[object]) -> list[Read]:
        read.extend(str(each) for each in files)
        return []

    monkeypatch.setattr("pagerworthy.catalog.loading.read_all", spy)
    assert list(load(root).catalog.services) == ["cart", "checkout", "email", "payment"]
    assert not read


def test_changed_file_is_read_again_though_its_size_and_time_are_the_same(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    path = root / "catalog/services/payment.yaml"
    settle()
    load(root)
    stat = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace("tier: 1", "tier: 7"), encoding="utf-8")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size
    assert [problem.code for problem in load(root).problems] == ["PW109"]


def test_wrong_files_are_never_remembered(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "catalog/services/payment.yaml").write_text(PAYMENT.replace("tier: 1", "tier: 7"), encoding="utf-8")
    settle()
    for _ in range(3):
        assert [problem.code for problem in load(root).problems] == ["PW109"]


def test_what_an_entry_says_against_itself_is_remembered(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    path = root / "catalog/services/checkout.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("{min: 3, max: 12}", "{min: 12, max: 3}"), encoding="utf-8"
    )
    settle()
    for _ in range(3):
        loaded = load(root)
        assert [problem.code for problem in loaded.problems] == ["PW229"]
        assert "checkout" in loaded.catalog.services


def test_added_and_removed_files_are_noticed(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    settle()
    load(root)
    (root / "catalog/services/extra.yaml").write_text(PAYMENT.replace("name: payment", "name: extra"), encoding="utf-8")
    (root / "catalog/services/email.yaml").unlink()
    assert list(load(root).catalog.services) == ["cart", "checkout", "extra", "payment"]


def test_schema_of_an_extension_counts_in_the_cache(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    schema = root / "schemas/extensions/acme.schema.json"
    schema.parent.mkdir(parents=True)
    schema.write_text('{"properties": {"a": {"type": "integer"}}}', encoding="utf-8")
    (root / "catalog/services/payment.yaml").write_text(PAYMENT + "  extensions: {acme: {a: 1}}\n", encoding="utf-8")
    settle()
    assert not load(root).problems
    schema.write_text('{"properties": {"a": {"type": "string"}}}', encoding="utf-8")
    assert [problem.code for problem in load(root).problems] == ["PW107"]


@pytest.mark.parametrize("content", [b"", b"\x00", b"\x91\x01", b"\xdd\xff\xff\xff\xff", os.urandom(1000), b"\x90"])
def test_spoilt_cache_is_ignored(content: bytes, tmp_path: Path, cache_folder: Path) -> None:
    root = right_catalog(tmp_path)
    settle()
    cold = load(root)
    (file,) = remembered(cache_folder)
    file.write_bytes(content)
    same(load(root).catalog, cold.catalog)


def test_one_changed_byte_of_a_cache_is_noticed(tmp_path: Path, cache_folder: Path) -> None:
    root = right_catalog(tmp_path)
    settle()
    cold = load(root)
    (file,) = remembered(cache_folder)
    content = file.read_bytes()
    # Still a message, and of an entry that says something else.
    at = content.index(b"payment", 40)
    file.write_bytes(content[:at] + b"poyment" + content[at + 7 :])
    same(load(root).catalog, cold.catalog)


def test_what_another_program_kept_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    keep("entries", b"key", b"content")
    assert bytes(read_kept("entries", b"key") or b"") == b"content"
    assert read_kept("entries", b"other") is None
    monkeypatch.setattr("pagerworthy.catalog.kept._program", lambda: b"another")
    assert read_kept("entries", b"key") is None


def test_without_a_cache_folder_everything_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = right_catalog(tmp_path)
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert list(load(root).catalog.services)
    assert Cache(root, "").read() == {}


def test_repository_cannot_hold_the_cache(tmp_path: Path, cache_folder: Path) -> None:
    root = right_catalog(tmp_path)
    settle()
    before = sorted(root.rglob("*"))
    load(root)
    assert sorted(root.rglob("*")) == before
    other = tmp_path / "other"
    shutil.copytree(root, other)
    settle()
    load(other)
    # Another repository never sees what this one was remembered by.
    assert len(remembered(cache_folder)) == 2


def test_old_caches_are_removed(tmp_path: Path, cache_folder: Path) -> None:
    root = right_catalog(tmp_path)
    settle()
    load(root)
    (file,) = remembered(cache_folder)
    old = file.with_name(f"{'0' * 32}.kept")
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    for number in range(60):
        name = f"extra-{number}"
        text = PAYMENT.replace("name: payment", f"name: {name}")
        (root / f"catalog/services/{name}.yaml").write_text(text, encoding="utf-8")
    settle()
    load(root)
    assert remembered(cache_folder) == [file]


def test_two_processes_read_what_one_does(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    for number in range(450):
        text = PAYMENT.replace("name: payment", f"name: extra-{number}")
        if number % 50 == 0:
            text = text.replace("phase: design", "phase: desgin")
        (root / f"catalog/services/extra-{number}.yaml").write_text(text, encoding="utf-8")
    here = [read_all(root, [found])[0] for found in walk(root).found]
    code = (
        "import sys, threading\nfrom pathlib import Path\n"
        "from pagerworthy.catalog import load\n"
        "assert threading.active_count() == 1\n"
        "loaded = load(Path(sys.argv[1]), cache=False)\n"
        "print(loaded.catalog.digest, len(loaded.catalog.services), len(loaded.problems))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True)
    digest, services, problems = done.stdout.split()
    assert digest == load(root, cache=False).catalog.digest
    assert int(services) == sum(read.file.entry is not None and read.file.entry.kind == "Service" for read in here)
    assert int(problems) == sum(len(read.problems) for read in here) == 9


def test_problems_are_in_order(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    for name in ("zeta", "alpha", "mid"):
        text = PAYMENT.replace("name: payment", f"name: {name}").replace("owner: payments", "ownr: nobody")
        (root / f"catalog/services/{name}.yaml").write_text(text, encoding="utf-8")
    found = problems_of(root)
    assert [p.where.file.rsplit("/", 1)[1] for p in found] == ["alpha.yaml", "mid.yaml", "zeta.yaml"]


def test_folder_without_a_catalog_is_a_problem(tmp_path: Path) -> None:
    assert [problem.code for problem in load(tmp_path, cache=False).problems] == ["PW001"]
