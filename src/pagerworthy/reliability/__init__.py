"""How far a system of parts can be relied on: arithmetic on numbers and arrays, which knows no entry and no file.

The checks of the catalog and the graph both ask here, so that they never disagree.
"""

from pagerworthy.reliability.components import components
from pagerworthy.reliability.network import Factor, Groups, Limits, limits_of, percent

__all__ = ["Factor", "Groups", "Limits", "components", "limits_of", "percent"]
