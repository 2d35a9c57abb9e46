"""The collector: asks about every repository once, and tells each service what is so of its own."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.github.batches import Asker
from pagerworthy.collect.github.deploys import Deploys, deploys
from pagerworthy.collect.github.everything import Known, read
from pagerworthy.collect.github.places import ENTERPRISE, Asked, Place, asked_of, by_place, web_hosts
from pagerworthy.collect.github.protection import protection, updates
from pagerworthy.collect.github.runs import Run, gate, pipeline, runs_of, suites_for
from pagerworthy.collect.github.workflows import Gates, gates_of
from pagerworthy.collect.sound import sound
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.evidence import Record, Value
from pagerworthy.evidence.collectors import Collector, Context, record

_DEFAULT = "https://api.github.com"
_AT_A_TIME = 250
_CODE = ("github.protection", "github.updates", "deploys.frequency", "deploys.stability", "deploys.rollback")
_PIPELINE = ("github.pipeline", "gate.active")


class GitHubCollector:
    """Asks one GitHub by GraphQL: one question for 25 repositories, and further ones for pages that are long."""

    name = "github"
    keys = (*_CODE, *_PIPELINE)

    def __init__(self, hosts: frozenset[str], asker: Asker) -> None:
        self._hosts = hosts
        self._asker = asker

    def collect(self, context: Context) -> Iterator[Record]:
        asked = asked_of(context.catalog, self._hosts)
        environments = by_place(asked)
        users = Counter(each.pipeline for each in asked)
        kept: dict[Place, Known | str] = {}
        anything = False
        # So many repositories at a time, and no more of them in memory.
        for some, later in _portions(asked):
            places = {place: environments[place] for place in _places(some) if place not in kept}
            known = kept | read(self._asker, places, context.as_of)
            anything = anything or any(isinstance(each, Known) for each in known.values())
            if self._asker.gone and not anything:
                raise SourceError(self._asker.gone)
            yield from self._records(context, some, known, users)
            kept = {place: each for place, each in known.items() if place in later}

    def _records(
        self,
        context: Context,
        asked: list[Asked],
        known: dict[Place, Known | str],
        users: Counter[Place | None],
    ) -> Iterator[Record]:
        pipelines = {place: _Pipeline.of(known[place], context.as_of) for place in _pipelines(asked)}
        wanted = {suite for each in pipelines.values() for suite in suites_for(each.gates, each.runs)}
        steps = self._asker.steps(sorted(wanted))
        for each in asked:
            found: dict[str, Value | str | None] = {}
            there = Deploys()
            if each.code:
                there = _of_code(found, known[each.code], each, context.as_of)
            if each.pipeline:
                side = pipelines[each.pipeline]
                deployed = isinstance(there.frequency, Value)
                found["github.pipeline"] = pipeline(side.runs, each, deployed=deployed)
                found["gate.active"] = gate(side.gates, side.runs, steps, each, shared=users[each.pipeline] > 1)
            for key in sorted(found):
                value = found[key]
                if value is not None:
                    place = each.pipeline if key in _PIPELINE else each.code
                    yield self._record(context, each, key, value, place, known)

    def _record(
        self,
        context: Context,
        asked: Asked,
        key: str,
        found: Value | str,
        place: Place | None,
        known: dict[Place, Known | str],
    ) -> Record:
        seen = known.get(place) if place else None
        digest = seen.digest if isinstance(seen, Known) else ""
        query = f"{_QUERIES[key]} of {place}"
        return record(self.name, asked.service, key, sound(found), time=context.as_of, query=query, response=digest)


_QUERIES = {
    "github.protection": "repository.defaultBranchRef: refUpdateRule, rules",
    "github.updates": "repository: pullRequests(states: MERGED), vulnerabilityAlerts(states: OPEN)",
    "github.pipeline": "repository.defaultBranchRef.target.history.checkSuites.workflowRun",
    "gate.active": "repository.object(HEAD:.github/workflows), and the steps of the runs that have `pagerworthy gate`",
    "deploys.frequency": "repository.deployments(environments: production)",
    "deploys.stability": "repository.deployments(environments: production), with their statuses",
    "deploys.rollback": "repository.deployments(environments: production), in their order",
}


class _Pipeline(NamedTuple):
    """What a repository releases with."""

    runs: list[Run] | str
    gates: Gates

    @classmethod
    def of(cls, known: Known | str, as_of: dt.datetime) -> "_Pipeline":
        if isinstance(known, str):
            return cls(known, Gates((), 0, whole=False))
        if reason := known.faults.get("workflows"):
            return cls(reason, Gates((), 0, whole=False))
        return cls(runs_of(known, as_of), gates_of(known.first.workflows))


def _of_code(found: dict[str, Value | str | None], known: Known | str, asked: Asked, as_of: dt.datetime) -> Deploys:
    if isinstance(known, str):
        found |= dict.fromkeys(_CODE, known)
        return Deploys()
    there = deploys(known, asked, as_of)
    found |= {
        "github.protection": protection(known),
        "github.updates": updates(known, as_of),
        "deploys.frequency": there.frequency,
        "deploys.stability": there.stability,
        "deploys.rollback": there.rollback,
    }
    return there


def _portions(asked: list[Asked]) -> Iterator[tuple[list[Asked], set[Place]]]:
    """The services in portions, those of one repository together, each with the repositories that later ones need."""
    ordered = sorted(asked, key=lambda each: (str(each.code or each.pipeline), each.service))
    portions: list[list[Asked]] = [[]]
    for _, same in groupby(ordered, key=lambda each: each.code or each.pipeline):
        if len(_places(portions[-1])) >= _AT_A_TIME:
            portions.append([])
        portions[-1] += same
    later = [set[Place]()]
    for portion in reversed(portions[1:]):
        later.append(later[-1] | set(_places(portion)))
    return zip(portions, reversed(later), strict=True)


def _places(asked: list[Asked]) -> dict[Place, None]:
    return dict.fromkeys(place for each in asked for place in (each.code, each.pipeline) if place)


def _pipelines(asked: list[Asked]) -> dict[Place, None]:
    return dict.fromkeys(each.pipeline for each in asked if each.pipeline)


def open_collector(surroundings: Surroundings) -> Collector | None:
    """None without a token: GitHub's GraphQL answers nobody whom it does not know."""
    address = surroundings.address("github", default=_DEFAULT)
    if address is None or not address.token:
        return None
    hosts = web_hosts(address.url)
    path = "/graphql"
    if urlsplit(address.url).path == ENTERPRISE:
        # https://docs.github.com/en/enterprise-server/graphql/guides/forming-calls-with-graphql
        address = msgspec.structs.replace(address, url=address.url.removesuffix(ENTERPRISE))
        path = "/api/graphql"
    return GitHubCollector(hosts, Asker(surroundings.client(address), path, surroundings.deadline))
