"""What OpenSLO says beyond an entry, as it stands under `spec.extensions.openslo`."""

from typing import Any

import msgspec

from pagerworthy.interop.openslo.patch import Difference

NAME = "openslo"


class KeptSlo(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a document of kind SLO says beyond the entry's `slos` that came from it.

    `shared` says that its SLI is a document of its own.
    """

    slos: tuple[str, ...]
    shared: bool = False
    differs: tuple[Difference, ...] = ()


class Kept(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What the documents of a service say beyond the entry; `documents` are those that its SLOs refer to."""

    service: dict[str, Any] = {}
    slos: tuple[KeptSlo, ...] = ()
    documents: tuple[dict[str, Any], ...] = ()


def unit(at: str) -> str:
    """What a place is taken together with: a query means nothing without its kind, nor a threshold without its SLI."""
    parts = at.split("/")
    if parts[1:3] == ["spec", "indicator"]:
        return "indicator" if parts[3:4] == ["spec"] else at
    if parts[1:3] == ["spec", "objectives"] and len(parts) > 4:
        return "indicator" if parts[4] in {"op", "value"} else at
    return "window" if parts[1:3] == ["spec", "timeWindow"] else at
