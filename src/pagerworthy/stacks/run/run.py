"""Whole runs: all stacks of an environment, in order, as many at once as there are workers."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Protocol

import msgspec

from pagerworthy.stacks.inputs import Ask, StackInputs
from pagerworthy.stacks.run.backend import is_there
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.schedule import Board, Ended, Step, reverse, steps_of
from pagerworthy.stacks.run.visit import Visitor

# How soon a signal is noticed while all workers are busy, in seconds.
_NOTICE = 0.2


class Watcher(Protocol):
    """Is told what happens, from the thread that runs the run."""

    def planned(self, steps: Sequence[Step]) -> None: ...

    def again(self, stacks: Sequence[str]) -> None: ...

    def started(self, stack: str) -> None: ...

    def ended(self, visit: Visit) -> None: ...

    def tick(self) -> None: ...


def bring_up(visitor: Visitor, inputs: Sequence[StackInputs], workers: int, watcher: Watcher) -> tuple[Visit, ...]:
    """Brings stacks up in order, and visits those once more that use outputs which came later."""
    by_name = {each.stack: each for each in inputs}
    steps = steps_of({each.stack: visitor.asks(each) for each in inputs})
    watcher.planned(steps)
    visits = _work(steps, lambda name: visitor.up(by_name[name]), workers, visitor, watcher)
    again = [
        msgspec.structs.replace(step, hard=(), soft=(), later=())
        for step in steps
        if visits[step.stack].outcome.is_well and visitor.is_stale(by_name[step.stack])
    ]
    if again and not visitor.is_stopping:
        watcher.again([step.stack for step in again])
        second = _work(again, lambda name: visitor.up(by_name[name]), workers, visitor, watcher)
        for name, visit in second.items():
            visits[name] = _both(visits[name], visit)
    return _in_order(steps, visits)


def preview(visitor: Visitor, inputs: Sequence[StackInputs], workers: int, watcher: Watcher) -> tuple[Visit, ...]:
    """Says of each stack what would change; a failure keeps nobody else from being looked at."""
    by_name = {each.stack: each for each in inputs}
    steps = steps_of({each.stack: visitor.asks(each) for each in inputs})
    watcher.planned(steps)
    alone = [msgspec.structs.replace(step, hard=(), soft=(), later=()) for step in steps]
    return _in_order(steps, _work(alone, lambda name: visitor.preview(by_name[name]), workers, visitor, watcher))


def look(
    visit: Callable[[str], Visit], stacks: Iterable[str], workers: int, visitor: Visitor, watcher: Watcher
) -> tuple[Visit, ...]:
    """Refreshes stacks, or looks at their drift: each by itself, in any order."""
    steps = tuple(Step(name, 1) for name in sorted(stacks))
    watcher.planned(steps)
    return _in_order(steps, _work(steps, visit, workers, visitor, watcher))


def tear_down(
    visitor: Visitor,
    stacks: Mapping[str, Iterable[Ask]],
    inputs: Mapping[str, StackInputs],
    workers: int,
    watcher: Watcher,
) -> tuple[Visit, ...]:
    """Destroys stacks, those that ask of others first.

    A stack that holds on to one that goes before it, which a circle of soft dependencies brings about, lets go of it
    first: it is brought up without. `inputs` are those of all stacks that have an entry, also of those that stay.
    """
    steps = reverse(steps_of(stacks))
    watcher.planned(steps)
    stays = [name for name in inputs if name not in stacks and is_there(visitor.backend, name)]
    holders = {step.stack: set(step.later) for step in steps}
    for name in stays:
        for ask in inputs[name].asks():
            if ask.stack in holders:
                holders[ask.stack].add(name)
    gone = frozenset(stacks)
    letting_go: dict[str, Visit] = {}
    order = {step.stack: position for position, step in enumerate(steps)}
    for holder in sorted({each for found in holders.values() for each in found}):
        if holder in inputs and not visitor.is_stopping:
            # One that goes itself need only let go of what goes before it.
            without = gone if holder not in gone else {name for name in gone if order[name] < order[holder]}
            letting_go[holder] = visitor.up(inputs[holder], frozenset(without))
    lost = {name: visit for name, visit in letting_go.items() if not visit.outcome.is_well}

    def destroy(name: str) -> Visit:
        held = sorted(holders[name] & lost.keys())
        if held:
            why = lost[held[0]]
            return Visit(name, Outcome.FAILED, message=f"{held[0]} holds on to it: {why.message}", help=why.help)
        return visitor.destroy(name)

    done = _in_order(steps, _work(steps, destroy, workers, visitor, watcher))
    return (*(visit for name, visit in letting_go.items() if name not in gone), *done)


def _work(
    steps: Iterable[Step], visit: Callable[[str], Visit], workers: int, visitor: Visitor, watcher: Watcher
) -> dict[str, Visit]:
    """Visits all that can be visited; every step has its visit in the end."""
    board = Board(steps)
    visits: dict[str, Visit] = {}
    running: dict[Future[Visit], str] = {}

    def note(done: Visit) -> None:
        visits[done.stack] = done
        watcher.ended(done)

    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="stack") as pool:
        while True:
            if not visitor.is_stopping:
                for name in board.take(workers - len(running)):
                    watcher.started(name)
                    running[pool.submit(visit, name)] = name
            if not running:
                break
            finished, _ = wait(running, timeout=_NOTICE, return_when=FIRST_COMPLETED)
            watcher.tick()
            for future in finished:
                name = running.pop(future)
                done = future.result()
                note(done)
                for blocked in board.ended(name, Ended.WELL if done.outcome.is_well else Ended.BADLY):
                    note(_skipped(blocked, name, done.outcome))
    for name in board.waiting:
        note(Visit(name, Outcome.NOT_STARTED))
    return visits


def _skipped(stack: str, cause: str, outcome: Outcome) -> Visit:
    if outcome in {Outcome.INTERRUPTED, Outcome.NOT_STARTED}:
        return Visit(stack, Outcome.NOT_STARTED, blocked_by=cause)
    return Visit(stack, Outcome.SKIPPED, message=f"blocked by {cause}", blocked_by=cause)


def _both(first: Visit, second: Visit) -> Visit:
    """Two visits to one stack as one: what the second says, and all that both changed."""
    outcome = second.outcome
    if outcome is Outcome.UNCHANGED:
        outcome = first.outcome
    latest = {change.urn: change for change in (*second.changes, *first.changes)}
    return msgspec.structs.replace(
        second,
        outcome=outcome,
        changes=tuple(sorted(latest.values())),
        seconds=round(first.seconds + second.seconds, 2),
        visits=first.visits + 1,
        notes=(*first.notes, *second.notes),
    )


def _in_order(steps: Iterable[Step], visits: Mapping[str, Visit]) -> tuple[Visit, ...]:
    return tuple(msgspec.structs.replace(visits[step.stack], wave=step.wave) for step in steps)
