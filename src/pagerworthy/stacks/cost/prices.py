"""The price table, dated and for one region."""

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import msgspec


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What AWS asked on `date` in `region`, in `currency`, by the hour or by the month.

    `source` says in words where the figures are from, and `not_counted` what no estimate has in it.
    """

    date: dt.date
    region: str
    currency: str
    source: str
    not_counted: str
    hours: int
    hourly: Mapping[str, float]
    monthly: Mapping[str, float]
    valkey: float

    def month(self, what: str) -> float:
        """The price of one for a month. Raises KeyError for what the table does not have."""
        return self.hourly[what] * self.hours if what in self.hourly else self.monthly[what]


@lru_cache(1)
def price_table() -> Prices:
    """The table that comes with Pagerworthy."""
    content = files("pagerworthy.stacks.cost").joinpath("prices.yaml").read_bytes()
    return msgspec.yaml.decode(content, type=Prices)
