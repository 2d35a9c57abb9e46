"""Which alerts are firing, by the service that their labels name."""

from collections.abc import Iterator

from pagerworthy.collect.prometheus.loaded import PAGES
from pagerworthy.collect.prometheus.look import Look, Part
from pagerworthy.evidence import Record
from pagerworthy.evidence.keys.alerting import Firing
from pagerworthy.evidence.text import inert
from pagerworthy.slo.rules import names

# Where not even the alert that always fires is seen, alerts are noted elsewhere.
_NONE = "no alert is firing at all, not even one that always does: alerts are noted elsewhere"
_MOST = 50


def _look(look: Look) -> Iterator[Record]:
    labels = (look.settings.label, "alertname", "severity", names.SEVERITY)
    said = look.server.vector(f'count by ({", ".join(labels)}) (ALERTS{{alertstate="firing"}})', *labels)
    pages: dict[str, set[str]] = {}
    tickets: dict[str, set[str]] = {}
    for service, alert, severity, ours in said.values:
        if not alert:
            continue
        found = pages if (ours or severity) in PAGES else tickets
        found.setdefault(look.named(service), set()).add(inert(alert))
    for name in look.services:
        firing = Firing(pages=_some(pages.get(name, set())), tickets=_some(tickets.get(name, set())))
        yield look.record(name, "alerts.firing", firing if said.values else _NONE, said.query, said.digest)


FIRING = Part(("alerts.firing",), _look)


def _some(alerts: set[str]) -> tuple[str, ...]:
    return tuple(sorted(alerts)[:_MOST])
