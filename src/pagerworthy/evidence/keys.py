"""Every evidence key: the shape of its value, what it is kept per, who brings it and how strong it can be.

A value is a frozen struct; all numbers in it are floats, because criteria compare them with thresholds that are floats.
`per` says of which part of a service there is one record each: a key that is kept per objective is only known when
every objective has its record, so that a missing one can never make `all(...)` true.
"""

import functools
from typing import Annotated, Literal, Self

import msgspec

from pagerworthy.evidence.record import Strength

Per = Literal["service", "slo", "runbook", "dashboard", "dependency", "soft", "store"]


def _says(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


# What these fields count goes on after they were seen: ages grow, and time that was left runs out.
_PER_DAY = {"age_days": 1.0, "large_change_days": 1.0, "age_minutes": 1440.0, "days_left": -1.0}


class Value(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What all values share."""

    def after(self, days: float) -> Self:
        """The value as it stands so many days after it was seen, if nothing else has happened since."""
        moving = _moving(type(self))
        if not moving:
            return self
        moved = {field: getattr(self, field) + days * change for field, change in moving}
        return msgspec.structs.replace(self, **moved)


@functools.cache
def _moving(value: type[Value]) -> tuple[tuple[str, float], ...]:
    return tuple((field, _PER_DAY[field]) for field in value.__struct_fields__ if field in _PER_DAY)


class EntryAge(Value, frozen=True):
    age_days: Annotated[float, _says("days since the entry last changed")]
    authors: Annotated[tuple[str, ...], _says("who changed it last, newest first, at most five")] = ()


class Activity(Value, frozen=True):
    commits_90d: Annotated[float, _says("commits in the last 90 days")]
    owner_commits_90d: Annotated[float, _says("those of the owner's members")]


class DesignAge(Value, frozen=True):
    age_days: Annotated[float, _says("days since the design document last changed")]
    large_change_days: Annotated[float, _says("days since the last large change of the code")]


class Sections(Value, frozen=True):
    exists: Annotated[bool, _says("the file is there")]
    missing: Annotated[tuple[str, ...], _says("sections that are asked for and not there")] = ()


class Verified(Value, frozen=True):
    age_days: Annotated[float, _says("days since it was last changed or confirmed")]


class Mentions(Value, frozen=True):
    broken: Annotated[
        tuple[str, ...], _says("metrics, dashboards and resources that it names and that do not exist")
    ] = ()


class Callees(Value, frozen=True):
    names: Annotated[tuple[str, ...], _says("what the service was seen to call")] = ()


class Drift(Value, frozen=True):
    drifted: Annotated[float, _says("resources that differ from the code")]
    unmanaged: Annotated[float, _says("resources that no code describes")]


class Placement(Value, frozen=True):
    replicas: Annotated[float, _says("replicas that run at the least")]
    zones: Annotated[float, _says("zones over which they are spread")]
    single_zone_stores: Annotated[tuple[str, ...], _says("data stores in one zone only")] = ()


class SloEvents(Value, frozen=True):
    good: Annotated[float, _says("good events in the last seven days")]
    total: Annotated[float, _says("all events in the last seven days")]
    days: Annotated[float, _says("days of the last seven on which there were events")]


class SloBudget(Value, frozen=True):
    compliance: Annotated[float, _says("the share of good events over the window, in percent")]
    remaining: Annotated[float, _says("the share of the error budget that is left; below 0 when overspent")]


class Active(Value, frozen=True):
    active: Annotated[bool, _says("it is there and works")]


class Rules(Value, frozen=True):
    loaded: Annotated[bool, _says("the burn-rate rules are loaded")]
    healthy: Annotated[bool, _says("their last evaluation succeeded")]
    absent_data: Annotated[bool, _says("a rule notices missing data")]


class PagingRules(Value, frozen=True):
    pages: Annotated[float, _says("alert rules that page")]
    without_runbook: Annotated[tuple[str, ...], _says("those that name no runbook")] = ()


class Panels(Value, frozen=True):
    panels: Annotated[float, _says("panels on the dashboard")]
    empty: Annotated[float, _says("panels that return no data")]


class LogStream(Value, frozen=True):
    lines_24h: Annotated[float, _says("lines that arrived in 24 hours")]
    structured: Annotated[float, _says("share of them that parse as structured, 0 to 1")]
    retention_days: Annotated[float, _says("days for which they are kept")]


class TraceStream(Value, frozen=True):
    spans_24h: Annotated[float, _says("spans that arrived in 24 hours")]


class ProbeRuns(Value, frozen=True):
    runs_24h: Annotated[float, _says("end-to-end probe runs in 24 hours")]
    success: Annotated[float, _says("share of them that succeeded, 0 to 1")]


class Schedule(Value, frozen=True):
    gap_hours_30d: Annotated[float, _says("hours of the next 30 days that nobody covers")]
    levels: Annotated[float, _says("levels of escalation")]
    rotation: Annotated[float, _says("people in the rotation")]


class Route(Value, frozen=True):
    receiver: Annotated[str, _says("where a test page of the service arrives")]
    holder: Annotated[str, _says("which holder the test page was meant for: dev, shadow, shared or sre")]
    reaches_holder: Annotated[bool, _says("it arrived there")]


class Escalation(Value, frozen=True):
    development_last: Annotated[bool, _says("the developing team is still called when SRE does not answer")]


class PageLoad(Value, frozen=True):
    per_shift: Annotated[float, _says("pages per shift over the last 28 days")]
    actionable: Annotated[float, _says("share of them on which somebody had to act, 0 to 1")]


class Reached(Value, frozen=True):
    age_days: Annotated[float, _says("days since a page last reached a person")]
    acknowledge_minutes: Annotated[float, _says("median minutes until it was acknowledged")]


class SevereIncidents(Value, frozen=True):
    ids: Annotated[
        tuple[str, ...], _says("incidents of severity 1 or 2 in 180 days, by the name of the post-mortem")
    ] = ()


class Drill(Value, frozen=True):
    age_days: Annotated[float, _says("days since it was held")]
    passed: Annotated[bool, _says("it went as it should")]


class ForecastError(Value, frozen=True):
    error: Annotated[float, _says("how far the last forecast was from the real peak, as a share of it")]


class LoadTest(Value, frozen=True):
    age_days: Annotated[float, _says("days since the load test")]
    peak_ratio: Annotated[float, _says("tested load over the highest real load")]
    releases_since: Annotated[float, _says("releases since it was run")]
    objectives_met: Annotated[bool, _says("the objectives held under the load")]
    excess_shed: Annotated[bool, _says("load above the limit was shed or limited")]


class Headroom(Value, frozen=True):
    utilisation_zone_lost: Annotated[float, _says("highest utilisation if one zone were lost, 0 to 1")]


class Limits(Value, frozen=True):
    highest: Annotated[float, _says("use of the limit that is nearest to its end, 0 to 1")]
    which: Annotated[str, _says("which limit that is")]


class Autoscaler(Value, frozen=True):
    at_maximum: Annotated[float, _says("share of the last seven days at the maximum, 0 to 1")]


class Storage(Value, frozen=True):
    days_left: Annotated[float, _says("days until storage is full at the present rate")]


class Protection(Value, frozen=True):
    protected: Annotated[bool, _says("the main branch is protected")]
    reviews: Annotated[float, _says("approvals that a change needs")]
    checks: Annotated[float, _says("checks that a change must pass")]


class Pipeline(Value, frozen=True):
    automated: Annotated[bool, _says("build, test and deployment need no hand")]
    green: Annotated[float, _says("share of runs on the main branch that succeeded, 0 to 1")]


class DeployFrequency(Value, frozen=True):
    per_week: Annotated[float, _says("deployments a week over the last 28 days")]


class DeployStability(Value, frozen=True):
    failure_rate: Annotated[float, _says("share of deployments that failed, 0 to 1")]
    failed_28d: Annotated[float, _says("deployments that failed in the last 28 days")]
    restore_hours: Annotated[float, _says("median hours until service was restored")]


class DeployErrors(Value, frozen=True):
    worst_ratio: Annotated[
        float, _says("error ratio during a deployment over that before it, the worst of the last ten")
    ]


class Attested(Value, frozen=True):
    by: Annotated[str, _says("who says so")]
    statement: Annotated[str, _says("what the person says")]


class Timeouts(Value, frozen=True):
    timeout_ms: Annotated[float, _says("the time-out that is configured, in milliseconds; 0 is none")]
    backoff: Annotated[bool, _says("retries back off and are bounded")]


class Health(Value, frozen=True):
    readiness: Annotated[bool, _says("a readiness probe is configured")]
    liveness: Annotated[bool, _says("a liveness probe is configured")]
    stop_seconds: Annotated[float, _says("seconds that a replica has to finish its requests")]


class Certificate(Value, frozen=True):
    days_left: Annotated[float, _says("days until the certificate ends")]


class Findings(Value, frozen=True):
    count: Annotated[float, _says("findings that are open")]


class Image(Value, frozen=True):
    critical_overdue: Annotated[float, _says("critical findings that are older than policy allows")]
    root: Annotated[bool, _says("the image runs as root")]


class OpenSsf(Value, frozen=True):
    score: Annotated[float, _says("OpenSSF Scorecard's score, 0 to 10")]


class Updates(Value, frozen=True):
    active: Annotated[bool, _says("dependency updates are proposed by a machine and merged")]
    alerts: Annotated[float, _says("open alerts on dependencies")]


class Grants(Value, frozen=True):
    wildcards: Annotated[tuple[str, ...], _says("grants with a wildcard")] = ()
    public: Annotated[tuple[str, ...], _says("what is reachable from the internet")] = ()


class Secrets(Value, frozen=True):
    managed: Annotated[bool, _says("all secrets come from a secret manager")]


class Encryption(Value, frozen=True):
    at_rest: Annotated[bool, _says("everything stored is encrypted")]
    in_transit: Annotated[bool, _says("everything sent is encrypted")]


class Tags(Value, frozen=True):
    missing: Annotated[tuple[str, ...], _says("tags that are asked for and not on every resource")] = ()


class Backup(Value, frozen=True):
    age_minutes: Annotated[float, _says("minutes since the newest usable backup")]


class Restore(Value, frozen=True):
    age_days: Annotated[float, _says("days since the restore was tried")]
    minutes: Annotated[float, _says("minutes that it took")]
    complete: Annotated[bool, _says("all data was there")]


class AuditLogs(Value, frozen=True):
    retention_days: Annotated[float, _says("days for which audit logs are kept")]


class Crossings(Value, frozen=True):
    paths: Annotated[tuple[str, ...], _says("network paths into the cardholder zone that no entry declares")] = ()


class Approvals(Value, frozen=True):
    changes: Annotated[float, _says("changes to production in the last 90 days")]
    self_approved: Annotated[float, _says("those whose approver was their author")]


class Cost(Value, frozen=True):
    monthly: Annotated[float, _says("what the last full month cost")]
    budget: Annotated[bool, _says("a budget with an anomaly alert is set")]


class UnitCost(Value, frozen=True):
    cost: Annotated[float, _says("cost of one unit")]
    accepted: Annotated[bool, _says("the business owner accepted it")]


class ToilHours(Value, frozen=True):
    per_week: Annotated[float, _says("hours of toil a week over the last four weeks")]


class Shadow(Value, frozen=True):
    days: Annotated[float, _says("days on which SRE read along")]
    pages: Annotated[float, _says("pages in that time")]
    graded: Annotated[float, _says("pages that were graded for use and quality")]


class Training(Value, frozen=True):
    trained: Annotated[float, _says("people of the receiving rotation who were trained on the service")]
    rotation: Annotated[float, _says("people in the receiving rotation")]


class Prediction(Value, frozen=True):
    per_shift: Annotated[float, _says("pages per shift that SRE must expect after the takeover")]


class Response(Value, frozen=True):
    acknowledge_minutes: Annotated[float, _says("median minutes until SRE acknowledged a page")]
    rotation: Annotated[float, _says("people in SRE's rotation")]


class Key(msgspec.Struct, frozen=True):
    """An evidence key; `strength` is the strongest that its collector can give, `collector` who brings it."""

    name: str
    value: type[Value]
    per: Per
    strength: Strength
    collector: str
    says: str

    @property
    def group(self) -> str:
        return self.name.split(".")[0]

    @property
    def field(self) -> str:
        return self.name.split(".")[1]


_L, _O, _X = Strength.LINKED, Strength.OBSERVED, Strength.EXERCISED

KEYS: dict[str, Key] = {
    key.name: key
    for key in (
        Key("git.entry", EntryAge, "service", _L, "git", "how old the entry is and who changed it"),
        Key("git.activity", Activity, "service", _O, "git", "who works on the code"),
        Key("git.design", DesignAge, "service", _L, "git", "how old the design document is, beside the code"),
        Key("files.design", Sections, "service", _L, "files", "the design document exists"),
        Key("files.runbook", Sections, "runbook", _L, "files", "each runbook exists and has its sections"),
        Key("git.runbook", Verified, "runbook", _L, "git", "how old each runbook is"),
        Key("runbook.mentions", Mentions, "runbook", _O, "prometheus", "what each runbook names exists"),
        Key("traffic.callees", Callees, "service", _O, "prometheus", "what the service really calls"),
        Key(
            "traffic.crossings",
            Crossings,
            "service",
            _O,
            "pulumi",
            "undeclared paths into the cardholder zone",
        ),
        Key("stack.drift", Drift, "service", _O, "pulumi", "whether the cloud is what the code says"),
        Key("stack.placement", Placement, "service", _L, "pulumi", "replicas and zones"),
        Key("stack.health", Health, "service", _L, "pulumi", "health probes and the time to stop"),
        Key("stack.grants", Grants, "service", _L, "pulumi", "grants and exposure"),
        Key("stack.secrets", Secrets, "service", _L, "pulumi", "where secrets come from"),
        Key("stack.encryption", Encryption, "service", _L, "pulumi", "encryption at rest and in transit"),
        Key("stack.tags", Tags, "service", _L, "pulumi", "tags for owner, tier, data class and cost"),
        Key("slo.events", SloEvents, "slo", _O, "prometheus", "events that each objective counts"),
        Key("slo.budget", SloBudget, "slo", _O, "prometheus", "what is left of each error budget"),
        Key("gate.active", Active, "service", _O, "github", "the error-budget gate runs in the pipeline"),
        Key("rules.slo", Rules, "slo", _O, "prometheus", "burn-rate and absent-data rules of each objective"),
        Key("rules.paging", PagingRules, "service", _O, "prometheus", "paging rules and their runbooks"),
        Key("rules.deadman", Active, "service", _O, "prometheus", "the dead-man alert fires and is received"),
        Key("links.dashboard", Active, "dashboard", _L, "links", "each dashboard answers"),
        Key(
            "dashboard.panels",
            Panels,
            "dashboard",
            _O,
            "prometheus",
            "the panels of each dashboard return data",
        ),
        Key("logs.stream", LogStream, "service", _O, "reports", "logs arrive, structured, and are kept"),
        Key("traces.stream", TraceStream, "service", _O, "prometheus", "traces arrive"),
        Key("probe.runs", ProbeRuns, "service", _O, "prometheus", "end-to-end probes run and succeed"),
        Key("oncall.schedule", Schedule, "service", _O, "pagerduty", "the on-call schedule has no gaps"),
        Key("oncall.escalation", Escalation, "service", _O, "pagerduty", "who is called when nobody answers"),
        Key("alert.route", Route, "service", _O, "alertmanager", "a test page reaches the pager's holder"),
        Key("pages.load", PageLoad, "service", _O, "pagerduty", "how many pages a shift gets"),
        Key("pages.reached", Reached, "service", _X, "pagerduty", "a page has reached a person"),
        Key("incidents.severe", SevereIncidents, "service", _O, "pagerduty", "severe incidents in the incident log"),
        Key("drill.incident", Drill, "service", _X, "reports", "an incident drill was held"),
        Key("capacity.forecast", ForecastError, "service", _O, "prometheus", "how good the last forecast was"),
        Key("load.test", LoadTest, "service", _X, "reports", "the last load test"),
        Key("capacity.headroom", Headroom, "service", _O, "prometheus", "headroom with a zone lost"),
        Key("capacity.limits", Limits, "service", _O, "prometheus", "the limit that is nearest"),
        Key("capacity.autoscaler", Autoscaler, "service", _O, "prometheus", "time at the autoscaler's maximum"),
        Key("capacity.storage", Storage, "store", _O, "prometheus", "days until each store is full"),
        Key("github.protection", Protection, "service", _O, "github", "protection of the main branch"),
        Key("github.pipeline", Pipeline, "service", _O, "github", "the pipeline and how often it is green"),
        Key("github.updates", Updates, "service", _O, "github", "dependency updates"),
        Key("deploys.frequency", DeployFrequency, "service", _O, "github", "how often it is deployed"),
        Key("deploys.stability", DeployStability, "service", _O, "github", "how often a deployment fails"),
        Key("deploys.errors", DeployErrors, "service", _O, "prometheus", "errors during deployments"),
        Key("deploys.rollback", Drill, "service", _X, "github", "a rollback was done"),
        Key("attest.switches", Attested, "service", _O, "attestation", "risky features have a switch"),
        Key("attest.security", Attested, "service", _O, "attestation", "the security review was done"),
        Key("attest.access", Attested, "service", _O, "attestation", "access was reviewed this quarter"),
        Key("mesh.timeouts", Timeouts, "dependency", _L, "reports", "time-outs and retries of each dependency"),
        Key("drill.zone", Drill, "service", _X, "reports", "the loss of a zone was survived"),
        Key("drill.soft", Drill, "soft", _X, "reports", "the loss of each soft dependency was survived"),
        Key("cert.expiry", Certificate, "service", _O, "prometheus", "the certificate that ends first"),
        Key("scan.secrets", Findings, "service", _O, "reports", "secrets found in git"),
        Key("scan.image", Image, "service", _O, "reports", "findings in the image"),
        Key("scan.openssf", OpenSsf, "service", _O, "reports", "OpenSSF Scorecard"),
        Key("backup.newest", Backup, "store", _O, "reports", "the newest backup of each store"),
        Key("restore.drill", Restore, "store", _X, "reports", "a restore of each store was tried"),
        Key("audit.logs", AuditLogs, "service", _L, "pulumi", "how long audit logs are kept"),
        Key("changes.approvals", Approvals, "service", _O, "reports", "approver differs from author"),
        Key("cost.actual", Cost, "service", _O, "reports", "what it costs"),
        Key("cost.unit", UnitCost, "service", _O, "attestation", "what a unit costs"),
        Key("toil.hours", ToilHours, "service", _O, "reports", "hours of toil"),
        Key("shadow.period", Shadow, "service", _X, "pagerduty", "the shadow period"),
        Key("attest.training", Training, "service", _X, "attestation", "the receiving team is trained"),
        Key("pages.predicted", Prediction, "service", _O, "pagerduty", "pages per shift after the takeover"),
        Key("sre.response", Response, "service", _O, "pagerduty", "SRE's side: answer times and rotation"),
    )
}
