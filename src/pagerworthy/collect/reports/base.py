"""What rows of ours share."""

from typing import Annotated

import msgspec

from pagerworthy.collect.reports.model import Look

# A day, or a moment with its zone.
Day = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?)?$",
        max_length=40,
        description="a day (2026-03-31) or a moment (2026-03-31T14:05:00Z)",
    ),
]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
Service = Annotated[
    str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]*$", max_length=63, description="the service, as the catalog calls it")
]
Count = Annotated[float, msgspec.Meta(ge=0, le=1e15)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


Origin = Annotated[
    str,
    msgspec.Meta(
        max_length=1000,
        pattern=r"^[^\x00-\x1f\x7f]*$",
        description="where it can be looked up: a file of the repository, or a web address; without it, it is declared",
    ),
]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A row about a service."""

    service: Service


class Told(Report, frozen=True, kw_only=True):
    """A row that says what somebody or something else has seen; without its `source`, it is but declared."""

    source: Origin = ""

    @property
    def origin(self) -> str:
        """What tells that it was not only written down; empty where nothing does."""
        return self.source


def has_store(service: str, store: str, look: Look) -> bool:
    """Whether the entry has a resource of that name."""
    entry = look.context.catalog.services.get(service)
    return entry is not None and store in entry.spec.resources
