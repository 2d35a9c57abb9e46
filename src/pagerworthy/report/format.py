"""The formats by name, and the protocol that each one's module fulfils."""

import importlib
from collections.abc import Callable
from typing import Protocol, cast

from pagerworthy.report.content import ProblemReport, ScoreReport
from pagerworthy.report.style import Style

# Name of the format = name of the module in this package.
FORMATS: tuple[str, ...] = ("text", "json", "sarif", "junit", "github", "markdown")


class Format(Protocol):
    """One way to write a report. Both functions return the whole document, ending in one line break."""

    def problems(self, report: ProblemReport, style: Style) -> str:
        """Writes what a check found."""
        ...

    def scores(self, report: ScoreReport, style: Style) -> str:
        """Writes what scoring concluded."""
        ...


def problems(name: str) -> Callable[[ProblemReport, Style], str]:
    """How the format writes problems. Raises KeyError for a format that does not exist."""
    return _format(name).problems


def scores(name: str) -> Callable[[ScoreReport, Style], str]:
    """How the format writes scores. Raises KeyError for a format that does not exist."""
    return _format(name).scores


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise KeyError(name)
    return cast("Format", importlib.import_module(f"pagerworthy.report.{name}"))
