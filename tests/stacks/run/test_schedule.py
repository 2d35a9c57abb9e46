"""The order of stacks as laws that hold for any catalog."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.stacks.inputs import Ask
from pagerworthy.stacks.run.schedule import Board, Ended, HardCycleError, reverse, steps_of

NAMES = [f"s{number}.e" for number in range(7)]
Asks = dict[str, list[Ask]]


@st.composite
def catalogs(draw: st.DrawFn) -> Asks:
    """Stacks that ask of each other; hard asks have no circle, soft ones may."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    order = draw(st.permutations(names))
    asks: Asks = {name: [] for name in names}
    for position, name in enumerate(order):
        for other in draw(st.sets(st.sampled_from(order[:position]))) if position else ():
            asks[name].append(Ask(other, "key"))
        for other in draw(st.sets(st.sampled_from([*names, "elsewhere.e"]))):
            asks[name].append(Ask(other, "key", required=False))
    return asks


@given(catalogs())
def test_all_have_a_place_and_hard_asks_come_first(asks: Asks) -> None:
    steps = steps_of(asks)
    place = {step.stack: number for number, step in enumerate(steps)}
    wave = {step.stack: step.wave for step in steps}
    assert sorted(place) == sorted(asks)
    for step in steps:
        hard = {ask.stack for ask in asks[step.stack] if ask.required}
        soft = {ask.stack for ask in asks[step.stack]} & asks.keys() - hard - {step.stack}
        assert set(step.hard) == hard
        assert set(step.soft) | set(step.later) == soft
        assert not set(step.soft) & set(step.later)
        assert all(wave[other] < step.wave for other in (*step.hard, *step.soft))
        # Only a circle is a reason not to wait: there is a way back from the later one.
        assert all(step.stack in _reach(asks, other) for other in step.later)


@given(catalogs(), st.data())
def test_the_same_catalog_in_another_order_has_the_same_steps(asks: Asks, data: st.DataObject) -> None:
    shuffled = {name: data.draw(st.permutations(asks[name])) for name in data.draw(st.permutations(list(asks)))}
    assert steps_of(shuffled) == steps_of(asks)


@given(catalogs())
def test_the_reverse_frees_before_it_takes_away(asks: Asks) -> None:
    steps = steps_of(asks)
    back = reverse(steps)
    wave = {step.stack: step.wave for step in back}
    assert sorted(wave) == sorted(asks)
    for step in steps:
        for other in (*step.hard, *step.soft):
            assert wave[other] > wave[step.stack]
        for other in step.later:
            assert step.stack in next(each.later for each in back if each.stack == other)


@given(catalogs(), st.integers(1, 4), st.data())
def test_a_run_ends_with_a_fate_for_everybody(asks: Asks, workers: int, data: st.DataObject) -> None:
    steps = steps_of(asks)
    hard = {step.stack: set(step.hard) for step in steps}
    soft = {step.stack: set(step.soft) for step in steps}
    board = Board(steps)
    running: list[str] = []
    done: dict[str, Ended] = {}
    while True:
        for name in board.take(workers - len(running)):
            assert all(done.get(other) is Ended.WELL for other in hard[name])
            assert all(other in done or other in board.blocked for other in soft[name])
            running.append(name)
        assert len(running) <= workers
        if not running:
            break
        name = running.pop(data.draw(st.integers(0, len(running) - 1)))
        done[name] = data.draw(st.sampled_from(Ended))
        for lost in board.ended(name, done[name]):
            assert lost not in done
    assert board.waiting == ()
    assert done.keys() | board.blocked.keys() == asks.keys()
    assert not done.keys() & board.blocked.keys()
    bad = {name for name, how in done.items() if how is Ended.BADLY}
    # Exactly the descendants of what failed are skipped, each because of something that failed.
    assert set(board.blocked) == {name for name in asks if name not in bad and bad & _hard_reach(hard, name)}
    assert set(board.blocked.values()) <= bad
    assert all(cause in _hard_reach(hard, name) for name, cause in board.blocked.items())


def test_a_run_of_thousands_costs_what_its_stacks_cost() -> None:
    names = [f"s{number:05}.e" for number in range(8_000)]
    asks = {
        name: [Ask(names[other], "key", required=other % 2 == 0) for other in {at // 2, at // 3, at * 9 // 10} - {at}]
        for at, name in enumerate(names)
    }
    steps = steps_of(asks)
    started = time.process_time()
    board = Board(steps)
    while taken := board.take(2):
        for name in taken:
            board.ended(name, Ended.WELL)
    assert board.waiting == ()
    # Quadratic, it took a minute.
    assert time.process_time() - started < 15


def test_a_hard_circle_is_named() -> None:
    asks = {"a.e": [Ask("b.e", "k")], "b.e": [Ask("c.e", "k")], "c.e": [Ask("a.e", "k")], "d.e": []}
    with pytest.raises(HardCycleError) as caught:
        steps_of(asks)
    circle = caught.value.stacks
    assert circle[0] == circle[-1]
    assert set(circle) == {"a.e", "b.e", "c.e"}
    assert all(other in {ask.stack for ask in asks[name]} for name, other in pairwise(circle))


def _reach(asks: Asks, start: str) -> set[str]:
    return _closure({name: {ask.stack for ask in found if ask.stack in asks} for name, found in asks.items()}, start)


def _hard_reach(hard: dict[str, set[str]], start: str) -> set[str]:
    return _closure(hard, start) - {start}


def _closure(needs: dict[str, set[str]], start: str) -> set[str]:
    found, todo = {start}, [start]
    while todo:
        for other in needs[todo.pop()] - found:
            found.add(other)
            todo.append(other)
    return found
