"""Ways into the cardholder zone that no entry declares, by the rules that stacks hold and that the cloud told of."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pagerworthy.collect.pulumi.resources import Rule, Way
from pagerworthy.collect.pulumi.sight import Sight
from pagerworthy.stacks import EnvironmentStacks
from pagerworthy.stacks.names import stack_name

# The group of a service's own tasks; that of a resource is called after it.
_OWN = "security-group"
_PUBLIC_PORTS = (80, 443)
_ANYWHERE = ("0.0.0.0/0", "::/0")


class Ways(NamedTuple):
    """Undeclared ways, in words; `time` is when they were seen. `unseen` says why there may be more of them."""

    paths: tuple[str, ...]
    time: dt.datetime | None
    unseen: str


class Zone:
    """An environment's rules beside its declared edges; `zone` are the services in the cardholder zone."""

    def __init__(self, stacks: EnvironmentStacks, sights: Mapping[str, Sight], zone: frozenset[str]) -> None:
        self._sights = sights
        self._zone = zone
        self._environment = stacks.environment
        self._names = dict(_names(sights))
        self._updated = {group: sight.updated for sight in sights.values() for group in sight.groups}
        self._rules: dict[str, list[Rule]] = {}
        for sight in sights.values():
            for rule in sight.rules:
                self._rules.setdefault(rule.way.group, []).append(rule)
        self._declared = set(_declared(stacks))

    def into(self, service: str) -> Ways:
        """The undeclared ways into a service and its resources, from outside the zone."""
        own = self._sights[stack_name(service, self._environment)]
        rules = [rule for group in own.groups for rule in self._rules.get(group, ())]
        made = set(self._undeclared({rule.way for rule in rules}))
        if own.looked is None or own.groups.keys() - own.told.keys():
            again = f"pagerworthy refresh {self._environment} {service}"
            return Ways(tuple(sorted(made)), None, f"nobody has looked which rules the cloud has: {again}")
        told = {way for ways in own.told.values() for way in ways}
        old = {way for way in told - {rule.way for rule in rules} if self._is_newer(way.source, own.looked)}
        seen = set(self._undeclared(told - old))
        unseen = ""
        if {rule.way for rule in rules if rule.made is None or rule.made < own.looked} - told:
            unseen = "its groups do not tell of all rules that stacks have made, so that others may be missing, too"
        elif any(self._undeclared(old)):
            again = f"pagerworthy refresh {self._environment} {service}"
            unseen = f"callers were changed after the last look at its rules in the cloud: {again}"
        return Ways(tuple(sorted(made | seen)), None if made else own.looked, unseen)

    def _is_newer(self, group: str, looked: dt.datetime) -> bool:
        """Whether the stack that has a group was changed since a look: it may have taken its rules away."""
        updated = self._updated.get(group)
        return updated is not None and updated > looked

    def _undeclared(self, ways: set[Way]) -> Iterator[str]:
        for way in ways:
            target = self._names[way.group]
            source = self._names.get(way.source, way.source)
            is_declared = (
                way.protocol == "tcp" and way.first == way.last and (source, target, way.first) in self._declared
            )
            if not is_declared and source.partition("/")[0] not in self._zone:
                yield f"{source} to {target}:{way.ports}"


def _names(sights: Mapping[str, Sight]) -> Iterator[tuple[str, str]]:
    """What each security group is of: `cart`, or `cart/valkey`, by its id."""
    for stack, sight in sights.items():
        service = stack.rpartition(".")[0]
        for group, name in sight.groups.items():
            resource = name.removesuffix(f"-{_OWN}")
            yield group, service if name == _OWN else f"{service}/{resource}"


def _declared(stacks: EnvironmentStacks) -> Iterator[tuple[str, str, int]]:
    """Who may connect to what, on which port, as entries say."""
    for service in stacks.services:
        for need in stacks.needs(service):
            if need.owner and need.port is not None:
                yield service, need.target, need.port
        for name, resource in stacks.resources(service).items():
            if resource.type == "edge" and resource.public:
                for anywhere in _ANYWHERE:
                    for port in _PUBLIC_PORTS:
                        yield anywhere, f"{service}/{name}", port
