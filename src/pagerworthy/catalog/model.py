"""The typed entries: what `schemas/*.schema.json` admits, as frozen structs.

The schemas say what a property means and give an example of it; these types only carry it. A test holds both
together: whatever one admits, the other does.
"""

import datetime as dt
from typing import ClassVar, Literal

import msgspec

Phase = Literal["design", "development", "testing", "acceptance", "delivery", "support", "maintenance", "capacity"]
PHASES: tuple[Phase, ...] = (
    "design",
    "development",
    "testing",
    "acceptance",
    "delivery",
    "support",
    "maintenance",
    "capacity",
)
Engagement = Literal["sre", "embedded", "hybrid", "dev"]
Criticality = Literal["hard", "soft"]
PagerHolder = Literal["dev", "shadow", "shared", "sre"]
Action = Literal[
    "agree",
    "shadow",
    "accept",
    "accept-with-conditions",
    "defer",
    "keep",
    "freeze",
    "resume",
    "hand-back",
]
Kind = Literal["Service", "Team", "System", "Environment", "Decision", "Waiver", "Attestation", "Postmortem"]
# The keys of evidence that only a person can bring.
AttestedKey = Literal["attest.access", "attest.security", "attest.switches", "attest.training", "cost.unit"]


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What all parts of an entry share: immutable, by keyword, and closed to unknown properties."""


class Metadata(_Part, frozen=True):
    name: str
    title: str = ""
    description: str = ""
    annotations: dict[str, str] = {}

    @property
    def label(self) -> str:
        """The name as people write it."""
        return self.title or self.name


class Person(_Part, frozen=True):
    name: str
    github: str = ""
    email: str = ""


class Link(_Part, frozen=True):
    title: str
    url: str


class OnCall(_Part, frozen=True):
    schedule: str
    escalation: str = ""
    channel: str = ""


class Slices(_Part, frozen=True):
    """Slices of time that are counted instead of events; `target` in percent, None where each counts with its ratio."""

    length: Literal["1m", "2m", "5m"]
    target: float | None = None


class Sli(_Part, frozen=True):
    """A service level indicator, in one of five forms; `form` says which."""

    good: str = ""
    bad: str = ""
    total: str = ""
    histogram: str = ""
    native: bool = False
    selector: str = ""
    below: str = ""
    probe: str = ""
    ratio: str = ""
    slices: Slices | None = None

    @property
    def form(self) -> Literal["good", "bad", "histogram", "probe", "ratio"]:
        if self.good:
            return "good"
        if self.bad:
            return "bad"
        if self.histogram:
            return "histogram"
        return "probe" if self.probe else "ratio"


class Slo(_Part, frozen=True):
    """A service level objective; `objective` is in percent, more than 0 and less than 100."""

    name: str
    objective: float
    window: str
    sli: Sli
    title: str = ""
    category: str = ""
    description: str = ""
    min_events: int | None = None

    @property
    def kind(self) -> str:
        """What users notice: the category, or else what the name or the SLI's form says; empty where nothing does."""
        if self.category:
            return self.category
        for word in ("availability", "latency", "freshness", "correctness", "throughput"):
            if word in self.name:
                return word
        return "latency" if self.sli.form == "histogram" else ""


class Alert(_Part, frozen=True):
    name: str
    severity: Literal["page", "ticket"]
    slo: str = ""
    for_: str = msgspec.field(name="for", default="")


class Logs(_Part, frozen=True):
    url: str
    format: Literal["json", "logfmt", "text", ""] = ""
    retention: str = ""


class Traces(_Part, frozen=True):
    url: str
    sampling: float | None = None


class Probe(_Part, frozen=True):
    name: str
    interval: str
    url: str = ""


class Monitoring(_Part, frozen=True):
    dashboards: tuple[Link, ...] = ()
    logs: Logs | None = None
    traces: Traces | None = None
    probes: tuple[Probe, ...] = ()
    alerts: tuple[Alert, ...] = ()


class Runbook(_Part, frozen=True):
    title: str
    path: str = ""
    url: str = ""
    alerts: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where it is: its path in this repository, or its address elsewhere."""
        return self.path or self.url


class Dependency(_Part, frozen=True):
    """An edge of the graph, from the service that declares it."""

    criticality: Criticality
    service: str = ""
    resource: str = ""
    external: str = ""
    protocol: str = ""
    access: Literal["read", "write", "read-write", ""] = ""
    fallback: str = ""
    on_failure: str = ""
    timeout: str = ""
    retries: int | None = None
    availability: float | None = None
    any_of: str = ""
    url: str = ""

    @property
    def target(self) -> str:
        """What is depended on: a service's name, `owner/resource`, or a provider's name."""
        return self.service or self.resource or self.external

    @property
    def kind(self) -> Literal["service", "resource", "external"]:
        if self.service:
            return "service"
        return "resource" if self.resource else "external"


class Check(_Part, frozen=True):
    path: str
    interval: str = ""


class Health(_Part, frozen=True):
    liveness: Check | None = None
    readiness: Check | None = None
    stop: str = ""


class Replicas(_Part, frozen=True):
    min: int
    max: int


class Compute(_Part, frozen=True):
    """What the service runs on; `cpu` in units of 1/1024 core, `memory` in MiB.

    `user` is the number of the user, and after a colon of the group, that its processes run as; empty for nobody.
    """

    type: Literal["fargate", "external"]
    image: str = ""
    port: int | None = None
    cpu: int | None = None
    memory: int | None = None
    zones: int = 1
    replicas: Replicas | None = None
    health: Health | None = None
    user: str = ""
    writable: bool = False


class Backup(_Part, frozen=True):
    retention: str
    rpo: str = ""
    rto: str = ""


class Resource(_Part, frozen=True):
    """Something that a service owns and that is provisioned."""

    type: str
    description: str = ""
    size: str = ""
    version: str = ""
    zones: int = 1
    encrypted: bool | None = None
    backup: Backup | None = None
    retention: str = ""
    attempts: int | None = None
    versioned: bool | None = None
    public: bool | None = None
    domain: str = ""
    waf: bool | None = None
    rate_limit: int | None = None


class Release(_Part, frozen=True):
    strategy: Literal["canary", "blue-green", "rolling", "recreate"]
    rollback: Literal["automated", "manual"]
    pipeline: str = ""
    switches: bool | None = None


class Forecast(_Part, frozen=True):
    peak: float
    by: dt.date
    basis: str = ""


class Capacity(_Part, frozen=True):
    """What the service must carry; loads are in requests a second."""

    peak: float | None = None
    forecast: Forecast | None = None
    overload: Literal["shed", "limit", "queue", "none", ""] = ""


class Toil(_Part, frozen=True):
    budget: float


class Costs(_Part, frozen=True):
    budget: float
    unit: str = ""
    center: str = ""


class SecurityReview(_Part, frozen=True):
    url: str
    date: dt.date
    expires: dt.date


class Security(_Part, frozen=True):
    review: SecurityReview | None = None
    secrets: Literal["secrets-manager", "parameter-store", "vault", "none", ""] = ""
    access_review: dt.date | None = None


class Design(_Part, frozen=True):
    path: str = ""
    url: str = ""
    reviewed: dt.date | None = None


class Data(_Part, frozen=True):
    classification: Literal["public", "internal", "confidential", "restricted"]
    regulations: tuple[str, ...] = ()


class ServiceSpec(_Part, frozen=True):
    owner: str
    system: str
    tier: int
    phase: Phase
    engagement: Engagement = "dev"
    environments: tuple[str, ...] = ()
    repository: str = ""
    language: str = ""
    links: tuple[Link, ...] = ()
    design: Design | None = None
    data: Data | None = None
    slos: tuple[Slo, ...] = ()
    monitoring: Monitoring = Monitoring()
    runbooks: tuple[Runbook, ...] = ()
    oncall: OnCall | None = None
    dependencies: tuple[Dependency, ...] = ()
    compute: Compute | None = None
    resources: dict[str, Resource] = {}
    release: Release | None = None
    capacity: Capacity | None = None
    toil: Toil | None = None
    costs: Costs | None = None
    security: Security | None = None
    extensions: dict[str, dict[str, object]] = {}


class TeamSpec(_Part, frozen=True):
    role: Literal["development", "sre", "business", "platform"]
    members: tuple[Person, ...]
    lead: str = ""
    contact: dict[str, str] = {}
    oncall: OnCall | None = None
    rotation: int | None = None


class SystemSpec(_Part, frozen=True):
    owner: str
    business_owner: Person | None = None
    part_of: str = ""
    users: str = ""


class EnvironmentSpec(_Part, frozen=True):
    purpose: Literal["production", "staging", "development"]
    provider: Literal["aws"]
    region: str
    account: str = ""
    holds_account: bool | None = None
    zones: int = 2
    domain: str = ""
    budget: float | None = None


class Parties(_Part, frozen=True):
    business: Person
    development: Person
    sre: Person


class Basis(_Part, frozen=True):
    """The digests that a decision rests on, so that its verdict can be computed again."""

    catalog: str
    rubric: str
    evidence: str
    commit: str = ""


class Level(_Part, frozen=True):
    slo: str
    objective: float


class Condition(_Part, frozen=True):
    text: str
    owner: str
    due: dt.date
    criterion: str = ""
    done: dt.date | None = None


class DecisionSpec(_Part, frozen=True):
    service: str
    action: Action
    time: dt.datetime
    parties: Parties
    reason: str
    pager: Literal["shared", "sre"] | None = None
    basis: Basis | None = None
    tier: int | None = None
    levels: tuple[Level, ...] = ()
    conditions: tuple[Condition, ...] = ()
    terms: str = ""


class Approver(_Part, frozen=True):
    name: str
    team: str


class WaiverSpec(_Part, frozen=True):
    service: str
    criterion: str
    reason: str
    granted: dt.date
    expires: dt.date
    approver: Approver
    compensation: str = ""
    issue: str = ""


class Attester(_Part, frozen=True):
    """A person, and what makes it theirs to say."""

    name: str
    capacity: str


class About(_Part, frozen=True):
    """What a person looked at; at least one of the three is there."""

    path: str = ""
    url: str = ""
    text: str = ""


class Trained(_Part, frozen=True):
    """How many people of the receiving rotation were trained."""

    trained: int
    rotation: int


class UnitPrice(_Part, frozen=True):
    """What one unit costs, and whether the business takes that."""

    cost: float
    accepted: bool


class AttestationSpec(_Part, frozen=True):
    """What a person says of a service on a day, and the last day on which it holds."""

    service: str
    attests: AttestedKey
    by: Attester
    date: dt.date
    until: dt.date
    about: About
    statement: str
    training: Trained | None = None
    unit_cost: UnitPrice | None = None


class ActionItem(_Part, frozen=True):
    text: str
    owner: str
    due: dt.date
    done: dt.date | None = None
    issue: str = ""


class PostmortemSpec(_Part, frozen=True):
    services: tuple[str, ...]
    severity: Literal["sev1", "sev2", "sev3", "sev4"]
    started: dt.datetime
    mitigated: dt.datetime
    trigger: str
    impact: str
    actions: tuple[ActionItem, ...]
    detected: dt.datetime | None = None
    blameless: bool = False
    paged: bool = False


class _Entry(_Part, frozen=True, tag_field="kind"):
    apiVersion: Literal["pagerworthy/v1"]  # noqa: N815 -- the name that the envelope gives it
    metadata: Metadata

    @property
    def name(self) -> str:
        return self.metadata.name


class Service(_Entry, frozen=True, tag="Service"):
    kind: ClassVar[Kind] = "Service"
    spec: ServiceSpec


class Team(_Entry, frozen=True, tag="Team"):
    kind: ClassVar[Kind] = "Team"
    spec: TeamSpec


class System(_Entry, frozen=True, tag="System"):
    kind: ClassVar[Kind] = "System"
    spec: SystemSpec


class Environment(_Entry, frozen=True, tag="Environment"):
    kind: ClassVar[Kind] = "Environment"
    spec: EnvironmentSpec


class Decision(_Entry, frozen=True, tag="Decision"):
    kind: ClassVar[Kind] = "Decision"
    spec: DecisionSpec


class Waiver(_Entry, frozen=True, tag="Waiver"):
    kind: ClassVar[Kind] = "Waiver"
    spec: WaiverSpec


class Attestation(_Entry, frozen=True, tag="Attestation"):
    kind: ClassVar[Kind] = "Attestation"
    spec: AttestationSpec


class Postmortem(_Entry, frozen=True, tag="Postmortem"):
    kind: ClassVar[Kind] = "Postmortem"
    spec: PostmortemSpec


Entry = Service | Team | System | Environment | Decision | Waiver | Attestation | Postmortem

ENTRY_TYPES: dict[str, type[Entry]] = {
    "Service": Service,
    "Team": Team,
    "System": System,
    "Environment": Environment,
    "Decision": Decision,
    "Waiver": Waiver,
    "Attestation": Attestation,
    "Postmortem": Postmortem,
}
# The folder of `catalog/` in which each kind lives.
FOLDERS: dict[str, str] = {
    "Service": "services",
    "Team": "teams",
    "System": "systems",
    "Environment": "environments",
    "Decision": "decisions",
    "Waiver": "waivers",
    "Attestation": "attestations",
    "Postmortem": "postmortems",
}


class Located(msgspec.Struct, frozen=True):
    """An entry and the file that it was read from, from the repository's root."""

    entry: Entry
    file: str
