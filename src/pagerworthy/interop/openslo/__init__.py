"""OpenSLO v1, in and out."""

from pagerworthy.interop.openslo.exporting import SHARED, Exported, export_openslo
from pagerworthy.interop.openslo.importing import read_openslo

__all__ = ["SHARED", "Exported", "export_openslo", "read_openslo"]
