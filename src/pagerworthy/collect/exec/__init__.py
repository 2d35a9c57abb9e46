"""An organisation's own collectors: commands that print records, run only as the trusted branch has them."""

from pagerworthy.collect.exec.collector import open_collector

__all__ = ["open_collector"]
