"""An objective of a service, ready to be reckoned with."""

from collections.abc import Iterator

import msgspec

from pagerworthy.catalog import Catalog, Service, Slo
from pagerworthy.slo.period import PERIODS, Period


class Objective(msgspec.Struct, frozen=True):
    """One SLO: the service that promises it, what its entry says, and the period over which it holds."""

    service: Service
    slo: Slo
    period: Period

    @property
    def id(self) -> str:
        """The name by which rules, routes and dashboards know it: `checkout-availability`."""
        return f"{self.service.name}-{self.slo.name}"

    @property
    def target(self) -> float:
        """The promised share of good events, from 0 to 1."""
        # 99.9 / 100 is 0.9990000000000001 to a computer, and 1 less that is no tenth of a percent.
        return round(self.slo.objective / 100, 12)

    @property
    def budget(self) -> float:
        """The share of events that may be bad, from 0 to 1."""
        return round(1 - self.target, 12)


def objectives_of(service: Service) -> tuple[Objective, ...]:
    """The objectives of a service, in the order of its entry."""
    return tuple(Objective(service, slo, PERIODS[slo.window]) for slo in service.spec.slos)


def objectives(catalog: Catalog) -> Iterator[Objective]:
    """Every objective of the catalog, by service name and then in the order of the entry."""
    for name in sorted(catalog.services):
        yield from objectives_of(catalog.services[name])
