"""Collectors: each gathers some evidence keys from one source, in a file of its own."""

from pagerworthy.evidence.collectors.collector import Collector, Context, record
from pagerworthy.evidence.collectors.registry import COLLECTORS, NAMES

__all__ = ["COLLECTORS", "NAMES", "Collector", "Context", "record"]
