"""Alarms, dashboards, topics and queues."""

import json
from typing import Any

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import cloudwatch, sns, sqs


def _policy(arn: str, action: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": "alarms",
                    "Effect": "Allow",
                    "Principal": {"Service": "cloudwatch.amazonaws.com"},
                    "Action": action,
                    "Resource": arn,
                }
            ],
        }
    )


def declare(opts: ResourceOptions, changed: bool) -> dict[str, Input[str]]:
    pager = sns.Topic("pager", name="page-sre", tags={"a": "b"}, opts=opts)
    other = sns.Topic(
        "other", name="page-shop-new" if changed else "page-shop", display_name="Shop", signature_version=2, opts=opts
    )
    sns.TopicPolicy("pager", arn=pager.arn, policy=pager.arn.apply(lambda arn: _policy(arn, "sns:Publish")), opts=opts)
    dead = sqs.Queue("dead", name="dead", message_retention_seconds=1209600, opts=opts)
    queue = sqs.Queue(
        "queue",
        name="orders",
        visibility_timeout_seconds=60 if changed else 30,
        sqs_managed_sse_enabled=True,
        redrive_policy=dead.arn.apply(lambda arn: json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 5})),
        tags={"a": "2" if changed else "1"},
        opts=opts,
    )
    sqs.QueuePolicy(
        "queue", queue_url=queue.id, policy=queue.arn.apply(lambda arn: _policy(arn, "sqs:SendMessage")), opts=opts
    )
    sns.TopicSubscription(
        "queue", topic=other.arn, protocol="sqs", endpoint=queue.arn, raw_message_delivery=not changed, opts=opts
    )
    limit = cloudwatch.MetricAlarm(
        "age",
        name="orders-age",
        alarm_description="Messages wait",
        namespace="AWS/SQS",
        metric_name="ApproximateAgeOfOldestMessage",
        dimensions={"QueueName": queue.name},
        comparison_operator="GreaterThanThreshold",
        threshold=600 if changed else 300,
        statistic="Maximum",
        period=60,
        evaluation_periods=5,
        treat_missing_data="notBreaching",
        alarm_actions=[other.arn if changed else pager.arn],
        ok_actions=[pager.arn],
        tags={"a": "b"},
        opts=opts,
    )
    queries: Any = [{"id": "ratio", "expression": "bad / total", "label": "Burn", "return_data": True}]
    for name in ("bad", "total"):
        metric = {
            "namespace": "shop",
            "metric_name": name,
            "dimensions": {"service": "shop"},
            "period": 600 if changed else 300,
            "stat": "Sum",
        }
        queries.append({"id": name, "metric": metric})
    burn = cloudwatch.MetricAlarm(
        "burn",
        name="shop-burn",
        comparison_operator="GreaterThanOrEqualToThreshold",
        threshold=1,
        evaluation_periods=1,
        metric_queries=queries,
        opts=opts,
    )
    cloudwatch.CompositeAlarm(
        "both",
        alarm_name="shop-both",
        alarm_rule=Output.concat("ALARM(", limit.name, ") AND ALARM(", burn.name, ")"),
        alarm_actions=[pager.arn],
        alarm_description="Now" if changed else "Then",
        tags={"a": "b"},
        opts=opts,
    )
    cloudwatch.Dashboard(
        "board",
        dashboard_name="shop",
        dashboard_body=json.dumps(
            {
                "widgets": [
                    {
                        "type": "text",
                        "x": 0,
                        "y": 0,
                        "width": 3,
                        "height": 3,
                        "properties": {"markdown": "# Shop 2" if changed else "# Shop"},
                    }
                ]
            }
        ),
        opts=opts,
    )
    return {"pager": pager.arn, "queue": queue.url, "alarm": limit.arn}
