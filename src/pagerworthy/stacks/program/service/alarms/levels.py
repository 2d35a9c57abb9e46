"""Alarms on how fast error budgets burn: the same windows and factors as the Prometheus rules of the service.

CloudWatch sees an objective as two metrics in the namespace `Pagerworthy`, with the dimensions `Environment`,
`Service` and `Slo`: `TotalEvents` and `BadEvents`, how many events there were within the minute, and how many of them
were bad. The service publishes them each minute, zeros too, as a line of its log in CloudWatch's embedded metric format
(`stacks/README.md` has one), for which it needs no right; where something else counts, such as a collector, it needs
the right to publish metrics, which no edge gives. An SLI that counts no events, such as a probe, publishes a total of 1
and its share of bad.

For each window there is an alarm that nobody hears, and for each severity one that somebody does: while a long window
and its short one both burn too fast. CloudWatch looks back seven days at most, so that a longer window (only that of
nine days, for tickets of a quarter's objective) is cut to seven, at the same factor.
"""

from pulumi_aws.cloudwatch._inputs import MetricAlarmMetricQueryArgs, MetricAlarmMetricQueryMetricArgs
from pulumi_aws.cloudwatch.composite_alarm import CompositeAlarm, CompositeAlarmArgs
from pulumi_aws.cloudwatch.metric_alarm import MetricAlarm, MetricAlarmArgs

from pagerworthy.slo.period import duration_text
from pagerworthy.stacks.inputs import Level, ServiceInputs, Window
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.alarms.pager import Declared, Pager, Severity

NAMESPACE = "Pagerworthy"
TOTAL, BAD = "TotalEvents", "BadEvents"
LONGEST = 7 * 86400
_SEVERITIES: tuple[Severity, ...] = ("page", "ticket")
# Longer than a restart, shorter than a shift; as in the Prometheus rules.
_SILENCE = 900


def dimensions(scope: Scope[ServiceInputs], level: Level) -> dict[str, str]:
    """What tells the metrics of an objective from all others."""
    return {"Environment": scope.inputs.environment, "Service": scope.inputs.service, "Slo": level.name}


def declare_level_alarms(scope: Scope[ServiceInputs], pager: Pager, declared: Declared) -> None:
    """Declares the alarms of every objective. The fastest window of each is watched during rollouts."""
    for level in scope.inputs.levels:
        for severity in _SEVERITIES:
            windows = [each for each in level.windows if each.severity == severity]
            if windows:
                _burn(scope, pager, declared, level, windows)
        if scope.inputs.released:
            _silence(scope, pager, declared, level)


def _burn(scope: Scope[ServiceInputs], pager: Pager, declared: Declared, level: Level, windows: list[Window]) -> None:
    severity = windows[0].severity
    name = level.page if severity == "page" else level.ticket
    pairs, parts = [], []
    for number, window in enumerate(windows):
        long, first = _window(scope, pager, level, window, min(window.long, LONGEST), guarded=severity == "page")
        short, second = _window(scope, pager, level, window, window.short, guarded=False)
        pairs.append(f'(ALARM("{long}") AND ALARM("{short}"))')
        parts += [first, second]
        if severity == "page" and number == 0:
            declared.watched[short] = second
    fastest = max(each.factor for each in windows)
    lost = (
        f"The objective {level.name} ({level.objective:g} %) loses its error budget up to {fastest:g} times too fast."
    )
    physical = pager.name(name)
    CompositeAlarm(
        f"{level.name}-{severity}",
        CompositeAlarmArgs(
            alarm_name=physical,
            alarm_description=pager.text(lost, level.page_runbook if severity == "page" else level.ticket_runbook),
            alarm_rule=" OR ".join(pairs),
            alarm_actions=pager.topics(severity),
            ok_actions=pager.topics(severity),
            tags=scope.tagged(physical),
        ),
        scope.options(depends_on=parts),
    )
    declared.heard.append(physical)


def _window(
    scope: Scope[ServiceInputs], pager: Pager, level: Level, window: Window, length: int, *, guarded: bool
) -> tuple[str, MetricAlarm]:
    """The alarm of one window, and its name: it is part of another, and tells nobody."""
    text = duration_text(length)
    physical = pager.name(level.name, f"{window.severity}-{text}")
    alarm = MetricAlarm(
        f"{level.name}-{window.severity}-{text}",
        MetricAlarmArgs(
            name=physical,
            alarm_description=f"Part of {level.page if window.severity == 'page' else level.ticket}: the share of bad "
            f"events of {level.name} within {text}, above {window.factor:g} times the budget of {level.budget:g}",
            metric_queries=[
                _metric(scope, level, "bad", BAD, length),
                _metric(scope, level, "total", TOTAL, length),
                MetricAlarmMetricQueryArgs(
                    id="burn",
                    expression=share(level.min_events if guarded else 0),
                    label=f"share of bad events within {text}",
                    return_data=True,
                ),
            ],
            comparison_operator="GreaterThanThreshold",
            threshold=round(window.factor * level.budget, 12),
            evaluation_periods=1,
            # Nothing asked, nothing failed. Whether somebody still counts is an alarm of its own.
            treat_missing_data="notBreaching",
            tags=scope.tagged(physical),
        ),
        scope.options(),
    )
    return physical, alarm


def share(fewest: int) -> str:
    """The share of bad events, as metric maths. Below `fewest` events, or with a single bad one, it says nothing."""
    guard = f"total >= {fewest} AND bad > 1" if fewest else "total > 0"
    return f"IF({guard}, bad / total, 0)"


def _metric(
    scope: Scope[ServiceInputs], level: Level, id_: str, metric: str, length: int
) -> MetricAlarmMetricQueryArgs:
    return MetricAlarmMetricQueryArgs(
        id=id_,
        metric=MetricAlarmMetricQueryMetricArgs(
            namespace=NAMESPACE,
            metric_name=metric,
            dimensions=dimensions(scope, level),
            period=length,
            stat="Sum",
        ),
        return_data=False,
    )


def _silence(scope: Scope[ServiceInputs], pager: Pager, declared: Declared, level: Level) -> None:
    """An objective that nobody counts looks like one that is kept, unless somebody says so."""
    physical = pager.name(level.name, "no-data")
    MetricAlarm(
        f"{level.name}-no-data",
        MetricAlarmArgs(
            name=physical,
            alarm_description=pager.text(
                f"Nobody has counted the events of {level.name} for {duration_text(_SILENCE)}: its alarms are blind."
            ),
            namespace=NAMESPACE,
            metric_name=TOTAL,
            dimensions=dimensions(scope, level),
            statistic="SampleCount",
            period=_SILENCE,
            evaluation_periods=1,
            comparison_operator="LessThanThreshold",
            threshold=1,
            treat_missing_data="breaching",
            alarm_actions=pager.topics("ticket"),
            ok_actions=pager.topics("ticket"),
            tags=scope.tagged(physical),
        ),
        scope.options(),
    )
    declared.heard.append(physical)
