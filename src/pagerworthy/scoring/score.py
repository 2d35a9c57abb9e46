"""Scores: a pure function of catalog, graph, evidence, rubric and moment."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from pagerworthy.catalog import Catalog, Team, Waiver
from pagerworthy.evidence import Evidence, survived
from pagerworthy.graph import DependencyGraph, GraphFacts
from pagerworthy.parallel import at_once
from pagerworthy.scoring.gather import Gatherer
from pagerworthy.scoring.judge import Judge
from pagerworthy.scoring.model import Digests, Scorecard, Scores
from pagerworthy.scoring.parcel import Parcel, pack, unpack
from pagerworthy.scoring.rubric import Rubric

# Fewer services are scored sooner than a second process starts.
_MANY = 600


def score(
    catalog: Catalog,
    graph: DependencyGraph,
    evidence: Evidence,
    rubric: Rubric,
    as_of: dt.datetime,
    *,
    unread: Mapping[str, Sequence[str]] | None = None,
    facts: Mapping[str, GraphFacts] | None = None,
) -> Scores:
    """Scores every service. The same arguments always give the same result; nothing is read, nothing is written.

    `unread` names, by service, the post-mortems that may be about it and cannot be read. `facts` are the
    `graph_facts` of the same catalog and graph, where they are known already.
    """
    judge = Judge(rubric, _waivers_in_force(catalog.waivers, rubric, catalog.teams, as_of), as_of)
    lost = survived(evidence, within=rubric.policy.drill_age)
    gatherer = Gatherer(catalog, graph, rubric.policy, as_of, lost, facts)
    doubts = unread or {}

    def cards(names: Sequence[str]) -> list[Scorecard]:
        return [judge.card(gatherer.of(name), evidence.of(name), doubts.get(name, ())) for name in names]

    return Scores(
        as_of=as_of,
        digests=Digests(catalog=catalog.digest, rubric=rubric.digest, evidence=evidence.digest),
        scorecards=tuple(_in_halves(cards, list(catalog.services))),
    )


def _in_halves(cards: Callable[[Sequence[str]], list[Scorecard]], names: Sequence[str]) -> list[Scorecard]:
    if len(names) < _MANY:
        return cards(names)
    half = len(names) // 2
    first, second = at_once(lambda: cards(names[:half]), lambda: pack(cards(names[half:])), Parcel)
    return first + unpack(second)


def _waivers_in_force(
    waivers: Sequence[Waiver], rubric: Rubric, teams: Mapping[str, Team], as_of: dt.datetime
) -> list[Waiver]:
    today = as_of.date()
    return [
        waiver
        for waiver in waivers
        if waiver.spec.granted <= today <= waiver.spec.expires and rubric.honours(waiver, teams)
    ]
