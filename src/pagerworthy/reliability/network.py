"""What a part of a system can promise, given what it needs and what that promises.

The model
---------
Parts are numbered. Each needs some of the others: a list of groups, of each of which one part is enough; a group of one
is a plain need. A part is up when it does not fail by itself and each of its groups has a part that is up.

*Independence.* Parts fail by themselves independently of each other. What fails together (one zone, one provider) has
to be a part of its own that the others need.

*Promises are of the whole.* A promise p of a part (0 < p <= 1) already includes the failures of all that it needs. Its
**ceiling** c is the chance that its needs are met; what it may fail **by itself** follows: own = p / c. Where p > c the
promise cannot be kept; own is then 1 (it never fails by itself) and what it really gives is c.

*Shared parts count once.* The needs of a part are met with the chance that all parts by which it can fail do not, each
of them, however many ways lead to it, counted once with its `own`. Example: A needs B and C, both need D; B and C
promise 0.999, D 0.9995. Then own(B) = own(C) = 0.999 / 0.9995, and c(A) = own(B) * own(C) * 0.9995 = 0.9985002...
(the plain product of the promises, 0.998001, counts D twice).

*Alternatives.* Where groups have several parts, the chance is that of the formula, exactly (see `formula`).

*What promises nothing* has an unknown `own`, taken as 1: ceilings are upper bounds as long as such parts are among what
is needed, and they are listed. Behind a promise nothing is unknown: the promise covers it.

*Circles.* Parts that need each other in a circle are up together or not at all, whatever their groups say: on the safe
side. Together they give the least that one of them promises, and for one of them the others are one need.

(Series of dependencies and their product: Treynor Sloss, Dahlin, Rau and Beyer, *The Calculus of Service Availability*,
ACM Queue 15(2), 2017.)
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pagerworthy.reliability.components import components
from pagerworthy.reliability.factors import Factors, members
from pagerworthy.reliability.formula import NOTHING, Formulas, Needs

# Decimals of a percentage: enough for nine nines, and few enough that 99.9 / 100 * 100 is 99.9 again.
DIGITS = 9
# p / c of equal numbers that were worked out in different ways is 1.
_NOISE = 1e-12
# Alternatives that are looked at one by one for which of them limits most.
_MOST = 50

Groups = Sequence[Sequence[int]]


class Link(NamedTuple):
    """The weakest part below one: how rarely it fails by itself, its number, the steps to it, and the next on the way.

    Links compare by these in turn, so that of equally weak parts the first counts, and of two ways the shorter. `next`
    is -1 where the way leads through a choice.
    """

    own: float
    part: int
    steps: int
    next: int


class Factor(NamedTuple):
    """A part that limits another, with the chance that it does not fail by itself."""

    part: int
    own: float


class _Choice(NamedTuple):
    """Of a part with choices: the chance that they are met when all else is, and what limits it most."""

    together: float
    limiting: int | None


def percent(chance: float) -> float:
    """A chance in percent, without the noise of binary fractions."""
    return round(chance * 100, DIGITS)


@dataclass(frozen=True, eq=False)
class Limits:
    """What each part can promise, by its number.

    `ceilings`: the chance that its needs are met, 1 where nothing that is known limits it. `own`: the chance that it
    does not fail by itself, of a circle that none of it does, and 1 where that is not known. `exact`: False where the
    ceiling is a lower bound, because the exact one would take too long.
    """

    needs: Sequence[Groups]
    promises: Sequence[float | None]
    ceilings: list[float]
    own: list[float]
    exact: list[bool]
    _formulas: Formulas
    _below: list[Needs]
    _parts: list[int]  # the part of each event
    _weakest: list[Link | None]
    _circles: dict[int, frozenset[int]]
    _met: dict[int, float]  # of the parts of circles: the chance that what all of them need is up
    _choices: dict[int, "_Choice"]

    def factors(self, part: int) -> list[Factor]:
        """The parts by which a part's ceiling is below 1, the weakest first, alternatives left out."""
        found = [self._factor(event) for event in members(self._below[part].events)]
        circle = self._others(part)
        if circle is not None:
            found.append(circle)
        return sorted(found, key=lambda factor: (factor.own, factor.part))

    def alternatives(self, part: int) -> list[Factor]:
        """The parts of which others can take the place, the weakest first; some may be among the `factors`, too."""
        below = self._below[part]
        support = self._formulas.support(Needs(0, below.choices))
        found = [self._factor(event) for event in members(support & ~below.events)]
        return sorted(found, key=lambda factor: (factor.own, factor.part))

    def together(self, part: int) -> float:
        """The chance that of each of a part's choices one alternative is up, all `factors` being so."""
        return self._choices[part].together if part in self._choices else 1.0

    def limiting(self, part: int) -> int | None:
        """The part whose perfection would raise the ceiling most: the weakest; the first among equals.

        None where nothing that is known limits it.
        """
        if part in self._choices:
            return self._choices[part].limiting
        series = self.weakest(part)
        return None if series is None else series.part

    def weakest(self, part: int) -> Factor | None:
        """The first of a part's `factors`, which is soon found."""
        link = self._weakest[part]
        circle = self._others(part)
        if link is None or (circle is not None and (circle.own, circle.part) < (link.own, link.part)):
            return circle
        return Factor(link.part, link.own)

    def path(self, part: int) -> tuple[int, ...]:
        """The parts on a shortest way from a part to the one that limits it most, both included; empty without one."""
        goal = self.limiting(part)
        if goal is None:
            return ()
        way = [part]
        while way[-1] != goal:
            link = self._weakest[way[-1]]
            if link is None or link.part != goal or link.next < 0 or way[-1] in self._circles:
                return (*way[:-1], *self._search(way[-1], goal))
            way.append(link.next)
        return tuple(way)

    def unknown(self, part: int) -> list[int]:
        """The parts that promise nothing and that no promise covers on the way to them, in rising order."""
        found: set[int] = set()
        waiting = [part]
        while waiting:
            for group in self.needs[waiting.pop()]:
                for target in group:
                    if self.promises[target] is None and target not in found and target != part:
                        found.add(target)
                        waiting.append(target)
        return sorted(found)

    def _factor(self, event: int) -> Factor:
        return Factor(self._parts[event], self._formulas.factors.chances[event])

    def _others(self, part: int) -> Factor | None:
        """What the others of its circle mean for a part: the least that one of them promises."""
        told = [
            (promise, other)
            for other in self._circles.get(part, ())
            if other != part and (promise := self.promises[other]) is not None
        ]
        if not told:
            return None
        least, other = min(told)
        own = _own(least, self._met[part])
        return Factor(other, own) if own < 1 else None

    def _search(self, start: int, goal: int) -> tuple[int, ...]:
        came: dict[int, int] = {start: start}
        queue = deque([start])
        while goal not in came:
            part = queue.popleft()
            for group in self.needs[part]:
                for target in group:
                    if target not in came:
                        came[target] = part
                        queue.append(target)
        way = [goal]
        while way[-1] != start:
            way.append(came[way[-1]])
        return tuple(reversed(way))


class _Pass:
    """One pass over the parts, each after all that it needs."""

    def __init__(self, needs: Sequence[Groups], promises: Sequence[float | None]) -> None:
        count = len(needs)
        self.needs = needs
        self.promises = promises
        self.factors = Factors()
        self.formulas = Formulas(self.factors, count)
        self.below = [NOTHING] * count
        self.ceilings = [1.0] * count
        self.own = [1.0] * count
        self.exact = [True] * count
        self.parts: list[int] = []
        self.weakest: list[Link | None] = [None] * count
        self.circles: dict[int, frozenset[int]] = {}
        self.met: dict[int, float] = {}
        self.choices: dict[int, _Choice] = {}
        # Of each part with all that it needs: what must hold, and the chance of it.
        self._up = [NOTHING] * count
        self._given = [1.0] * count
        self._bounded = False
        # The weakest of each part and all that it needs.
        self._through: list[Link | None] = [None] * count

    def run(self) -> Limits:
        for group in _in_order(self.needs):
            if len(group) > 1:
                self._circle(group)
            elif self.needs[group[0]]:
                self._part(group[0])
            else:
                self._give(group, group[0], NOTHING, 1.0)
        limits = Limits(
            self.needs,
            self.promises,
            self.ceilings,
            self.own,
            self.exact,
            self.formulas,
            self.below,
            self.parts,
            self.weakest,
            self.circles,
            self.met,
            self.choices,
        )
        # Now and in this order, because what has been asked before decides how much may be asked after it.
        for part, below in enumerate(self.below):
            if below.choices:
                met = self.met.get(part, self.ceilings[part])
                self.choices[part] = self._choice(
                    limits.weakest(part), below, met / self.factors.all_hold(below.events)
                )
        return limits

    def _choice(self, series: Factor | None, below: Needs, bound: float) -> _Choice:
        choices = Needs(0, below.choices)
        # With all events of the plain needs met, what is left is due to the choices.
        left = self.formulas.chance_if(choices, below.events) or bound
        if series is not None and series.own <= left:
            return _Choice(left, series.part)
        gain, chosen = max(
            (self.formulas.chance_if(choices, below.events | 1 << event), -self.parts[event])
            for event in members(self.formulas.support(choices) & ~below.events)[:_MOST]
        )
        return _Choice(left, series.part if series is not None and left / series.own >= gain else -chosen)

    def _part(self, part: int) -> None:
        groups = self.needs[part]
        if [part] in groups or any(part in group for group in groups if len(group) > 1):
            groups = [group for group in groups if part not in group]
        below, ceiling, exact = self._met(groups)
        self.below[part], self.ceilings[part], self.exact[part] = below, ceiling, exact
        self.weakest[part] = self._link(groups, below)
        self._give([part], part, below, ceiling)

    def _circle(self, group: list[int]) -> None:
        inside = frozenset(group)
        groups = [each for part in group for each in self.needs[part] if inside.isdisjoint(each)]
        below, ceiling, exact = self._met(groups)
        for part in group:
            self.circles[part], self.met[part] = inside, ceiling
            self.below[part], self.exact[part] = below, exact
            others = [promise for other in group if other != part and (promise := self.promises[other]) is not None]
            self.ceilings[part] = min([ceiling, *others])
            self.weakest[part] = self._link(groups, below)
        told = [(promise, part) for part in group if (promise := self.promises[part]) is not None]
        self._give(group, min(told)[1] if told else group[0], below, ceiling)

    def _met(self, groups: Groups) -> tuple[Needs, float, bool]:
        """What it takes that all groups are met, the chance of it, and whether that is exact."""
        targets = [group[0] for group in groups if len(group) == 1]
        if len(targets) < len(groups) or any(self._up[target].choices for target in targets):
            return self._chosen(groups)
        # What one need has not already is mostly all of it, or little.
        counted = 0
        chance = 1.0
        for events, given in sorted([(self._up[each].events, self._given[each]) for each in targets], reverse=True):
            new = events & ~counted
            if new:
                chance *= given if new == events else self.factors.all_hold(new)
                counted |= new
        return Needs(counted), chance, not self._bounded or all(self.exact[target] for target in targets)

    def _chosen(self, groups: Groups) -> tuple[Needs, float, bool]:
        plain = [self._up[group[0]] for group in groups if len(group) == 1]
        choices = [self.formulas.either(self._up[each] for each in group) for group in groups if len(group) > 1]
        below = self.formulas.plain(self.formulas.both((*plain, *choices)))
        chance, exact = self.formulas.chance(below)
        self._bounded = self._bounded or not exact
        return below, chance, exact and all(self.exact[target] for group in groups for target in group)

    def _give(self, group: Sequence[int], named: int, below: Needs, ceiling: float) -> None:
        """What the parts of a group, which are up together, give to whoever needs one of them."""
        promise = self.promises[named]
        own = 1.0 if promise is None else _own(promise, ceiling)
        up = below
        if own < 1:
            up = Needs(below.events | self.factors.add(own), below.choices)
            self.parts.append(named)
        for part in group:
            self.own[part] = own
            self._up[part] = up
            self._given[part] = ceiling * own
            link = self.weakest[part]
            if own < 1:
                here = Link(own, named, int(part != named), named)
                link = here if link is None or here < link else link
            self._through[part] = link

    def _link(self, groups: Groups, below: Needs) -> Link | None:
        targets = [group[0] for group in groups if len(group) == 1]
        links = []
        for target in targets:
            link = self._through[target]
            if link is not None:
                links.append(Link(link.own, link.part, link.steps + 1, target))
        if len(targets) < len(groups):
            # What every alternative of a choice needs is no choice.
            settled = below.events
            for target in targets:
                settled &= ~self._up[target].events
            links += [Link(self.factors.chances[event], self.parts[event], 0, -1) for event in members(settled)]
        return min(links, default=None)


def limits_of(needs: Sequence[Groups], promises: Sequence[float | None]) -> Limits:
    """What each part can promise; `promises` are chances, None where a part promises nothing.

    One pass, linear in parts and needs as long as choices have little in common with each other.
    """
    return _Pass(needs, promises).run()


def _in_order(needs: Sequence[Groups]) -> list[list[int]]:
    """The parts, each after all that it needs; those of a circle together."""
    flat = [[target for group in groups for target in group] for groups in needs]
    waiting: list[list[int]] = [[] for _ in flat]
    for part, targets in enumerate(flat):
        for target in targets:
            waiting[target].append(part)
    left = list(map(len, flat))
    done = [part for part, count in enumerate(left) if not count]
    for part in done:  # grows while it is gone through
        for other in waiting[part]:
            left[other] -= 1
            if not left[other]:
                done.append(other)
    # Nearly no catalog has a circle, and finding circles takes longer.
    return [[part] for part in done] if len(done) == len(flat) else components(flat)


def _own(promise: float, ceiling: float) -> float:
    own = promise / ceiling
    return own if own < 1 - _NOISE else 1.0
