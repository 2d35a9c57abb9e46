"""The collector: every address once, whichever services name it."""

from collections.abc import Iterator
from typing import NamedTuple

from pagerworthy.catalog import Catalog, Service
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.links.asker import Asker, Limits, Seen
from pagerworthy.collect.links.guarded import Guarded
from pagerworthy.collect.links.keeping import Keeping
from pagerworthy.collect.links.places import Allowed
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.collect.transport import Transport
from pagerworthy.evidence import KEYS, Record, Value, items_of
from pagerworthy.evidence.collectors import Collector, Context, record
from pagerworthy.evidence.collectors.markdown import sections
from pagerworthy.evidence.keys.base import Active
from pagerworthy.evidence.keys.repository import Sections

# What is brought is said before time is up, with the reason for what is not.
_SHARE = 0.9


class _Use(NamedTuple):
    """What an address is named for."""

    service: str
    key: str
    item: str
    url: str


class LinksCollector:
    """Opens dashboards, documents and runbooks at addresses.

    Files of the repository are the `files` collector's: of them there is nothing here.
    """

    name = "links"
    keys = ("links.dashboard", "files.design", "files.runbook")

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def items(self, service: Service, key: str) -> tuple[str, ...]:
        """The items of a key that have an address, and so are looked at here."""
        spec = service.spec
        if key == "files.design":
            return ("",) if spec.design and spec.design.url and not spec.design.path else ()
        if key == "files.runbook":
            return tuple(dict.fromkeys(each.url for each in spec.runbooks if each.url and not each.path))
        return items_of(service, KEYS[key].per)

    def collect(self, context: Context) -> Iterator[Record]:
        wanted = _wanted(self, context.catalog)
        texts = bool(context.settings.runbook_sections)
        addresses: dict[str, bool] = {}
        for use in wanted:
            addresses[use.url] = addresses.get(use.url, False) or (texts and use.key == "files.runbook")
        seen = self._asker.look(addresses)
        for use in wanted:
            found = _value(use, seen[use.url], context.settings.runbook_sections)
            yield self._record(context, use, found, seen[use.url])

    def _record(self, context: Context, use: _Use, found: Value | str, seen: Seen) -> Record:
        time = min(seen.time or context.as_of, context.as_of)
        query = f"GET {use.url}"[:4000]
        return record(
            self.name, use.service, use.key, found, time=time, item=use.item, query=query, response=seen.digest
        )


def _wanted(collector: LinksCollector, catalog: Catalog) -> list[_Use]:
    found = []
    for name, service in catalog.services.items():
        for key in ("files.design", "files.runbook", "links.dashboard"):
            for item in collector.items(service, key):
                design = service.spec.design
                found.append(_Use(name, key, item, item or (design.url if design else "")))
    return found


def _value(use: _Use, seen: Seen, wanted: tuple[str, ...]) -> Value | str:
    if seen.unknown:
        return seen.unknown
    if use.key == "links.dashboard":
        return Active(active=seen.there)
    if not seen.there:
        return Sections(exists=False, missing=wanted if use.key == "files.runbook" else ())
    if use.key == "files.design" or not wanted:
        return Sections(exists=True)
    if seen.unread:
        return seen.unread
    present = sections(seen.text)
    return Sections(exists=True, missing=tuple(each for each in wanted if each.casefold() not in present))


def open_collector(surroundings: Surroundings) -> Collector | None:
    """None where the settings allow no host."""
    settings = surroundings.settings.links
    if not settings.hosts:
        return None
    transport = surroundings.wire.carry("links", _live)
    deadline = Deadline(surroundings.deadline.left() * _SHARE)
    return LinksCollector(Asker(Allowed(settings.hosts, http=settings.http), transport, deadline, Limits()))


def _live() -> Transport:
    return Keeping(Guarded())
