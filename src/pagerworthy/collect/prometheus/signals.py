"""What series that are not ours say of a service: traces, probes, certificates, limits, storage, deployments.

A series belongs to the service that its label says, `service` where the settings name no other. What an exporter says
in labels of its own is brought into that form by recording rules of the organisation, under the names used here, or by
queries of its own in `[collect.prometheus.queries]`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

from pagerworthy.catalog import Service
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.prometheus.look import Look, Part
from pagerworthy.collect.prometheus.server import DAY, Numbers
from pagerworthy.evidence import Record, items_of
from pagerworthy.evidence.keys import Value
from pagerworthy.evidence.keys.capacity import Autoscaler, Headroom, Limits, Storage
from pagerworthy.evidence.keys.delivery import DeployErrors
from pagerworthy.evidence.keys.monitoring import Certificate, ProbeRuns, Targets, TraceStream
from pagerworthy.evidence.text import inert
from pagerworthy.project import PrometheusSettings

# What stands for the label in a query.
_LABEL = "$label"
_CENTURY = 36_500


class Signal(NamedTuple):
    """A key, the query that tells it of all services, and its value; `by` is a label beside the service's.

    Where several labels name one service, `of_several` says what counts of what they say: the worst, or all of it.
    `expected` says whether an entry has what should be seen: then silence is told, and not just left out.
    """

    key: str
    query: str
    value: Callable[[Service, float, str, float], Value]
    of_several: Callable[[Iterable[float]], float]
    expected: Callable[[Service], bool]
    by: str = ""


def _spans(_: Service, said: float, by: str, now: float) -> Value:  # noqa: ARG001 -- as all of them
    return TraceStream(spans_24h=round(said))


def _targets(_: Service, said: float, by: str, now: float) -> Value:  # noqa: ARG001
    return Targets(up=said)


def _certificate(_: Service, said: float, by: str, now: float) -> Value:  # noqa: ARG001
    return Certificate(days_left=(said - now) / DAY)


def _limits(_: Service, said: float, by: str, now: float) -> Value:  # noqa: ARG001
    return Limits(highest=min(said, 1.0), which=by)


def _headroom(service: Service, said: float, by: str, now: float) -> Value:  # noqa: ARG001
    zones = service.spec.compute.zones if service.spec.compute else 1
    # With one zone there is nothing left to carry the load.
    return Headroom(utilisation_zone_lost=min(said * zones / (zones - 1), 100) if zones > 1 else 100)


def _autoscaler(_: Service, said: float, by: str, now: float) -> Value:  # noqa: ARG001
    return Autoscaler(at_maximum=said)


def _storage(_: Service, said: float, by: str, now: float) -> Value:  # noqa: ARG001
    return Storage(days_left=min(max(said, 0), _CENTURY))


def _deploys(_: Service, said: float, by: str, now: float) -> Value:  # noqa: ARG001
    return DeployErrors(worst_ratio=said)


def _never(_: Service) -> bool:
    return False


# A volume that does not shrink lasts for the hundred years that a record can say.
_UNTIL_FULL = (
    "min by ($label, store) (clamp_max(service:storage_free:bytes / "
    f"(clamp_min(-deriv(service:storage_free:bytes[7d]), 0) * {DAY}), {_CENTURY}))"
)
_AT_MAXIMUM = (
    "max by ($label) (avg_over_time(service:replicas_at_maximum:bool[7d]) or label_replace(avg_over_time(("
    "kube_horizontalpodautoscaler_status_desired_replicas >= bool kube_horizontalpodautoscaler_spec_max_replicas"
    ')[7d:10m]), "$label", "$1", "horizontalpodautoscaler", "(.+)"))'
)
# The names that OpenTelemetry's connector and Tempo's generator give to the same count.
_SPANS = (
    'max by ($label) (label_replace(sum by (service_name) (increase(traces_span_metrics_calls_total[1d])), "$label", '
    '"$1", "service_name", "(.+)") or label_replace(sum by (service) (increase(traces_spanmetrics_calls_total[1d])), '
    '"$label", "$1", "service", "(.+)"))'
)

SIGNALS: tuple[Signal, ...] = (
    Signal("traces.stream", _SPANS, _spans, sum, lambda service: service.spec.monitoring.traces is not None),
    # Whoever pushes its metrics has no target: it has a query of its own, or none.
    Signal("targets.up", "avg by ($label) (avg_over_time(up[1d]))", _targets, min, _never),
    Signal(
        "cert.expiry",
        "min by ($label) (last_over_time(probe_ssl_earliest_cert_expiry[7d]) or last_over_time(ssl_cert_not_after[7d]) "
        "or last_over_time(certmanager_certificate_expiration_timestamp_seconds[7d]))",
        _certificate,
        min,
        lambda service: any(each.type == "edge" for each in service.spec.resources.values()),
    ),
    Signal(
        "capacity.limits",
        "topk by ($label) (1, max by ($label, limit) (max_over_time(service:limit_used:ratio[7d])))",
        _limits,
        max,
        _never,
        by="limit",
    ),
    Signal(
        "capacity.headroom",
        "max by ($label) (max_over_time(service:utilisation:ratio[7d]))",
        _headroom,
        max,
        _never,
    ),
    Signal("capacity.autoscaler", _AT_MAXIMUM, _autoscaler, max, _never),
    Signal("capacity.storage", _UNTIL_FULL, _storage, min, _never, by="store"),
    Signal(
        "deploys.errors", "max by ($label) (max_over_time(service:deploy_errors:ratio[28d]))", _deploys, max, _never
    ),
)
_RUNS = "sum by ($label) (count_over_time(probe_success[1d]))"
_SUCCEEDED = "sum by ($label) (sum_over_time(probe_success[1d]))"


def queries_of(settings: PrometheusSettings) -> Mapping[str, str]:
    """The query of each signal, the organisation's own where it has one.

    Raises SourceError for a query of a key that is not told by one.
    """
    known = {signal.key: signal.query for signal in SIGNALS}
    for key in settings.queries:
        if key not in known:
            raise SourceError(f"queries in [collect.prometheus] has {key[:60]!r}: write one of {', '.join(known)}")
    return {key: settings.queries.get(key, query).replace(_LABEL, settings.label) for key, query in known.items()}


def _look(signal: Signal, look: Look) -> Iterator[Record]:
    query = queries_of(look.settings)[signal.key]
    labels = (look.settings.label, *([signal.by] if signal.by else []))
    said = look.server.vector(query, *labels)
    found = _by_service(look, said, signal.of_several)
    per_store = signal.key == "capacity.storage"
    for name, service in look.services.items():
        mine = found.get(name, {})
        if per_store:
            for store in items_of(service, "store"):
                if store in mine:
                    value = signal.value(service, mine[store], store, look.context.as_of.timestamp())
                    yield look.record(name, signal.key, value, query, said.digest, item=store)
        elif mine:
            # Where several limits are said, the nearest one.
            by, number = max(mine.items(), key=lambda each: (each[1], each[0]))
            value = signal.value(service, number, inert(by), look.context.as_of.timestamp())
            yield look.record(name, signal.key, value, query, said.digest)
        elif signal.expected(service):
            yield look.record(name, signal.key, _silent(look), query, said.digest)


def _probes(look: Look) -> Iterator[Record]:
    label = look.settings.label
    runs = look.server.vector(_RUNS.replace(_LABEL, label), label)
    succeeded = look.server.vector(_SUCCEEDED.replace(_LABEL, label), label)
    good = _by_service(look, succeeded, sum)
    counted = _by_service(look, runs, sum)
    for name, service in look.services.items():
        total = counted.get(name, {}).get("", 0)
        if total > 0 and name in good:
            value = ProbeRuns(runs_24h=total, success=good[name].get("", 0) / total)
            yield look.record(name, "probe.runs", value, runs.query, runs.digest)
        elif service.spec.monitoring.probes:
            yield look.record(name, "probe.runs", _silent(look), runs.query, runs.digest)


def _by_service(
    look: Look, said: Numbers, of_several: Callable[[Iterable[float]], float]
) -> Mapping[str, dict[str, float]]:
    found: dict[str, dict[str, list[float]]] = {}
    for (service, *by), number in said.values.items():
        found.setdefault(look.named(service), {}).setdefault(by[0] if by else "", []).append(number)
    return {name: {by: of_several(numbers) for by, numbers in mine.items()} for name, mine in found.items()}


def _silent(look: Look) -> str:
    return f"no series says it of this service in the label {look.settings.label}"


PARTS: tuple[Part, ...] = (
    *(Part((signal.key,), partial(_look, signal)) for signal in SIGNALS),
    Part(("probe.runs",), _probes),
)
