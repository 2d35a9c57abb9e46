"""The collectors by name; the one list of them."""

from pagerworthy.evidence.collectors.collector import Collector
from pagerworthy.evidence.collectors.files import FilesCollector
from pagerworthy.evidence.collectors.git import GitCollector

COLLECTORS: dict[str, Collector] = {collector.name: collector for collector in (FilesCollector(), GitCollector())}
