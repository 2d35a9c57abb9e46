"""What a service's pages follow from, gathered for every service at every build: it has to be cheap."""

import operator

import msgspec

from pagerworthy.catalog import Attestation, Decision, Environment, Kind, Postmortem, Service, System, Team, Waiver
from pagerworthy.evidence import Evidence, SubjectEvidence
from pagerworthy.graph import Ceiling, Edge, Relation
from pagerworthy.history import Past
from pagerworthy.scoring import Scorecard
from pagerworthy.site import words
from pagerworthy.site.index import Blast, Index, Ref
from pagerworthy.stacks.inventory import Held

# Neighbours that are described on either side; the rest is named, and past that counted.
DESCRIBED = 12
_NAMED = 40
# Known by a digest or a stamp of theirs.
_STAMPED = frozenset({"card", "known", "past"})


class Around(msgspec.Struct, frozen=True):
    """A node beside the service: over which edge, and what the entry says of it."""

    ref: Ref
    hard: bool
    owned: bool
    protocol: str
    note: str
    promise: str


class ServiceInput(msgspec.Struct, frozen=True):
    """All that a service's page follows from, apart from what all pages share.

    `follows` is a digest of all that its scorecard follows from, its evidence among it; empty where nobody took it.
    `held` is its stack in each environment that has one. `frozen` and `since` say since when deployments are frozen,
    and since when the pager is held; empty if they are not. `past_stamp` is empty where the service has no history.
    """

    service: Service
    card: Scorecard
    follows: bytes
    known: Evidence
    owner: Team | None
    system: System | None
    environments: tuple[Environment, ...]
    held: tuple[tuple[Environment, Held], ...]
    frozen: str
    since: str
    decisions: tuple[Decision, ...]
    waivers: tuple[Waiver, ...]
    broken: tuple[str, ...]
    postmortems: tuple[Postmortem, ...]
    attestations: tuple[Attestation, ...]
    needs: tuple[Around, ...]
    more_needs: tuple[Ref, ...]
    needs_count: int
    needed_by: tuple[Around, ...]
    more_needed_by: tuple[Ref, ...]
    needed_by_count: int
    blast: Blast
    ceiling: Ceiling
    limiting: Ref | None
    file: str
    documents: tuple[str, ...]
    past: Past
    past_stamp: str

    @property
    def evidence(self) -> SubjectEvidence:
        """What is known of the service; it may be decoded for this very question."""
        return self.known.of(self.service.name)

    def stamp(self) -> tuple[object, ...]:
        """What tells whether any of it has changed: for scorecard and evidence stands `follows`, where it is known."""
        rest = [getattr(self, name) for name in self.__struct_fields__ if name not in _STAMPED]
        return (*rest,) if self.follows else (*rest, self.card, self.known.digest_of(self.service.name))


def service_input(index: Index, name: str) -> ServiceInput:
    """Gathers what the page of a service needs; cheap, because it runs for every service at every build."""
    source = index.source
    catalog, graph = source.catalog, source.graph
    service = catalog.services[name]
    spec = service.spec
    pager = index.pagers[name]
    needs, more_needs, needs_count = around(index, graph.needs(name), down=True)
    needed_by, more_needed_by, needed_by_count = around(index, graph.needed_by(name), down=False)
    ceiling = index.ceilings.of(name)
    return ServiceInput(
        service=service,
        card=index.cards[name],
        follows=source.scores.follows.get(name, b""),
        known=source.evidence,
        owner=catalog.teams.get(spec.owner),
        system=catalog.systems.get(spec.system),
        environments=tuple(catalog.environments[each] for each in spec.environments if each in catalog.environments),
        held=tuple((each.environment, each.stacks[name]) for each in index.inventories.values() if name in each.stacks),
        frozen=index.clock.when(pager.freezes[-1]) if pager.frozen else "",
        since=index.clock.when(pager.since) if pager.since else "",
        decisions=tuple(index.decisions.get(name, ())),
        waivers=tuple(index.waivers.get(name, ())),
        broken=tuple(index.broken.get(each.name, "") for each in index.waivers.get(name, ())),
        postmortems=tuple(index.postmortems.get(name, ())),
        attestations=tuple(index.attestations.get(name, ())),
        needs=needs,
        more_needs=more_needs,
        needs_count=needs_count,
        needed_by=needed_by,
        more_needed_by=more_needed_by,
        needed_by_count=needed_by_count,
        blast=index.blast(name),
        ceiling=ceiling,
        limiting=index.refs.get(ceiling.limiting) if ceiling.limiting else None,
        file=file_of(index, "Service", name),
        documents=tuple(runbook.path for runbook in spec.runbooks if runbook.path in source.documents),
        past=source.past,
        past_stamp=source.past.stamp(name),
    )


def file_of(index: Index, kind: Kind, name: str) -> str:
    """The file of an entry, or an empty text where the catalog was not read from files."""
    return index.source.catalog.places.get(kind, {}).get(name, "")


def around(index: Index, edges: tuple[Edge, ...], *, down: bool) -> tuple[tuple[Around, ...], tuple[Ref, ...], int]:
    """The neighbours to describe, hard edges and critical services first, then those to name, and how many in all."""
    if not edges:
        return (), (), 0
    refs, nodes = index.refs, index.source.graph.nodes
    ordered = [
        (not edge.is_hard, nodes[other].tier or 9, other, edge)
        for edge in edges
        for other in (edge.target if down else edge.source,)
    ]
    ordered.sort(key=_URGENCY)
    described = tuple(
        Around(
            refs[other],
            not soft,
            edge.relation is Relation.OWNS,
            edge.protocol,
            (edge.fallback if soft else edge.on_failure) if down else "",
            "" if edge.availability is None else f"{words.number(edge.availability)} %",
        )
        for soft, _, other, edge in ordered[:DESCRIBED]
    )
    named = tuple(refs[other] for _, _, other, _ in ordered[DESCRIBED : DESCRIBED + _NAMED])
    return described, named, len(edges)


_URGENCY = operator.itemgetter(0, 1, 2)
