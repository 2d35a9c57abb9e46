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
from pagerworthy.evidence.keys.repository import Broken, Sections

# What is brought is said before time is up, with the reason for what is not.
_SHARE = 0.9


class _Use(NamedTuple):
    """What an address is named for."""

    service: str
    key: str
    item: str
    url: str


class LinksCollector:
    """Opens dashboards, documents and runbooks at addresses, and all other addresses of an entry.

    Files of the repository are the `files` collector's: of them there is nothing here.
    """

    name = "links"
    keys = ("links.dashboard", "links.entry", "files.design", "files.runbook")

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    def items(self, service: Service, key: str) -> tuple[str, ...]:
        """The items of a key that have an address, and so are looked at here."""
        spec = service.spec
        if key == "files.design":
            return ("",) if spec.design and spec.design.url and not spec.design.path else ()
        if key == "files.runbook":
            return tuple(dict.fromkeys(each.url for each in spec.runbooks if each.url and not each.path))
        if key == "links.entry":
            return ("",) if entry_addresses(service) else ()
        return items_of(service, KEYS[key].per)

    def collect(self, context: Context) -> Iterator[Record]:
        wanted = _wanted(self, context.catalog)
        texts = bool(context.settings.runbook_sections)
        addresses: dict[str, bool] = {}
        for use in wanted:
            addresses[use.url] = addresses.get(use.url, False) or (texts and use.key == "files.runbook")
        seen = self._asker.look(addresses)
        for name, service in context.catalog.services.items():
            if urls := entry_addresses(service):
                yield self._entry(context, name, {url: seen[url] for url in urls})
        for use in wanted:
            if use.key != "links.entry":
                found = _value(use, seen[use.url], context.settings.runbook_sections)
                yield self._record(context, use, found, seen[use.url])

    def _entry(self, context: Context, name: str, seen: dict[str, Seen]) -> Record:
        broken = tuple(url for url, each in seen.items() if not each.there and not each.unknown)
        unknown = [f"{url}: {each.unknown}" for url, each in seen.items() if each.unknown]
        found: Value | str = Broken(asked=float(len(seen) - len(unknown)), broken=broken)
        if unknown and not broken:
            more = f" (and {len(unknown) - 1} more)" if len(unknown) > 1 else ""
            found = f"{unknown[0][:2000]}{more}"
        times = [each.time for each in seen.values() if each.time]
        time = min([*times, context.as_of])
        query = f"HEAD {' '.join(seen)}"[:4000]
        return record(self.name, name, "links.entry", found, time=time, query=query)

    def _record(self, context: Context, use: _Use, found: Value | str, seen: Seen) -> Record:
        time = min(seen.time or context.as_of, context.as_of)
        query = f"GET {use.url}"[:4000]
        return record(
            self.name, use.service, use.key, found, time=time, item=use.item, query=query, response=seen.digest
        )


def entry_addresses(service: Service) -> tuple[str, ...]:
    """All web addresses of an entry that a person would open, each once."""
    spec = service.spec
    found = [spec.repository, *(link.url for link in spec.links), *(link.url for link in spec.monitoring.dashboards)]
    found += [runbook.url for runbook in spec.runbooks]
    found += [each.url for each in (spec.design, spec.monitoring.logs, spec.monitoring.traces) if each]
    return tuple(dict.fromkeys(url for url in found if url.startswith(("https://", "http://"))))


def _wanted(collector: LinksCollector, catalog: Catalog) -> list[_Use]:
    found = []
    for name, service in catalog.services.items():
        found += [_Use(name, "links.entry", "", url) for url in entry_addresses(service)]
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
