"""Products over sets of independent events, each with its chance to hold."""

import math
from operator import getitem

# Below this, going through the events one by one is as fast.
_FEW = 48


class Factors:
    """Events that are numbered as they come; a set of them is one integer, with bit `i` set for event `i`.

    A product over a large set looks up eight events at a time (Arlazarov, Dinic, Kronrod and Faradžev, 1970).
    """

    def __init__(self) -> None:
        self.chances: list[float] = []
        self._tables: list[list[float]] = []

    def add(self, chance: float) -> int:
        """Adds an event; returns the set of it alone."""
        self.chances.append(chance)
        if len(self.chances) % 8 == 0:
            self._tables.append(_table(self.chances[-8:]))
        return 1 << (len(self.chances) - 1)

    def all_hold(self, events: int) -> float:
        """The chance that all events of a set hold."""
        if events.bit_count() < _FEW:
            return math.prod([self.chances[event] for event in members(events)])
        covered = 8 * len(self._tables)
        low = events & ((1 << covered) - 1)
        product = math.prod(map(getitem, self._tables, low.to_bytes(len(self._tables), "little")))
        return product * math.prod([self.chances[covered + event] for event in members(events >> covered)])


def members(events: int) -> list[int]:
    """The numbers of the bits that are set, in rising order."""
    found = []
    while events:
        lowest = events & -events
        found.append(lowest.bit_length() - 1)
        events ^= lowest
    return found


def _table(chances: list[float]) -> list[float]:
    """For each set of eight events, by its bits, the product of their chances."""
    table = [1.0]
    for chance in chances:
        table += [before * chance for before in table]
    return table
