"""The feed: decisions, incidents, and what expires, as Atom entries."""

import datetime as dt
from dataclasses import dataclass

from pagerworthy.site import links, words
from pagerworthy.site.index import Index
from pagerworthy.site.pages.history import SOON

_MOST = 60


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry; `id` never changes for the same event, `updated` is when it happened."""

    id: str
    title: str
    updated: str
    href: str
    text: str
    category: str


@dataclass(frozen=True, slots=True)
class Feed:
    """The context of `feed.xml`; addresses are absolute where the site's own is known."""

    id: str
    title: str
    updated: str
    home: str
    self: str
    author: str
    entries: tuple[FeedEntry, ...]


def feed_of(index: Index) -> Feed:
    """The newest events up to the moment of the scores. What will expire within thirty days is dated as of then."""
    source = index.source
    as_of = source.scores.as_of.astimezone(dt.UTC)
    base = site_url(source.settings.url)
    entries: list[tuple[dt.datetime, FeedEntry]] = []

    def add(kind: str, name: str, moment: dt.datetime, title: str, href: str, text: str) -> None:
        entries.append(
            (moment, FeedEntry(f"urn:pagerworthy:{kind}:{name}", title, _stamp(moment), base + href, text, kind))
        )

    def label(name: str) -> str:
        return index.refs[name].label if name in index.pagers else name

    def home(name: str) -> str:
        return links.service(name) if name in index.pagers else "index.html"

    for decision in source.catalog.decisions:
        spec = decision.spec
        if spec.time <= as_of:
            add(
                "decision",
                decision.name,
                spec.time.astimezone(dt.UTC),
                f"{label(spec.service)}: {spec.action}",
                home(spec.service),
                spec.reason,
            )
    for postmortem in source.catalog.postmortems:
        facts = postmortem.spec
        if facts.mitigated <= as_of:
            add(
                "postmortem",
                postmortem.name,
                facts.mitigated.astimezone(dt.UTC),
                f"{facts.severity}: {postmortem.metadata.label}",
                f"postmortems/{postmortem.name}.html",
                facts.impact,
            )
    for waiver in source.catalog.waivers:
        terms = waiver.spec
        soon = _midnight(terms.expires - dt.timedelta(days=SOON))
        if max(soon, _midnight(terms.granted)) <= as_of:
            add(
                "waiver-expiry",
                waiver.name,
                max(soon, _midnight(terms.granted)),
                f"{label(terms.service)}: the waiver of {terms.criterion} expires on {terms.expires.isoformat()}",
                home(terms.service),
                terms.reason,
            )
    for attestation in (each for group in index.attestations.values() for each in group):
        said = attestation.spec
        soon = max(_midnight(said.until - dt.timedelta(days=SOON)), _midnight(said.date))
        if soon <= as_of:
            add(
                "attestation-expiry",
                attestation.name,
                soon,
                f"{label(said.service)}: the attestation of {said.attests} ends on {said.until.isoformat()}",
                home(said.service),
                said.statement,
            )
    for name, pager in index.pagers.items():
        for position, condition in enumerate(pager.conditions):
            if condition.done is None and _midnight(condition.due) <= as_of:
                add(
                    "condition-overdue",
                    f"{pager.acceptance.name if pager.acceptance else name}:{position}",
                    _midnight(condition.due),
                    f"{label(name)}: a condition was due on {condition.due.isoformat()}",
                    home(name),
                    condition.text,
                )
    entries.sort(key=lambda each: (each[0], each[1].id), reverse=True)
    newest = entries[0][1].updated if entries else _stamp(as_of)
    return Feed(
        id=base or "urn:pagerworthy:site",
        title=source.settings.title,
        updated=newest,
        home=base + "index.html",
        self=base + "feed.xml",
        author=source.settings.title,
        entries=tuple(entry for _, entry in entries[:_MOST]),
    )


def site_url(url: str) -> str:
    """The site's address with a slash at its end, or an empty text where none is set."""
    url = links.safe(url)
    return url if not url or url.endswith("/") else url + "/"


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(words.day_of(day), dt.time(), dt.UTC)


def _stamp(moment: dt.datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
