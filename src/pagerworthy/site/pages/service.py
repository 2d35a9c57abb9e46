"""A service's page: everything about one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pagerworthy.catalog import OnCall, PagerHolder, Team
from pagerworthy.graph import rounded_down
from pagerworthy.scoring.sight import Gain
from pagerworthy.site import links, words
from pagerworthy.site.drawing import Drawing, Neighbour, draw_neighbours
from pagerworthy.site.index import Blast, Ref
from pagerworthy.site.pages.attestations import AttestationLine, attestation_lines, size_of
from pagerworthy.site.pages.cloud import Cloud, cloud_of
from pagerworthy.site.pages.gathered import Around, ServiceInput
from pagerworthy.site.pages.history import History, history_of
from pagerworthy.site.pages.infrastructure import Infrastructure, infrastructure_of
from pagerworthy.site.pages.levels import Level, levels_of
from pagerworthy.site.pages.page import Link, Page
from pagerworthy.site.pages.scorecard import AreaCard, Fix, Judged, fixes_of, open_areas, tallies_of, unmet
from pagerworthy.site.pages.verdicts import Verdicts, verdicts_of
from pagerworthy.site.shared import Shared


class CallLine(NamedTuple):
    """One way to reach somebody: what it is, and where."""

    what: str
    text: str
    href: str


class RunbookLine(NamedTuple):
    """A runbook, and the alerts that lead to it."""

    title: str
    href: str
    alerts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePage(Page):
    """The context of `service.html`."""

    name: str
    description: str
    facts: tuple[Link, ...]
    owner: Link
    lead: str
    holder: str
    holder_words: str
    frozen: bool
    frozen_since: str
    calls: tuple[CallLine, ...]
    contacts: tuple[Link, ...]
    runbooks: tuple[RunbookLine, ...]
    verdict: words.State
    reason: str
    rung: str
    rung_with_waivers: str
    required: str
    met: bool
    score: str
    score_with_waivers: str
    coverage: str
    tallies: tuple[tuple[str, str, int], ...]
    fixes: tuple[Fix, ...]
    fixes_count: int
    levels: tuple[Level, ...]
    drawing: Drawing | None
    needs: tuple[Around, ...]
    more_needs: tuple[Ref, ...]
    needs_count: int
    needs_rest: int
    needed_by: tuple[Around, ...]
    more_needed_by: tuple[Ref, ...]
    needed_by_count: int
    needed_by_rest: int
    blast: tuple[str, ...]
    blast_first: tuple[Ref, ...]
    ceiling: str
    areas: tuple[AreaCard, ...]
    gains: tuple[tuple[str, str, str], ...]
    verdicts: Verdicts | None
    history: History
    older: int
    attestations: tuple[AttestationLine, ...]
    infrastructure: Infrastructure
    cloud: Cloud
    links: tuple[Link, ...]
    file: str


def service_page(found: ServiceInput, judged: Sequence[Judged], gains: Sequence[Gain], shared: Shared) -> ServicePage:
    """The context of a service's page."""
    service, card = found.service, found.card
    spec, name = service.spec, service.name
    label = service.metadata.label
    owner = found.owner.metadata.label if found.owner else spec.owner
    wanted = unmet(judged, card.blocking)
    verdicts = verdicts_of(found, shared.clock)
    attestations = attestation_lines(found.attestations, shared.clock)
    taken = _GAIN * len(gains) + (verdicts.size if verdicts else 0) + sum(map(size_of, attestations))
    return ServicePage(
        path=links.service(name),
        title=label,
        section="services",
        about=service.metadata.description,
        name=name,
        description=service.metadata.description,
        facts=_facts(found),
        owner=Link(owner, _UP + links.team(spec.owner) if found.owner else ""),
        lead=found.owner.spec.lead if found.owner else "",
        holder=card.holder,
        holder_words=holder_words(card.holder, found.since, owner),
        frozen=bool(found.frozen),
        frozen_since=found.frozen,
        calls=calls_of(spec.oncall or (found.owner.spec.oncall if found.owner else None)),
        contacts=contacts_of(found.owner),
        runbooks=tuple(
            RunbookLine(
                runbook.title,
                _UP + links.document(runbook.path) if runbook.path in found.documents else links.safe(runbook.url),
                words.listed(runbook.alerts, 4),
            )
            for runbook in spec.runbooks
        ),
        verdict=words.told(card.verdict, spec),
        reason=card.reason,
        rung=words.rung_word(card.rung),
        rung_with_waivers=words.rung_word(card.rung_with_waivers) if card.rung_with_waivers != card.rung else "",
        required=card.required_rung.word,
        met=card.rung >= card.required_rung,
        score=words.score(card.score),
        score_with_waivers=words.score(card.score_with_waivers),
        coverage=words.percent(card.coverage),
        tallies=tallies_of(card),
        fixes=fixes_of(wanted[:_FIXES], card.blocking),
        fixes_count=len(wanted),
        levels=levels_of(service, found.evidence, shared.clock),
        drawing=_drawing(found),
        needs=found.needs,
        more_needs=found.more_needs,
        needs_count=found.needs_count,
        needs_rest=found.needs_count - len(found.needs) - len(found.more_needs),
        needed_by=found.needed_by,
        more_needed_by=found.more_needed_by,
        needed_by_count=found.needed_by_count,
        needed_by_rest=found.needed_by_count - len(found.needed_by) - len(found.more_needed_by),
        blast=blast_words(label, found.blast),
        blast_first=found.blast.first,
        ceiling=_ceiling_words(found),
        areas=open_areas(judged, wanted, found.evidence, shared, taken),
        gains=tuple(
            (gain.collector, words.count(len(gain.criteria), "criterion", "criteria"), words.percent(gain.coverage))
            for gain in gains
        ),
        verdicts=verdicts,
        history=history_of(found.decisions[-_DECISIONS:], found.waivers, found.postmortems, card.breaches, shared),
        older=max(len(found.decisions) - _DECISIONS, 0),
        attestations=attestations,
        infrastructure=infrastructure_of(found, shared.policy.currency),
        cloud=cloud_of(found, shared),
        links=_links(found),
        file=found.file,
    )


# Decisions that are shown; the rest is in the JSON document.
_DECISIONS = 12
# What the markup of a gain takes.
_GAIN = 90
# From a service's page to the site's root.
_UP = "../"
# Fixes that are written out; the rest is in the scorecard.
_FIXES = 10


def _facts(found: ServiceInput) -> tuple[Link, ...]:
    spec = found.service.spec
    system = found.system.metadata.label if found.system else spec.system
    facts = [
        Link(f"tier {spec.tier}", ""),
        Link(f"{spec.phase} phase", ""),
        Link(f"engagement {spec.engagement}", ""),
        Link(f"system {system}", _UP + links.system(spec.system) if found.system else ""),
    ]
    if spec.language:
        facts.append(Link(spec.language, ""))
    if spec.data:
        facts.append(Link(f"{spec.data.classification} data", ""))
        facts.extend(Link(regulation, "") for regulation in spec.data.regulations)
    return tuple(facts)


def holder_words(holder: PagerHolder, since: str, owner: str) -> str:
    """Who carries the pager, and since when, as a sentence; `owner` is the label of the owning team."""
    match holder:
        case "sre":
            who, reads = "SRE", ""
        case "shared":
            who, reads = f"SRE and {owner}", ""
        case "shadow":
            who, reads = owner, ", and SRE reads along"
        case _:
            who, reads = owner, ""
    shared = holder == "shared"
    if not since:
        verb = "share" if shared else "carries"
        return f"{who} {verb} the pager{reads}."
    verb = "have shared" if shared else "has carried"
    if reads:
        return f"{who} carries the pager{reads} since {since}."
    return f"{who} {verb} the pager since {since}."


def calls_of(oncall: OnCall | None) -> tuple[CallLine, ...]:
    """The ways to reach who is on call."""
    if oncall is None:
        return ()
    lines = [CallLine("Schedule", "who is on call now", links.safe(oncall.schedule))]
    if not lines[0].href:
        lines = [CallLine("Schedule", oncall.schedule, "")]
    if oncall.escalation:
        href = links.safe(oncall.escalation)
        lines.append(CallLine("Escalation", "if nobody answers" if href else oncall.escalation, href))
    if oncall.channel:
        lines.append(CallLine("Channel", oncall.channel, ""))
    return tuple(lines)


def contacts_of(team: Team | None) -> tuple[Link, ...]:
    """How to reach a team when nobody is named as on call, by kind."""
    if team is None:
        return ()
    return tuple(Link(f"{kind}: {where}", links.safe(where)) for kind, where in sorted(team.spec.contact.items()))


def _drawing(found: ServiceInput) -> Drawing | None:
    if not (found.needs or found.needed_by):
        return None
    spec = found.service.spec
    state = words.told(found.card.verdict, spec)
    own = Ref(
        found.service.name, found.service.metadata.label, "", "service", state.word, state.mark, f"tier {spec.tier}"
    )
    return draw_neighbours(
        own,
        [Neighbour(each.ref, each.hard) for each in found.needed_by],
        found.needed_by_count - len(found.needed_by),
        [Neighbour(each.ref, each.hard) for each in found.needs],
        found.needs_count - len(found.needs),
    )


def blast_words(label: str, blast: Blast) -> tuple[str, ...]:
    """What breaks if this breaks, in at most two sentences, in the words of `graph impact`."""
    if not (blast.fails or blast.degrades or blast.may_notice):
        return (f"If {label} fails, no other service notices.",)
    if blast.fails:
        tiers = [f"{amount:,} of tier {tier}" for tier, amount in enumerate(blast.tiers, start=1) if amount]
        verb = "fails" if blast.fails == 1 else "fail"
        first = (
            f"If {label} fails, {words.count(blast.fails, 'other service')} {verb} with it: {words.listed(tiers, 4)}."
        )
    else:
        first = f"If {label} fails, no other service fails with it."
    softly = []
    if blast.degrades:
        softly.append(f"{blast.degrades:,} {'degrades' if blast.degrades == 1 else 'degrade'}")
    if blast.may_notice:
        softly.append(f"{blast.may_notice:,}{' more' if blast.degrades else ''} may notice")
    return (first, f"{'; '.join(softly)}.") if softly else (first,)


def _ceiling_words(found: ServiceInput) -> str:
    ceiling = found.ceiling
    if ceiling.percent is None:
        return f"How much it can promise is not known: nothing is promised by {words.listed(ceiling.unpromised)}."
    if ceiling.percent == 100 and not (ceiling.unpromised or ceiling.survived):
        owns = any(each.owned and each.hard for each in found.needs)
        besides = "Besides its own resources it" if owns else "It"
        return f"{besides} needs nothing that could limit what it promises."
    limit = rounded_down(ceiling.percent, 3)
    text = f"Its hard dependencies together let it promise {'at most' if ceiling.exact else 'at least'} {limit} %"
    if found.limiting:
        text += f"; the weakest is {found.limiting.label}"
        if len(ceiling.path) > 2:
            text += f", by way of {words.listed(ceiling.path[1:-1])}"
    if ceiling.survived:
        text += f". Its users can do without {words.listed(ceiling.survived)}, as a drill showed"
    if ceiling.unpromised:
        text += f". The true ceiling is lower: nothing is promised by {words.listed(ceiling.unpromised)}"
    if ceiling.promise is not None:
        verdict = "more than they can carry" if ceiling.is_broken else "which they can carry"
        text += f". It promises {words.number(ceiling.promise)} %, {verdict}"
    return text + "."


def _links(found: ServiceInput) -> tuple[Link, ...]:
    spec = found.service.spec
    lines = [Link("Repository", links.safe(spec.repository))] if spec.repository else []
    if spec.design:
        lines.append(Link(f"Design {spec.design.path}".strip(), links.safe(spec.design.url)))
    monitoring = spec.monitoring
    lines.extend(Link(f"Dashboard: {each.title}", links.safe(each.url)) for each in monitoring.dashboards)
    if monitoring.logs:
        lines.append(Link("Logs", links.safe(monitoring.logs.url)))
    if monitoring.traces:
        lines.append(Link("Traces", links.safe(monitoring.traces.url)))
    if spec.release and spec.release.pipeline:
        lines.append(Link("Pipeline", links.safe(spec.release.pipeline)))
    lines.extend(Link(each.title, links.safe(each.url)) for each in spec.links)
    return tuple(lines)
