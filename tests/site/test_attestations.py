"""Attestations on pages: which are shown, in what words, and how a criterion's evidence leads to them."""

import datetime as dt
from typing import Any

import pytest

from pagerworthy.catalog import Attestation, Located, assemble
from pagerworthy.evidence import with_attestations
from pagerworthy.scoring import CriterionResult, Outcome
from pagerworthy.site import words
from pagerworthy.site.attested import anchor_of, last_of_each
from pagerworthy.site.documents import decisions_doc
from pagerworthy.site.feed import feed_of
from pagerworthy.site.index import index_of
from pagerworthy.site.pages.attestations import attestation_lines, size_of
from pagerworthy.site.pages.overview import _expiring
from pagerworthy.site.pages.proofs import Proofs
from tests.site.world import AS_OF, HOSTILE, entry, world

CLOCK = words.Clock(AS_OF)
TODAY = AS_OF.date()


def attestation(name: str, on: int, until: int, key: str = "attest.security", **more: Any) -> Attestation:
    """One of cart, by days from today."""
    spec = {
        "service": "cart",
        "attests": key,
        "by": {"name": "Ada", "capacity": "reviewer"},
        "date": (TODAY + dt.timedelta(days=on)).isoformat(),
        "until": (TODAY + dt.timedelta(days=until)).isoformat(),
        "about": {"url": "https://security.example.com/1"},
        "statement": "Reviewed.",
        **more,
    }
    found = entry("Attestation", name, spec)
    assert isinstance(found, Attestation)
    return found


def test_of_each_thing_the_newest_is_shown_and_what_is_to_come_only_where_nothing_is() -> None:
    old, new, later = (attestation(*each) for each in (("a", -90, 9), ("b", -5, 99), ("c", 3, 99)))
    access = attestation("d", 5, 50, "attest.access")
    assert last_of_each([later, new, old, access], TODAY) == [access, new]
    assert last_of_each([later], TODAY) == [later]


@pytest.mark.parametrize(
    ("on", "until", "mark", "says"),
    [
        (-10, 200, "ok", "until "),
        (-10, 20, "warn", "until "),
        (-10, 0, "warn", "until "),
        (-10, -1, "bad", "stale, ended "),
        (2, 100, "wait", "from "),
    ],
)
def test_a_line_says_whether_it_holds(on: int, until: int, mark: str, says: str) -> None:
    (line,) = attestation_lines([attestation("a", on, until)], CLOCK)
    assert line.mark == mark
    assert line.state.startswith(says)
    assert (line.says, line.href) == ("The security review was done.", "https://security.example.com/1")
    assert line.who.startswith("Ada, reviewer, ")


def test_numbers_and_what_was_looked_at_are_said() -> None:
    training = attestation("a", -1, 9, "attest.training", training={"trained": 6, "rotation": 7})
    unit = attestation("b", -1, 9, "cost.unit", unit_cost={"cost": 0.00002, "accepted": False})
    paper = attestation("c", -1, 9, about={"path": "docs/a.md", "text": "chapter 2"})
    lines = attestation_lines([training, unit, paper], CLOCK)
    assert lines[0].numbers == "6 of 7 people are trained."
    assert lines[1].numbers == "One unit costs 2e-05, not accepted by the business."
    assert (lines[2].about, lines[2].href) == ("chapter 2: docs/a.md", "")


def test_no_line_takes_much_of_a_page() -> None:
    long = "<" * 300
    wide = attestation("a", -1, 9, statement=long * 20, by={"name": long, "capacity": long}, about={"text": long})
    (line,) = attestation_lines([wide], CLOCK)
    assert size_of(line) < 4_000


@pytest.mark.parametrize(
    ("query", "anchor"),
    [
        ("catalog/attestations/a-1.yaml", "t-a-1"),
        ("catalog/attestations/eu/a-1.yaml", "t-a-1"),
        ("catalog/attestations/a-1.yml", ""),
        ("sum(rate(x[5m]))", ""),
    ],
)
def test_an_entry_is_known_by_its_file(query: str, anchor: str) -> None:
    assert anchor_of(query) == anchor


@pytest.mark.parametrize("outcome", [Outcome.PASS, Outcome.UNKNOWN])
def test_evidence_leads_to_the_entry(outcome: Outcome) -> None:
    catalog = assemble([Located(attestation("cart-1", -5, 9), "catalog/attestations/cart-1.yaml")])
    source = world()
    catalog = type(catalog)(services=source.catalog.services, attestations=catalog.attestations, places=catalog.places)
    evidence = with_attestations(source.evidence, catalog).of("cart")
    references = tuple(known.reference for known in evidence["attest.security"].values())
    result = CriterionResult("security-reviewed", outcome, "", None, references)
    (proof,), rest = Proofs(evidence, CLOCK, 1_000).show(result)
    assert (proof.key, proof.anchor, proof.query, rest) == ("attest.security", "t-cart-1", "", "")
    assert Proofs(evidence, CLOCK, 100).show(result)[0] == ()


def test_what_ends_soon_is_told_and_the_api_has_all() -> None:
    source = world()
    index = index_of(source)
    names = {each.name for each in source.catalog.attestations}
    assert names == {"reviewed", "reviewed-before", "refused"}
    (ending,) = [each for each in _expiring(index).notices if each.about == "attestation"]
    assert (ending.mark, ending.word) == ("warn", "soon")
    (told,) = [each for each in feed_of(index).entries if each.category == "attestation-expiry"]
    assert told.id.endswith(":reviewed")
    assert {each.name for each in decisions_doc(index).attestations} == names
    assert any(HOSTILE in each.statement for each in decisions_doc(index).attestations)
