"""The exact method held to account: ten million simulated trials on a hundred generated networks."""

import functools
import math
import random
import statistics

from pagerworthy.reliability import limits_of

GRAPHS = 100
TRIALS = 100_000
SIGMAS = 4.0
# Of a random number as many binary digits as make a chance exact to 1 in 10^9.
DIGITS = 30

Needs = list[list[list[int]]]


def generated(rng: random.Random) -> tuple[Needs, list[float | None]]:
    """Up to 24 parts that need later ones, with shared needs and choices, and most with a promise."""
    count = rng.randint(8, 24)
    reach = rng.randint(3, 8)
    needs: Needs = []
    promises: list[float | None] = []
    for part in range(count):
        later = range(part + 1, min(part + 1 + reach, count))
        groups = []
        for _ in range(rng.randint(1, 4) if later else 0):
            size = min(rng.choice((1, 1, 1, 2, 2, 3)), len(later))
            groups.append(rng.sample(later, size))
        needs.append(groups)
        promises.append(None if rng.random() < 0.1 else rng.uniform(*rng.choice(((0.3, 0.9), (0.9, 0.99999)))))
    return needs, promises


def coins(rng: random.Random, chance: float) -> int:
    """One trial a bit, set with this chance: comparing binary digits, the last one first."""
    digits = round(chance * (1 << DIGITS))
    if digits >> DIGITS:
        return (1 << TRIALS) - 1
    drawn = 0
    for place in range(DIGITS):
        fair = rng.getrandbits(TRIALS)
        drawn = drawn | fair if digits >> place & 1 else drawn & fair
    return drawn


def simulated(rng: random.Random, needs: Needs, own: list[float]) -> list[int]:
    """In how many of the trials the needs of each part were met, when each fails by itself as often as it does."""
    every = (1 << TRIALS) - 1
    up = [0] * len(needs)
    met = [0] * len(needs)
    for part in reversed(range(len(needs))):
        ready = every
        for group in needs[part]:
            ready &= functools.reduce(int.__or__, (up[each] for each in group))
        met[part] = ready.bit_count()
        up[part] = ready & coins(rng, own[part])
    return met


def plain_product(needs: Needs, promises: list[float | None]) -> float:
    """What the ceiling of the first part would be if nothing were shared and there were no choices."""
    return math.prod(promises[group[0]] or 1.0 for group in needs[0])


def test_exact_ceilings_agree_with_ten_million_trials() -> None:
    rng = random.Random(20_261_122)  # noqa: S311 -- trials, not a secret
    errors = []
    elsewhere = 0
    for _ in range(GRAPHS):
        needs, promises = generated(rng)
        limits = limits_of(needs, promises)
        assert all(limits.exact)
        for part, met in enumerate(simulated(rng, needs, limits.own)):
            chance = limits.ceilings[part]
            if chance == 1:
                assert met == TRIALS
                continue
            deviation = math.sqrt(chance * (1 - chance) / TRIALS)
            errors.append((met / TRIALS - chance) / deviation)
            if part == 0:
                naive = plain_product(needs, promises)
                elsewhere += abs(met / TRIALS - naive) > SIGMAS * deviation
    assert len(errors) >= GRAPHS
    assert max(map(abs, errors)) < SIGMAS
    # No bias that stays within the error of each: the errors of all together are those of fair coins.
    assert abs(statistics.fmean(errors)) < SIGMAS / math.sqrt(GRAPHS)
    assert 0.8 < statistics.pstdev(errors) < 1.2
    # The trials can tell: the plain product of promises is wrong for most of these networks.
    assert elsewhere > GRAPHS / 2
