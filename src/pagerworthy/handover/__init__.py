"""Handover: who carries each pager, as the recorded decisions say."""

from pagerworthy.catalog import PagerHolder
from pagerworthy.handover.pager import Pager, pager_at

__all__ = ["Pager", "PagerHolder", "pager_at"]
