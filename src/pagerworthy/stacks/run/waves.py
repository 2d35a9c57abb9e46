"""The order in which an environment's stacks come up where no single run brings up all of them, as on runners of CI."""

from collections.abc import Sequence

import msgspec

from pagerworthy.stacks.gather import EnvironmentStacks
from pagerworthy.stacks.inputs import Ask
from pagerworthy.stacks.names import stack_name
from pagerworthy.stacks.run.schedule import steps_of


class Order(msgspec.Struct, frozen=True):
    """The services of an environment in waves, each sorted by name: the steps of `up`, all after the platform's.

    What a stack waits for is in an earlier wave. `again` are those who use what comes later, which a circle of soft
    dependencies brings about: once everything is there they are brought up once more.
    """

    waves: tuple[tuple[str, ...], ...]
    again: tuple[str, ...] = ()


class Stage(msgspec.Struct, frozen=True):
    """What is done at once, after all that is before it: `shares` are services, each share for one runner."""

    name: str
    shares: tuple[tuple[str, ...], ...]


def order_of(stacks: EnvironmentStacks) -> Order:
    """The order of an environment. Raises HardCycleError where there is none."""
    service_of = {stack_name(name, stacks.environment): name for name in stacks.services}
    steps = steps_of(
        {
            stack: [
                Ask(stack_name(need.owner, stacks.environment), "", need.hard)
                for need in stacks.needs(name)
                if need.owner
            ]
            for stack, name in service_of.items()
        }
    )
    waves: list[list[str]] = []
    for step in steps:
        if step.wave > len(waves):
            waves.append([])
        waves[-1].append(service_of[step.stack])
    return Order(
        tuple(map(tuple, waves)),
        tuple(sorted(service_of[step.stack] for step in steps if step.later)),
    )


def stages_of(order: Order, runners: int, most: int | None = None) -> tuple[Stage, ...]:
    """The order as stages of at most so many runners, the last of them `again` where it is needed.

    Where that would be more than `most` stages, waves that follow each other and are small are one runner's: its `up`
    keeps their order.
    """
    again = () if most == 1 else order.again
    parts: list[tuple[tuple[str, ...], int]] = [(wave, 1) for wave in order.waves]
    room = len(parts) if most is None else max(1, most - bool(again))
    while len(parts) > room:
        at = min(range(len(parts) - 1), key=lambda at: len(parts[at][0]) + len(parts[at + 1][0]))
        (one, first), (two, second) = parts[at], parts[at + 1]
        parts[at : at + 2] = [(one + two, first + second)]
    stages = []
    number = 1
    for services, waves in parts:
        name = str(number) if waves == 1 else f"{number}-{number + waves - 1}"
        stages.append(Stage(name, _shares(services, runners if waves == 1 else 1)))
        number += waves
    if again:
        stages.append(Stage("again", _shares(again, runners)))
    return tuple(stages)


def _shares(services: Sequence[str], runners: int) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(services[start::runners]) for start in range(min(runners, len(services))))
