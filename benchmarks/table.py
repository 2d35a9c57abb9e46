"""The table that is printed: what was measured, beside what, and whether it is what it is to be."""

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.catalog import EDGES
from benchmarks.measure import Measured


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `met` is None where nothing was measured."""

    what: str
    ours: str
    peer: str
    goal: str
    met: bool | None


def table(rows: Sequence[Row], services: int, rounds: int) -> Iterator[str]:
    """The rows as Markdown, with what they were measured on."""
    yield f"Medians of {rounds} runs of whole processes, peer and product in turn (fastest to slowest in brackets), on"
    yield f"{os.cpu_count()} cores of {platform.machine()} ({platform.system()}, Python {platform.python_version()});"
    yield f"{services:,} services with {services * EDGES:,} edges."
    yield ""
    yield "| what | Pagerworthy | beside it | goal | met |"
    yield "|---|---|---|---|---|"
    for row in rows:
        yield f"| {row.what} | {row.ours} | {row.peer} | {row.goal} | {_MET[row.met]} |"


_MET = {True: "yes", False: "**no**", None: "not measured"}


def shown(measured: Measured) -> str:
    """The median and the spread of what was measured."""
    fastest, slowest = measured.spread
    return f"{measured.seconds:.2f} s ({fastest:.2f} to {slowest:.2f})"
