"""Collecting from one source against a server of the tests."""

import json
from pathlib import Path

import msgspec

from pagerworthy.catalog import load
from pagerworthy.collect import SOURCES, Deadline, Gathered, Surroundings, gather
from pagerworthy.collect.address import Address, variable
from pagerworthy.collect.client import Client, Limits
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import KEYS, Record
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings
from tests.evidence.world import AS_OF

PATIENT = Limits(connect=5, read=15, request=30, tries=2, pause=0.01, size=8 << 20)
QUICK = Limits(connect=1, read=0.5, request=2, tries=2, pause=0.01, size=8 << 20)


class Limited(Surroundings, frozen=True, kw_only=True):
    """As the real ones, with limits of the tests."""

    limits: Limits

    def client(self, address: Address, *, scheme: str = "Bearer", limits: Limits | None = None) -> Client:
        del limits
        return super().client(address, scheme=scheme, limits=self.limits)


def collected(
    root: Path,
    source: str,
    url: str,
    token: str,
    *,
    seconds: float = 60,
    wire: Wire | None = None,
    limits: Limits = PATIENT,
) -> Gathered:
    """What a source brings that is at an address of this machine."""
    variables = {variable(source, "URL"): url, variable(source, "TOKEN"): token}
    settings = CollectSettings()
    deadline = Deadline(seconds)
    collector = SOURCES[source].open(Limited(root, settings, variables, deadline, wire or Wire(), limits=limits))
    assert collector is not None
    (found,) = gather([collector], Context(load(root).catalog, root, AS_OF, settings), deadline)
    for each in found.records:
        line = msgspec.json.encode(each)
        assert token not in line.decode()
        # What could not be read back would be no evidence.
        assert msgspec.json.decode(line, type=Record) == each
        if not each.failed:
            msgspec.json.decode(each.value, type=KEYS[each.key].value)
    return found


def said(records: tuple[Record, ...], subject: str, key: str) -> dict[str, object] | str | None:
    """The value of a key, or the reason why there is none; None where nothing is said."""
    found = [each for each in records if (each.subject, each.key) == (subject, key)]
    assert len(found) <= 1
    if not found:
        return None
    return found[0].failed or dict(json.loads(bytes(found[0].value)))
