"""What AWS offers, and what the law asks of those who use it: facts, without a catalog and without a cloud."""

from pagerworthy.cloud.domains import lies_in, name_in
from pagerworthy.cloud.fargate import LONGEST_STOP, TASK_SIZES, task_size
from pagerworthy.cloud.lengths import days, seconds
from pagerworthy.cloud.regulations import KEPT_DAYS, LEAST_DAYS, LOG_DAYS, REGULATED, is_regulated
from pagerworthy.cloud.releases import LARGEST_CONFIGURATION, NoReleaseError, demand_plain, keys_in, version_in
from pagerworthy.cloud.versions import Engine, UnknownVersionError, engine_of, offered
from pagerworthy.cloud.zones import zone_names

__all__ = [
    "KEPT_DAYS",
    "LARGEST_CONFIGURATION",
    "LEAST_DAYS",
    "LOG_DAYS",
    "LONGEST_STOP",
    "REGULATED",
    "TASK_SIZES",
    "Engine",
    "NoReleaseError",
    "UnknownVersionError",
    "days",
    "demand_plain",
    "engine_of",
    "is_regulated",
    "keys_in",
    "lies_in",
    "name_in",
    "offered",
    "seconds",
    "task_size",
    "version_in",
    "zone_names",
]
