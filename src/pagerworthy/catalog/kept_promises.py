"""A quick proof that no promise of a catalog is above its ceiling, for the many catalogs where that is plain to see."""

from collections.abc import Mapping

from pagerworthy.catalog.ceilings import stated_least
from pagerworthy.catalog.ties import EXTERNAL_PREFIX, Ties

# Services without a promise on the way to the next one that promises; beyond, the exact answer is asked for.
_DEPTH = 8
# Much less than the last decimal to which ceilings are compared with promises.
_NOISE = 1e-12


def surely_kept(every: Mapping[str, Ties]) -> bool:
    """Whether it is certain that no service promises more than its ceiling. False proves nothing.

    What needs share only ever helps: events that help each other all hold at least as often as if they were independent
    (Esary, Proschan and Walkup, *Association of random variables*, 1967). So the product of what the direct needs
    promise is a lower bound of the ceiling, as long as each of them keeps its promise, which is asked of all.
    """
    proof = _Proof(every)
    return all(
        ties.promise / 100 <= proof.together(ties, _DEPTH) + _NOISE
        for ties in every.values()
        if ties.promise is not None and ties.needs
    )


class _Proof:
    def __init__(self, every: Mapping[str, Ties]) -> None:
        self._every = every
        self._least = stated_least(every)
        self._known: dict[str, float] = {}

    def together(self, ties: Ties, depth: int) -> float:
        """How often all needs of a service are up, at least; 0 where that is not plain to see."""
        product = 1.0
        for group in ties.needs:
            if len(group) > 1 or not depth:
                return 0.0
            product *= self._one(ties, group[0], depth - 1)
            # What is not plain to see is not remembered: to look on would cost the fan-out to the power of depth.
            if not product:
                return 0.0
        return product

    def _one(self, ties: Ties, target: str, depth: int) -> float:
        if target.startswith(EXTERNAL_PREFIX):
            provider = target.removeprefix(EXTERNAL_PREFIX)
            told = [promise for name, promise in ties.providers if name == provider]
            return min(told, default=self._least.get(provider, 100.0)) / 100
        owner, slash, _ = target.partition("/")
        other = self._every.get(owner)
        if other is None:
            return 1.0
        if other.promise is not None:
            return other.promise / 100
        if slash:
            return 1.0
        known = self._known.get(owner)
        if known is None:
            known = self.together(other, depth)
            if known:
                self._known[owner] = known
        return known
