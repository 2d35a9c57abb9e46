"""Other tools' formats, in and out."""

from pagerworthy.interop.entry import checked, dumped, fragment
from pagerworthy.interop.openslo import SHARED, Exported, export_openslo, read_openslo
from pagerworthy.interop.pyrra import read_pyrra
from pagerworthy.interop.reading import Promises, Read
from pagerworthy.interop.sloth import read_sloth

__all__ = [
    "SHARED",
    "Exported",
    "Promises",
    "Read",
    "checked",
    "dumped",
    "export_openslo",
    "fragment",
    "read_openslo",
    "read_pyrra",
    "read_sloth",
]
