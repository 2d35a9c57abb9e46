"""Ceilings worked by hand, and laws that they keep."""

import itertools
import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.reliability import limits_of, percent


def test_what_two_needs_share_counts_once():
    # A needs B and C, both need D.
    limits = limits_of([[[1], [2]], [[3]], [[3]], []], [None, 0.999, 0.999, 0.9995])
    own = 0.999 / 0.9995
    assert limits.ceilings == pytest.approx([own * own * 0.9995, 0.9995, 0.9995, 1], rel=1e-14)
    assert limits.own == pytest.approx([1, own, own, 0.9995], rel=1e-14)
    assert limits.exact == [True] * 4
    assert [limits.limiting(part) for part in range(4)] == [1, 3, 3, None]
    assert (limits.path(0), limits.path(1), limits.path(3)) == ((0, 1), (1, 3), ())


def test_one_need_leaves_its_promise_as_it_is_written():
    for promise in (99.9, 99.99, 99.95, 99.999, 33.3):
        limits = limits_of([[[1]], []], [None, promise / 100])
        assert percent(limits.ceilings[0]) == promise


def test_a_promise_above_its_ceiling_counts_as_what_can_be_kept():
    limits = limits_of([[[1]], [[2]], []], [0.9999, 0.9999, 0.99])
    assert limits.ceilings == [0.99, 0.99, 1]
    assert limits.own[1] == 1
    assert limits.path(0) == (0, 1, 2)


def test_two_alternatives_fail_only_together():
    limits = limits_of([[[1, 2]], [], []], [None, 0.9, 0.8])
    assert limits.ceilings[0] == pytest.approx(1 - 0.1 * 0.2)
    assert limits.factors(0) == []
    assert [(each.part, each.own) for each in limits.alternatives(0)] == [(2, 0.8), (1, 0.9)]
    assert limits.together(0) == limits.ceilings[0]
    assert limits.path(0) == (0, 1), "the better of two is worth more than the worse"


def test_what_alternatives_share_is_no_alternative():
    # Two providers that both need one network: 3.
    limits = limits_of([[[1, 2]], [[3]], [[3]], []], [None, 0.9 * 0.99, 0.8 * 0.99, 0.99])
    assert limits.ceilings[0] == pytest.approx(0.99 * (1 - 0.1 * 0.2))
    assert limits.path(0) == (0, 1), "if it never failed, 99 % would be left; without the network's failures, 98 %"
    worse = limits_of([[[1, 2]], [[3]], [[3]], []], [None, 0.9 * 0.9, 0.8 * 0.9, 0.9])
    assert worse.path(0) == (0, 1, 3)


def test_an_alternative_that_is_needed_anyway_is_no_choice():
    limits = limits_of([[[1], [1, 2]], [], []], [None, 0.9, 0.8])
    assert limits.ceilings[0] == 0.9
    assert limits.alternatives(0) == []


def test_an_alternative_of_which_nothing_is_known_does_not_limit_and_is_listed():
    limits = limits_of([[[1, 2]], [], []], [None, 0.9, None])
    assert limits.ceilings[0] == 1
    assert limits.unknown(0) == [2]


def test_behind_a_promise_nothing_is_unknown():
    limits = limits_of([[[1], [3]], [[2]], [], [[4]], []], [None, 0.9, None, None, None])
    assert limits.unknown(0) == [3, 4]
    assert limits.unknown(1) == [2]


def test_a_circle_is_up_together_and_for_each_the_others_are_one_need():
    # 0, 1 and 2 in a circle, of which 2 needs 3; 4 needs 0.
    limits = limits_of([[[1]], [[2]], [[0], [3]], [], [[0]]], [0.97, 0.95, None, 0.99, None])
    assert limits.ceilings == pytest.approx([0.95, 0.97, 0.95, 1, 0.95])
    assert limits.path(4) == (4, 0, 1)
    assert limits.path(0) == (0, 1)
    assert [each.part for each in limits.factors(0)] == [1, 3]
    assert math.prod(each.own for each in limits.factors(0)) == pytest.approx(0.95)


def test_a_part_that_names_itself_needs_nothing_by_that():
    assert limits_of([[[0]]], [0.9]).ceilings == [1]


def test_a_chain_and_a_ladder_of_thousands_are_no_deep_call():
    length = 3000
    chain = [[[part + 1]] for part in range(length)] + [[]]
    assert limits_of(chain, [None] * length + [0.5]).path(0) == tuple(range(length + 1))
    # Each step needs one of two, one of which goes on.
    needs: list[list[list[int]]] = [[] for _ in range(2 * length)]
    for step in range(length - 1):
        needs[2 * step] = [[2 * step + 1, 2 * step + 2]]
    limits = limits_of(needs, [0.5] * (2 * length))
    assert all(limits.exact)
    assert limits.ceilings[0] == pytest.approx(0.75)


def test_what_would_take_too_long_is_a_lower_bound_and_says_so():
    # A grid in which every pair of many parts is a choice: a vertex cover, of which there is no short way.
    rng = random.Random(1)  # noqa: S311 -- trials, not a secret
    count = 150
    pairs = [rng.sample(range(1, count + 1), 2) for _ in range(500)]
    limits = limits_of([pairs, *([] for _ in range(count))], [None] + [0.9] * count)
    assert limits.exact[0] is False
    assert limits.together(0) == limits.ceilings[0]
    assert limits.limiting(0) is not None
    trials = 2_000
    met = sum(
        all(one | other for one, other in ((up[a], up[b]) for a, b in pairs))
        for up in ([True, *(rng.random() < 0.9 for _ in range(count))] for _ in range(trials))
    )
    assert limits.ceilings[0] <= met / trials + 4 * math.sqrt(0.25 / trials)


@st.composite
def networks(draw):
    """Up to seven parts that need only later ones, with choices, and promises for most."""
    count = draw(st.integers(1, 7))
    needs = []
    for part in range(count):
        later = st.sampled_from(range(part + 1, count)) if part + 1 < count else st.nothing()
        groups = st.lists(st.lists(later, min_size=1, max_size=3, unique=True), max_size=3)
        needs.append(draw(groups) if part + 1 < count else [])
    promises = draw(st.lists(st.none() | st.floats(0.2, 0.999), min_size=count, max_size=count))
    return needs, promises


def counted(needs, own):
    """The chance that each part's needs are met, by going through every way in which parts can fail by themselves."""
    count = len(needs)
    met = [0.0] * count
    for fails in itertools.product((False, True), repeat=count):
        chance = math.prod(1 - own[part] if failed else own[part] for part, failed in enumerate(fails))
        up = [False] * count
        for part in reversed(range(count)):
            ready = all(any(up[each] for each in group) for group in needs[part])
            met[part] += chance * ready
            up[part] = ready and not fails[part]
    return met


@given(networks())
def test_every_ceiling_is_what_counting_all_cases_gives(drawn):
    needs, promises = drawn
    limits = limits_of(needs, promises)
    assert all(limits.exact)
    assert limits.ceilings == pytest.approx(counted(needs, limits.own), rel=1e-11)
    for part, promise in enumerate(promises):
        kept = limits.ceilings[part] * limits.own[part]
        assert promise is None or kept == pytest.approx(min(promise, limits.ceilings[part]))


@given(networks())
def test_the_limiting_part_is_the_one_whose_perfection_gains_most(drawn):
    needs, promises = drawn
    limits = limits_of(needs, promises)
    for part in range(len(needs)):
        gains = {
            other: counted(needs, [*limits.own[:other], 1.0, *limits.own[other + 1 :]])[part]
            for other in range(len(needs))
        }
        chosen = limits.limiting(part)
        if chosen is None:
            assert limits.ceilings[part] == pytest.approx(1)
            continue
        assert gains[chosen] == pytest.approx(max(gains.values()), rel=1e-9)
        way = limits.path(part)
        assert (way[0], way[-1]) == (part, chosen)
        for one, other in itertools.pairwise(way):
            assert any(other in group for group in needs[one])


@given(networks())
def test_the_factors_make_the_ceiling(drawn):
    needs, promises = drawn
    limits = limits_of(needs, promises)
    for part in range(len(needs)):
        product = math.prod(each.own for each in limits.factors(part)) * limits.together(part)
        assert product == pytest.approx(limits.ceilings[part], rel=1e-11)


@given(networks(), st.data())
def test_neither_another_need_nor_a_lower_promise_raises_a_ceiling(drawn, data):
    needs, promises = drawn
    limits = limits_of(needs, promises)
    part = data.draw(st.sampled_from(range(len(needs))))
    if part + 1 < len(needs):
        more = data.draw(st.sampled_from(range(part + 1, len(needs))))
        changed = [*needs[:part], [*needs[part], [more]], *needs[part + 1 :]]
        assert limits_of(changed, promises).ceilings[part] <= limits.ceilings[part] + 1e-12
    if promises[part] is not None:
        less = [*promises[:part], promises[part] / 2, *promises[part + 1 :]]
        after = limits_of(needs, less).ceilings
        assert all(new <= old + 1e-12 for new, old in zip(after, limits.ceilings, strict=True))
