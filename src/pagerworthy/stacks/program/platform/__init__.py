"""The platform stack of an environment: what all its services share."""

from pagerworthy.stacks.program.platform.platform import declare_platform

__all__ = ["declare_platform"]
