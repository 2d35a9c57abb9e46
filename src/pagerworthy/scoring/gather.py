"""Computes the facts of every service, each once: from its entry, the graph, the decisions and the post-mortems."""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import msgspec

from pagerworthy.catalog import Catalog, Decision, Person, Postmortem, Resource, Service, System, Team
from pagerworthy.evidence import STORES
from pagerworthy.graph import DependencyGraph, GraphFacts, Node, Survived, graph_facts, with_ceilings
from pagerworthy.handover import Pager, pager_at
from pagerworthy.scoring import facts as f
from pagerworthy.scoring.gather_levels import slo_facts
from pagerworthy.scoring.policy import Policy

# No comparison with it is true, so a rule about a number that nobody gave does not pass by itself.
NOT_SAID = math.nan
# Two parties that share any of these are one person.
_IDENTITIES: tuple[Callable[[Person], str], ...] = (
    lambda person: person.name,
    lambda person: person.email,
    lambda person: person.github,
)
_SEVERE = frozenset({"sev1", "sev2"})
_INCIDENT_DAYS = 180
_MILLISECONDS = {"ms": 1, "s": 1e3, "m": 6e4, "h": 3.6e6, "d": 8.64e7, "w": 6.048e8}


@lru_cache(1024)
def milliseconds(duration: str) -> float:
    """A duration such as `300ms` or `35d` in milliseconds; nan for an empty one. The schema has checked the form."""
    if not duration:
        return NOT_SAID
    unit = "ms" if duration.endswith("ms") else duration[-1]
    return int(duration[: -len(unit)]) * _MILLISECONDS[unit]


def _minutes(duration: str) -> float:
    return milliseconds(duration) / 6e4 if duration else NOT_SAID


def _days(duration: str) -> float:
    return milliseconds(duration) / 8.64e7 if duration else NOT_SAID


class Doubt(msgspec.Struct, frozen=True):
    """Why facts are not known, whatever they seem to be: `why` as part of a sentence, `mend` as one."""

    why: str
    mend: str


class Gathered(msgspec.Struct, frozen=True):
    """A service with its pager and all of its facts.

    `graph_doubt` is about the facts that follow from the entries of what it needs, `dependents_doubt` about those that
    follow from the entries of what needs it.
    """

    service: Service
    pager: Pager
    facts: f.SubjectFacts
    graph_doubt: Doubt | None = None
    dependents_doubt: Doubt | None = None


class Gatherer:
    """Computes facts service by service; what concerns all of them, once. Linear in services, edges and decisions."""

    def __init__(
        self,
        catalog: Catalog,
        graph: DependencyGraph,
        policy: Policy,
        as_of: dt.datetime,
        survived: Survived | None = None,
        facts: Mapping[str, GraphFacts] | None = None,
    ) -> None:
        self._catalog = catalog
        self._policy = policy
        self._as_of = as_of
        self._dependencies = graph
        self._over_unread = _over_unread(catalog, graph)
        self._named = _named_by_unread(catalog)
        known = graph_facts(catalog, graph) if facts is None else facts
        # What drills showed changes the ceilings, and nothing else.
        self._graph = with_ceilings(known, catalog, survived) if survived else known
        self._decisions: dict[str, list[Decision]] = defaultdict(list)
        for decision in catalog.decisions:
            self._decisions[decision.spec.service].append(decision)
        self._postmortems: dict[str, list[Postmortem]] = defaultdict(list)
        for postmortem in catalog.postmortems:
            for name in postmortem.spec.services:
                self._postmortems[name].append(postmortem)

    def of(self, name: str) -> Gathered:
        """The facts of one service. Raises KeyError where the catalog has no such service."""
        service = self._catalog.services[name]
        team = self._catalog.teams.get(service.spec.owner)
        pager = pager_at(self._decisions.get(name, ()), self._as_of)
        facts = f.SubjectFacts(
            service=_service(service, team, pager, self._as_of),
            team=_team(service, team),
            system=_system(service, self._catalog.systems.get(service.spec.system)),
            graph=_graph(self._graph[name]),
            pager=_pager(pager, self._policy, self._as_of),
            incidents=_incidents(self._postmortems.get(name, ()), self._as_of),
        )
        nodes = self._dependencies.nodes
        direct = {edge.target for edge in self._dependencies.needs(name)}
        lost = {target for target in direct if not nodes[target].known} | self._over_unread.get(name, frozenset())
        down = [nodes[each] for each in sorted(lost)]
        up = [nodes[each] for each in self._named.get(name, ())]
        return Gathered(service, pager, facts, _doubt(down), _doubt(up))


def _over_unread(catalog: Catalog, graph: DependencyGraph) -> Mapping[str, frozenset[str]]:
    """For each service, the nodes of unreadable entries that it needs, softly or hard, and by way of hard edges."""
    found: dict[str, set[str]] = defaultdict(set)
    for node in graph.nodes.values() if catalog.unreadable else ():
        if not node.unread:
            continue
        pending, seen = [node.id], {node.id}
        while pending:
            for edge in graph.needed_by(pending.pop()):
                if edge.is_hard and edge.source not in seen:
                    seen.add(edge.source)
                    pending.append(edge.source)
                    found[edge.source].add(node.id)
    return {name: frozenset(nodes) for name, nodes in found.items()}


def _named_by_unread(catalog: Catalog) -> Mapping[str, list[str]]:
    """For each service, the unreadable services that name it, and so may need it or its resources."""
    found: dict[str, list[str]] = defaultdict(list)
    for lost in catalog.unreadable.values():
        for name in sorted(lost.mentions & catalog.services.keys()):
            found[name].append(lost.name)
    return found


def _doubt(nodes: Sequence[Node]) -> Doubt | None:
    if not nodes:
        return None
    unread = [f"{node.name} ({node.unread})" for node in nodes if node.unread]
    absent = [node.name for node in nodes if not node.unread]
    entries = "entry" if len(unread) == 1 else "entries"
    why = [f"the {entries} of {', '.join(unread)} cannot be read"] if unread else []
    mend = [f"Mend the {entries} of {', '.join(unread)}; `pagerworthy check` says how."] if unread else []
    if absent:
        why.append(f"the catalog has no {', '.join(absent)}")
        mend.append(f"Add {', '.join(absent)} to the catalog, or write the right name; `pagerworthy check` says where.")
    return Doubt(" and ".join(why), " ".join(mend))


def _age_days(day: dt.date | dt.datetime | None, as_of: dt.datetime) -> float:
    """Whole days since a date or moment; nan where there is none."""
    if day is None:
        return NOT_SAID
    date = day.date() if isinstance(day, dt.datetime) else day
    return float((as_of.date() - date).days)


def _service(service: Service, team: Team | None, pager: Pager, as_of: dt.datetime) -> f.ServiceFacts:
    spec = service.spec
    team_oncall = team.spec.oncall if team else None
    named = {name for runbook in spec.runbooks for name in runbook.alerts}
    levels = {level.slo: level.objective for level in pager.agreed.spec.levels} if pager.agreed else {}
    monitoring, compute, health = spec.monitoring, spec.compute, spec.compute.health if spec.compute else None
    release, capacity, costs, security = spec.release, spec.capacity, spec.costs, spec.security
    replicas = compute.replicas if compute else None
    forecast = capacity.forecast if capacity else None
    review = security.review if security else None
    resources = tuple(_resource(name, resource) for name, resource in sorted(spec.resources.items()))
    return f.ServiceFacts(
        name=service.name,
        description=service.metadata.description,
        tier=spec.tier,
        phase=spec.phase,
        engagement=spec.engagement,
        language=spec.language,
        repository=spec.repository,
        environments=spec.environments,
        has_design=spec.design is not None and bool(spec.design.path or spec.design.url),
        design_reviewed_days=_age_days(spec.design.reviewed if spec.design else None, as_of),
        classification=spec.data.classification if spec.data else "",
        regulations=spec.data.regulations if spec.data else (),
        slos=slo_facts(service, levels),
        dashboards=tuple(link.url for link in monitoring.dashboards),
        logs=monitoring.logs.url if monitoring.logs else "",
        log_format=monitoring.logs.format if monitoring.logs else "",
        log_days=_days(monitoring.logs.retention) if monitoring.logs else NOT_SAID,
        traces=monitoring.traces.url if monitoring.traces else "",
        probes=tuple(probe.name for probe in monitoring.probes),
        alerts=tuple(
            f.AlertFacts(
                name=alert.name,
                pages=alert.severity == "page",
                slo=alert.slo,
                has_runbook=alert.name in named,
            )
            for alert in monitoring.alerts
        ),
        runbooks=tuple(
            f.RunbookFacts(title=runbook.title, place=runbook.place, in_repository=bool(runbook.path))
            for runbook in spec.runbooks
        ),
        schedule=spec.oncall.schedule if spec.oncall else team_oncall.schedule if team_oncall else "",
        escalation=(spec.oncall.escalation if spec.oncall else "") or (team_oncall.escalation if team_oncall else ""),
        dependencies=tuple(
            f.DependencyFacts(
                target=dependency.target,
                kind=dependency.kind,
                hard=dependency.criticality == "hard",
                fallback=dependency.fallback,
                on_failure=dependency.on_failure,
                timeout_ms=milliseconds(dependency.timeout),
                retries=NOT_SAID if dependency.retries is None else float(dependency.retries),
            )
            for dependency in spec.dependencies
        ),
        targets=tuple(
            sorted(
                {dependency.target for dependency in spec.dependencies}
                | {f"{service.name}/{name}" for name in spec.resources}
            )
        ),
        resources=resources,
        stores=tuple(resource for resource in resources if resource.kind in STORES),
        runs_on=compute.type if compute else "",
        is_worker=compute is not None and compute.type == "fargate" and compute.port is None,
        replicas_min=float(replicas.min) if replicas else NOT_SAID,
        replicas_max=float(replicas.max) if replicas else NOT_SAID,
        zones=float(compute.zones) if compute else NOT_SAID,
        has_liveness=health is not None and health.liveness is not None,
        has_readiness=health is not None and health.readiness is not None,
        stop_seconds=milliseconds(health.stop) / 1e3 if health and health.stop else NOT_SAID,
        public=any(resource.type == "edge" for resource in spec.resources.values()),
        strategy=release.strategy if release else "",
        rollback=release.rollback if release else "",
        pipeline=release.pipeline if release else "",
        switches=bool(release and release.switches),
        peak=capacity.peak if capacity and capacity.peak is not None else NOT_SAID,
        forecast_peak=forecast.peak if forecast else NOT_SAID,
        forecast_days=-_age_days(forecast.by, as_of) if forecast else NOT_SAID,
        overload=capacity.overload if capacity else "",
        toil_budget=spec.toil.budget if spec.toil else NOT_SAID,
        cost_budget=costs.budget if costs else NOT_SAID,
        cost_unit=costs.unit if costs else "",
        cost_center=costs.center if costs else "",
        security_review_days=-_age_days(review.expires, as_of) if review else NOT_SAID,
        secrets=security.secrets if security else "",
        access_review_days=_age_days(security.access_review if security else None, as_of),
    )


def _resource(name: str, resource: Resource) -> f.ResourceFacts:
    backup = resource.backup
    return f.ResourceFacts(
        name=name,
        kind=resource.type,
        zones=float(resource.zones),
        encrypted=bool(resource.encrypted),
        public=bool(resource.public) or resource.type == "edge",
        backup_days=_days(backup.retention) if backup else NOT_SAID,
        rpo_minutes=_minutes(backup.rpo) if backup else NOT_SAID,
        rto_minutes=_minutes(backup.rto) if backup else NOT_SAID,
    )


def _team(service: Service, team: Team | None) -> f.TeamFacts:
    if team is None:
        return f.TeamFacts(service.spec.owner, "", 0.0, NOT_SAID, has_contact=False, has_lead=False)
    spec = team.spec
    return f.TeamFacts(
        name=team.name,
        role=spec.role,
        members=float(len(spec.members)),
        rotation=NOT_SAID if spec.rotation is None else float(spec.rotation),
        has_contact=bool(spec.contact),
        has_lead=bool(spec.lead),
    )


def _system(service: Service, system: System | None) -> f.SystemFacts:
    owner = system.spec.business_owner if system else None
    return f.SystemFacts(name=service.spec.system, business_owner=owner.name if owner else "")


def _graph(found: GraphFacts) -> f.GraphFacts:
    return f.GraphFacts(
        in_hard_cycle=found.in_hard_cycle,
        hard_lower_tier=found.hard_lower_tier,
        has_ceiling=found.ceiling is not None,
        ceiling=100.0 if found.ceiling is None else found.ceiling,
        unpromised=found.unpromised,
        limiting=found.limiting,
        limiting_path=found.limiting_path,
        survived=found.survived,
        dependents=float(found.dependents_all),
        dependents_hard=float(found.dependents_hard),
        single_points=found.single_points,
        unclear_points=found.unclear_points,
        shared_writers=found.shared_writers,
        unclear_writers=found.unclear_writers,
        unexplained=found.unexplained,
        zone_crossings=found.zone_crossings,
    )


def _pager(pager: Pager, policy: Policy, as_of: dt.datetime) -> f.PagerFacts:
    period = dt.timedelta(days=policy.repeat.within_days)
    today = as_of.date()
    still_open = [each for each in pager.conditions if each.done is None or each.done > today]
    signed = [each for each in (pager.acceptance, pager.agreed) if each is not None and each.spec.terms]
    return f.PagerFacts(
        holder=pager.holder,
        frozen=pager.frozen,
        agreed=pager.agreed is not None,
        agreed_days=_age_days(pager.agreed.spec.time if pager.agreed else None, as_of),
        agreed_tier=(pager.agreed.spec.tier or 0) if pager.agreed else 0,
        parties_differ=pager.agreed is not None and _three(pager.agreed),
        terms=bool(signed),
        terms_parties_differ=bool(signed) and _three(signed[0]),
        shadow_days=_age_days(pager.shadow_since, as_of),
        freezes=float(sum(as_of - moment <= period for moment in pager.lifted)),
        conditions_open=tuple(condition.text for condition in still_open),
        conditions_overdue=tuple(
            f"{condition.text} (due {condition.due})" for condition in still_open if condition.due < today
        ),
    )


def _three(decision: Decision) -> bool:
    """Whether three different people stand for the three parties."""
    parties = decision.spec.parties
    people = (parties.business, parties.development, parties.sre)
    return all(
        len({" ".join(value(person).casefold().split()) or index for index, person in enumerate(people)}) == 3
        for value in _IDENTITIES
    )


def _incidents(postmortems: Iterable[Postmortem], as_of: dt.datetime) -> f.IncidentFacts:
    happened = [each for each in postmortems if each.spec.started <= as_of]
    severe = [
        each
        for each in happened
        if each.spec.severity in _SEVERE and (as_of - each.spec.started).days <= _INCIDENT_DAYS
    ]
    return f.IncidentFacts(
        postmortems=float(len(happened)),
        names=tuple(sorted(each.name for each in happened)),
        actions=float(sum(len(each.spec.actions) for each in happened)),
        severe=float(len(severe)),
        not_blameless=tuple(each.name for each in severe if not each.spec.blameless),
        without_actions=tuple(each.name for each in severe if not each.spec.actions),
        not_paged=tuple(each.name for each in severe if not each.spec.paged),
        overdue_actions=tuple(
            f"{action.text} ({action.owner}, due {action.due})"
            for each in happened
            for action in each.spec.actions
            if action.due < as_of.date() and (action.done is None or action.done > as_of.date())
        ),
    )
