"""Attestations are evidence: from their day to their last, beside what files say, and never better for a fault."""

import datetime as dt
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagerworthy.catalog import (
    About,
    AttestationSpec,
    AttestedKey,
    Attester,
    Located,
    Metadata,
    Service,
    ServiceSpec,
    Trained,
    UnitPrice,
    assemble,
)
from pagerworthy.catalog import Attestation as Entry
from pagerworthy.catalog.schemas import Schemas
from pagerworthy.evidence import ATTESTED, KEYS, Evidence, Record, is_stale, read_evidence, with_attestations
from pagerworthy.evidence.kept import LazySubjects
from pagerworthy.evidence.keys.base import Attested
from pagerworthy.evidence.keys.handover import Training, UnitCost
from pagerworthy.evidence.overlay import with_records

AS_OF = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
TODAY = AS_OF.date()
KEY: AttestedKey = "attest.security"


def attested(
    service: str = "cart",
    key: AttestedKey = KEY,
    on: dt.date = TODAY - dt.timedelta(days=10),
    until: dt.date = TODAY + dt.timedelta(days=10),
    *,
    name: str = "a",
    statement: str = "Reviewed.",
    trained: tuple[int, int] = (6, 7),
) -> Located:
    spec = AttestationSpec(
        service=service,
        attests=key,
        by=Attester(name="Ines Carvalho", capacity="security reviewer"),
        date=on,
        until=until,
        about=About(text="a list"),
        statement=statement,
        training=Trained(*trained) if key == "attest.training" else None,
        unit_cost=UnitPrice(0.002, accepted=False) if key == "cost.unit" else None,
    )
    entry = Entry(apiVersion="pagerworthy/v1", metadata=Metadata(name=name), spec=spec)
    return Located(entry, f"catalog/attestations/{name}.yaml")


def seen(
    *entries: Located,
    evidence: Evidence | None = None,
    as_of: dt.datetime = AS_OF,
    unread: dict[str, list[tuple[str, str]]] | None = None,
) -> Evidence:
    spec = ServiceSpec(owner="ordering", system="shop", tier=1, phase="design")
    service = Service(apiVersion="pagerworthy/v1", metadata=Metadata(name="cart"), spec=spec)
    catalog = assemble([Located(service, "catalog/services/cart.yaml"), *entries])
    return with_attestations(evidence or nothing(as_of), catalog, unread)


def nothing(as_of: dt.datetime = AS_OF) -> Evidence:
    return Evidence(as_of, "sha256:", {})


def record(key: str = KEY, *, time: dt.datetime = AS_OF, subject: str = "cart", by: str = "a file") -> Record:
    value = msgspec.Raw(msgspec.json.encode(Attested(by, "Reviewed.")))
    return Record(subject=subject, key=key, time=time, source="attestation", strength="observed", value=value)


def test_the_keys_of_entries_are_the_keys_that_only_a_person_brings() -> None:
    properties = Schemas().of("Attestation")["properties"]["spec"]["properties"]
    assert set(ATTESTED) == set(get_args(AttestedKey)) == set(properties["attests"]["enum"])
    for name in ATTESTED:
        assert KEYS[name].per == "service"
        field = {Training: "training", UnitCost: "unit_cost"}.get(KEYS[name].value)
        assert field is not None or KEYS[name].value is Attested
        if field:
            assert set(properties[field]["properties"]) == set(KEYS[name].value.__struct_fields__)


def test_an_attestation_is_a_record_of_its_key() -> None:
    known = seen(attested()).of("cart")[KEY][""]
    assert known.value == Attested("Ines Carvalho, security reviewer", "Reviewed.")
    made = known.record
    assert (made.source, made.strength, made.query) == ("attestation", "observed", "catalog/attestations/a.yaml")
    assert made.time == dt.datetime(2026, 11, 10, tzinfo=dt.UTC)
    assert seen(attested(key="attest.training")).of("cart")["attest.training"][""].value == Training(6.0, 7.0)
    assert seen(attested(key="cost.unit")).of("cart")["cost.unit"][""].value == UnitCost(0.002, accepted=False)


def test_it_holds_through_its_last_day_and_is_stale_after() -> None:
    last = dt.date(2026, 11, 30)
    made = seen(attested(until=last)).of("cart")[KEY][""].record
    for moment, stale in ((dt.datetime(2026, 11, 30, 23, 59), False), (dt.datetime(2026, 12, 1), True)):  # noqa: DTZ001
        assert is_stale(made, as_of=moment.replace(tzinfo=dt.UTC), max_age=None) is stale


def test_nothing_is_known_before_its_day() -> None:
    entry = attested(on=TODAY + dt.timedelta(days=1), until=TODAY + dt.timedelta(days=9))
    assert seen(entry).of("cart") == {}
    assert seen(entry, as_of=AS_OF + dt.timedelta(days=1)).of("cart")


def test_an_endless_one_ends() -> None:
    made = seen(attested(until=dt.date(2099, 12, 31))).of("cart")[KEY][""].record
    assert made.expires is not None
    assert made.expires - made.time < dt.timedelta(days=401)


def test_one_that_ends_before_it_begins_never_holds() -> None:
    made = seen(attested(until=TODAY - dt.timedelta(days=20))).of("cart")[KEY][""].record
    assert is_stale(made, as_of=AS_OF, max_age=None)


def test_numbers_that_cannot_be_make_the_key_unknown() -> None:
    known = seen(attested(key="attest.training", trained=(9, 7))).of("cart")["attest.training"][""]
    assert known.value is None
    assert "trained is 9, more than rotation, 7" in known.record.failed


def test_what_is_attested_of_no_service_is_not_evidence() -> None:
    assert dict(seen(attested("chart")).subjects) == {}


def test_the_newer_of_two_counts_wherever_it_is_from(tmp_path: Path) -> None:
    file = tmp_path / "cart.jsonl"
    for days, by in ((-1, "Ines Carvalho, security reviewer"), (1, "a file")):
        time = dt.datetime(2026, 11, 10, tzinfo=dt.UTC) + dt.timedelta(days=days)
        file.write_bytes(msgspec.json.encode(record(time=time)) + b"\n")
        evidence = read_evidence(tmp_path, [file], as_of=AS_OF)
        assert not evidence.problems
        value = seen(attested(), evidence=evidence).of("cart")[KEY][""].value
        assert isinstance(value, Attested)
        assert value.by == by


def test_without_attestations_nothing_changes() -> None:
    evidence = nothing()
    assert seen(evidence=evidence) is evidence


def test_the_digest_is_that_of_what_is_said_and_not_of_its_order() -> None:
    one, two = attested(name="a"), attested(key="attest.access", name="b")
    assert seen(one, two).digest == seen(two, one).digest != seen(one).digest
    assert seen(one).digest_of("cart") != seen(two).digest_of("cart")
    assert seen(one).digest != seen(attested(statement="Not reviewed.")).digest


def test_a_file_that_cannot_be_read_makes_its_keys_unknown_whatever_was_said_before() -> None:
    file = "catalog/attestations/b.yaml"
    found = seen(attested(), unread={file: [("cart", KEY), ("cart", "attest.access")]}).of("cart")
    for key in (KEY, "attest.access"):
        assert found[key][""].value is None
        assert found[key][""].record.failed == f"{file} cannot be read"


_SUBJECTS = st.sampled_from(["cart", "checkout", "email"])
_RECORDS = st.lists(
    st.builds(
        record,
        st.sampled_from(["attest.security", "attest.access"]),
        time=st.integers(0, 3).map(lambda days: AS_OF - dt.timedelta(days=days)),
        subject=_SUBJECTS,
        by=st.sampled_from(["a", "b"]),
    ),
    max_size=6,
)


@pytest.mark.parametrize("lazy", [False, True])
def test_to_add_records_is_to_have_read_them_with_the_others(lazy: bool, tmp_path: Path) -> None:
    @settings(max_examples=40)
    @given(_RECORDS, _RECORDS)
    def same(written: list[Record], added: list[Record]) -> None:
        below = read_evidence(tmp_path, [], as_of=AS_OF, extra=written)
        if lazy:
            below = msgspec.structs.replace(below, subjects=_lazy(below))
        found = with_records(below, added)
        whole = read_evidence(tmp_path, [], as_of=AS_OF, extra=[*written, *added])
        assert {name: found.of(name) for name in found.subjects} == whole.subjects
        assert len(found.subjects) == len(whole.subjects)
        for key in ("attest.security", "attest.access", "slo.budget"):
            assert dict(found.having(key)) == dict(whole.having(key))
        for name in ("cart", "checkout", "email"):
            assert (name in found.subjects) is (name in whole.subjects)
            assert found.of(name) == whole.of(name)
            if not any(each.subject == name for each in added):
                assert found.digest_of(name) == below.digest_of(name)

    same()


def _lazy(evidence: Evidence) -> LazySubjects:
    from pagerworthy.evidence.kept import KeptEvidence, digest_of
    from pagerworthy.evidence.store import _Decoder

    keys: dict[str, list[int]] = {}
    for place, subject in enumerate(evidence.subjects.values()):
        for key in subject:
            keys.setdefault(key, []).append(place)
    kept = KeptEvidence(
        files=[],
        newest=AS_OF,
        digest=evidence.digest,
        names=list(evidence.subjects),
        lines=[b"\n".join(k.line for items in s.values() for k in items.values()) for s in evidence.subjects.values()],
        digests=[digest_of(each) for each in evidence.subjects.values()],
        keys=keys,
    )
    return LazySubjects(kept, _Decoder())
