"""`pagerworthy new attestation` records what a person says, and `score` takes it at once."""

import datetime as dt
from pathlib import Path

import pytest

from pagerworthy.catalog import load
from tests.cli.test_new import _own_cache, new, root, start

__all__ = ["_own_cache", "root"]

NOW = "[scoring]\nas_of = 2026-11-20T08:00:00Z\n"
SAID = ["--capacity", "security champion", "--statement", "Reviewed: nothing is open."]
ADA = ["--by", "Ada Okafor", *SAID]


def attest(root: Path, key: str, *more: str, about: str = "https://security.example.com/1") -> tuple[int, str]:
    return new(root, "attestation", "checkout", key, "--about", about, *more)


@pytest.fixture(autouse=True)
def _shop(root: Path) -> None:
    start(root)
    (root / "pagerworthy.toml").write_text(NOW, encoding="utf-8")


def test_it_holds_from_today_on_for_a_year(root: Path) -> None:
    code, said = attest(root, "attest.security", *ADA)
    assert code == 0
    assert said.startswith("Wrote catalog/attestations/checkout-security-2026-11-20.yaml.\n")
    loaded = load(root)
    assert not loaded.problems
    (found,) = loaded.catalog.attestations
    assert (found.spec.date, found.spec.until) == (dt.date(2026, 11, 20), dt.date(2027, 11, 20))
    assert found.spec.by.name == "Ada Okafor"
    assert found.spec.about.url == "https://security.example.com/1"


def test_it_knows_a_file_from_an_address_and_from_a_name(root: Path) -> None:
    (root / "docs").mkdir()
    (root / "docs/access.md").write_text("# Access\n", encoding="utf-8")
    attest(root, "attest.access", *ADA, about="docs/access.md")
    attest(root, "attest.switches", *ADA, about="../../etc/passwd")
    access, switches = (each.spec.about for each in load(root).catalog.attestations)
    assert (access.path, access.text) == ("docs/access.md", "")
    assert (switches.path, switches.text) == ("", "../../etc/passwd")


@pytest.mark.parametrize("about", ["docs/nope.md", "nope.md", "./a/b.yaml", "../outside.txt"])
def test_a_file_that_is_not_there_is_not_taken_for_words(about: str, root: Path) -> None:
    code, said = attest(root, "attest.switches", *ADA, about=about)
    assert code == 2
    assert f"there is no file {about}" in said
    assert not (root / "catalog/attestations").exists()


@pytest.mark.parametrize(
    "about", ["SEC-1204", "the list of flags, v1.2", "minutes of 2026-11-20", "report 7.md of May"]
)
def test_words_are_not_taken_for_a_file(about: str, root: Path) -> None:
    assert attest(root, "attest.switches", *ADA, about=about)[0] == 0


def test_what_the_entry_has_to_say_beside_it_is_named(root: Path) -> None:
    entry = root / "catalog/services/checkout.yaml"
    more = ("--date", "2026-11-19")
    for key, field in (
        ("attest.security", "`security.review`"),
        ("attest.access", "`security.access_review`"),
        ("attest.switches", "`release.switches: true`"),
    ):
        assert f"Next: write {field}" in attest(root, key, *ADA)[1]
    text = entry.read_text(encoding="utf-8").rstrip("\n")
    review = "{url: 'https://security.example.com/1', date: 2026-11-01, expires: 2027-11-01}"
    entry.write_text(f"{text}\n  security: {{review: {review}}}\n", encoding="utf-8")
    assert "Next:" not in attest(root, "attest.security", *ADA, *more)[1]


def test_keys_with_numbers_take_them_and_others_do_not(root: Path) -> None:
    assert attest(root, "attest.training", *ADA, "--trained", "6", "--rotation", "7")[0] == 0
    maya = ["--by", "Maya Hansen", *SAID]
    code, said = attest(root, "cost.unit", *maya, "--cost", "0.00001", "--accepted")
    assert (code, said.splitlines()[0]) == (0, "Wrote catalog/attestations/checkout-unit-2026-11-20.yaml.")
    training, unit = (each.spec for each in load(root).catalog.attestations)
    assert training.training is not None
    assert (training.training.trained, training.training.rotation) == (6, 7)
    assert unit.unit_cost is not None
    assert (unit.unit_cost.cost, unit.unit_cost.accepted) == (0.00001, True)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["attest.training", *ADA], "needs --trained and --rotation"),
        (["cost.unit", *ADA, "--cost", "1"], "needs --cost and --accepted or --refused"),
        (["attest.security", *ADA, "--trained", "1"], "are for attest.training"),
        (["attest.training", *ADA, "--trained", "8", "--rotation", "7"], "PW256"),
        (["attest.security", *ADA, "--date", "2999-01-01"], "has not come"),
        (["attest.security", *ADA, "--until", "2026-11-01"], "PW250"),
        (["attest.security", *ADA, "--until", "2029-11-01"], "PW251"),
        (["attest.secrity", *ADA], "attest.security"),
        (["slo.budget", *ADA], "is not one of"),
        (["attest.security", *SAID], "--by"),
    ],
)
def test_a_wrong_one_is_not_written(arguments: list[str], says: str, root: Path) -> None:
    code, said = attest(root, *arguments)
    assert code == 2
    assert says in said
    assert not (root / "catalog/attestations").exists()


def test_a_service_that_is_not_there_is_answered_with_the_one_that_is(root: Path) -> None:
    code, said = new(root, "attestation", "chekout", "attest.security", *ADA, "--about", "a list")
    assert code == 2
    assert "checkout" in said


def test_a_stranger_may_be_written_down_and_is_pointed_out(root: Path) -> None:
    code, said = attest(root, "attest.security", "--by", "Ada Okafr", *SAID)
    assert code == 0
    assert "PW255" in said
    assert "did you mean Ada Okafor?" in said


def test_a_new_one_says_which_old_one_it_takes_the_place_of(root: Path) -> None:
    attest(root, "attest.security", *ADA, "--date", "2026-03-01")
    code, said = attest(root, "attest.security", *ADA)
    assert code == 0
    assert "PW252" in said
    assert "checkout-security-2026-03-01.yaml, or write until: 2026-11-19" in said
    code, said = attest(root, "attest.security", *ADA, "--name", "checkout-again")
    assert code == 2
    assert "PW253" in said
