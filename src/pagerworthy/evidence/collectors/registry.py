"""The collectors by name; the one list of them."""

from collections.abc import Collection

from pagerworthy.evidence.collectors.collector import Collector
from pagerworthy.evidence.collectors.files import FilesCollector
from pagerworthy.evidence.collectors.git import GitCollector

COLLECTORS: dict[str, Collector] = {collector.name: collector for collector in (FilesCollector(), GitCollector())}
# Besides, stacks say what they render; that collector lives with them, since it needs them and Pulumi.
NAMES: Collection[str] = (*COLLECTORS, "stacks")
