"""What jobs and tools have written into files of the repository: tests, drills, scans and records of work."""

from pagerworthy.collect.reports.collector import open_collector
from pagerworthy.collect.reports.formats import FORMATS
from pagerworthy.collect.reports.schema import schema

__all__ = ["FORMATS", "open_collector", "schema"]
