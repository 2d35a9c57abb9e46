"""What several pages need, found once: who belongs to whom, states, tallies, blast radii."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import msgspec

from pagerworthy.catalog import Attestation, Decision, Postmortem, Waiver
from pagerworthy.evidence import survived
from pagerworthy.evidence.keys import SloBudget
from pagerworthy.graph import Ceilings, NodeKind, ceilings
from pagerworthy.handover import Pager, pager_at
from pagerworthy.history import Turned
from pagerworthy.scoring import Criterion, Outcome, Scorecard
from pagerworthy.scoring.rubric import broken_terms
from pagerworthy.site import links, words
from pagerworthy.site.attested import last_of_each
from pagerworthy.site.inventories import inventories_of
from pagerworthy.site.moves import moved
from pagerworthy.site.source import SiteInput
from pagerworthy.stacks.inventory import Inventory

# How many services a list names before it folds the rest into a count.
NAMED = 100
_MOST_CRITICAL = 6

_T = TypeVar("_T")


class Ref(NamedTuple):
    """A node of the graph as other pages show it; `word` and `mark` are empty where it has no verdict."""

    name: str
    label: str
    href: str
    kind: str
    word: str
    mark: str
    about: str


class Row(NamedTuple):
    """A service in a list."""

    name: str
    label: str
    owner: str
    owner_label: str
    owner_known: bool
    system: str
    tier: int
    holder: str
    verdict: str
    mark: str
    rung: str
    required: str
    met: bool
    score: str
    budget: str
    budget_mark: str
    blocks: str
    open: int


class Blast(msgspec.Struct, frozen=True):
    """Who notices when a node fails: counts, those that fail by tier 1 to 4, and the most critical of them by name.

    The words are those of `graph impact`: what needs, softly, only what degrades `may_notice`.
    """

    fails: int
    tiers: tuple[int, int, int, int]
    degrades: int
    may_notice: int
    first: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """The outcomes of one criterion over all services, and the names of those where it is not met."""

    counts: Mapping[Outcome, int]
    failing: tuple[str, ...]
    unknown: tuple[str, ...]
    waived: tuple[str, ...]

    def count(self, outcome: Outcome) -> int:
        return self.counts.get(outcome, 0)

    @property
    def due(self) -> int:
        return sum(amount for outcome, amount in self.counts.items() if outcome.is_due)


@dataclass(frozen=True)
class Index:
    """Look-ups over a SiteInput; everything is by name and in the order of names unless it says otherwise."""

    source: SiteInput
    clock: words.Clock
    cards: dict[str, Scorecard]
    pagers: dict[str, Pager]
    criteria: dict[str, Criterion]
    refs: dict[str, Ref]
    rows: dict[str, Row]
    decisions: dict[str, list[Decision]]
    waivers: dict[str, list[Waiver]]
    broken: dict[str, str]
    postmortems: dict[str, list[Postmortem]]
    attestations: dict[str, list[Attestation]]
    owned: dict[str, list[str]]
    members: dict[str, list[str]]
    ceilings: Ceilings
    tallies: dict[str, Tally]
    tier_masks: tuple[int, ...]
    budgets: dict[str, float]
    inventories: dict[str, Inventory]
    moved: dict[str, Turned] | None

    def blast(self, node: str) -> Blast:
        """Who notices when a node of the graph fails, directly or not."""
        graph = self.source.graph
        position = graph.index[node]
        own = 1 << position
        failing = graph.hard_up[position] & ~own
        degrading = graph.soft_up[position]
        noticing = graph.all_up[position] & ~failing & ~degrading & ~own
        tiers = tuple((failing & mask).bit_count() for mask in self.tier_masks)
        first: list[Ref] = []
        for mask in self.tier_masks:
            rest = failing & mask
            while rest and len(first) < _MOST_CRITICAL:
                lowest = rest & -rest
                first.append(self.refs[graph.ids[lowest.bit_length() - 1]])
                rest ^= lowest
        return Blast(
            failing.bit_count(),
            (tiers[0], tiers[1], tiers[2], tiers[3]),
            degrading.bit_count(),
            noticing.bit_count(),
            tuple(first),
        )


def index_of(source: SiteInput) -> Index:
    """Builds the look-ups in one pass over services and one over outcomes."""
    catalog, graph = source.catalog, source.graph
    clock = words.Clock(source.scores.as_of)
    cards = {card.service: card for card in source.scores.scorecards if card.service in catalog.services}
    decisions = _by_service((each.spec.service, each) for each in catalog.decisions)
    owned: dict[str, list[str]] = defaultdict(list)
    members: dict[str, list[str]] = defaultdict(list)
    for name, service in catalog.services.items():
        owned[service.spec.owner].append(name)
        members[service.spec.system].append(name)
    masks = [0, 0, 0, 0]
    for position, node in enumerate(graph.nodes.values()):
        if node.kind is NodeKind.SERVICE and node.tier is not None and 1 <= node.tier <= 4:
            masks[node.tier - 1] |= 1 << position
    criteria = {criterion.id: criterion for criterion in source.criteria}
    budgets = _lowest_budgets(source)
    return Index(
        source=source,
        clock=clock,
        cards=cards,
        pagers={
            name: pager_at(decisions.get(name, ()), source.scores.as_of)
            for name in (*catalog.services, *catalog.unreadable)
        },
        criteria=criteria,
        refs=_refs(source, cards),
        rows={name: _row(source, cards.get(name), name, budgets.get(name)) for name in catalog.services},
        decisions=decisions,
        waivers=_by_service((each.spec.service, each) for each in catalog.waivers),
        broken={
            each.name: terms for each in catalog.waivers if (terms := broken_terms(each, source.policy, catalog.teams))
        },
        postmortems=_by_service(
            (name, each) for each in catalog.postmortems for name in dict.fromkeys(each.spec.services)
        ),
        attestations=_by_service((each.spec.service, each) for each in last_of_each(catalog.attestations, clock.today)),
        owned=dict(owned),
        members=dict(members),
        ceilings=ceilings(catalog, survived(source.evidence, within=source.policy.drill_age)),
        tallies=_tallies(criteria, cards),
        tier_masks=tuple(masks),
        budgets=budgets,
        inventories=inventories_of(source),
        moved=moved(source.past, source.scores.as_of),
    )


def _by_service(pairs: Iterable[tuple[str, _T]]) -> dict[str, list[_T]]:
    found: dict[str, list[_T]] = {}
    for name, each in pairs:
        found.setdefault(name, []).append(each)
    return found


def _refs(source: SiteInput, cards: Mapping[str, Scorecard]) -> dict[str, Ref]:
    refs = {}
    for name, node in source.graph.nodes.items():
        card = cards.get(name) if node.kind is NodeKind.SERVICE else None
        state = words.told(card.verdict, source.catalog.services[name].spec) if card else words.State("", "")
        if not node.known:
            about = node.missing
        elif node.kind is NodeKind.SERVICE:
            about = f"tier {node.tier}"
        elif node.kind is NodeKind.RESOURCE:
            about = f"{node.type} of {node.service}"
        else:
            about = "external provider"
        refs[name] = Ref(node.name, node.label, links.node(node), node.kind.value, state.word, state.mark, about)
    return refs


def _row(source: SiteInput, card: Scorecard | None, name: str, lowest: float | None) -> Row:
    service = source.catalog.services[name]
    spec = service.spec
    owner = source.catalog.teams.get(spec.owner)
    state = words.told(card.verdict, spec) if card else words.State("not scored", "unk")
    return Row(
        name=name,
        label=service.metadata.label,
        owner=spec.owner,
        owner_label=owner.metadata.label if owner else spec.owner,
        owner_known=owner is not None,
        system=spec.system,
        tier=spec.tier,
        holder=card.holder if card else "dev",
        verdict=state.word,
        mark=state.mark,
        rung=card.rung.word if card else "none",
        required=card.required_rung.word if card else "none",
        met=bool(card and card.rung >= card.required_rung),
        score=words.score(card.score) if card else "",
        budget=(words.percent(lowest) if lowest > 0 else "spent")
        if lowest is not None
        else "not known"
        if spec.slos
        else "no SLO",
        budget_mark="unk" if lowest is None else budget_mark(lowest),
        blocks=card.blocking[0] if card and card.blocking else "",
        open=len(card.blocking) if card else 0,
    )


# Below this share of an error budget it is at risk.
BUDGET_AT_RISK = 0.25


def budget_mark(remaining: float) -> str:
    """The mark of an error budget of which this share is left."""
    if remaining <= 0:
        return "bad"
    return "warn" if remaining < BUDGET_AT_RISK else "ok"


def _lowest_budgets(source: SiteInput) -> dict[str, float]:
    """By service, the share that is left of its scarcest error budget, where one is known."""
    lowest = {}
    for name, known in source.evidence.having("slo.budget"):
        service = source.catalog.services.get(name)
        objectives = {slo.name for slo in service.spec.slos} if service else set()
        left = [
            each.value.remaining
            for item, each in known.items()
            if item in objectives and isinstance(each.value, SloBudget)
        ]
        if left:
            lowest[name] = min(left)
    return lowest


def _tallies(criteria: Mapping[str, Criterion], cards: Mapping[str, Scorecard]) -> dict[str, Tally]:
    columns: dict[str, _Column] = {name: ([], [], [], []) for name in criteria}
    for service, card in cards.items():
        for result in card.results:
            column = columns.get(result.id)
            if column is None:
                continue
            outcome = result.outcome
            column[0].append(outcome)
            if outcome is Outcome.FAIL:
                column[1].append(service)
            elif outcome is Outcome.UNKNOWN:
                column[2].append(service)
            elif outcome is Outcome.WAIVED:
                column[3].append(service)
    # Counting in lists is several times faster than in dicts by outcome: an enum's hash is computed in Python.
    return {
        name: Tally({each: outcomes.count(each) for each in Outcome}, tuple(failing), tuple(unknown), tuple(waived))
        for name, (outcomes, failing, unknown, waived) in columns.items()
    }


# All outcomes of a criterion, and the services where it fails, is unknown and is waived.
_Column = tuple[list[Outcome], list[str], list[str], list[str]]
