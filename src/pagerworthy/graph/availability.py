"""Composite availability: how much each service of a catalog can promise, given what its dependencies promise."""

from pagerworthy.catalog import Catalog
from pagerworthy.catalog.ceilings import Ceiling, Ceilings, Factor, Factors, Survived, rounded_down
from pagerworthy.catalog.ceilings import ceilings as of_ties

__all__ = ["Ceiling", "Ceilings", "Factor", "Factors", "Survived", "ceilings", "rounded_down"]


def ceilings(catalog: Catalog, survived: Survived | None = None) -> Ceilings:
    """The ceilings of all services of a catalog, by the same arithmetic as `pagerworthy check` (PW212).

    `survived` are, by service, the hard dependencies whose loss was survived in a drill; they do not limit.
    """
    return of_ties(catalog.ties, survived)
