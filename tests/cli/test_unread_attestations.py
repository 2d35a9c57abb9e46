"""Attestations that cannot be read make what they may be about unknown, and nothing better."""

import shutil
from pathlib import Path

import pytest

from pagerworthy.cli.pipeline import Assessment, assess
from pagerworthy.evidence import ATTESTED
from pagerworthy.project import open_project
from pagerworthy.scoring import Outcome

ROOT = Path(__file__).parents[2]
_ATTESTED = {
    "access-reviewed": "attest.access",
    "features-switchable": "attest.switches",
    "receivers-trained": "attest.training",
    "security-reviewed": "attest.security",
    "unit-cost-accepted": "cost.unit",
}
FOLDER = "catalog/attestations"
NEWER = f"{FOLDER}/checkout-security-2026-11-01.yaml"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "repository"
    for name in ("catalog", "scoring"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "pagerworthy.toml", root)
    return root


def judged(root: Path) -> Assessment:
    return assess(open_project(root), cache=False)


def outcomes(found: Assessment) -> dict[tuple[str, str], Outcome]:
    return {
        (card.service, result.id): result.outcome
        for card in found.scores.scorecards
        for result in card.results
        if result.id in _ATTESTED
    }


def changed(root: Path, before: dict[tuple[str, str], Outcome]) -> dict[tuple[str, str], Outcome]:
    after = outcomes(judged(root))
    return {key: outcome for key, outcome in after.items() if outcome is not before[key]}


def test_the_rubric_asks_for_every_key(root: Path) -> None:
    criteria = {each.id: each for each in judged(root).rubric.criteria}
    assert {criteria[name].needs for name in _ATTESTED} == {(key,) for key in ATTESTED}
    assert dict(_ATTESTED) == {name: criteria[name].needs[0] for name in _ATTESTED}


def test_a_newer_one_that_cannot_be_read_hides_what_was_said_before(root: Path) -> None:
    before = outcomes(judged(root))
    assert before["checkout", "security-reviewed"] is Outcome.PASS
    text = (root / FOLDER / "checkout-security-2026-05-19.yaml").read_text()
    (root / NEWER).write_text(text.replace("until:", "untill:").replace("2026-05-19", "2026-11-01"))
    assert changed(root, before) == {("checkout", "security-reviewed"): Outcome.UNKNOWN}
    card = next(each for each in judged(root).scores.scorecards if each.service == "checkout")
    detail = next(each.detail for each in card.results if each.id == "security-reviewed")
    assert f"{NEWER} cannot be read" in detail


@pytest.mark.parametrize(
    ("text", "services"),
    [
        ("kind: Attestation\nspec: {service: checkout, attests: nothing}\n", {"checkout"}),
        ("\0", None),
        ("kind: Attestation\nspec:\n  service: nobody\n", None),
        ("service: checkout\n" + "#" * 600_000, None),
    ],
)
def test_one_that_names_nothing_may_be_about_all(text: str, services: set[str] | None, root: Path) -> None:
    before = outcomes(judged(root))
    (root / NEWER).write_text(text)
    after = changed(root, before)
    assert set(after.values()) == {Outcome.UNKNOWN}
    wanted = {
        (service, name)
        for (service, name), outcome in before.items()
        if outcome in {Outcome.PASS, Outcome.FAIL} and (services is None or service in services)
    }
    assert set(after) == wanted


@pytest.mark.parametrize("name", ["attestation", "Attestations", "attestations/a.yml"])
def test_what_looks_like_attestations_and_is_not_read_makes_them_unknown(name: str, root: Path) -> None:
    before = outcomes(judged(root))
    place = root / "catalog" / name
    if "/" in name:
        place.write_text("spec: {service: checkout, attests: attest.security}\n")
        assert changed(root, before) == {("checkout", "security-reviewed"): Outcome.UNKNOWN}
    else:
        place.mkdir()
        assert set(changed(root, before).values()) == {Outcome.UNKNOWN}


def test_a_link_in_place_of_the_folder_shows_nothing(root: Path, tmp_path: Path) -> None:
    before = outcomes(judged(root))
    (root / FOLDER).rename(tmp_path / "elsewhere")
    (root / FOLDER).symlink_to(tmp_path / "elsewhere")
    assert set(changed(root, before).values()) == {Outcome.UNKNOWN}


def test_a_second_entry_of_one_name_makes_both_doubtful(root: Path) -> None:
    before = outcomes(judged(root))
    name = "checkout-security-2026-05-19.yaml"
    (root / FOLDER / "eu").mkdir()
    shutil.copy(root / FOLDER / name, root / FOLDER / "eu" / name)
    assert changed(root, before) == {("checkout", "security-reviewed"): Outcome.UNKNOWN}


def test_without_them_nothing_is_attested(root: Path) -> None:
    before = outcomes(judged(root))
    shutil.rmtree(root / FOLDER)
    after = changed(root, before)
    assert set(after.values()) == {Outcome.UNKNOWN}
    assert {name for _, name in after} == set(_ATTESTED)
