"""What is counted while a scenario is played."""

import msgspec

from pagerworthy.slo.simulate.case import Case
from pagerworthy.slo.simulate.scenario import Scenario, Stage, cycle

# So many that the smallest budget still has whole bad events in it: whole numbers add up without an error.
EACH_STEP = 1_000_000


class Traffic(msgspec.Struct, frozen=True):
    """By step: all events since the step before, how many of them were bad, and whether there was a sample at all."""

    total: list[int]
    bad: list[int]
    there: list[bool]


def traffic_of(case: Case, scenario: Scenario, stage: Stage) -> Traffic:
    """The events of a scenario; the first bad one is counted at the step after `stage.before`."""
    length, start, over = stage.end + 1, stage.before, stage.over
    tact = cycle(case, stage.step)
    rare = max(tact // 2, 1)
    there = [True] * length
    if scenario.sparse:
        total = [1 if (index - start - 1) % rare == 0 else 0 for index in range(length)]
    else:
        total = [EACH_STEP] * length
    bad = [0] * length
    if scenario.pattern == "one":
        bad[start + 1] = 1
    elif scenario.pattern == "gone":
        gone = over - start
        there[start + 1 : over + 1] = [False] * gone
        # What nobody could count, and what happened before the first sample afterwards, is not known.
        total[start + 1 : over + 2] = [0] * (gone + 1)
    elif scenario.pattern == "pulses":
        pulse = max(tact // 10, 1)
        for index in range(start + 1, over + 1):
            if (index - start - 1) % tact < pulse:
                bad[index] = total[index]
    else:
        share = scenario.share
        bad[start + 1 : over + 1] = [
            max(round(events * share), 1) if events and share else 0 for events in total[start + 1 : over + 1]
        ]
    return Traffic(total, bad, there)
