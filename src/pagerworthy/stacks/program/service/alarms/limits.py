"""Alarms on limits: of connections, memory, disks, queues, and whatever else the service's resources run out of."""

from collections.abc import Mapping, Sequence

from pulumi_aws.cloudwatch._inputs import MetricAlarmMetricQueryArgs, MetricAlarmMetricQueryMetricArgs
from pulumi_aws.cloudwatch.metric_alarm import MetricAlarm, MetricAlarmArgs

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.provided import Limit
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.alarms.pager import Declared, Pager


def declare_limit_alarms(
    scope: Scope[ServiceInputs], pager: Pager, declared: Declared, limits: Mapping[str, Sequence[Limit]]
) -> None:
    """Declares one alarm for each limit; `limits` are those of each resource, by its name, or of the service itself
    under no name."""
    for owner, found in limits.items():
        for limit in found:
            _alarm(scope, pager, declared, owner, limit)


def _alarm(scope: Scope[ServiceInputs], pager: Pager, declared: Declared, owner: str, limit: Limit) -> None:
    physical = pager.name(*(each for each in (owner, limit.name) if each))
    sense = "above" if limit.above else "below"
    what = f"{owner or 'Tasks'}: {limit.name} {sense} {limit.threshold:g}. {limit.why}"
    MetricAlarm(
        f"{owner}-{limit.name}" if owner else limit.name,
        MetricAlarmArgs(
            name=physical,
            alarm_description=pager.text(what),
            namespace=None if limit.expression else limit.namespace,
            metric_name=None if limit.expression else limit.metric,
            dimensions=None if limit.expression else limit.dimensions,
            statistic=None if limit.expression else limit.statistic,
            period=None if limit.expression else limit.period,
            metric_queries=_queries(limit) if limit.expression else None,
            evaluation_periods=limit.of or limit.periods,
            datapoints_to_alarm=limit.periods if limit.of else None,
            comparison_operator="GreaterThanThreshold" if limit.above else "LessThanThreshold",
            threshold=limit.threshold,
            treat_missing_data="breaching" if limit.missing_is_bad else "notBreaching",
            alarm_actions=pager.topics(limit.severity),
            ok_actions=pager.topics(limit.severity),
            tags=scope.tagged(physical),
        ),
        scope.options(),
    )
    declared.heard.append(physical)


def _queries(limit: Limit) -> list[MetricAlarmMetricQueryArgs]:
    """The metric as `m1`, what it is set against as `m2`, and the maths over both, at which the alarm looks."""
    metrics = {"m1": (limit.metric, limit.dimensions)}
    if limit.per or limit.beside:
        metrics["m2"] = (limit.per or limit.metric, limit.beside or limit.dimensions)
    return [
        *(
            MetricAlarmMetricQueryArgs(
                id=name,
                metric=MetricAlarmMetricQueryMetricArgs(
                    namespace=limit.namespace,
                    metric_name=metric,
                    dimensions=dimensions,
                    period=limit.period,
                    stat=limit.statistic,
                ),
                return_data=False,
            )
            for name, (metric, dimensions) in metrics.items()
        ),
        MetricAlarmMetricQueryArgs(id="value", expression=limit.expression, label=limit.name, return_data=True),
    ]
