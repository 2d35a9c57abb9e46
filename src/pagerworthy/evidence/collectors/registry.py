"""The collectors by name; the one list of them."""

from collections.abc import Collection

from pagerworthy.evidence.collectors.collector import Collector
from pagerworthy.evidence.collectors.files import FilesCollector
from pagerworthy.evidence.collectors.git import GitCollector

COLLECTORS: dict[str, Collector] = {collector.name: collector for collector in (FilesCollector(), GitCollector())}
# Every source that this version can ask. Those beyond the repository live in `pagerworthy.collect`, whose list a test
# holds beside this one; pages say of a key who brings it without importing any of them.
NAMES: Collection[str] = (
    *COLLECTORS,
    "prometheus",
    "alertmanager",
    "links",
    "reports",
    "exec",
    "stacks",
    "pulumi",
    "github",
    "pagerduty",
    "grafana-oncall",
)
