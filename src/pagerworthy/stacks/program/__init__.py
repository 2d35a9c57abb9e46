"""The Pulumi programs: what the stacks of a platform and of a service are made of. Only this package declares."""

from pagerworthy.stacks.program.cloud import Cloud
from pagerworthy.stacks.program.declare import declare

__all__ = ["Cloud", "declare"]
