"""Small catalogs in which entries contradict each other: each is laid over the right one."""

import datetime as dt
import re
import shutil
import time
from pathlib import Path

import pytest

from pagerworthy.catalog import load
from pagerworthy.catalog.checks import paths, promises
from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.graph import ceilings
from pagerworthy.problem import Severity
from tests.catalog.wrong_entries import EXAMPLES, Expected, problems_of, right_catalog

ACROSS = sorted(path for path in (EXAMPLES / "across").iterdir() if path.is_dir())
_LINE = re.compile(r'(PW\d+) (\S+) line (\d+) help "(.+)"')


def read(folder: Path) -> list[Expected]:
    """What is wrong with an example, as its file `expect` says."""
    found = []
    for line in (folder / "expect").read_text(encoding="utf-8").splitlines():
        match = _LINE.fullmatch(line)
        assert match, f"{folder}/expect: {line}"
        found.append(Expected(match[1], int(match[3]), match[4], match[2]))
    return found


@pytest.mark.parametrize("folder", ACROSS, ids=lambda path: path.name)
def test_contradiction_is_found_where_it_stands(folder: Path, tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    shutil.copytree(folder, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expect"))
    found = problems_of(root)
    expected = read(folder)
    shown = "\n".join(f"{p.code} {p.where.file}:{p.where.line} {p.message} | help: {p.help}" for p in found)
    places = sorted((p.code, p.where.file, p.where.line) for p in found)
    assert places == sorted((e.code, e.file, e.line) for e in expected), shown
    for each in expected:
        assert any(each.help in p.help for p in found if (p.code, p.where.file) == (each.code, each.file)), shown


def test_cycle_is_shown_with_its_whole_path(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    shutil.copytree(EXAMPLES / "across" / "hard-cycle-of-three", root, dirs_exist_ok=True)
    message = next(p.message for p in problems_of(root) if p.code == "PW208")
    assert message.endswith("alpha -> beta -> gamma -> alpha")


def test_promise_is_shown_with_its_numbers(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    shutil.copytree(EXAMPLES / "across" / "promises-that-multiply", root, dirs_exist_ok=True)
    message = next(p.message for p in problems_of(root) if p.code == "PW212")
    assert "99.9 %" in message
    assert "99.85 % together, most limited by beta; by themselves: beta 99.9 %, gamma 99.95 %" in message


def test_broken_file_leaves_the_others_loaded(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "catalog/services/cart.yaml").write_bytes(b"\xff\xfe\0")
    found = problems_of(root)
    # What needs cart is not blamed for it.
    assert [(p.code, p.where.file) for p in found] == [("PW004", "catalog/services/cart.yaml")]


@pytest.mark.parametrize("name", ["decision", "Decisions", "Waivers", "waiver", "service"])
def test_misspelt_folder_is_an_error(name: str, tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "catalog" / name).mkdir()
    (found,) = load(root, cache=False).problems
    assert (found.code, found.severity, found.where.file) == ("PW019", Severity.ERROR, f"catalog/{name}")
    assert found.help.startswith("did you mean")


def test_decisions_that_are_no_folder_are_an_error(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    for name in ("decisions", "waivers"):
        place = root / "catalog" / name
        if place.exists():
            shutil.rmtree(place)
    (root / "catalog/decisions").write_text("", encoding="utf-8")
    (root / "catalog/waivers").symlink_to(tmp_path)
    found = load(root, cache=False).problems
    assert [(each.code, each.severity, each.where.file) for each in found] == [
        ("PW002", Severity.ERROR, "catalog/decisions"),
        ("PW002", Severity.ERROR, "catalog/waivers"),
    ]


def test_thousands_of_missing_files_are_reported_at_once(tmp_path: Path) -> None:
    entry = (
        "apiVersion: pagerworthy/v1\nkind: Service\nmetadata:\n  name: {name}\n  description: A\nspec:\n  owner: team\n"
        "  system: shop\n  tier: 1\n  phase: design\n  runbooks:\n    - {{title: A, path: docs/{name}.md}}\n"
    )
    folder = tmp_path / "catalog/services"
    folder.mkdir(parents=True)
    for number in range(2_000):
        (folder / f"s{number}.yaml").write_text(entry.format(name=f"s{number}"), encoding="utf-8")
    scope = Scope(load(tmp_path, cache=False).catalog, tmp_path, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None)
    before = time.process_time()
    assert len(list(paths.files(scope))) == 2_000
    assert time.process_time() - before < 20


@pytest.mark.parametrize(
    ("needs", "together"),
    [
        ("{service: cart, criticality: hard, on_failure: a}", "99.5"),
        ("{resource: cart/store, criticality: hard, on_failure: a}", "99.5"),
        ("{external: cart, criticality: hard, on_failure: a, availability: 99.8}", "99.8"),
    ],
)
def test_least_of_what_is_promised_counts_once(needs: str, together: str, tmp_path: Path) -> None:
    def entry(name: str, *lines: str) -> None:
        head = "apiVersion: pagerworthy/v1\nkind: Service\nmetadata: {{name: {0}, description: A}}\nspec:\n"
        text = head.format(name) + "  owner: team\n  system: shop\n  tier: 1\n  phase: design\n" + "\n".join(lines)
        folder = tmp_path / "catalog/services"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")

    def slos(*objectives: float) -> list[str]:
        sli = "sli: {good: a, total: b}"
        each = "    - {{name: availability-{0}, objective: {1}, window: 30d, category: availability, {2}}}"
        return ["  slos:", *(each.format(number, value, sli) for number, value in enumerate(objectives))]

    entry("cart", *slos(99.99, 99.5), "  resources:", "    store: {type: redis, size: small}")
    entry("shop", *slos(99.95, 99.9), "  dependencies:", f"    - {needs}")
    catalog = load(tmp_path, cache=False).catalog
    assert set(catalog.services) == {"cart", "shop"}
    scope = Scope(catalog, tmp_path, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), None)
    (found,) = promises.too_high(scope)
    assert f"shop promises 99.9 %, and what it cannot do without keeps {together} % together" in found.message
    ceiling = ceilings(catalog).of("shop")
    assert f"{ceiling.percent:g}" == together
