"""The scenarios as unit tests of `promtool test rules`.

Before a total outage all is well for as long as a page looks back, so that it is judged by the times that are promised.
The past before other outages is shorter, so that a test takes no minutes, and what is expected is reckoned for just
that past. It is asked for only where Prometheus 2 and 3 agree and no last digit of a number decides: before an alert
first fires, then, while it still fires, and when it does no more.
"""

import json
from collections.abc import Iterator, Sequence

import msgspec

from pagerworthy.catalog import Service
from pagerworthy.slo.objective import Objective, objectives_of
from pagerworthy.slo.period import Severity, duration_text
from pagerworthy.slo.rules import declared_alert, generated_name
from pagerworthy.slo.simulate.case import Case, case_of
from pagerworthy.slo.simulate.feed import Feed, Series, feed_of
from pagerworthy.slo.simulate.meter import Edge
from pagerworthy.slo.simulate.play import Episodes, episodes, play
from pagerworthy.slo.simulate.scenario import Scenario, Stage, full_stage, scenarios

_EDGES: tuple[Edge, ...] = ("closed", "open")
_LENIENCES = (1e-6, -1e-6)
# An outage that flaps for hours is asked about at its beginning and at its end.
_MOST = 12


class Asked(msgspec.Struct, frozen=True):
    """Whether an alert fires, `matchers` being those of its series, at `at` seconds after the first sample."""

    at: int
    matchers: str
    fires: bool


class UnitTest(msgspec.Struct, frozen=True):
    """One scenario of one objective, by its id; `note` says what is special about its input, or nothing."""

    objective: str
    name: str
    note: str
    step: int
    series: tuple[Series, ...]
    asked: tuple[Asked, ...]


def unit_tests(service: Service) -> tuple[UnitTest, ...]:
    """The tests of all objectives of a service whose input can be made, in the order of its entry."""
    step = min(case_of(objective).interval for objective in objectives_of(service))
    return tuple(test for objective in objectives_of(service) for test in objective_tests(objective, step))


def objective_tests(objective: Objective, step: int) -> Iterator[UnitTest]:
    """A test for each scenario; none where promtool cannot be given what the rules read."""
    case = case_of(objective)
    feed = feed_of(objective, case)
    if feed is None:
        return
    note = "its queries are not followed: given are the ratios that they would record" if feed.recorded else ""
    for scenario in scenarios(case):
        stage = short_stage(case, scenario, step)
        name = f"{objective.id}, {scenario.name}: {scenario.says}"
        asked = tuple(_asked(objective, case, feed, scenario, stage))
        yield UnitTest(objective.id, name, note, step, feed.of(scenario, stage), asked)


def short_stage(case: Case, scenario: Scenario, step: int) -> Stage:
    """Long enough for everything to happen, and no longer.

    The outage ends soon after the last alert that it causes, and the test soon after the last page has stopped: tickets
    stay for hours.
    """
    unit = max(case.period.shortest // step, 2)
    full = full_stage(case, scenario, step).outage
    # Few events have to be as many as a page needs.
    before = full if scenario.name == "total" else (12 if scenario.sparse else 4) * unit
    if scenario.pattern in {"one", "gone"} or scenario.brief:
        outage = full
    else:
        trial = Stage(step, before, min(full, 30 * unit), 0)
        begun = [run[0][0] for run in _told(case, scenario, trial) if run]
        outage = max(*begun, before + 4 * unit) + 2 - before if begun else 6 * unit
    trial = Stage(step, before, outage, 9 * unit)
    page, _, no_data = _told(case, scenario, trial)
    ends = [end if end is not None else trial.end for _, end in (*page, *no_data)]
    return Stage(step, before, outage, min(max([*ends, trial.over]) + 2, trial.end) - trial.over)


def _told(case: Case, scenario: Scenario, stage: Stage) -> tuple[Episodes, Episodes, Episodes]:
    fired = play(case, scenario, stage, "closed", lenience=_LENIENCES[1])
    return episodes(fired.page), episodes(fired.ticket), episodes(fired.no_data)


def as_promtool(rules: str, tests: Sequence[UnitTest]) -> str:
    """The file of tests as YAML, without a comment at its beginning; `rules` is the path of the rules from there.

    All tests of a file have the same step.
    """
    every = duration_text(tests[0].step)
    lines = ["rule_files:", f"- {_quoted(rules)}", f"evaluation_interval: {every}", "tests:"]
    for test in tests:
        if test.note:
            lines.append(f"# {test.note}")
        lines += [f"- name: {_quoted(test.name)}", f"  interval: {every}", "  input_series:"]
        for series in test.series:
            lines += [f"  - series: {_quoted(series.name)}", f"    values: {_quoted(series.values)}"]
        lines.append("  promql_expr_test:")
        for asked in test.asked:
            lines.append(f"  - expr: {_quoted(f'count(ALERTS{{{asked.matchers}}}) or vector(0)')}")
            lines.append(f"    eval_time: {duration_text(asked.at)}")
            lines.append(f"    exp_samples: [{{labels: '{{}}', value: {int(asked.fires)}}}]")
    return "\n".join(lines) + "\n"


def _asked(objective: Objective, case: Case, feed: Feed, scenario: Scenario, stage: Stage) -> Iterator[Asked]:
    edges = _EDGES[:1] if feed.recorded else _EDGES
    runs = [play(case, scenario, stage, edge, lenience=lenience) for edge in edges for lenience in _LENIENCES]
    alerts = (
        (_matchers(objective, _name(objective, "page"), 'sloth_severity="page"'), [run.page for run in runs]),
        (_matchers(objective, _name(objective, "ticket"), 'sloth_severity="ticket"'), [run.ticket for run in runs]),
        (_matchers(objective, generated_name(objective, "NoData"), 'data="stopped"'), [run.no_data for run in runs]),
    )
    for matchers, firing in alerts:
        sure = [step[0] if len(set(step)) == 1 else None for step in zip(*firing, strict=True)]
        for at in _moments(sure, stage):
            yield Asked(at * stage.step, matchers, fires=sure[at] is True)


def _moments(sure: Sequence[bool | None], stage: Stage) -> list[int]:
    """The steps at which to ask: where an answer is new, and where it is so for the last time."""
    last = len(sure) - 1
    found = {
        at
        for at, answer in enumerate(sure)
        if answer is not None and at and (at == last or sure[at - 1] != answer or sure[at + 1] != answer)
    }
    found |= {at for at in (stage.before, stage.over) if sure[at] is not None}
    ordered = sorted(found)
    return ordered if len(ordered) <= _MOST else [*ordered[: _MOST // 2], *ordered[-_MOST // 2 :]]


def _name(objective: Objective, severity: Severity) -> str:
    declared = declared_alert(objective, severity)
    return declared.name if declared else generated_name(objective, f"Burn{severity.capitalize()}")


def _matchers(objective: Objective, name: str, also: str) -> str:
    which = f'service="{objective.service.name}",slo="{objective.slo.name}"'
    return f'alertname="{name}",alertstate="firing",{which},{also}'


def _quoted(text: str) -> str:
    """The text in quotes, as YAML reads them."""
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isprintable() else "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in quoted)
