"""GitHub: protection, pipelines, updates, deployments and the gate, of the repositories that entries name."""

from pagerworthy.collect.github.collector import open_collector

__all__ = ["open_collector"]
