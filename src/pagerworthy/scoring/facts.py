"""The facts that criteria ask about: typed, documented, computed once per service.

Each struct here is a message that expressions see (`service.tier`, `pager.holder`). All numbers are floats except
tiers, because thresholds (`limits.*`) are floats. A number that the entry does not give is nan, and the field's text
says so: no comparison with it is true, so that `service.x <= 60.0` never passes on what nobody
said. Ask whether it was said with `service.x >= 0.0`.
"""

from typing import Annotated

import msgspec


def _says(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class Facts(msgspec.Struct, frozen=True):
    """What all facts share."""


class SloFacts(Facts, frozen=True):
    name: Annotated[str, _says("the objective's name")]
    kind: Annotated[str, _says("availability, latency, freshness, correctness or throughput, or empty")]
    objective: Annotated[float, _says("the promised share of good events, in percent")]
    window_days: Annotated[float, _says("days of the window")]
    form: Annotated[str, _says("form of the SLI: good, bad, histogram, probe or ratio")]
    counts_requests: Annotated[bool, _says("the SLI counts users' requests, not machines")]
    agreed: Annotated[bool, _says("the last agreement names this objective at this level")]
    budget: Annotated[float, _says("the share of events that may be bad, 0 to 1")]
    paged: Annotated[bool, _says("an alert of the entry wakes somebody for it")]
    page_share: Annotated[
        float, _says("the smallest part of the budget whose loss at once wakes somebody, 0 to 1; 0 where none does")
    ]
    guarded: Annotated[bool, _says("generated rules wake nobody for a single bad event, as `min_events` asks")]


class AlertFacts(Facts, frozen=True):
    name: Annotated[str, _says("the alert's name")]
    pages: Annotated[bool, _says("it wakes somebody")]
    slo: Annotated[str, _says("the objective that it guards, or empty")]
    has_runbook: Annotated[bool, _says("a runbook names it")]


class RunbookFacts(Facts, frozen=True):
    title: Annotated[str, _says("the symptom")]
    place: Annotated[str, _says("its path in the repository, or its address")]
    in_repository: Annotated[bool, _says("it is a file of this repository")]


class DependencyFacts(Facts, frozen=True):
    target: Annotated[str, _says("the service, resource or provider")]
    kind: Annotated[str, _says("service, resource or external")]
    hard: Annotated[bool, _says("without it we fail")]
    fallback: Annotated[str, _says("what users get while it is down, or empty")]
    on_failure: Annotated[str, _says("what happens to users when it fails, or empty")]
    timeout_ms: Annotated[float, _says("how long we wait, in milliseconds; nan when the entry does not say")]
    retries: Annotated[float, _says("how often we ask again; nan when the entry does not say")]


class ResourceFacts(Facts, frozen=True):
    name: Annotated[str, _says("the resource's name within the service")]
    kind: Annotated[str, _says("postgres, redis, queue ...")]
    zones: Annotated[float, _says("zones that it spans")]
    encrypted: Annotated[bool, _says("the entry asks for encryption at rest")]
    public: Annotated[bool, _says("it can be reached from the internet")]
    backup_days: Annotated[float, _says("days for which backups are kept; nan without backup")]
    rpo_minutes: Annotated[float, _says("how much work may be lost, in minutes; nan when the entry does not say")]
    rto_minutes: Annotated[float, _says("how long a restore may take, in minutes; nan when the entry does not say")]


class ServiceFacts(Facts, frozen=True):
    name: Annotated[str, _says("the service's name")]
    description: Annotated[str, _says("what it is for")]
    tier: Annotated[int, _says("1, most critical, to 4")]
    phase: Annotated[str, _says("where it stands in its life")]
    engagement: Annotated[str, _says("sre, embedded, hybrid or dev")]
    language: Annotated[str, _says("main language, or empty")]
    repository: Annotated[str, _says("address of the code, or empty")]
    environments: Annotated[tuple[str, ...], _says("environments that it runs in")]
    has_design: Annotated[bool, _says("the entry names a design document")]
    design_reviewed_days: Annotated[float, _says("days since its last review; nan when the entry does not say")]
    classification: Annotated[str, _says("data class, or empty")]
    regulations: Annotated[tuple[str, ...], _says("regulations that the data is under")]
    slos: Annotated[tuple[SloFacts, ...], _says("the objectives")]
    dashboards: Annotated[tuple[str, ...], _says("addresses of the dashboards")]
    logs: Annotated[str, _says("address of the logs, or empty")]
    log_format: Annotated[str, _says("json, logfmt or text, or empty")]
    log_days: Annotated[float, _says("days for which logs are kept; nan when the entry does not say")]
    traces: Annotated[str, _says("address of the traces, or empty")]
    probes: Annotated[tuple[str, ...], _says("end-to-end probes")]
    alerts: Annotated[tuple[AlertFacts, ...], _says("the alerts")]
    runbooks: Annotated[tuple[RunbookFacts, ...], _says("the runbooks")]
    schedule: Annotated[str, _says("the on-call schedule of the service or of its team, or empty")]
    escalation: Annotated[str, _says("the escalation policy of the service or of its team, or empty")]
    dependencies: Annotated[tuple[DependencyFacts, ...], _says("what it needs")]
    targets: Annotated[tuple[str, ...], _says("names of all that it needs, its own resources among them")]
    resources: Annotated[tuple[ResourceFacts, ...], _says("what it owns and has provisioned")]
    stores: Annotated[tuple[ResourceFacts, ...], _says("those of its resources that keep data")]
    runs_on: Annotated[str, _says("fargate or external, or empty")]
    is_worker: Annotated[bool, _says("it runs here and listens on no port: nothing is sent to it")]
    replicas_min: Annotated[float, _says("the fewest replicas; nan when the entry does not say")]
    replicas_max: Annotated[float, _says("the most replicas; nan when the entry does not say")]
    zones: Annotated[float, _says("zones over which replicas are spread; nan when the entry does not say")]
    has_liveness: Annotated[bool, _says("the entry names a liveness probe")]
    has_readiness: Annotated[bool, _says("the entry names a readiness probe")]
    stop_seconds: Annotated[float, _says("seconds a replica has to finish; nan when the entry does not say")]
    public: Annotated[bool, _says("it has an edge: users reach it from the internet")]
    strategy: Annotated[str, _says("how a version is rolled out, or empty")]
    rollback: Annotated[str, _says("automated or manual, or empty")]
    pipeline: Annotated[str, _says("address of the pipeline, or empty")]
    switches: Annotated[bool, _says("the entry says that risky features have a switch")]
    peak: Annotated[float, _says("highest load seen, in requests a second; nan when the entry does not say")]
    forecast_peak: Annotated[
        float, _says("highest load expected, in requests a second; nan when the entry does not say")
    ]
    forecast_days: Annotated[
        float, _says("days until the forecast's date; below 0 when it has passed, nan when none is given")
    ]
    overload: Annotated[str, _says("shed, limit, queue or none, or empty")]
    toil_budget: Annotated[float, _says("accepted hours of toil a week; nan when the entry does not say")]
    cost_budget: Annotated[float, _says("what it may cost a month; nan when the entry does not say")]
    cost_unit: Annotated[str, _says("what a unit of cost is counted by, or empty")]
    cost_center: Annotated[str, _says("where the cost is booked, or empty")]
    security_review_days: Annotated[
        float, _says("days until the security review ends; below 0 when it has, nan when none is given")
    ]
    secrets: Annotated[str, _says("where secrets come from, or empty")]
    access_review_days: Annotated[float, _says("days since access was reviewed; nan when the entry does not say")]


class TeamFacts(Facts, frozen=True):
    name: Annotated[str, _says("the owner's name")]
    role: Annotated[str, _says("development, sre, business or platform")]
    members: Annotated[float, _says("people in the team")]
    rotation: Annotated[float, _says("people in its on-call rotation; nan when the entry does not say")]
    has_contact: Annotated[bool, _says("the entry says how to reach it")]
    has_lead: Annotated[bool, _says("somebody answers for it")]


class SystemFacts(Facts, frozen=True):
    name: Annotated[str, _says("the system's name")]
    business_owner: Annotated[str, _says("who speaks for the business, or empty")]


class GraphFacts(Facts, frozen=True):
    in_hard_cycle: Annotated[bool, _says("it needs itself, through hard dependencies")]
    hard_lower_tier: Annotated[tuple[str, ...], _says("hard dependencies of a lower tier than the service")]
    has_ceiling: Annotated[bool, _says("some promise of its hard dependencies is known")]
    ceiling: Annotated[float, _says("the availability that they allow together, in percent; 100 when none is known")]
    unpromised: Annotated[
        tuple[str, ...], _says("hard dependencies that promise no availability, nor does the owner of the resource")
    ]
    limiting: Annotated[str, _says("what limits most, directly or by way of others, or empty")]
    limiting_path: Annotated[
        tuple[str, ...], _says("the way from the service to what limits most, both included; empty without a limit")
    ]
    survived: Annotated[
        tuple[str, ...], _says("hard dependencies that do not limit, because a drill showed that users can do without")
    ]
    dependents: Annotated[float, _says("services that notice when it fails")]
    dependents_hard: Annotated[float, _says("services that fail with it")]
    single_points: Annotated[
        tuple[str, ...], _says("what it needs, its own parts among them, of which there is only one")
    ]
    unclear_points: Annotated[tuple[str, ...], _says("those of which no entry says whether there is more than one")]
    shared_writers: Annotated[tuple[str, ...], _says("data stores that more than one service writes")]
    unclear_writers: Annotated[tuple[str, ...], _says("data stores of which a user does not say whether it writes")]
    unexplained: Annotated[
        tuple[str, ...], _says("dependencies of which the entry does not say what happens when they fail")
    ]
    zone_crossings: Annotated[
        tuple[str, ...], _says("services outside PCI DSS that connect to it although it is under it")
    ]


class PagerFacts(Facts, frozen=True):
    holder: Annotated[str, _says("dev, shadow, shared or sre")]
    frozen: Annotated[bool, _says("deployments are stopped")]
    agreed: Annotated[bool, _says("the three parties agreed on tier and service levels")]
    agreed_days: Annotated[float, _says("days since they did; nan when they did not")]
    agreed_tier: Annotated[int, _says("the tier that they agreed on; 0 when they did not agree")]
    parties_differ: Annotated[bool, _says("three different people agreed")]
    terms_parties_differ: Annotated[bool, _says("three different people signed these terms")]
    terms: Annotated[bool, _says("terms under which the pager goes back are signed")]
    shadow_days: Annotated[float, _says("days since the shadow period began; nan when it did not")]
    freezes: Annotated[float, _says("freezes within the policy's period that are over")]
    conditions_open: Annotated[tuple[str, ...], _says("conditions of the acceptance that are not done")]
    conditions_overdue: Annotated[tuple[str, ...], _says("those of them that are past their date")]


class IncidentFacts(Facts, frozen=True):
    postmortems: Annotated[float, _says("post-mortems that name the service")]
    names: Annotated[tuple[str, ...], _says("names of these post-mortems")]
    actions: Annotated[float, _says("actions that they list")]
    severe: Annotated[float, _says("those of severity 1 or 2 in the last 180 days; the incident log may know of more")]
    not_blameless: Annotated[tuple[str, ...], _says("severe ones that were not reviewed as blameless")]
    without_actions: Annotated[tuple[str, ...], _says("severe ones without an action")]
    not_paged: Annotated[tuple[str, ...], _says("severe ones that users noticed before monitoring did")]
    overdue_actions: Annotated[tuple[str, ...], _says("actions, of any post-mortem, that are past their date")]


class SubjectFacts(Facts, frozen=True):
    """All facts of one service, except evidence and limits, which come beside them."""

    service: ServiceFacts
    team: TeamFacts
    system: SystemFacts
    graph: GraphFacts
    pager: PagerFacts
    incidents: IncidentFacts
