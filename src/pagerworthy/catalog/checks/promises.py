"""Whether a service promises more than what it needs can carry."""

from collections.abc import Iterator

from pagerworthy.catalog.ceilings import Ceiling, ceilings, rounded_down
from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.kept_promises import surely_kept
from pagerworthy.problem import Problem

# Factors that are named; the weakest come first.
_SHOWN = 5


def too_high(scope: Scope) -> Iterator[Problem]:
    """PW212: an availability objective is not above the ceiling that follows from the hard dependencies.

    It goes by the entries alone. What a drill has shown not to limit, a service is better off calling soft.
    """
    if surely_kept(scope.catalog.ties):
        return
    every = ceilings(scope.catalog.ties)
    for name in every.broken():
        ceiling = every.of(name)
        series = every.factors(name).series
        shown = ", ".join(f"{each.node} {each.own:.8g} %" for each in series[:_SHOWN])
        more = f" and {len(series) - _SHOWN} more" if len(series) > _SHOWN else ""
        yield _problem(scope, ceiling, f"; by themselves: {shown}{more}" if len(series) > 1 else "")


def _problem(scope: Scope, ceiling: Ceiling, factors: str) -> Problem:
    name, promise = ceiling.service, ceiling.promise
    slos = scope.catalog.services[name].spec.slos
    index, slo = min(
        ((index, slo) for index, slo in enumerate(slos) if slo.kind == "availability"),
        key=lambda pair: pair[1].objective,
    )
    allowed = rounded_down(ceiling.percent or 0, 5 if slo.objective > 99.99 else 3)
    way = f" ({' -> '.join(ceiling.path)})" if len(ceiling.path) > 2 else ""
    message = (
        f"{name} promises {promise:g} %, and what it cannot do without keeps {allowed} % together, most limited by "
        f"{ceiling.limiting}{way}{factors}"
    )
    mend = (
        f"promise at most {allowed} %, or make the dependency on {ceiling.path[1]} soft, with a fallback, or agree on "
        f"more with {ceiling.limiting}"
    )
    return scope.problem("PW212", message, "Service", name, f"spec.slos[{index}].objective", mend)
