"""Whether a service promises more than what it needs can carry.

A service is up at most when all its hard dependencies are; where they fail independently, that is the product of their
availabilities (Treynor Sloss, Dahlin, Rau and Beyer, *The Calculus of Service Availability*, ACM Queue 15(2), 2017).
The graph works out the whole ceiling; this looks at direct dependencies and at what their own entries promise.
"""

import math
from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.problem import Problem

# Percentages are compared to nine decimals: 0.999 * 100 is not 99.9 to a computer.
_DIGITS = 9


def too_high(scope: Scope) -> Iterator[Problem]:
    """PW212: an availability objective is not above the product of those of the direct hard dependencies."""
    every = scope.catalog.ties
    promises = {name: ties.promise for name, ties in every.items()}
    for name, ties in every.items():
        if ties.promise is None or not (ties.hard or ties.hard_resources or ties.providers):
            continue
        # A provider and a service may have the same name. Of each, what is promised least counts.
        lowest: dict[str, float] = {}
        for provider, promise in ties.providers:
            lowest[provider] = min(promise, lowest.get(provider, promise))
        factors = list(lowest.items())
        # Whoever owns a resource promises it, once for all that is needed of it.
        for target in dict.fromkeys((*ties.hard, *(each.partition("/")[0] for each in ties.hard_resources))):
            known = promises.get(target)
            if known is not None and target != name:
                factors.append((target, known))
        together = math.prod(factor / 100 for _, factor in factors) * 100
        if round(together, _DIGITS) < ties.promise:
            yield _problem(scope, name, ties.promise, factors, together)


def _problem(scope: Scope, name: str, promise: float, factors: list[tuple[str, float]], together: float) -> Problem:
    worst = sorted(factors, key=lambda pair: (pair[1], pair[0]))
    shown = ", ".join(f"{each} {value:g} %" for each, value in worst[:5])
    more = f" and {len(worst) - 5} more" if len(worst) > 5 else ""
    message = (
        f"{name} promises {promise:g} %, and what it cannot do without keeps {_percent(together)} % together: "
        f"{shown}{more}"
    )
    mend = (
        f"promise at most {_percent(together)} %, or make one of these dependencies soft, or agree on more with "
        f"{worst[0][0]}"
    )
    slos = scope.catalog.services[name].spec.slos
    index = next(i for i, slo in enumerate(slos) if slo.kind == "availability" and slo.objective == promise)
    return scope.problem("PW212", message, "Service", name, f"spec.slos[{index}].objective", mend)


def _percent(value: float) -> str:
    # Rounded down, so that the number that is shown can be promised.
    return f"{int(value * 1000) / 1000:g}"
