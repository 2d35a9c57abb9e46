"""Names and numbers within one service that have to agree."""

from collections.abc import Iterator, Sequence

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Service
from pagerworthy.problem import Problem


def names_twice(scope: Scope) -> Iterator[Problem]:
    """PW226: SLOs, alerts and probes of a service have names of their own."""
    for service in scope.catalog.services.values():
        spec = service.spec
        for path, kind, names in (
            ("spec.slos", "an SLO", [slo.name for slo in spec.slos]),
            ("spec.monitoring.alerts", "an alert", [alert.name for alert in spec.monitoring.alerts]),
            ("spec.monitoring.probes", "a probe", [probe.name for probe in spec.monitoring.probes]),
        ):
            if len(set(names)) < len(names):
                yield from _twice(scope, service, path, kind, names)


def _twice(scope: Scope, service: Service, path: str, kind: str, names: Sequence[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            message = f"there is {kind} named {name} already"
            yield scope.problem("PW226", message, service, f"{path}[{index}].name", "give one of them another name")
        seen.add(name)


def alerts_for_slos(scope: Scope) -> Iterator[Problem]:
    """PW227: an alert protects an SLO that the service has."""
    for service in scope.catalog.services.values():
        for index, alert in enumerate(service.spec.monitoring.alerts):
            slos = [slo.name for slo in service.spec.slos]
            if alert.slo and alert.slo not in slos:
                near = scope.near(alert.slo, slos)
                mend = f"did you mean {near}?" if near else f"the SLOs are {', '.join(slos) or 'none yet'}"
                path = f"spec.monitoring.alerts[{index}].slo"
                yield scope.problem("PW227", f"{service.name} has no SLO {alert.slo}", service, path, mend)


def runbooks_for_alerts(scope: Scope) -> Iterator[Problem]:
    """PW228: a runbook answers an alert that the service has."""
    for service in scope.catalog.services.values():
        alerts = {alert.name for alert in service.spec.monitoring.alerts}
        for index, runbook in enumerate(service.spec.runbooks):
            for number, name in enumerate(runbook.alerts):
                if name not in alerts:
                    near = scope.near(name, alerts)
                    mend = f"did you mean {near}?" if near else "add it under spec.monitoring.alerts"
                    path = f"spec.runbooks[{index}].alerts[{number}]"
                    yield scope.problem("PW228", f"{service.name} has no alert {name}", service, path, mend)


def replicas(scope: Scope) -> Iterator[Problem]:
    """PW229: there are at most as many replicas at least as at most."""
    for service in scope.catalog.services.values():
        compute = service.spec.compute
        if compute is not None and compute.replicas is not None and compute.replicas.min > compute.replicas.max:
            low, high = compute.replicas.min, compute.replicas.max
            message = f"there are to be at least {low} replicas, and at most {high}"
            mend = f"write max: {low} or more, or min: {high} or less"
            yield scope.problem("PW229", message, service, "spec.compute.replicas.min", mend)


def reviews(scope: Scope) -> Iterator[Problem]:
    """PW233: a security review expires after it was held."""
    for service in scope.catalog.services.values():
        security = service.spec.security
        if security is not None and security.review is not None and security.review.expires <= security.review.date:
            review = security.review
            message = f"the review of {review.date} expires on {review.expires}"
            mend = f"write the day on which it ends: a day after {review.date}"
            yield scope.problem("PW233", message, service, "spec.security.review.expires", mend)
