"""Which attestations pages speak of: of each thing the one that counts, or else the one that is to come."""

import datetime as dt
from collections.abc import Iterable

from pagerworthy.catalog import Attestation

ENTRIES = "catalog/attestations/"


def last_of_each(attestations: Iterable[Attestation], today: dt.date) -> list[Attestation]:
    """Of each service and key the newest attestation up to today, or the first after it, by service and key."""
    found: dict[tuple[str, str], Attestation] = {}
    for each in sorted(attestations, key=lambda each: (each.spec.date, each.name)):
        key = (each.spec.service, each.spec.attests)
        if each.spec.date <= today:
            found[key] = each
        else:
            found.setdefault(key, each)
    return [found[key] for key in sorted(found)]


def anchor(name: str) -> str:
    """Where on its service's page an attestation stands."""
    return f"t-{name}"


def anchor_of(query: str) -> str:
    """The same from the file of its entry, which is what its record has for a query; empty for any other."""
    if not query.startswith(ENTRIES) or not query.endswith(".yaml"):
        return ""
    return anchor(query.rsplit("/", 1)[-1].removesuffix(".yaml"))
