"""What the graph is made of: nodes and edges, and what they are called."""

import enum

import msgspec

from pagerworthy.catalog import Criticality
from pagerworthy.catalog.ties import EXTERNAL_PREFIX


class NodeKind(enum.StrEnum):
    """What a node stands for."""

    SERVICE = "service"
    RESOURCE = "resource"
    EXTERNAL = "external"


class Redundancy(enum.StrEnum):
    """Whether a node survives the loss of one of its parts; `UNKNOWN` where the entry does not say."""

    REDUNDANT = "redundant"
    SINGLE = "single"
    UNKNOWN = "unknown"


class Relation(enum.StrEnum):
    """Why there is an edge: a service depends on something, or owns a resource and therefore needs it."""

    DEPENDS_ON = "depends-on"
    OWNS = "owns"


class Node(msgspec.Struct, frozen=True):
    """A service (`cart`), a resource (`cart/valkey`) or an external provider (`external:stripe`).

    `name` is what entries write, `label` what people read. `tier` and `owner` (a team) of a resource are
    those of the service that owns it, which `service` names; both are empty for an external provider. `known`
    is False where an entry names something that the catalog does not have, or has in a file that cannot be read: then
    `unread` is the place of the mistake (`catalog/services/cart.yaml:11`). `weakness` says in a few words why
    `redundancy` is not `redundant`.
    """

    id: str
    kind: NodeKind
    name: str
    label: str
    redundancy: Redundancy
    weakness: str = ""
    tier: int | None = None
    owner: str = ""
    service: str = ""
    type: str = ""
    known: bool = True
    unread: str = ""

    @property
    def missing(self) -> str:
        """Why the catalog says nothing of the node; empty where it does."""
        if self.known:
            return ""
        return f"its entry cannot be read: {self.unread}" if self.unread else "not in the catalog"


class Edge(msgspec.Struct, frozen=True):
    """`source`, always a service, needs `target`; both are node ids.

    `availability` is what the entry says that an external provider promises, in percent. Of the hard edges of a source
    with the same `any_of` one is enough. `declared` is False where the edge follows from ownership alone.
    """

    source: str
    target: str
    criticality: Criticality
    relation: Relation = Relation.DEPENDS_ON
    declared: bool = True
    protocol: str = ""
    access: str = ""
    fallback: str = ""
    on_failure: str = ""
    availability: float | None = None
    any_of: str = ""

    @property
    def is_hard(self) -> bool:
        return self.criticality == "hard"


def external_id(name: str) -> str:
    """The node id of an external provider."""
    return EXTERNAL_PREFIX + name
