"""Whether the addresses that entries name answer, asked so that no entry can lead anywhere it should not."""

from pagerworthy.collect.links.collector import open_collector

__all__ = ["open_collector"]
