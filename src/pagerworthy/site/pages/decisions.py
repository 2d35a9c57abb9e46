"""All decisions, waivers and post-mortems, the newest first; and the documents themselves."""

from dataclasses import dataclass

from markupsafe import Markup

from pagerworthy.catalog.frontmatter import split
from pagerworthy.site import links, words
from pagerworthy.site.index import Index
from pagerworthy.site.pages.history import (
    Due,
    Event,
    Incident,
    WaiverLine,
    due_of,
    event_of,
    incident_of,
    labels_of,
    waiver_line,
)
from pagerworthy.site.pages.page import Heading, Link, Page
from pagerworthy.site.pages.service import CallLine, calls_of, contacts_of
from pagerworthy.site.shared import Shared

_EVENTS = 30
_WAIVERS = 25
_INCIDENTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsPage(Page):
    """The context of `decisions.html`; the counts are of all, the tuples have the newest."""

    events: tuple[Event, ...]
    events_count: int
    waivers: tuple[WaiverLine, ...]
    waivers_count: int
    incidents: tuple[Incident, ...]
    incidents_count: int
    labels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunbookPage(Page):
    """The context of `runbook.html`: for whom it is, who is called, and the text."""

    services: tuple[Link, ...]
    alerts: tuple[str, ...]
    calls: tuple[CallLine, ...]
    contacts: tuple[Link, ...]
    headings: tuple[Heading, ...]
    body: Markup
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostmortemPage(Page):
    """The context of `postmortem.html`."""

    services: tuple[Link, ...]
    severity: str
    facts: tuple[tuple[str, str], ...]
    impact: str
    actions: tuple[Due, ...]
    headings: tuple[Heading, ...]
    body: Markup
    file: str


def decisions_page(index: Index, shared: Shared) -> DecisionsPage:
    """The context of the page of all decisions."""
    catalog = index.source.catalog
    incidents = sorted(catalog.postmortems, key=lambda each: (each.spec.started, each.name), reverse=True)
    waivers = sorted(catalog.waivers, key=lambda each: (each.spec.expires, each.name), reverse=True)
    decided = catalog.decisions[-_EVENTS:]
    named = [*(each.spec.service for each in decided), *(each.spec.service for each in waivers[:_WAIVERS])]
    return DecisionsPage(
        path="decisions.html",
        title="Decisions",
        section="decisions",
        about="What was decided about pagers, what is waived, and what was learnt from incidents.",
        events=tuple(event_of(each, shared) for each in reversed(decided)),
        events_count=len(catalog.decisions),
        waivers=tuple(waiver_line(each, shared) for each in waivers[:_WAIVERS]),
        waivers_count=len(waivers),
        incidents=tuple(incident_of(each, shared) for each in incidents[:_INCIDENTS]),
        incidents_count=len(incidents),
        labels=labels_of(index, named),
    )


def runbook_page(index: Index, path: str, pages: dict[str, str], uses: dict[str, list[str]]) -> RunbookPage:
    """The context of a runbook's page; `uses` maps paths to the services whose entries name them."""
    from pagerworthy.site.markdown import render

    catalog = index.source.catalog
    page = links.document(path)
    document = render(index.source.documents[path], path, pages)
    services = uses.get(path, [])
    alerts: list[str] = []
    calls: tuple[CallLine, ...] = ()
    contacts: tuple[Link, ...] = ()
    title = document.title
    for name in services:
        spec = catalog.services[name].spec
        owner = catalog.teams.get(spec.owner)
        calls = calls or calls_of(spec.oncall or (owner.spec.oncall if owner else None))
        contacts = contacts or contacts_of(owner)
        for runbook in spec.runbooks:
            if runbook.path == path:
                alerts.extend(runbook.alerts)
                title = title or runbook.title
    return RunbookPage(
        path=page,
        title=title or path.rsplit("/", 1)[-1].removesuffix(".md"),
        section="services",
        about="A runbook for whoever is on call.",
        services=tuple(
            Link(catalog.services[name].metadata.label, links.up(page) + links.service(name)) for name in services
        ),
        alerts=tuple(dict.fromkeys(alerts)),
        calls=calls,
        contacts=contacts,
        headings=document.headings,
        body=document.body,
        file=path,
    )


def postmortem_page(index: Index, shared: Shared, path: str, name: str, pages: dict[str, str]) -> PostmortemPage:
    """The context of a post-mortem's page."""
    from pagerworthy.site.markdown import render

    catalog = index.source.catalog
    postmortem = next(each for each in catalog.postmortems if each.name == name)
    spec = postmortem.spec
    text = index.source.documents.get(path, "")
    document = render(_body(text), path, pages) if text else None
    minutes = (spec.mitigated - spec.started).total_seconds() / 60
    facts = [("Started", f"{spec.started:%Y-%m-%d %H:%M} UTC"), ("Lasted", _length(minutes))]
    if spec.detected:
        facts.append(("Noticed after", _length((spec.detected - spec.started).total_seconds() / 60)))
    facts.append(("Noticed by", "monitoring, which paged" if spec.paged else "users, before monitoring"))
    facts.append(("Set off by", spec.trigger))
    facts.append(("Review", "blameless" if spec.blameless else "not yet reviewed as blameless"))
    page = f"postmortems/{name}.html"
    return PostmortemPage(
        path=page,
        title=postmortem.metadata.label,
        section="decisions",
        about=spec.impact,
        services=tuple(
            Link(
                catalog.services[each].metadata.label if each in catalog.services else each,
                links.up(page) + links.service(each) if each in catalog.services else "",
            )
            for each in spec.services
        ),
        severity=spec.severity,
        facts=tuple(facts),
        impact=spec.impact,
        actions=tuple(due_of(each, shared) for each in spec.actions),
        headings=document.headings if document else (),
        body=document.body if document else Markup(),
        file=path,
    )


def _length(minutes: float) -> str:
    if minutes < 120:
        return words.count(round(minutes), "minute")
    return f"{words.number(round(minutes / 60, 1))} hours"


def _body(text: str) -> str:
    """The Markdown below the entry in front."""
    found = split(text)
    return found.body if found else text
