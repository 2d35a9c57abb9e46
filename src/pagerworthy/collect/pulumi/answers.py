"""What the stacks of production say of a service, key by key."""

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from pagerworthy.collect.pulumi.crossings import Zone
from pagerworthy.collect.pulumi.looks import Look, latest
from pagerworthy.collect.pulumi.production import Production, Stacks, UnknownError
from pagerworthy.collect.pulumi.sight import Sight
from pagerworthy.evidence import Value
from pagerworthy.evidence.keys.stack import AuditLogs, Crossings, Drift, Live
from pagerworthy.evidence.text import inert
from pagerworthy.stacks.names import stack_name

# As long as evidence counts days.
_FOR_EVER = 36_500
_MOST_WAYS = 50


class Found(NamedTuple):
    """What is known of a key, since when, and what was looked at."""

    value: Value
    time: dt.datetime
    query: str


class _Difference(NamedTuple):
    """How many resources differed at a moment, and which report says so, if any does."""

    drifted: int
    time: dt.datetime
    path: str = ""


class Answers:
    """Answers by the stacks of production, at a moment; all raise UnknownError with the reason where there is none.

    `looks` are what reports of drift say, or why nobody can read them; `zone` are the services in the cardholder zone.
    """

    def __init__(
        self,
        production: Production,
        looks: Sequence[Look] | str,
        zone: frozenset[str],
        as_of: dt.datetime,
        emulator: str,
    ) -> None:
        self._production = production
        self._looks = looks
        self._zone = zone
        self._zones: dict[str, Zone] = {}
        self._as_of = as_of
        self._emulator = emulator

    def logs(self, service: str, stacks: Sequence[Stacks]) -> Found:
        """How long logs are kept: those of the service, and those that the environment keeps of everybody."""
        days = []
        for each in stacks:
            own = each.sight(service).logs
            if not own:
                raise UnknownError(f"{stack_name(service, each.name)} holds no group of logs")
            # Who asked a load balancer, and who connected at all, is written down for the whole environment.
            days += [log.days or _FOR_EVER for log in (*own, *each.platform().logs)]
        query = f"{_states(service, stacks)} and of the platform: retention of logs"
        return Found(AuditLogs(retention_days=float(min(*days, _FOR_EVER))), self._as_of, query)

    def live(self, service: str, stacks: Sequence[Stacks]) -> Found:
        """Whether all stacks are there, whole, and what the entry asks for."""
        missing, unfinished, behind = [], [], []
        held: list[Sight] = []
        for each in stacks:
            seen = each.seen(service)
            if each.is_empty:
                # States may well be kept elsewhere, as where a variable of CI says so.
                raise UnknownError(f"the backend has no stack of {each.name} at all, and may be another one's")
            if seen.sight is None and not seen.fault:
                missing.append(each.name)
                continue
            sight = each.sight(service)
            held.append(sight)
            if sight.unfinished:
                unfinished.append(f"{each.name}: {inert(sight.unfinished, 200)}")
            elif why := self._production.why_not(service) or each.why_not:
                raise UnknownError(why)
            elif each.is_behind(service, sight):
                behind.append(each.name)
        updated = min((sight.updated for sight in held if sight.updated is not None), default=None)
        value = Live(
            resources=float(sum(sight.resources for sight in held)),
            missing=tuple(missing),
            unfinished=tuple(unfinished),
            behind=tuple(behind),
            updated=f"{updated:%Y-%m-%dT%H:%M:%SZ}" if updated else "",
        )
        return Found(value, self._as_of, _states(service, stacks))

    def drift(self, service: str, stacks: Sequence[Stacks]) -> Found:
        """What the last looks saw, where nothing was done to the stacks since; and what nothing asks for any more."""
        if isinstance(self._looks, str):
            raise UnknownError(self._looks)
        seen = [self._difference(service, each, self._looks) for each in stacks]
        left = sum(each.sight(service).leftovers for each in stacks)
        left += sum(sight.resources for sight in self._production.orphans(service))
        value = Drift(drifted=float(sum(each.drifted for each in seen)), unmanaged=float(left))
        reports = dict.fromkeys(f"read {each.path}; " for each in seen if each.path)
        return Found(value, min(each.time for each in seen), f"{''.join(reports)}{_states(service, stacks)}")

    def _difference(self, service: str, stacks: Stacks, looks: Sequence[Look]) -> "_Difference":
        """By the last look: one that a report tells of, or a refresh, which the state's own history knows."""
        sight, stack = stacks.sight(service), stack_name(service, stacks.name)
        again = f"pagerworthy drift {stacks.name} {service}"
        if why := sight.unfinished or sight.meddled:
            raise UnknownError(f"{stack} is not as it was brought up: {why}")
        told = self._told(looks, stack)
        if told is not None and told.time is not None and (sight.compared is None or told.time >= sight.compared):
            if told.failed:
                raise UnknownError(told.failed)
            found = _Difference(told.drifted + sight.adopted, told.time, told.path)
        elif sight.compared is not None:
            found = _Difference(sight.adopted, sight.compared)
        else:
            raise UnknownError(f"nobody has looked whether {stack} differs: {again}")
        if sight.changed is not None and sight.changed > found.time:
            raise UnknownError(f"{stack} was updated after the look at it of {found.time:%Y-%m-%d %H:%M} UTC: {again}")
        return found

    def _told(self, looks: Sequence[Look], stack: str) -> Look | None:
        look = latest(looks, stack)
        if look is None:
            return None
        if look.time is None:
            raise UnknownError(look.failed)
        if look.emulator != self._emulator:
            raise UnknownError(f"{look.path} is of {look.emulator or 'the real cloud'}, where nothing is asked")
        if look.time > self._as_of:
            raise UnknownError(f"{look.path} is dated after the moment that is judged")
        return look

    def crossings(self, service: str, stacks: Sequence[Stacks]) -> Found:
        """The undeclared ways into a service of the cardholder zone."""
        unseen = self._production.unclear
        if unseen:
            raise UnknownError(unseen)
        paths: list[str] = []
        times = []
        for each in stacks:
            each.sight(service)
            if each.name not in self._zones:
                self._zones[each.name] = Zone(each.stacks, each.everything(), self._zone)
            ways = self._zones[each.name].into(service)
            before = f"{each.name}: " if len(stacks) > 1 else ""
            paths += [inert(f"{before}{way}", 200) for way in ways.paths]
            unseen = unseen or ways.unseen
            times.append(ways.time or self._as_of)
        # One way that is open is known, whatever else may be.
        if unseen and not paths:
            raise UnknownError(unseen)
        query = f"{_states(service, stacks)} and of all that may reach it: rules of security groups"
        return Found(Crossings(paths=tuple(paths[:_MOST_WAYS])), min(times), query)


def _states(service: str, stacks: Sequence[Stacks]) -> str:
    return "state of " + ", ".join(stack_name(service, each.name) for each in stacks)
