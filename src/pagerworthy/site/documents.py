"""Fills the documents of the JSON API."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

import msgspec

from pagerworthy.catalog import Service
from pagerworthy.evidence.keys import SloBudget
from pagerworthy.graph import layers_of
from pagerworthy.problem import Severity
from pagerworthy.scoring import Outcome, Scorecard
from pagerworthy.scoring.sight import Gain
from pagerworthy.site import links
from pagerworthy.site.api import (
    AttestationDoc,
    BreachDoc,
    CriteriaDoc,
    CriterionDoc,
    DecisionDoc,
    DecisionsDoc,
    DigestsDoc,
    EdgeDoc,
    EvidenceDoc,
    GainDoc,
    GraphDoc,
    GroupDoc,
    GroupsDoc,
    IncidentDoc,
    IndexDoc,
    LevelDoc,
    NodeDoc,
    OnCallDoc,
    RubricCriterionDoc,
    RungWord,
    ServiceDoc,
    ServicesDoc,
    StrengthWord,
    SummaryDoc,
    UnreadableDoc,
    WaiverDoc,
)
from pagerworthy.site.index import Index
from pagerworthy.site.pages.gathered import ServiceInput
from pagerworthy.site.past_documents import turn_docs
from pagerworthy.site.shared import Shared
from pagerworthy.site.stack_documents import stack_docs

_RUNGS: tuple[RungWord, ...] = ("none", "bronze", "silver", "gold")
_STRENGTHS: dict[int, StrengthWord] = {1: "declared", 2: "linked", 3: "observed", 4: "exercised"}


def index_doc(index: Index, documents: Sequence[str]) -> IndexDoc:
    """What there is."""
    source = index.source
    cards = index.cards.values()
    return IndexDoc(
        title=source.settings.title,
        as_of=_stamp(source.scores.as_of),
        digests=DigestsDoc(
            catalog=source.scores.digests.catalog,
            rubric=source.scores.digests.rubric,
            evidence=source.scores.digests.evidence,
        ),
        documents=list(documents),
        services=len(index.cards),
        holders=dict(sorted(Counter(card.holder for card in cards).items())),
        verdicts=dict(sorted(Counter(card.verdict.value for card in cards).items())),
        unreadable=len(source.catalog.unreadable),
        problems=sum(problem.severity is Severity.ERROR for problem in source.problems),
        warnings=sum(problem.severity is Severity.WARNING for problem in source.problems),
    )


def summary_doc(service: Service, card: Scorecard) -> SummaryDoc:
    """A service in short."""
    spec = service.spec
    return SummaryDoc(
        name=service.name,
        title=service.metadata.label,
        owner=spec.owner,
        system=spec.system,
        tier=spec.tier,
        phase=spec.phase,
        engagement=spec.engagement,
        holder=card.holder,
        verdict=card.verdict,
        rung=_RUNGS[card.rung],
        required_rung=_RUNGS[card.required_rung],
        score=card.score,
        score_with_waivers=card.score_with_waivers,
        coverage=card.coverage,
        blocking=len(card.blocking),
        page=links.service(service.name),
    )


def services_doc(index: Index) -> ServicesDoc:
    """All services in short."""
    services = index.source.catalog.services
    return ServicesDoc(
        as_of=_stamp(index.source.scores.as_of),
        services=[summary_doc(service, index.cards[name]) for name, service in services.items() if name in index.cards],
        unreadable=[
            UnreadableDoc(
                name=name,
                title=lost.label,
                owner=lost.owner,
                holder=index.pagers[name].holder,
                frozen=index.pagers[name].frozen,
                file=lost.file,
                line=lost.line or None,
                page=links.service(name),
            )
            for name, lost in index.source.catalog.unreadable.items()
        ],
    )


def service_doc(found: ServiceInput, gains: Sequence[Gain], shared: Shared) -> ServiceDoc:
    """Everything about one service."""
    service, card = found.service, found.card
    spec = service.spec
    oncall = spec.oncall or (found.owner.spec.oncall if found.owner else None)
    budgets = found.evidence.get("slo.budget", {})
    levels = []
    for slo in spec.slos:
        known = budgets.get(slo.name)
        value = known.value if known else None
        budget = value if isinstance(value, SloBudget) else None
        levels.append(
            LevelDoc(
                name=slo.name,
                objective=slo.objective,
                window=slo.window,
                compliance=budget.compliance if budget else None,
                remaining=budget.remaining if budget else None,
            )
        )
    return ServiceDoc(
        as_of=shared.clock.today.isoformat(),
        summary=summary_doc(service, card),
        description=service.metadata.description,
        reason=card.reason,
        frozen=bool(found.frozen),
        on_call=OnCallDoc(schedule=oncall.schedule, escalation=oncall.escalation, channel=oncall.channel)
        if oncall
        else None,
        runbooks=[runbook.place for runbook in spec.runbooks],
        levels=levels,
        needs=[each.ref.name for each in found.needs] + [ref.name for ref in found.more_needs],
        needed_by=[each.ref.name for each in found.needed_by] + [ref.name for ref in found.more_needed_by],
        fails_with_it=found.blast.fails,
        degrades_with_it=found.blast.degrades,
        may_notice=found.blast.may_notice,
        ceiling=found.ceiling.percent,
        blocking=list(card.blocking),
        criteria=[
            CriterionDoc(
                id=result.id,
                outcome=result.outcome,
                detail=result.detail,
                strength=_STRENGTHS[result.strength] if result.strength else None,
                evidence=list(result.evidence),
                waiver=result.waiver,
            )
            for result in card.results
        ],
        evidence=_evidence(found),
        breaches=[
            BreachDoc(id=each.id, title=each.title, action=each.action, detail=each.detail, known=each.known)
            for each in card.breaches
        ],
        decisions=[decision.name for decision in found.decisions],
        stacks=list(stack_docs(found)),
        gains=[GainDoc(source=gain.collector, criteria=list(gain.criteria), coverage=gain.coverage) for gain in gains],
        history=list(turn_docs(found)),
    )


def _evidence(found: ServiceInput) -> list[EvidenceDoc]:
    """The records that decided a criterion, each once, in the order of their references."""
    used = {reference for result in found.card.results for reference in result.evidence}
    records = []
    for items in found.evidence.values():
        for known in items.values():
            record = known.record
            reference = known.reference
            if reference in used:
                records.append(
                    EvidenceDoc(
                        reference=reference,
                        source=record.source,
                        query=record.query,
                        strength=record.strength,
                        time=record.time,
                        failed=record.failed,
                        value=None if known.value is None else msgspec.structs.asdict(known.value),
                    )
                )
    records.sort(key=lambda record: record.reference)
    return records


def groups_docs(index: Index) -> tuple[GroupsDoc, GroupsDoc]:
    """The teams, and the systems."""
    catalog = index.source.catalog
    teams = GroupsDoc(
        groups=[
            GroupDoc(
                name=team.name,
                title=team.metadata.label,
                description=team.metadata.description,
                owner="",
                services=index.owned.get(team.name, []),
                page=links.team(team.name),
            )
            for team in catalog.teams.values()
        ]
    )
    systems = GroupsDoc(
        groups=[
            GroupDoc(
                name=system.name,
                title=system.metadata.label,
                description=system.metadata.description,
                owner=system.spec.owner,
                services=index.members.get(system.name, []),
                page=links.system(system.name),
            )
            for system in catalog.systems.values()
        ]
    )
    return teams, systems


def criteria_doc(index: Index) -> CriteriaDoc:
    """The rubric and how services stand."""
    found = []
    for criterion in index.criteria.values():
        tally = index.tallies[criterion.id]
        found.append(
            RubricCriterionDoc(
                id=criterion.id,
                question=criterion.question,
                area=criterion.area,
                phase=criterion.phase,
                rung=_RUNGS[criterion.rung],
                strength=_STRENGTHS[criterion.strength],
                gating=criterion.gating,
                why=criterion.why,
                fix=criterion.fix.text,
                outcomes={outcome.value: tally.count(outcome) for outcome in Outcome},
                failing=list(tally.failing),
                unknown=list(tally.unknown),
                waived=list(tally.waived),
                page=links.criterion(criterion.id),
            )
        )
    return CriteriaDoc(criteria=found)


def decisions_doc(index: Index) -> DecisionsDoc:
    """Decisions, waivers, attestations and post-mortems."""
    catalog = index.source.catalog
    today = index.clock.today
    return DecisionsDoc(
        decisions=[
            DecisionDoc(
                name=each.name,
                service=each.spec.service,
                action=each.spec.action,
                time=_stamp(each.spec.time),
                pager=each.spec.pager or "",
                reason=each.spec.reason,
            )
            for each in catalog.decisions
        ],
        waivers=[
            WaiverDoc(
                name=each.name,
                service=each.spec.service,
                criterion=each.spec.criterion,
                reason=each.spec.reason,
                granted=each.spec.granted.isoformat(),
                expires=each.spec.expires.isoformat(),
            )
            for each in catalog.waivers
        ],
        attestations=[
            AttestationDoc(
                name=each.name,
                service=each.spec.service,
                attests=each.spec.attests,
                by=each.spec.by.name,
                capacity=each.spec.by.capacity,
                statement=each.spec.statement,
                date=each.spec.date.isoformat(),
                until=each.spec.until.isoformat(),
            )
            for each in catalog.attestations
        ],
        postmortems=[
            IncidentDoc(
                name=each.name,
                title=each.metadata.label,
                services=list(each.spec.services),
                severity=each.spec.severity,
                started=_stamp(each.spec.started),
                impact=each.spec.impact,
                open_actions=sum(not (action.done and action.done <= today) for action in each.spec.actions),
                page=f"postmortems/{each.name}.html",
            )
            for each in catalog.postmortems
        ],
    )


def graph_doc(index: Index) -> GraphDoc:
    """The whole graph."""
    graph = index.source.graph
    layers = layers_of(graph)
    return GraphDoc(
        nodes=[
            NodeDoc(
                id=name, kind=node.kind.value, title=node.label, tier=node.tier, owner=node.owner, layer=layers[name]
            )
            for name, node in graph.nodes.items()
        ],
        edges=[EdgeDoc(source=edge.source, target=edge.target, criticality=edge.criticality) for edge in graph.edges],
    )


def _stamp(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
