"""In which order stacks run: what waits for what, and what may start now. Nothing here does anything."""

import enum
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

import msgspec

from pagerworthy.reliability.components import components
from pagerworthy.stacks.inputs import Ask


class HardCycleError(ValueError):
    """Stacks that each need the other to be up before; `stacks` is the circle, its first name once more at the end."""

    def __init__(self, stacks: Sequence[str]) -> None:
        super().__init__(f"stacks need each other: {' needs '.join(stacks)}")
        self.stacks = tuple(stacks)


class Step(msgspec.Struct, frozen=True):
    """A stack in its place.

    `wave` counts from 1: all that it waits for is in earlier waves. `hard` must have succeeded before it starts, `soft`
    only have ended. `later` are those whose outputs it would use and that come after it: it is visited once more.
    """

    stack: str
    wave: int
    hard: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    later: tuple[str, ...] = ()


def steps_of(asks: Mapping[str, Iterable[Ask]]) -> tuple[Step, ...]:
    """Puts stacks in order by what they ask of each other; asks of stacks that are not among them do not count.

    Everything waits for what it asks of, save inside a circle that soft asks close: there the order is by wave of the
    hard asks and then by name, and whoever asks softly of a later one does not wait for it. Raises HardCycleError.
    """
    names = sorted(asks)
    hard: dict[str, set[str]] = {name: set() for name in names}
    soft: dict[str, set[str]] = {name: set() for name in names}
    for name in names:
        for ask in asks[name]:
            if ask.stack in hard and ask.stack != name:
                (hard if ask.required else soft)[name].add(ask.stack)
        soft[name] -= hard[name]
    hard_wave = _waves(hard)
    group = _groups(names, {name: hard[name] | soft[name] for name in names})
    later = {
        name: {
            other
            for other in soft[name]
            if group[other] == group[name] and (hard_wave[other], other) > (hard_wave[name], name)
        }
        for name in names
    }
    waves = _waves({name: (hard[name] | soft[name]) - later[name] for name in names})
    return tuple(
        Step(
            stack=name,
            wave=waves[name],
            hard=tuple(sorted(hard[name])),
            soft=tuple(sorted(soft[name] - later[name])),
            later=tuple(sorted(later[name])),
        )
        for name in sorted(names, key=lambda name: (waves[name], name))
    )


def reverse(steps: Iterable[Step]) -> tuple[Step, ...]:
    """The same stacks the other way round: a stack waits for all that ask of it, since they hold on to it.

    `later` of a step are those that come later and hold on to it nevertheless: they have to let go of it first.
    """
    found = tuple(steps)
    users: dict[str, set[str]] = {step.stack: set() for step in found}
    holders: dict[str, set[str]] = {step.stack: set() for step in found}
    for step in found:
        for other in (*step.hard, *step.soft):
            users[other].add(step.stack)
        for other in step.later:
            holders[other].add(step.stack)
    waves = _waves(users)
    return tuple(
        Step(stack=name, wave=waves[name], hard=tuple(sorted(users[name])), later=tuple(sorted(holders[name])))
        for name in sorted(users, key=lambda name: (waves[name], name))
    )


def _waves(needed: Mapping[str, set[str]]) -> dict[str, int]:
    """For each name the length of the longest way to it, from 1. Raises HardCycleError."""
    try:
        order = tuple(TopologicalSorter({name: sorted(needed[name]) for name in sorted(needed)}).static_order())
    except CycleError as error:
        # The circle comes with each before the one that needs it.
        raise HardCycleError(tuple(reversed(error.args[1]))) from error
    waves: dict[str, int] = {}
    for name in order:
        waves[name] = 1 + max((waves[other] for other in needed[name]), default=0)
    return waves


def _groups(names: Sequence[str], needed: Mapping[str, set[str]]) -> dict[str, int]:
    """For each name the number of its strongly connected component."""
    index = {name: position for position, name in enumerate(names)}
    found = components([[index[other] for other in sorted(needed[name])] for name in names])
    return {names[member]: number for number, members in enumerate(found) for member in members}


class Ended(enum.Enum):
    """How a visit ended, as far as others depend on it."""

    WELL = "well"
    BADLY = "badly"


class Board:
    """What is waiting, running and done; a whole run costs as much as there are stacks and asks.

    `take` hands out what may start; each of these is in the end to be handed to `ended`. When nothing can be taken and
    nothing runs, `blocked` says what never came, and because of whom.
    """

    def __init__(self, steps: Iterable[Step]) -> None:
        self._steps = tuple(steps)
        self._place = {step.stack: place for place, step in enumerate(self._steps)}
        self._waiting = dict.fromkeys(self._place)
        # Of how many others each has still to hear.
        self._open = {step.stack: len(step.hard) + len(step.soft) for step in self._steps}
        self._needed_by: dict[str, list[str]] = {}
        self._heard_by: dict[str, list[str]] = {}
        for step in self._steps:
            for other in step.hard:
                self._needed_by.setdefault(other, []).append(step.stack)
            for other in step.soft:
                self._heard_by.setdefault(other, []).append(step.stack)
        # Places, so that earlier waves come first; in order is a heap.
        self._ready = [place for place, step in enumerate(self._steps) if not self._open[step.stack]]
        self._running: set[str] = set()
        self.blocked: dict[str, str] = {}

    @property
    def running(self) -> int:
        return len(self._running)

    @property
    def waiting(self) -> tuple[str, ...]:
        """The stacks that have neither started nor are blocked."""
        return tuple(self._waiting)

    def take(self, count: int) -> tuple[str, ...]:
        """Up to so many stacks that may start now, by wave and name; they count as running from here on."""
        taken: list[str] = []
        while self._ready and len(taken) < count:
            name = self._steps[heappop(self._ready)].stack
            del self._waiting[name]
            self._running.add(name)
            taken.append(name)
        return tuple(taken)

    def ended(self, stack: str, how: Ended) -> tuple[str, ...]:
        """Notes how a visit ended; returns the stacks that will never start because of it. Raises KeyError for one
        that does not run."""
        self._running.remove(stack)
        lost = [] if how is Ended.WELL else self._block(stack)
        if how is Ended.WELL:
            self._hear(self._needed_by.get(stack, ()))
        for name in (stack, *lost):
            self._hear(self._heard_by.get(name, ()))
        return tuple(sorted(lost, key=self._place.__getitem__))

    def _hear(self, names: Iterable[str]) -> None:
        for name in names:
            self._open[name] -= 1
            if not self._open[name] and name in self._waiting:
                heappush(self._ready, self._place[name])

    def _block(self, cause: str) -> list[str]:
        """Takes all that needs a stack off the board."""
        lost: list[str] = []
        todo = [cause]
        while todo:
            for name in self._needed_by.get(todo.pop(), ()):
                if name in self._waiting:
                    del self._waiting[name]
                    self.blocked[name] = cause
                    lost.append(name)
                    todo.append(name)
        return lost
