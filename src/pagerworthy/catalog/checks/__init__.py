"""Whether entries make sense, each by itself and all together."""

from pagerworthy.catalog.checks.across import check, check_decisions
from pagerworthy.catalog.checks.alone import alone
from pagerworthy.catalog.checks.terms import WaiverTerms, broken_terms, check_waivers

__all__ = ["WaiverTerms", "alone", "broken_terms", "check", "check_decisions", "check_waivers"]
