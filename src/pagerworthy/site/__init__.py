"""The site: planned from what earlier stages concluded, then written; only changed files are written again."""

from pagerworthy.site.folder import MANIFEST, refuse_sources
from pagerworthy.site.plan import Planned, SitePlan, plan
from pagerworthy.site.render import Theme, read_theme
from pagerworthy.site.source import SiteInput, read_documents
from pagerworthy.site.write import Written, write

__all__ = [
    "MANIFEST",
    "Planned",
    "SiteInput",
    "SitePlan",
    "Theme",
    "Written",
    "plan",
    "read_documents",
    "read_theme",
    "refuse_sources",
    "write",
]
