"""Whether entries make sense, each by itself and all together."""

from pagerworthy.catalog.checks.across import check
from pagerworthy.catalog.checks.alone import alone

__all__ = ["alone", "check"]
