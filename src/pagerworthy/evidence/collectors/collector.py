"""What every collector offers, and what it is given."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec

from pagerworthy.catalog import Catalog
from pagerworthy.evidence.keys import KEYS, Value
from pagerworthy.evidence.record import NO_VALUE, Record
from pagerworthy.evidence.strings import shown, undisguised
from pagerworthy.project import CollectSettings


class Context(msgspec.Struct, frozen=True):
    """What a collector looks at: the catalog, the repository's root, the moment, and the settings."""

    catalog: Catalog
    root: Path
    as_of: dt.datetime
    settings: CollectSettings


class Collector(Protocol):
    """Gathers the records of its keys. A fault of the source becomes records that say `failed`, never silence."""

    @property
    def name(self) -> str:
        """What it is called on the command line and in records."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The evidence keys that it writes."""

    def collect(self, context: Context) -> Iterator[Record]:
        """The records, in order of service, key and item."""


def record(
    source: str,
    subject: str,
    key: str,
    found: Value | str,
    *,
    time: dt.datetime,
    item: str = "",
    query: str = "",
    response: str = "",
) -> Record:
    """A record of what was found: a value, or the reason why the source could not be seen.

    `response` is the digest of what the source answered. What a source may have hidden in texts is made visible.
    """
    failed = shown(found) if isinstance(found, str) else ""
    value = NO_VALUE if isinstance(found, str) else msgspec.Raw(undisguised(msgspec.json.encode(found)))
    return Record(
        subject=subject,
        key=key,
        time=time,
        source=source,
        strength=KEYS[key].strength.word,
        item=item,
        value=value,
        query=shown(query),
        failed=failed,
        response=response,
    )
