"""The sources that lie in the repository itself."""

from importlib.util import find_spec

from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.evidence.collectors import Collector


def open_files(_: Surroundings) -> Collector:
    """The documents of the working tree."""
    from pagerworthy.evidence.collectors.files import FilesCollector

    return FilesCollector()


def open_git(_: Surroundings) -> Collector:
    """The history of this repository and of the checkouts that the settings name."""
    from pagerworthy.evidence.collectors.git import GitCollector

    return GitCollector()


def open_stacks(_: Surroundings) -> Collector | None:
    """What the stacks of production are rendered to; None where Pulumi is not installed."""
    if find_spec("pulumi") is None:
        return None
    from pagerworthy.stacks.collector import StacksCollector

    return StacksCollector()
