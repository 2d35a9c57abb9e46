"""CloudWatch's alarms and dashboards."""

import json
from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.remembered import Remembered
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, named, words

_NAMES = {
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "alarmDescription": "AlarmDescription",
    "comparisonOperator": "ComparisonOperator",
    "datapointsToAlarm": "DatapointsToAlarm",
    "evaluateLowSampleCountPercentiles": "EvaluateLowSampleCountPercentile",
    "evaluationPeriods": "EvaluationPeriods",
    "extendedStatistic": "ExtendedStatistic",
    "insufficientDataActions": "InsufficientDataActions",
    "metricName": "MetricName",
    "name": "AlarmName",
    "namespace": "Namespace",
    "okActions": "OKActions",
    "period": "Period",
    "statistic": "Statistic",
    "threshold": "Threshold",
    "thresholdMetricId": "ThresholdMetricId",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}
_QUERY = {
    "id": "Id",
    "expression": "Expression",
    "label": "Label",
    "returnData": "ReturnData",
    "period": "Period",
    "accountId": "AccountId",
}
_METRIC = {"period": "Period", "stat": "Stat", "unit": "Unit"}


def dimensions(found: list[dict[str, str]] | None) -> dict[str, str]:
    return {each["Name"]: each["Value"] for each in found or []}


class MetricAlarm(Kind):
    type_name = "aws:cloudwatch/metricAlarm:MetricAlarm"
    inputs = words("dimensions metricQueries tags") | _NAMES.keys()
    outputs = words("arn evaluateLowSampleCountPercentiles")
    replaces = words("name")
    defaults = {"actionsEnabled": True, "treatMissingData": "missing"}  # noqa: RUF012
    named = "name"

    def check(self, props: Props) -> None:
        if "metricQueries" in props and "metricName" in props:
            raise ValueError("an alarm has metricName or metricQueries, not both")
        queries = props.get("metricQueries", [])
        if queries and sum(1 for each in queries if each.get("returnData") is True) != 1:
            raise ValueError("exactly one metric query of an alarm returns data")
        if any(("expression" in each) == ("metric" in each) for each in queries):
            raise ValueError("a metric query has an expression or a metric")
        if len(queries) > 10:
            raise ValueError("an alarm has no more than 10 metric queries")

    def create(self, aws: Aws, props: Props) -> str:
        self._put(aws, props)
        return str(props["name"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        cloudwatch = aws("cloudwatch")
        found = cloudwatch.describe_alarms(AlarmNames=[id_], AlarmTypes=["MetricAlarm"])["MetricAlarms"]
        if not found:
            return None
        alarm = found[0]
        tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]
        return {
            **{key: alarm.get(name) for key, name in _NAMES.items()},
            "actionsEnabled": alarm.get("ActionsEnabled", True),
            "treatMissingData": alarm.get("TreatMissingData") or "missing",
            "dimensions": dimensions(alarm.get("Dimensions")) or None,
            "metricQueries": [_query_of(each) for each in alarm.get("Metrics", [])] or None,
            "arn": alarm["AlarmArn"],
            "tags": mapped(tags),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            self._put(aws, {**props, "tags": old.get("tags")})
        if "tags" in changed:
            retag_alarm(aws, aws.arn("cloudwatch", f"alarm:{id_}"), props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("cloudwatch").delete_alarms(AlarmNames=[id_])

    def _put(self, aws: Aws, props: Props) -> None:
        arguments = named(props, _NAMES)
        if "dimensions" in props:
            arguments["Dimensions"] = listed(props["dimensions"], "Name")
        if "metricQueries" in props:
            arguments["Metrics"] = [_query(each) for each in props["metricQueries"]]
        aws("cloudwatch").put_metric_alarm(**arguments, Tags=listed(props.get("tags")))


def _query(query: Props) -> dict[str, Any]:
    made = named(query, _QUERY)
    if metric := query.get("metric"):
        about = named(metric, {"namespace": "Namespace", "metricName": "MetricName"})
        about["Dimensions"] = listed(metric.get("dimensions"), "Name")
        made["MetricStat"] = {"Metric": about, **named(metric, _METRIC)}
    return made


def _query_of(found: dict[str, Any]) -> Props:
    query = {key: found[name] for key, name in _QUERY.items() if found.get(name) is not None}
    if stat := found.get("MetricStat"):
        query["metric"] = {
            "namespace": stat["Metric"].get("Namespace"),
            "metricName": stat["Metric"]["MetricName"],
            "dimensions": dimensions(stat["Metric"].get("Dimensions")) or None,
            **{key: stat[name] for key, name in _METRIC.items() if stat.get(name) not in (None, "None")},
        }
    return query


def retag_alarm(aws: Aws, arn: str, props: Props, old: Props) -> None:
    cloudwatch = aws("cloudwatch")
    retag(
        props.get("tags"),
        old.get("tags"),
        lambda tags: cloudwatch.tag_resource(ResourceARN=arn, Tags=listed(tags)),
        lambda keys: cloudwatch.untag_resource(ResourceARN=arn, TagKeys=keys),
    )


class CompositeAlarm(Remembered):
    """moto has no such alarms."""

    type_name = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
    inputs = words(
        "alarmName alarmRule alarmDescription actionsEnabled actionsSuppressor alarmActions insufficientDataActions "
        "okActions tags"
    )
    outputs = words("arn")
    replaces = words("alarmName actionsEnabled")
    defaults = {"actionsEnabled": True}  # noqa: RUF012

    def new_id(self, aws: Aws, props: Props) -> str:
        return str(props["alarmName"])

    def made(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"arn": aws.arn("cloudwatch", f"alarm:{id_}")}


class Dashboard(Kind):
    type_name = "aws:cloudwatch/dashboard:Dashboard"
    inputs = words("dashboardName dashboardBody")
    outputs = words("dashboardArn")
    replaces = words("dashboardName")
    documents = words("dashboardBody")
    missing = words("ResourceNotFound")

    def check(self, props: Props) -> None:
        if "dashboardBody" in props:
            json.loads(props["dashboardBody"])

    def create(self, aws: Aws, props: Props) -> str:
        self._put(aws, props)
        return str(props["dashboardName"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("cloudwatch").get_dashboard(DashboardName=id_)
        return {
            "dashboardName": id_,
            "dashboardBody": found["DashboardBody"],
            "dashboardArn": found["DashboardArn"],
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        self._put(aws, props)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("cloudwatch").delete_dashboards(DashboardNames=[id_])

    def _put(self, aws: Aws, props: Props) -> None:
        aws("cloudwatch").put_dashboard(DashboardName=props["dashboardName"], DashboardBody=props["dashboardBody"])
