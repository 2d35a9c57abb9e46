"""The exact chance that a service's needs are met, where one of several alternatives is enough.

What a part needs is a conjunction (`Needs`): a set of independent events that must all hold, and choices. A choice
(`Choice`) is met when one of its alternatives is, each of which is a conjunction in turn. What parts have in common is
the same event in both, so the chance is not simply a product. It is found by

1. taking out the events that must hold in any case, and what follows from them;
2. multiplying what has no event in common;
3. factoring on an event that several have in common, or on a set of events that only ever occur together: the chance
   is p * (chance if it holds) + (1 - p) * (chance if not). (Moskowitz, *The analysis of redundancy networks*, AIEE
   Transactions 77, 1958; Satyanarayana and Chang, *Network reliability and the factoring theorem*, Networks 13, 1983.)

The general problem is #P-hard. After so much `WORK` for one question, or for all, a bound takes the place of the answer
(see `Formulas.chance`), and whoever asks is told so.
"""

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pagerworthy.reliability.factors import Factors, members

# How many alternatives may be looked at for one question, and for all of them together: some tenths of a second, and
# more for a large system. What people write takes a handful each.
WORK = 20_000
ALL_WORK = 100_000
WORK_A_PART = 100
# Conjunctions within conjunctions; a person would not find out of ten.
DEPTH = 150


class Needs(NamedTuple):
    """All of these: `events` as a bit set, `choices` by number."""

    events: int = 0
    choices: frozenset[int] = frozenset()


NOTHING = Needs()
# A choice of which every alternative is known to fail.
NEVER = Needs(events=-1)


class _TooMuch(Exception):  # noqa: N818 -- names what happened
    """The question takes more steps than it may."""


class Formulas:
    """Choices, each kept once, and the chances of what is made of them."""

    def __init__(self, factors: Factors, parts: int) -> None:
        self.factors = factors
        self._numbers: dict[frozenset[Needs], int] = {}
        self._alternatives: list[frozenset[Needs]] = []
        self._support: list[int] = []
        self._bounds: list[float] = []
        self._chances: dict[Needs, float] = {}
        self._work = 0
        self._left = ALL_WORK + WORK_A_PART * parts

    def both(self, parts: Iterable[Needs]) -> Needs:
        """What is met when all of these are."""
        events = 0
        choices: frozenset[int] = frozenset()
        for part in parts:
            events |= part.events
            if part.choices:
                choices |= part.choices
        return Needs(events, choices)

    def either(self, parts: Iterable[Needs]) -> Needs:
        """What is met when one of these is. NOTHING where one of them needs nothing."""
        different = {part for part in parts if part is not NEVER}
        if not different:
            return NEVER
        if NOTHING in different:
            return NOTHING
        kept = frozenset(
            one for one in different if not any(_asks_less(other, one) for other in different if other != one)
        )
        if len(kept) == 1:
            return next(iter(kept))
        number = self._numbers.get(kept)
        if number is None:
            number = self._numbers[kept] = len(self._alternatives)
            self._alternatives.append(kept)
            support = 0
            for each in kept:
                support |= self.support(each)
            self._support.append(support)
            self._bounds.append(max(self._bound(each) for each in kept))
        return Needs(0, frozenset((number,)))

    def plain(self, needs: Needs) -> Needs:
        """The same needs, with no choice left that the events which must hold anyway have settled."""
        self._work = 0
        try:
            while needs.choices:
                rest = self._given(Needs(0, needs.choices), needs.events, 0, DEPTH)
                needs = Needs(needs.events | rest.events, rest.choices)
                if not rest.events:
                    break
        except _TooMuch:
            pass
        return needs

    def support(self, needs: Needs) -> int:
        """All events that it may depend on."""
        events = needs.events
        for choice in needs.choices:
            events |= self._support[choice]
        return events

    def chance(self, needs: Needs) -> tuple[float, bool]:
        """The chance that needs are met, and whether it is exact.

        Where it would take too long, it is a lower bound: of events that only ever help each other, all hold at least
        as often as if they were independent, and one of them at least as often as the likeliest (Esary, Proschan and
        Walkup, *Association of random variables*, 1967).
        """
        self._work = 0
        try:
            return self._chance(needs, DEPTH), True
        except _TooMuch:
            return self._bound(needs), False

    def chance_if(self, needs: Needs, events: int) -> float:
        """The chance that needs are met if some events hold for certain; 0 where finding it takes too long."""
        self._work = 0
        try:
            return self._chance(self._given(needs, events, 0, DEPTH), DEPTH)
        except _TooMuch:
            return 0.0

    def _bound(self, needs: Needs) -> float:
        return self.factors.all_hold(needs.events) * math.prod(self._bounds[choice] for choice in needs.choices)

    def _chance(self, needs: Needs, depth: int) -> float:
        if not needs.choices:
            return self.factors.all_hold(needs.events)
        known = self._chances.get(needs)
        if known is None:
            if not depth:
                raise _TooMuch
            known = self._chances[needs] = self._worked_out(needs, depth - 1)
        return known

    def _worked_out(self, needs: Needs, depth: int) -> float:
        if needs.events:
            rest = self._given(Needs(0, needs.choices), needs.events, 0, depth)
            return self.factors.all_hold(needs.events) * self._chance(rest, depth)
        apart = self._apart([Needs(0, frozenset((choice,))) for choice in needs.choices])
        if len(apart) > 1:
            return math.prod(self._chance(self.both(group), depth) for group in apart)
        if len(needs.choices) > 1:
            return self._factored(needs, depth)
        (choice,) = needs.choices
        fails = 1.0
        groups = self._apart(list(self._alternatives[choice]))
        for group in groups:
            if len(groups) == 1:
                return self._factored(needs, depth)
            fails *= 1 - self._chance(self.either(group), depth)
        return 1 - fails

    def _factored(self, needs: Needs, depth: int) -> float:
        """Over the event that most conjunctions have in common, with all that only ever occurs with it."""
        every = list(self._conjunctions(needs))
        counts: dict[int, int] = {}
        for each in every:
            for event in members(each):
                counts[event] = counts.get(event, 0) + 1
        chosen = max(counts, key=lambda event: (counts[event], -event))
        together = -1
        elsewhere = 0
        for each in every:
            if each >> chosen & 1:
                together &= each
            else:
                elsewhere |= each
        together &= ~elsewhere
        holds = self.factors.all_hold(together)
        met = self._given(needs, together, 0, depth)
        missed = self._given(needs, 0, together, depth)
        return holds * self._chance(met, depth) + (
            (1 - holds) * self._chance(missed, depth) if missed is not NEVER else 0.0
        )

    def _conjunctions(self, needs: Needs) -> Iterator[int]:
        """The events of every conjunction that is part of the needs, each choice looked into once."""
        seen: set[int] = set()
        waiting = [needs]
        while waiting:
            each = waiting.pop()
            if each.events:
                yield each.events
            for choice in each.choices - seen:
                seen.add(choice)
                self._spend(len(self._alternatives[choice]))
                waiting.extend(self._alternatives[choice])

    def _given(self, needs: Needs, true: int, false: int, depth: int) -> Needs:
        """The needs once some events are known to hold and others to fail; NEVER where they cannot be met."""
        if needs.events & false:
            return NEVER
        if not depth:
            raise _TooMuch
        parts = [Needs(needs.events & ~true)]
        known = true | false
        for choice in needs.choices:
            self._spend(len(self._alternatives[choice]))
            if self._support[choice] & known:
                part = self.either(self._given(each, true, false, depth - 1) for each in self._alternatives[choice])
                if part is NEVER:
                    return NEVER
                parts.append(part)
            else:
                parts.append(Needs(0, frozenset((choice,))))
        return self.both(parts)

    def _spend(self, work: int) -> None:
        self._work += work
        self._left -= work
        if self._work > WORK or self._left < 0:
            raise _TooMuch

    def _apart(self, parts: list[Needs]) -> list[list[Needs]]:
        """The parts in groups that have no event in common with each other."""
        groups: list[tuple[int, list[Needs]]] = []
        for part in parts:
            support, group = self.support(part), [part]
            others = []
            for other, those in groups:
                if other & support:
                    support |= other
                    group += those
                else:
                    others.append((other, those))
            groups = [*others, (support, group)]
        return [group for _, group in groups]


def _asks_less(one: Needs, other: Needs) -> bool:
    """Whether whatever meets `other` meets `one`, as far as this is seen at once."""
    return not one.events & ~other.events and one.choices <= other.choices
