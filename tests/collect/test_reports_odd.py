"""Reports that nobody has thought of: each is wrong by itself, and all others are read."""

from pathlib import Path

import pytest

from pagerworthy.collect.reports import files
from pagerworthy.collect.reports.files import find
from pagerworthy.evidence import Record
from tests.collect.test_reports import _TRIVY, Case, collected, of, put, root

__all__ = ["root"]

_COST = [{"service": "checkout", "month": "2026-10", "cost": 400, "budget": True}]
_SCAN = {**_TRIVY, "ArtifactName": "registry.example/pay"}


def _scan(user: str, **more: str) -> dict[str, object]:
    return {**_SCAN, "Metadata": {"ImageConfig": {"config": {"User": user}}}, **more}


def _row(month: str) -> list[dict[str, object]]:
    return [{"service": "pay", "month": month, "cost": 400, "budget": True}]


ODD = (
    Case("trivy", "r/pay.json", _scan("1000", CreatedAt="0001-01-01T00:00:00.5Z"), "scan.image", "is not between 1970"),
    Case("costs", "r/odd.json", _row("9999-12"), "cost.actual", "is not between 1970"),
    Case("costs", "r/odd.json", _row("0001-01"), "cost.actual", "is not between 1970"),
)


@pytest.mark.parametrize("case", ODD, ids=lambda case: f"{case.name}-{case.found}")
def test_what_is_odd_is_wrong_alone(case: Case, root: Path) -> None:
    put(root, "r/checkout.json", _TRIVY if case.name == "trivy" else _COST)
    put(root, case.file, case.content)
    records = collected(root, **{case.name: ("r/*",)})
    assert isinstance(of(records, case.key), dict)
    assert str(case.found) in str(of(records, case.key, subject="pay"))


@pytest.mark.parametrize(
    ("zeros", "root_user"), [("0" * 5000, True), ("\N{ARABIC-INDIC DIGIT ZERO}", True), ("1" * 5000, False)]
)
def test_a_user_of_thousands_of_digits_is_read(zeros: str, root_user: bool, root: Path) -> None:
    put(root, "r/pay.json", _scan(zeros))
    found = of(collected(root, trivy=("r/*",)), "scan.image", subject="pay")
    assert isinstance(found, dict)
    assert found["root"] is root_user


@pytest.mark.parametrize(
    ("broken", "right", "wrong", "key"),
    [
        ("trivy.services_of", _TRIVY, _SCAN, "scan.image"),
        ("costs._end", _COST, _row("2026-09"), "cost.actual"),
    ],
)
def test_what_a_format_trips_over_hides_no_other_file(
    broken: str, right: object, wrong: object, key: str, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(root, "r/checkout.json", right)
    put(root, "r/pay.json", wrong)
    place = f"pagerworthy.collect.reports.{broken}"
    module, _, function = place.rpartition(".")
    kept = getattr(__import__(module, fromlist=[function]), function)

    def trips(*given: object) -> object:
        if "pay.json" in str(given[0]) or given[0] == "2026-09":
            raise ZeroDivisionError
        return kept(*given)

    monkeypatch.setattr(place, trips)
    records: tuple[Record, ...] = collected(root, **{broken.partition(".")[0]: ("r/*",)})
    assert isinstance(of(records, key), dict)
    assert "cannot be read: ZeroDivisionError" in str(of(records, key, subject="pay"))


def _names(root: Path, *patterns: str) -> list[str]:
    return [each.fault or each.path for each in find(root, patterns)]


@pytest.mark.parametrize("pattern", [f"g/{'*/' * 13}nothing.json", f"g/{'**/' * 8}nothing.json", f"{'**/' * 30}*"])
def test_links_and_stars_do_not_multiply(pattern: str, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = root / "g/h"
    folder.mkdir(parents=True)
    for number in range(8):
        (root / f"g/l{number}").symlink_to(".")
        folder /= "d"
    folder.mkdir(parents=True)
    # All that lies there is looked at but a few times, which is far from eight to the power of thirteen.
    monkeypatch.setattr(files, "_MOST_SEEN", 10_000)
    assert not [each for each in _names(root, pattern) if "looked at" in each]


def test_a_walk_has_an_end(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        put(root, f"g/{number}.json", "{}")
    monkeypatch.setattr(files, "_MOST_SEEN", 10)
    (fault,) = _names(root, "g/*.xml")
    assert "more than 10 files and folders were looked at" in fault


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("a/*.json", ["a/x.json", "a/y.json"]),
        ("a/[xz].json", ["a/x.json"]),
        ("a/?.json", ["a/x.json", "a/y.json"]),
        ("**/x.json", ["a/b/c/x.json", "a/x.json"]),
        ("a/**/*.json", ["a/b/c/x.json", "a/x.json", "a/y.json"]),
        ("*/b/**/x.json", ["a/b/c/x.json"]),
        ("a/*/c/x.json", ["a/b/c/x.json"]),
        ("a/**/c/*", ["a/b/c/x.json"]),
        ("a/b*", []),
        ("a/*/x.json/*", []),
        ("gone/*", []),
    ],
)
def test_patterns_match_as_in_a_shell(pattern: str, found: list[str], root: Path) -> None:
    for name in ("a/x.json", "a/y.json", "a/b/c/x.json"):
        put(root, name, "{}")
    assert _names(root, pattern) == found


def test_a_backslash_in_a_name_is_part_of_it(root: Path) -> None:
    put(root, "r/a\\b\\c\\d/checkout.json", _TRIVY)
    (found,) = find(root, ["r/**/*.json"])
    assert (found.path, found.fault) == ("r/a/b/c/d/checkout.json", "")
