"""Gathering evidence: sources that are asked at once, within a budget, and whose faults are said and never hidden.

Each source has one module with one function `open_collector(surroundings)`, which gives its collector, or None where
nobody has set it up. `pagerworthy.collect.sources` lists them.
"""

from pagerworthy.collect.apart import gather_apart
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.run import Gathered, gather
from pagerworthy.collect.sources import SOURCES, Source
from pagerworthy.collect.surroundings import Surroundings

__all__ = ["SOURCES", "Deadline", "Gathered", "Source", "SourceError", "Surroundings", "gather", "gather_apart"]
