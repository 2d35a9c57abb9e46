"""The resources that a service may own, each type in a file of its own."""

from pagerworthy.stacks.program.resources.registry import declare_resource

__all__ = ["declare_resource"]
