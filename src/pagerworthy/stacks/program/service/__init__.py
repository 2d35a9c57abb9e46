"""The stack of a service in an environment."""

from pagerworthy.stacks.program.service.service import declare_service

__all__ = ["declare_service"]
