"""Shares of bad events over windows, as PromQL reckons them from samples, by sums that only grow.

`rate` compares the first sample of a window with its last. Whether a sample that is exactly as old as the window is
inside was yes until Prometheus 2, and is no since Prometheus 3; both are reckoned, since rules are loaded by either.
"""

from itertools import accumulate
from typing import Literal

import msgspec

from pagerworthy.slo.simulate.case import Case, Measure
from pagerworthy.slo.simulate.traffic import EACH_STEP, Traffic

Edge = Literal["closed", "open"]
# `rate` reaches to the edge of its window, unless the first sample lies further inside than this many intervals.
_FAR = 1.1


class Meter(msgspec.Struct, frozen=True, kw_only=True):
    """Sums by step, with `pad` entries in front for windows that reach back before the first sample.

    What is asked by step is answered from the step `first` on.
    """

    step: int
    first: int
    edge: Edge
    measure: Measure
    pad: int
    steps: int
    total: list[int]
    bad: list[int]
    samples: list[int]

    def burning(self, window: int, share: float) -> list[bool]:
        """By step, whether more than this share of the events within `window` seconds was bad."""
        now, then = self._ends(window)
        bad, total = self.bad, self.total
        return [
            b1 - b0 > share * (t1 - t0)
            for b1, b0, t1, t0 in zip(bad[now], bad[then], total[now], total[then], strict=True)
        ]

    def enough(self, window: int, events: float, bad_events: float) -> list[bool]:
        """By step, whether there were at least so many events within `window` seconds, and more bad ones than given."""
        now, then = self._ends(window)
        return [
            (t1 - t0) * factor >= events and (b1 - b0) * factor > bad_events
            for b1, b0, t1, t0, factor in zip(
                self.bad[now], self.bad[then], self.total[now], self.total[then], self.reaches(window), strict=True
            )
        ]

    def known(self, window: int) -> list[bool]:
        """By step, whether `window` seconds hold samples enough to say anything: two for a rate, one for an average."""
        width = window // self.step + (1 if self.edge == "closed" else 0)
        least = 2 if self.measure == "counters" else 1
        now, then = self._apart(width)
        return [after - before >= least for after, before in zip(self.samples[now], self.samples[then], strict=True)]

    def shares(self, window: int) -> list[float | None]:
        """By step, the share of bad events within `window` seconds; None where there were none."""
        now, then = self._ends(window)
        rows = zip(self.bad[now], self.bad[then], self.total[now], self.total[then], self.known(window), strict=True)
        return [(b1 - b0) / (t1 - t0) if known and t1 > t0 else None for b1, b0, t1, t0, known in rows]

    def counts(self, window: int) -> list[float]:
        """By step, how many events `rate` finds within `window` seconds."""
        now, then = self._ends(window)
        rows = zip(self.total[now], self.total[then], self.reaches(window), strict=True)
        return [(t1 - t0) * factor for t1, t0, factor in rows]

    def reaches(self, window: int) -> list[float]:
        """By step, what `rate` multiplies the increase between its first and last sample with, to fill the window."""
        width = window // self.step
        inside = width - (1 if self.edge == "open" else 0)
        found = []
        for index in range(self.first, self.steps):
            between = min(index, inside)
            missing = width - between
            found.append((between + (missing if missing < _FAR else 0.5)) / between if between else 0.0)
        return found

    def _ends(self, window: int) -> tuple[slice, slice]:
        """Where the sums of the ends of windows are, and those of their beginnings."""
        width = window // self.step - (1 if self.edge == "open" else 0) + (1 if self.measure == "average" else 0)
        return self._apart(width)

    def _apart(self, width: int) -> tuple[slice, slice]:
        begin = self.pad + self.first
        return slice(begin, None), slice(begin - width, len(self.bad) - width)


def meter_of(case: Case, traffic: Traffic, step: int, edge: Edge, first: int = 0) -> Meter:
    """What the windows of an objective see of the traffic, from the step `first` on."""
    longest = max(*case.period.windows, case.shortest)
    pad = longest // step + 2
    front = [0] * pad
    total, bad = traffic.total, traffic.bad
    if case.measure == "counters":
        # A counter is known from its first sample on, and what it then stands at was not seen to happen.
        total, bad = [0, *total[1:]], [0, *bad[1:]]
    else:
        total = [EACH_STEP if there else 0 for there in traffic.there]
    meter = Meter(
        step=step,
        first=0 if case.slice_length else first,
        edge=edge,
        measure=case.measure,
        pad=pad,
        steps=len(total),
        total=front + list(accumulate(total)),
        bad=front + list(accumulate(bad)),
        samples=front + list(accumulate(map(int, traffic.there))),
    )
    return _sliced(case, meter, first) if case.slice_length else meter


def _sliced(case: Case, meter: Meter, first: int) -> Meter:
    """The slices of time, recorded by each evaluation, as samples to be averaged."""
    shares = meter.shares(case.slice_length)
    limit = case.slice_limit
    slices = [None if share is None else share if limit is None else float(share > limit) for share in shares]
    there = [each is not None for each in slices]
    bad = [0 if each is None else round(each * EACH_STEP) for each in slices]
    front = [0] * meter.pad
    return Meter(
        step=meter.step,
        first=first,
        edge=meter.edge,
        measure="average",
        pad=meter.pad,
        steps=meter.steps,
        total=front + list(accumulate(EACH_STEP if each else 0 for each in there)),
        bad=front + list(accumulate(bad)),
        samples=front + list(accumulate(map(int, there))),
    )
