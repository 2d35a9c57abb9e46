"""Stacks: what each service has in the cloud follows from its entry, the graph and who holds its pager.

Only `program`, `render` and `run` import Pulumi, and nothing imports them before they are needed.
"""

from pagerworthy.stacks.environments import open_environment
from pagerworthy.stacks.gather import EnvironmentStacks
from pagerworthy.stacks.inputs import PlatformInputs, ServiceInputs, StackInputs, digest
from pagerworthy.stacks.names import PLATFORM, PROJECT, platform_stack, stack_name

__all__ = [
    "PLATFORM",
    "PROJECT",
    "EnvironmentStacks",
    "PlatformInputs",
    "ServiceInputs",
    "StackInputs",
    "digest",
    "open_environment",
    "platform_stack",
    "stack_name",
]
