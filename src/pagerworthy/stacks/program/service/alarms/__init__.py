"""The alarms of a service: on its promises, on what its resources run out of, and on itself."""

from pagerworthy.stacks.program.service.alarms.levels import (
    BAD,
    NAMESPACE,
    TOTAL,
    declare_level_alarms,
    dimensions,
    share,
)
from pagerworthy.stacks.program.service.alarms.limits import declare_limit_alarms
from pagerworthy.stacks.program.service.alarms.pager import Declared, Pager
from pagerworthy.stacks.program.service.alarms.saturation import declare_saturation_alarms

__all__ = [
    "BAD",
    "NAMESPACE",
    "TOTAL",
    "Declared",
    "Pager",
    "declare_level_alarms",
    "declare_limit_alarms",
    "declare_saturation_alarms",
    "dimensions",
    "share",
]
