"""Ceilings: what availability a service can promise, given what its hard dependencies promise.

The arithmetic and its assumptions are in `pagerworthy.reliability`; this says what its parts are:

- A service promises the lowest of its availability objectives. Its own resources and replicas are no parts: an SLO is
  of the whole service, so what it is built of is covered and never reckoned with again.
- A resource of another service is promised by its owner, whose promise stands for it as a whole; where the owner
  promises nothing, nothing is known of the resource.
- An external provider promises what the entry states that needs it; an entry that states nothing takes the lowest that
  any other states. Where entries state different numbers, the provider has contracts of different strength: whatever
  breaks the stronger breaks the weaker, so that two of them do not count twice.
- Of hard dependencies with the same `any_of` one is enough. A soft dependency does not limit, nor does a hard one whose
  loss was survived in a drill (`survived`); of alternatives a drill says nothing, as the others were there.
"""

import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from itertools import groupby

import msgspec

from pagerworthy.catalog.ties import EXTERNAL_PREFIX, Ties
from pagerworthy.reliability import Limits, limits_of, percent

# By service, the hard dependencies whose loss was survived, named as the entry names them.
Survived = Mapping[str, Set[str]]
_NOBODY: Set[str] = frozenset()


class Ceiling(msgspec.Struct, frozen=True):
    """The most that a service can promise as long as it needs what it needs; both numbers in percent.

    `promise` is None where it promises no availability. `percent` is 100 where nothing limits it, and None where
    nothing is known of all that it needs. `limiting` is the node whose perfection would raise it most, or empty, and
    `path` leads there from the service, both included. `unpromised` lists the direct hard dependencies that promise
    nothing themselves: the true ceiling is lower by what they would contribute. `exact` is False where `percent` is a
    lower bound, because the exact ceiling would take too long. `survived` are the direct hard dependencies that do not
    limit, because their loss was survived.
    """

    service: str
    promise: float | None
    percent: float | None
    limiting: str
    path: tuple[str, ...]
    unpromised: tuple[str, ...]
    exact: bool = True
    survived: tuple[str, ...] = ()

    @property
    def is_broken(self) -> bool:
        """Whether the service promises more than what it needs can carry."""
        return self.promise is not None and self.percent is not None and self.percent < self.promise


class Factor(msgspec.Struct, frozen=True):
    """One node that limits: how often it is up as far as it goes by itself, and what it promises, both in percent."""

    node: str
    own: float
    promise: float


class Factors(msgspec.Struct, frozen=True):
    """What a ceiling is made of.

    It is the product of the `series`, the weakest first, and of `choices`: the chance in percent that of each group of
    alternatives one is up while the series is; 100 without groups. `alternatives` are the nodes that stand in for each
    other there, and what only they need. `unknown` are the nodes that promise nothing, as far as no promise on the way
    to them covers them.
    """

    series: tuple[Factor, ...]
    choices: float
    alternatives: tuple[Factor, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Ceilings:
    """The ceilings of all services. Each answer is worked out when it is asked for, from one pass over all."""

    _ids: list[str]
    _parts: Mapping[str, int]
    _limits: Limits
    _survived: Mapping[str, tuple[str, ...]]

    def broken(self) -> list[str]:
        """The services that promise more than what they need can carry, in the order of names."""
        limits = self._limits
        return [
            name
            for name, part in self._parts.items()
            if (promise := limits.promises[part]) is not None and percent(limits.ceilings[part]) < percent(promise)
        ]

    def of(self, service: str) -> Ceiling:
        """The ceiling of a service. Raises KeyError where there is none of this name."""
        limits, part = self._limits, self._parts[service]
        promise = limits.promises[part]
        way = limits.path(part)
        direct = {target for group in limits.needs[part] for target in group}
        unpromised = self._names(target for target in direct if limits.promises[target] is None)
        nothing_known = bool(unpromised) and not way
        return Ceiling(
            service=service,
            promise=None if promise is None else percent(promise),
            percent=None if nothing_known else percent(limits.ceilings[part]),
            limiting=self._ids[way[-1]] if way else "",
            path=tuple(name for name, _ in groupby(self._ids[each] for each in way)),
            unpromised=unpromised,
            exact=limits.exact[part],
            survived=self._survived.get(service, ()),
        )

    def factors(self, service: str) -> Factors:
        """What the ceiling of a service is made of. Raises KeyError where there is none of this name."""
        limits, part = self._limits, self._parts[service]

        def told(parts: Iterable[tuple[int, float]]) -> tuple[Factor, ...]:
            return tuple(
                Factor(self._ids[each], percent(own), percent(limits.promises[each] or 1)) for each, own in parts
            )

        return Factors(
            series=told(limits.factors(part)),
            choices=percent(limits.together(part)),
            alternatives=told(limits.alternatives(part)),
            unknown=self._names(limits.unknown(part)),
        )

    def _names(self, parts: Iterable[int]) -> tuple[str, ...]:
        return tuple(sorted({self._ids[each] for each in parts}))


def ceilings(every: Mapping[str, Ties], survived: Survived | None = None) -> Ceilings:
    """The ceilings of all services of a catalog, from their ties by name."""
    parts = _Parts(every)
    for name, ties in every.items():
        parts.add_service(name, ties, (survived or {}).get(name, _NOBODY))
    numbers = {name: part for part, name in enumerate(every)}
    return Ceilings(parts.ids, numbers, limits_of(parts.needs, parts.promises), parts.survived)


def rounded_down(value: float, decimals: int) -> str:
    """A percentage that is not above the given one, so that what is shown can be promised."""
    scale = 10**decimals
    # What is a whole number of these decimals is a little less to a computer.
    return f"{math.floor(value * scale + 1e-4) / scale:.10g}"


class _Parts:
    """The parts as they are numbered: services, in the order of names, then what else they need."""

    def __init__(self, every: Mapping[str, Ties]) -> None:
        self._every = every
        self._contracts = _contracts(every)
        self.ids = list(every)
        self.promises = [_share(ties.promise) for ties in every.values()]
        self.needs: list[list[list[int]]] = [[] for _ in every]
        self.survived: dict[str, tuple[str, ...]] = {}
        self._known: dict[tuple[str, float | None], int] = {(name, None): part for part, name in enumerate(every)}

    def add_service(self, name: str, ties: Ties, survived: Set[str]) -> None:
        """Resolves what a service needs."""
        if not ties.needs:
            return
        told = dict(sorted(ties.providers, key=lambda pair: -pair[1])) if ties.providers else {}
        lost = [
            group[0]
            for group in (ties.needs if survived else ())
            if len(group) == 1 and group[0].removeprefix(EXTERNAL_PREFIX) in survived
        ]
        if lost:
            self.survived[name] = tuple(sorted(lost))
        self.needs[self._known[name, None]] = [
            [self._part(target, told) for target in group] for group in ties.needs if group[0] not in lost
        ]

    def _part(self, target: str, told: Mapping[str, float]) -> int:
        part = self._known.get((target, None))
        if part is not None:
            return part
        if not target.startswith(EXTERNAL_PREFIX):
            return self._resource(target)
        provider = target.removeprefix(EXTERNAL_PREFIX)
        stated = self._contracts.get(provider)
        return self._contract(target, stated, told.get(provider, stated[-1])) if stated else self._new(target, None)

    def _resource(self, target: str) -> int:
        owner, _, resource = target.partition("/")
        ties = self._every.get(owner)
        if ties is None or resource not in ties.owns or ties.promise is None:
            return self._new(target, None)
        part = self._new(target, ties.promise)
        self.needs[part] = [[self._known[owner, None]]]
        return part

    def _contract(self, target: str, stated: list[float], promise: float) -> int:
        """The contract over which a provider promises so much; it needs what the next stronger one promises."""
        before: int | None = None
        for each in stated:
            part = self._known.get((target, each))
            if part is None:
                part = self._new(target, each, (target, each))
                self.needs[part] = [] if before is None else [[before]]
            if each == promise:
                return part
            before = part
        raise KeyError(promise)

    def _new(self, target: str, promise: float | None, key: tuple[str, float | None] | None = None) -> int:
        part = self._known[key or (target, None)] = len(self.ids)
        self.ids.append(target)
        self.promises.append(_share(promise))
        self.needs.append([])
        return part


def _contracts(every: Mapping[str, Ties]) -> dict[str, list[float]]:
    """What entries state of each provider, the strongest first. Of what one entry states twice, the lower counts."""
    found: dict[str, set[float]] = {}
    for ties in every.values():
        for provider, promise in dict(sorted(ties.providers, key=lambda pair: -pair[1])).items():
            found.setdefault(provider, set()).add(promise)
    return {provider: sorted(stated, reverse=True) for provider, stated in found.items()}


def stated_least(every: Mapping[str, Ties]) -> dict[str, float]:
    """The lowest availability that any entry states of each provider, in percent."""
    return {provider: stated[-1] for provider, stated in _contracts(every).items()}


def _share(promise: float | None) -> float | None:
    return None if promise is None else promise / 100
