"""Scores: a pure function of catalog, graph, evidence, rubric and moment."""

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec

from pagerworthy.catalog import Catalog, Team, Waiver
from pagerworthy.evidence import Evidence, survived
from pagerworthy.graph import DependencyGraph, GraphFacts
from pagerworthy.parallel import at_once
from pagerworthy.scoring.gather import Gatherer
from pagerworthy.scoring.judge import Judge
from pagerworthy.scoring.model import Digests, Scorecard, Scores
from pagerworthy.scoring.parcel import Parcel, pack, unpack
from pagerworthy.scoring.rubric import Rubric
from pagerworthy.scoring.shelf import Shelf

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
    shelf: Shelf | None = None,
) -> Scores:
    """Scores every service. The same arguments always give the same result; nothing is read, nothing is written.

    `unread` names, by service, the post-mortems that may be about it and cannot be read. `facts` are the
    `graph_facts` of the same catalog and graph without drills, where they are known already. Scorecards that lie on
    the `shelf` are taken from there, and it then has those of this run; the result is the same without it.
    """
    judge = Judge(rubric, _waivers_in_force(catalog.waivers, rubric, catalog.teams, as_of), as_of)
    lost = survived(evidence, within=rubric.policy.drill_age)
    gatherer = Gatherer(catalog, graph, rubric.policy, as_of, lost, facts)
    scorer = _Scorer(judge, gatherer, evidence, unread or {}, shelf or Shelf())
    names = list(catalog.services)
    cards = scorer.in_halves(names) if len(names) >= _MANY else scorer.cards(names)
    if shelf is not None:
        shelf.replace(cards)
    return Scores(
        as_of=as_of,
        digests=Digests(catalog=catalog.digest, rubric=rubric.digest, evidence=evidence.digest),
        scorecards=tuple(cards.values()),
        follows=dict(zip(names, cards, strict=True)),
    )


class _Sent(msgspec.Struct, frozen=True, array_like=True):
    """What the second process found: all digests, in order, and the scorecards that were not on the shelf."""

    digests: list[bytes]
    new: Parcel


class _Scorer:
    """Scores services: takes from the shelf what lies there, and judges the rest."""

    def __init__(
        self, judge: Judge, gatherer: Gatherer, evidence: Evidence, unread: Mapping[str, Sequence[str]], shelf: Shelf
    ) -> None:
        self._judge = judge
        self._gatherer = gatherer
        self._evidence = evidence
        self._unread = unread
        self._shelf = shelf

    def cards(self, names: Sequence[str]) -> dict[bytes, Scorecard]:
        """The scorecards of some services, in their order, each under the digest of all that it follows from."""
        found = {}
        for name in names:
            gathered, unread = self._gatherer.of(name), self._unread.get(name, ())
            digest = self._judge.digest(gathered, self._evidence.digest_of(name), unread)
            card = self._shelf.find(digest)
            found[digest] = card or self._judge.card(gathered, self._evidence.of(name), unread)
        return found

    def in_halves(self, names: Sequence[str]) -> dict[bytes, Scorecard]:
        """The same, the second half in a second process."""
        half = len(names) // 2

        def there() -> _Sent:
            found = self.cards(names[half:])
            return _Sent(list(found), pack(card for digest, card in found.items() if not self._shelf.find(digest)))

        first, second = at_once(lambda: self.cards(names[:half]), there, _Sent)
        new = iter(unpack(second.new))
        return first | {digest: self._shelf.find(digest) or next(new) for digest in second.digests}


def _waivers_in_force(
    waivers: Sequence[Waiver], rubric: Rubric, teams: Mapping[str, Team], as_of: dt.datetime
) -> list[Waiver]:
    today = as_of.date()
    return [
        waiver
        for waiver in waivers
        if waiver.spec.granted <= today <= waiver.spec.expires and rubric.honours(waiver, teams)
    ]
