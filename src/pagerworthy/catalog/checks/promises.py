"""Whether a service promises more than what it needs can carry.

A service is up at most when all its hard dependencies are; where they fail independently, that is the product of their
availabilities (Treynor Sloss, Dahlin, Rau and Beyer, *The Calculus of Service Availability*, ACM Queue 15(2), 2017).
The graph works out the whole ceiling; this looks at direct dependencies and at what their own entries promise.
"""

from collections.abc import Iterator, Mapping

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Service
from pagerworthy.problem import Problem

# Percentages are compared to nine decimals: 0.999 * 100 is not 99.9 to a computer.
_DIGITS = 9


def too_high(scope: Scope) -> Iterator[Problem]:
    """PW212: an availability objective is not above the product of those of the direct hard dependencies."""
    services = scope.catalog.services
    promises = {name: _promised(service) for name, service in services.items()}
    for name, service in services.items():
        promised = promises[name]
        if promised is None:
            continue
        factors = _factors(service, promises)
        together = 100.0
        for factor in factors.values():
            together *= factor / 100
        if factors and round(together, _DIGITS) < promised[1]:
            worst = sorted(factors.items(), key=lambda pair: (pair[1], pair[0]))
            shown = ", ".join(f"{each} {value:g} %" for each, value in worst[:5])
            more = f" and {len(worst) - 5} more" if len(worst) > 5 else ""
            message = (
                f"{name} promises {promised[1]:g} %, and what it cannot do without keeps {_percent(together)} % "
                f"together: {shown}{more}"
            )
            mend = (
                f"promise at most {_percent(together)} %, or make one of these dependencies soft, or agree on more "
                f"with {worst[0][0]}"
            )
            yield scope.problem("PW212", message, service, f"spec.slos[{promised[0]}].objective", mend)


def _promised(service: Service) -> tuple[int, float] | None:
    """The highest availability that the service promises, with the index of its SLO."""
    best: tuple[int, float] | None = None
    for index, slo in enumerate(service.spec.slos):
        if slo.kind == "availability" and (best is None or slo.objective > best[1]):
            best = (index, slo.objective)
    return best


def _factors(service: Service, promises: Mapping[str, tuple[int, float] | None]) -> dict[str, float]:
    factors: dict[str, float] = {}
    for dependency in service.spec.dependencies:
        if dependency.criticality == "hard":
            promised = promises.get(dependency.service)
            if dependency.external and dependency.availability is not None:
                factors[dependency.external] = dependency.availability
            elif promised is not None and dependency.service != service.metadata.name:
                factors[dependency.service] = promised[1]
    return factors


def _percent(value: float) -> str:
    # Rounded down, so that the number that is shown can be promised.
    return f"{int(value * 1000) / 1000:g}"
