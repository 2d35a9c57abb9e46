"""The outages that are played, and whom each must reach."""

from typing import Literal

import msgspec

from pagerworthy.slo.simulate.case import Case

Expected = Literal["page", "ticket", "no-page", "no-alert", "no-data", "any"]
Pattern = Literal["all", "pulses", "one", "gone"]


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """An outage: the share of events that are bad while it lasts, in which pattern, and who must hear of it.

    `pattern` is `all` the time, in `pulses` (a tenth of each cycle), `one` event only, or data that are `gone`; in
    `sparse` traffic there are two events a cycle. A cycle is twice the shortest window of the alerts: mostly ten
    minutes.
    """

    name: str
    says: str
    expected: Expected
    share: float = 1
    pattern: Pattern = "all"
    sparse: bool = False
    brief: bool = False


class Stage(msgspec.Struct, frozen=True):
    """How long a scenario is played, in steps of `step` seconds: good times before, the outage, and good times after.

    A step is both a scrape and an evaluation of the rules.
    """

    step: int
    before: int
    outage: int
    after: int

    @property
    def end(self) -> int:
        """The last step: the first is 0."""
        return self.before + self.outage + self.after

    @property
    def over(self) -> int:
        """The step of the last bad event."""
        return self.before + self.outage


def scenarios(case: Case) -> tuple[Scenario, ...]:
    """The outages that say something about an objective of this kind, in the order in which they are reported."""
    slow = min(2 * case.budget, 1.0)
    found = [
        Scenario(name="total", says="every event is bad", expected="page"),
        Scenario(name="5-percent", says="5 % of the events are bad", expected=_due(case, 0.05), share=0.05),
        Scenario(
            name="slow-burn",
            says="the budget burns twice as fast as it lasts",
            expected=_due(case, slow),
            share=slow,
        ),
        Scenario(
            name="flapping",
            says="every event is bad for a tenth of the time, again and again",
            expected="any" if case.slice_length else _due(case, 0.1),
            pattern="pulses",
        ),
        Scenario(name="recovery", says="every event is bad, and soon well again", expected="any", brief=True),
        Scenario(name="no-data", says="data stop", expected="no-data", pattern="gone"),
    ]
    if case.counted:
        found += [
            Scenario(
                name="low-traffic",
                says="few events, of which one is bad",
                expected="no-page" if case.fewest else "any",
                pattern="one",
                sparse=True,
            ),
            Scenario(name="low-traffic-outage", says="few events, all bad", expected="any", sparse=True),
        ]
    return tuple(found)


def cycle(case: Case, step: int) -> int:
    """The length of a cycle, in steps."""
    return max(2 * case.period.shortest // step, 2)


def full_stage(case: Case, scenario: Scenario, step: int) -> Stage:
    """With a past as long as the longest window, so that detection is as late as it can be, and an outage so long that
    whatever notices it has noticed.
    """
    longest = max(case.period.windows)
    page = max(burn.long for burn in case.period.burns if burn.severity == "page")
    after = max(burn.short for burn in case.period.burns)
    if scenario.pattern == "one":
        outage, after = step, max(after, page)
    elif scenario.pattern == "gone":
        outage = 2 * int(case.shortest + case.silent_for)
    elif scenario.brief:
        outage = 2 * case.period.shortest
    else:
        outage = longest if scenario.expected in {"ticket", "no-alert"} else page
    slack = 2 + case.slice_length // step
    return Stage(step, _steps(longest, step), _steps(outage, step), _steps(after, step) + slack)


def _due(case: Case, share: float) -> Expected:
    due = case.due(share)
    return "no-alert" if due is None else due


def _steps(seconds: float, step: int) -> int:
    return max(int(-(-seconds // step)), 1)
