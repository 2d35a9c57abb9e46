"""What services were seen to call: by the graphs that traces give, and by what Istio counts.

OpenTelemetry's connector and Tempo's generator count in `traces_service_graph_request_total`; Istio's proxies in
`istio_requests_total` and, for what is no HTTP, `istio_tcp_connections_opened_total`.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from pagerworthy.catalog import Service
from pagerworthy.collect.prometheus.look import Look, Part
from pagerworthy.collect.prometheus.server import Numbers
from pagerworthy.evidence import Record
from pagerworthy.evidence.keys.stack import Callees
from pagerworthy.evidence.text import inert

_WINDOW = "14d"
_TRACED = f"sum by (client, server, connection_type) (increase(traces_service_graph_request_total[{_WINDOW}])) > 0"
_ISTIO_LABELS = (
    "source_canonical_service",
    "source_workload",
    "destination_canonical_service",
    "destination_workload",
    "destination_service_name",
    "reporter",
)
_ISTIO = (
    f"sum by ({', '.join(_ISTIO_LABELS)}) (increase(istio_requests_total[{_WINDOW}]) "
    f"or increase(istio_tcp_connections_opened_total[{_WINDOW}])) > 0"
)
# What is seen only in the spans of who calls it sends none of its own.
_UNSEEN = frozenset({"virtual_node", "database"})
# What the sources write where they do not know.
_NOBODY = frozenset({"", "unknown", "user", "PassthroughCluster", "BlackHoleCluster", "InboundPassthroughCluster"})
_CLUSTER = ".svc"
_MOST = 200


class _Edges:
    """Who was seen to call whom, and who was seen to send anything of itself."""

    def __init__(self) -> None:
        self.calls: dict[str, set[str]] = {}
        self.heard: set[str] = set()

    def traced(self, look: Look, said: Numbers) -> None:
        for client, server, kind in said.values:
            caller = look.named(client)
            if server not in _NOBODY and caller not in _NOBODY:
                self.calls.setdefault(caller, set()).add(server)
            self.heard.add(caller)
            if kind not in _UNSEEN:
                self.heard.add(look.named(server))

    def meshed(self, look: Look, said: Numbers) -> None:
        for source, workload, destination, called, host, reporter in said.values:
            caller = look.named(_known(source, workload))
            server = _known(destination, called, host)
            if caller not in _NOBODY and server not in _NOBODY:
                self.calls.setdefault(caller, set()).add(server)
            # Each side tells of itself.
            self.heard.add(caller if reporter == "source" else look.named(server))


def _look(look: Look) -> Iterator[Record]:
    traced = look.server.vector(_TRACED, "client", "server", "connection_type")
    meshed = look.server.vector(_ISTIO, *_ISTIO_LABELS)
    edges = _Edges()
    edges.traced(look, traced)
    edges.meshed(look, meshed)
    answered = meshed if meshed.values and not traced.values else traced
    query = "; ".join(each.query for each in (traced, meshed) if each.values) or traced.query
    for name, service in look.services.items():
        if name not in edges.heard:
            reason = "it is in no graph of traffic: it sends no spans, and no proxy counts its calls"
            yield look.record(name, "traffic.callees", reason, query, answered.digest)
            continue
        known = _names_of(service)
        seen = {_called(look, known, each) for each in edges.calls.get(name, ())} - {name}
        names = tuple(sorted(seen)[:_MOST])
        yield look.record(name, "traffic.callees", Callees(names=names), query, answered.digest)


TRAFFIC = Part(("traffic.callees",), _look)


def _names_of(service: Service) -> Mapping[str, str]:
    """What the service needs, by the names under which it may be seen: a resource by its own, an external by its host.

    A name that could be two of them stands for neither.
    """
    found: dict[str, str] = {}
    targets = [each.target for each in service.spec.dependencies]
    targets += [f"{service.name}/{resource}" for resource in service.spec.resources]
    hosts = [(urlsplit(each.url).hostname or "", each.target) for each in service.spec.dependencies if each.url]
    for said, target in (*((each.rpartition("/")[2], each) for each in targets), *hosts):
        if found.setdefault(said, target) != target:
            found[said] = ""
    return found


def _called(look: Look, known: Mapping[str, str], said: str) -> str:
    """What the catalog calls what was called; what nobody there knows is called as it is."""
    name = look.named(said)
    if name != said or name in look.services:
        return name
    # cart.shop.svc.cluster.local
    short = said.partition(".")[0] if _CLUSTER in said else said
    if short in look.services:
        return short
    return known.get(short) or known.get(short.partition(":")[0]) or inert(said)


def _known(*names: str) -> str:
    return next((each for each in names if each not in _NOBODY), "")
