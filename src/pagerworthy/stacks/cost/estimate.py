"""What a stack is estimated to cost a month, line by line."""

from collections.abc import Iterable

import msgspec

from pagerworthy.stacks.cost.prices import Prices


class Line(msgspec.Struct, frozen=True):
    """One thing that is paid for.

    `part` is the resource that it is of, `service` or `platform`. `quantity` is what there is at the least (the fewest
    replicas, the first storage), `most` what it may grow to by itself; `price` is of one for a month.
    """

    part: str
    what: str
    quantity: float
    price: float
    most: float

    @property
    def monthly(self) -> float:
        return self.quantity * self.price

    @property
    def monthly_most(self) -> float:
        return self.most * self.price


class Estimate(msgspec.Struct, frozen=True):
    """The lines of a stack with the table that they rest on: `date` and `region` of the prices, in `currency`."""

    stack: str
    lines: tuple[Line, ...]
    date: str
    region: str
    currency: str
    not_counted: str

    @property
    def monthly(self) -> float:
        """What the stack costs a month at the least."""
        return sum(line.monthly for line in self.lines)

    @property
    def monthly_most(self) -> float:
        """What it costs when everything has grown as far as it may."""
        return sum(line.monthly_most for line in self.lines)

    def of(self, part: str) -> float:
        """What one resource costs a month at the least."""
        return sum(line.monthly for line in self.lines if line.part == part)


def line(prices: Prices, part: str, what: str, key: str, quantity: float, most: float | None = None) -> Line:
    """A line of the price that the table has under `key`."""
    return Line(part, what, quantity, prices.month(key), quantity if most is None else most)


def total(prices: Prices, stack: str, lines: Iterable[Line]) -> Estimate:
    """The lines together; what there is none of is left out."""
    kept = tuple(each for each in lines if each.most)
    return Estimate(stack, kept, prices.date.isoformat(), prices.region, prices.currency, prices.not_counted)
