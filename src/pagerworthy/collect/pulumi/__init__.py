"""The source `pulumi`: what stacks hold, from the states that their backend keeps, without an engine."""

from pagerworthy.collect.pulumi.collector import open_collector

__all__ = ["open_collector"]
