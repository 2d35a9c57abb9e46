"""The JSON API: static documents under `api/v1/`, in shapes that only ever gain properties.

The structs here are the source of `schemas/site-*.schema.json`; a test holds both together.
"""

import datetime as dt
from typing import Annotated, Any, Literal

import msgspec

from pagerworthy.catalog import Action, Criticality, Engagement, PagerHolder, Phase
from pagerworthy.scoring import Outcome, Verdict

VERSION = "v1"
RungWord = Literal["none", "bronze", "silver", "gold"]
StrengthWord = Literal["declared", "linked", "observed", "exercised"]


def _says(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


Path = Annotated[str, _says("A path from the site's root.")]
Moment = Annotated[str, msgspec.Meta(description="A moment in UTC.", pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Day = Annotated[str, msgspec.Meta(description="A date.", pattern=r"^\d{4}-\d\d-\d\d$")]
Digest = Annotated[str, _says("`sha256:` and 64 hex digits, or empty.")]


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the documents share."""


class DigestsDoc(_Document, frozen=True, kw_only=True):
    """What the scores rest on."""

    catalog: Digest
    rubric: Digest
    evidence: Digest


class IndexDoc(_Document, frozen=True, kw_only=True):
    """`api/v1/index.json`: what there is."""

    title: Annotated[str, _says("The site's title.")]
    as_of: Annotated[Moment, _says("The moment for which everything is judged.")]
    digests: DigestsDoc
    documents: Annotated[list[Path], _says("The other documents; services have one each beside them.")]
    services: Annotated[int, _says("How many services there are.")]
    holders: Annotated[dict[str, int], _says("How many pagers each holder has.")]
    verdicts: Annotated[dict[str, int], _says("How many services have each verdict.")]
    unreadable: Annotated[int, _says("How many services more have an entry that cannot be read.")]
    problems: Annotated[int, _says("How many errors there are in the catalog; what they are about may be missing.")]
    warnings: Annotated[int, _says("How many warnings there are in the catalog.")]


class SummaryDoc(_Document, frozen=True, kw_only=True):
    """A service in the list of all."""

    name: str
    title: Annotated[str, _says("The name as people write it.")]
    owner: Annotated[str, _says("The team that owns it.")]
    system: Annotated[str, _says("The system that it is part of.")]
    tier: Annotated[int, _says("1 is the most critical, 4 the least.")]
    phase: Phase
    engagement: Engagement
    holder: Annotated[PagerHolder, _says("Who carries the pager.")]
    verdict: Verdict
    rung: Annotated[RungWord, _says("The rung that it has reached, waivers left aside.")]
    required_rung: Annotated[RungWord, _says("The rung that it needs.")]
    score: Annotated[float, _says("0 to 100, waivers left aside.")]
    score_with_waivers: Annotated[float, _says("0 to 100, waived criteria counted as if they passed.")]
    coverage: Annotated[float, _says("The share of due criteria of which the outcome is known, 0 to 1.")]
    blocking: Annotated[int, _says("How many criteria keep it from the rung that it needs.")]
    page: Path


class UnreadableDoc(_Document, frozen=True, kw_only=True):
    """A service whose entry cannot be read: it is not judged, and nothing of it is released."""

    name: str
    title: Annotated[str, _says("The name as people write it, as far as it can be read.")]
    owner: Annotated[str, _says("The team that owns it, or empty.")]
    holder: Annotated[PagerHolder, _says("Who carries the pager, by decision.")]
    frozen: Annotated[bool, _says("Whether deployments are frozen by a decision.")]
    file: Annotated[str, _says("The entry's file in the repository.")]
    line: Annotated[int | None, _says("The line of what is wrong with it, counted from 1; null where none is known.")]
    page: Path


class ServicesDoc(_Document, frozen=True, kw_only=True):
    """`api/v1/services.json`: all services, by name; those whose entries cannot be read apart from the others."""

    as_of: Moment
    services: list[SummaryDoc]
    unreadable: list[UnreadableDoc]


class OnCallDoc(_Document, frozen=True, kw_only=True):
    """How to reach who is on call."""

    schedule: str
    escalation: str
    channel: str


class LevelDoc(_Document, frozen=True, kw_only=True):
    """An objective and its error budget; null where it is not known."""

    name: str
    objective: Annotated[float, _says("In percent.")]
    window: str
    compliance: Annotated[float | None, _says("The share of good events over the window, in percent.")]
    remaining: Annotated[float | None, _says("The share of the error budget that is left; below 0 when overspent.")]


class EvidenceDoc(_Document, frozen=True, kw_only=True):
    """A record of evidence that decided a criterion."""

    reference: Annotated[str, _says("What scorecards call it.")]
    source: str
    query: str
    strength: StrengthWord
    time: Annotated[dt.datetime, _says("When it was seen.")]
    failed: Annotated[str, _says("Why its collector could not see, or empty.")]
    value: Annotated[dict[str, Any] | None, _says("What was found, or null where the collector failed.")]


class CriterionDoc(_Document, frozen=True, kw_only=True):
    """The outcome of a criterion."""

    id: str
    outcome: Outcome
    detail: str
    strength: StrengthWord | None
    evidence: Annotated[list[str], _says("References of records.")]
    waiver: Annotated[str, _says("The waiver that covers it, or empty.")]


class EdgeDoc(_Document, frozen=True, kw_only=True):
    """An edge of the graph; ids of nodes: a service, owner/resource, or external:provider."""

    source: str
    target: str
    criticality: Criticality


class BreachDoc(_Document, frozen=True, kw_only=True):
    """A limit of the contract that is crossed, or cannot be judged."""

    id: str
    title: str
    action: Verdict
    detail: str
    known: bool


class CostDoc(_Document, frozen=True, kw_only=True):
    """What is estimated for a month, by dated list prices."""

    least: Annotated[float, _says("With the fewest replicas and the first storage.")]
    most: Annotated[float, _says("When everything has grown as far as it may by itself.")]
    currency: str


class WayDoc(_Document, frozen=True, kw_only=True):
    """What the cloud opens for one edge.

    `rule`: a pair of security-group rules; `grant`: a statement of the caller's role; `internet`: a way out to a port,
    whatever the address; `balancer`: requests come from one's own load balancer; `nothing`: there is nothing in the
    environment to connect to.
    """

    target: Annotated[str, _says("A service, owner/resource, a provider, or the registry of the service's image.")]
    kind: Literal["service", "resource", "external", "registry"]
    how: Literal["rule", "internet", "grant", "balancer", "nothing"]
    criticality: Criticality
    port: Annotated[int | None, _says("A TCP port, or null where none is opened.")]
    access: Annotated[Literal["read", "write", "read-write"] | None, _says("What a grant allows.")]
    secret: Annotated[bool, _says("Whether the caller may read the password, too.")]


class CallerDoc(_Document, frozen=True, kw_only=True):
    """A service that may reach something of a stack, and how."""

    service: str
    way: WayDoc


class OwnedDoc(_Document, frozen=True, kw_only=True):
    """A resource of a stack."""

    name: str
    type: str
    size: Annotated[str, _says("As its entry says, or empty.")]
    made: Annotated[str, _says("What it comes to in the environment.")]


class StackDoc(_Document, frozen=True, kw_only=True):
    """What a service has in an environment."""

    stack: Annotated[str, _says("The stack's name, service.environment.")]
    environment: str
    account: Annotated[str, _says("The account of the cloud, or empty.")]
    region: str
    wave: Annotated[int, _says("In which wave it comes up, counted from 1; 0 where a hard cycle stands in the way.")]
    release: Annotated[str, _says("The release that runs, or empty where none has been released.")]
    tasks: Annotated[str, _says("Size and number of what runs, or empty where nothing does.")]
    resources: list[OwnedDoc]
    reaches: list[WayDoc]
    reached_by: Annotated[list[CallerDoc], _says("At most 52, by name.")]
    callers: Annotated[int, _says("How many there are in all.")]
    page: Annotated[list[str], _says("The receivers of its pages.")]
    ticket: Annotated[list[str], _says("The receivers of its tickets.")]
    tags: dict[str, str]
    cost: CostDoc
    refused: Annotated[str, _says("Why no stack is made of it, or why it stays as it is; else empty.")]


class GainDoc(_Document, frozen=True, kw_only=True):
    """What one source would make known."""

    source: Annotated[str, _says("A collector, or who else writes such records.")]
    criteria: Annotated[list[str], _says("Criteria that would then be known.")]
    coverage: Annotated[float, _says("The share of due criteria that would be known then, 0 to 1.")]


class ChangeDoc(_Document, frozen=True, kw_only=True):
    """A criterion of which the outcome changed; empty where the rubric did not have it."""

    criterion: str
    before: str
    after: str
    detail: str


class TurnDoc(_Document, frozen=True, kw_only=True):
    """How a service stood from a moment on. What a history says is passed on as it is: it may be of another rubric."""

    as_of: Moment
    commit: Annotated[str, _says("The commit of the catalog, or empty.")]
    verdict: Annotated[str, _says("Empty where the service had left the catalog.")]
    before: Annotated[str, _says("The verdict until then, or empty.")]
    reason: str
    holder: str
    rung: str
    score: float
    coverage: float
    changes: list[ChangeDoc]


class ServiceDoc(_Document, frozen=True, kw_only=True):
    """`api/v1/services/NAME.json`: everything about one service."""

    as_of: Annotated[Day, _says("The day for which it is judged.")]
    summary: SummaryDoc
    description: str
    reason: Annotated[str, _says("The reason of the verdict, in a sentence.")]
    frozen: Annotated[bool, _says("Whether deployments are frozen by a decision.")]
    on_call: OnCallDoc | None
    runbooks: Annotated[list[str], _says("Paths in the repository, or addresses.")]
    levels: list[LevelDoc]
    needs: Annotated[list[str], _says("Ids of the nodes that it depends on directly; at most 52.")]
    needed_by: Annotated[list[str], _says("Services that depend on it directly; at most 52.")]
    fails_with_it: Annotated[int, _says("How many other services fail when it fails.")]
    degrades_with_it: Annotated[int, _says("How many more degrade: they do without what fails.")]
    may_notice: Annotated[int, _says("How many more may notice: they need, softly, only what degrades.")]
    ceiling: Annotated[float | None, _says("The most that it can promise, in percent.")]
    blocking: Annotated[list[str], _says("Criteria that keep it from the rung that it needs, most urgent first.")]
    criteria: list[CriterionDoc]
    evidence: list[EvidenceDoc]
    breaches: list[BreachDoc]
    decisions: Annotated[list[str], _says("Names of its decisions, in the order of time.")]
    stacks: Annotated[list[StackDoc], _says("What it has in the cloud, by environment.")]
    gains: Annotated[list[GainDoc], _says("What each further source would make known, the largest first.")]
    history: Annotated[list[TurnDoc], _says("At most the newest 100 changes, in the order of time.")]


class GroupDoc(_Document, frozen=True, kw_only=True):
    """A team or a system."""

    name: str
    title: str
    description: str
    owner: Annotated[str, _says("The team that owns a system; empty for a team.")]
    services: Annotated[list[str], _says("Names of its services.")]
    page: Path


class GroupsDoc(_Document, frozen=True, kw_only=True):
    """`api/v1/teams.json` and `api/v1/systems.json`."""

    groups: list[GroupDoc]


class RubricCriterionDoc(_Document, frozen=True, kw_only=True):
    """A criterion and how services stand on it."""

    id: str
    question: str
    area: str
    phase: Phase
    rung: RungWord
    strength: StrengthWord
    gating: bool
    why: str
    fix: str
    outcomes: Annotated[dict[str, int], _says("How many services have each outcome.")]
    failing: list[str]
    unknown: list[str]
    waived: list[str]
    page: Path


class CriteriaDoc(_Document, frozen=True, kw_only=True):
    """`api/v1/criteria.json`: the rubric."""

    criteria: list[RubricCriterionDoc]


class DecisionDoc(_Document, frozen=True, kw_only=True):
    """A decision."""

    name: str
    service: str
    action: Action
    time: Moment
    pager: Annotated[str, _says("Who carries the pager from then on, or empty where the decision does not say.")]
    reason: str


class WaiverDoc(_Document, frozen=True, kw_only=True):
    """A waiver."""

    name: str
    service: str
    criterion: str
    reason: str
    granted: Day
    expires: Day


class AttestationDoc(_Document, frozen=True, kw_only=True):
    """An attestation; it holds from its day until the last one."""

    name: str
    service: str
    attests: Annotated[str, _says("The key of evidence that it brings.")]
    by: str
    capacity: Annotated[str, _says("What makes it theirs to say.")]
    statement: str
    date: Day
    until: Day


class IncidentDoc(_Document, frozen=True, kw_only=True):
    """A post-mortem."""

    name: str
    title: str
    services: list[str]
    severity: str
    started: Moment
    impact: str
    open_actions: Annotated[int, _says("Actions that are not done.")]
    page: Path


class DecisionsDoc(_Document, frozen=True, kw_only=True):
    """`api/v1/decisions.json`: decisions in the order of time, all else by name."""

    decisions: list[DecisionDoc]
    waivers: list[WaiverDoc]
    attestations: list[AttestationDoc]
    postmortems: list[IncidentDoc]


class NodeDoc(_Document, frozen=True, kw_only=True):
    """A node of the graph."""

    id: str
    kind: Literal["service", "resource", "external"]
    title: str
    tier: int | None
    owner: Annotated[str, _says("The team, or empty.")]
    layer: Annotated[int, _says("The longest way to it from a node that nobody needs, which is at 0.")]


class GraphDoc(_Document, frozen=True, kw_only=True):
    """`api/v1/graph.json`: nodes by kind and name, edges by source and target."""

    nodes: list[NodeDoc]
    edges: list[EdgeDoc]


class StackSummaryDoc(_Document, frozen=True, kw_only=True):
    """A stack in the list of an environment; the document of its service says more."""

    service: str
    wave: Annotated[int, _says("In which wave it comes up, counted from 1; 0 where a hard cycle stands in the way.")]
    holds: Annotated[list[str], _says("Types of its resources, and `fargate` where the service runs.")]
    least: Annotated[int, _says("The estimate for a month, rounded.")]
    most: int
    refused: Annotated[bool, _says("Whether no stack is made of it, or it stays as it is.")]


class EnvironmentDoc(_Document, frozen=True, kw_only=True):
    """An environment and what it holds, services by wave and name."""

    name: str
    title: Annotated[str, _says("The name as people write it.")]
    purpose: Literal["production", "staging", "development"]
    account: Annotated[str, _says("The account of the cloud, or empty.")]
    region: str
    zones: int
    waves: Annotated[int, _says("How many waves there are after the platform's stack.")]
    platform: Annotated[CostDoc, _says("What the platform's stack costs.")]
    cost: Annotated[CostDoc, _says("What all stacks cost, the platform's among them.")]
    budget: Annotated[float | None, _says("What it may cost a month, or null.")]
    prices: Annotated[Day, _says("The date of the list prices.")]
    refused: Annotated[str, _says("Why the environment has no stack at all, or empty.")]
    stacks: list[StackSummaryDoc]
    page: Path


class StacksDoc(_Document, frozen=True, kw_only=True):
    """`api/v1/stacks.json`: what is provisioned, by environment."""

    environments: list[EnvironmentDoc]


class TallyDoc(_Document, frozen=True, kw_only=True):
    """For how many services a criterion passed, failed (waived or not), and was not known."""

    passed: int
    failed: int
    unknown: int


class TurnedDoc(_Document, frozen=True, kw_only=True):
    """A service of which the verdict changed; empty before it came, and after it had gone."""

    service: str
    before: str
    after: str


class DayDoc(_Document, frozen=True, kw_only=True):
    """A snapshot. What a history says is passed on as it is: it may be of another rubric."""

    as_of: Moment
    commit: Annotated[str, _says("The commit of the catalog, or empty.")]
    rubric: Annotated[str, _says("The rubric's digest, or empty.")]
    verdicts: Annotated[dict[str, int], _says("How many services had each verdict.")]
    rungs: Annotated[dict[str, int], _says("How many services had reached each rung.")]
    criteria: dict[str, TallyDoc]
    turned: Annotated[list[TurnedDoc] | None, _says("Since the snapshot before; null for the first one.")]


class HistoryDoc(_Document, frozen=True, kw_only=True):
    """`api/v1/history.json`: the snapshots until the moment that is judged, at most the newest 400."""

    source: Annotated[str, _says("Where the history is, or empty where there is none.")]
    left_out: Annotated[list[str], _says("What of it is left out, in sentences.")]
    days: Annotated[list[DayDoc], _says("In the order of time.")]


DOCUMENTS: dict[str, type[_Document]] = {
    "site-index": IndexDoc,
    "site-services": ServicesDoc,
    "site-service": ServiceDoc,
    "site-groups": GroupsDoc,
    "site-criteria": CriteriaDoc,
    "site-decisions": DecisionsDoc,
    "site-graph": GraphDoc,
    "site-stacks": StacksDoc,
    "site-history": HistoryDoc,
}


def schema_of(name: str) -> dict[str, object]:
    """The JSON Schema of a document, as `schemas/<name>.schema.json` has it."""
    generated = msgspec.json.schema(DOCUMENTS[name])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}


def encode(document: _Document) -> bytes:
    """The document as JSON, on one line."""
    return msgspec.json.encode(document, enc_hook=str) + b"\n"
