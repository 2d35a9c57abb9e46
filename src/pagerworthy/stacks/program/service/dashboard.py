"""The dashboard of a service: its promises first, then its traffic, then what it may run out of."""

from collections.abc import Iterator, Mapping, Sequence

from pulumi import Input, Output
from pulumi_aws.cloudwatch.dashboard import Dashboard, DashboardArgs
from pulumi_aws.ecs.service import Service

from pagerworthy.stacks.inputs import Level, ServiceInputs
from pagerworthy.stacks.program.provided import Limit
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.alarms import BAD, NAMESPACE, TOTAL, Declared, dimensions, share
from pagerworthy.stacks.program.service.places import arn

_Widget = Mapping[str, object]
_COLUMNS = 24
_HEIGHT = 6
# As many as an alarm widget shows.
_MOST_ALARMS = 100


def declare_dashboard(
    scope: Scope[ServiceInputs], declared: Declared, limits: Mapping[str, Sequence[Limit]], service: Service | None
) -> Dashboard:
    """Declares the dashboard; `limits` are those of each resource by its name, `service` what runs here."""
    widgets: list[_Widget] = [_head(scope)]
    if declared.heard:
        widgets.append(_alarms(scope, declared))
    widgets += [_level(scope, each) for each in (scope.inputs.levels if service else ())]
    if service is not None:
        widgets += _running(scope, service)
    widgets += [_limit(scope, owner, each) for owner, found in limits.items() for each in found]
    name = scope.name("service", limit=255)
    return Dashboard(
        "dashboard",
        DashboardArgs(
            dashboard_name=name, dashboard_body=Output.json_dumps({"widgets": _placed(widgets)}, sort_keys=True)
        ),
        scope.options(),
    )


def _placed(widgets: Sequence[_Widget]) -> Sequence[_Widget]:
    """Widgets from left to right, row by row; each says how wide and high it is."""
    placed, x, y, tallest = [], 0, 0, 0
    for widget in widgets:
        width, height = int(str(widget["width"])), int(str(widget["height"]))
        if x + width > _COLUMNS:
            x, y, tallest = 0, y + tallest, 0
        placed.append({**widget, "x": x, "y": y})
        x, tallest = x + width, max(tallest, height)
    return placed


def _head(scope: Scope[ServiceInputs]) -> _Widget:
    inputs = scope.inputs
    # Who holds the pager is not said: a handover is to change where alarms go, and nothing else.
    facts = [
        f"**Owner** {inputs.owner}",
        f"**System** {inputs.system}",
        f"**Tier** {inputs.tier}",
        f"**Runbook** {inputs.runbook or 'none'}",
    ]
    text = f"# {inputs.title} in {inputs.environment}\n{' · '.join(facts)}"
    return {"type": "text", "width": _COLUMNS, "height": 2, "properties": {"markdown": text}}


def _alarms(scope: Scope[ServiceInputs], declared: Declared) -> _Widget:
    return {
        "type": "alarm",
        "width": _COLUMNS,
        "height": 3,
        "properties": {
            "title": "Alarms",
            "alarms": [arn(scope, "cloudwatch", f"alarm:{name}") for name in declared.heard[:_MOST_ALARMS]],
        },
    }


def _level(scope: Scope[ServiceInputs], level: Level) -> _Widget:
    """The share of bad events by the hour against the budget, and how many events there were."""
    where = [part for item in dimensions(scope, level).items() for part in item]
    metrics: list[list[object]] = [
        [NAMESPACE, BAD, *where, {"id": "bad", "stat": "Sum", "visible": False}],
        [NAMESPACE, TOTAL, *where, {"id": "total", "stat": "Sum", "label": "events", "yAxis": "right"}],
        [{"expression": f"100 * {share(0)}", "id": "burn", "label": "bad, in percent"}],
    ]
    budget = [{"label": "budget", "value": round(100 * level.budget, 6)}]
    title = f"Objective {level.name}: {level.objective:g} %"
    return _graph(scope, title, metrics, width=12, period=3600, lines=budget)


def _running(scope: Scope[ServiceInputs], service: Service) -> Iterator[_Widget]:
    here: list[Input[str]] = ["ClusterName", scope.platform("cluster_name"), "ServiceName", service.name]
    replicas = scope.inputs.compute.replicas if scope.inputs.compute else None
    bounds = [{"label": "fewest", "value": replicas.min}, {"label": "most", "value": replicas.max}] if replicas else []
    insights = "ECS/ContainerInsights"
    tasks = [[insights, metric, *here] for metric in ("RunningTaskCount", "DesiredTaskCount")]
    yield _graph(scope, "Tasks", tasks, lines=bounds)
    used = [["AWS/ECS", metric, *here] for metric in ("CPUUtilization", "MemoryUtilization")]
    yield _graph(scope, "CPU and memory, in percent", used, lines=[{"label": "full", "value": 100}])
    if scope.inputs.compute is not None and scope.inputs.compute.port is not None:
        there = ["DiscoveryName", scope.inputs.service, *here]
        counts = [
            ["AWS/ECS", metric, *there, {"stat": "Sum"}]
            for metric in ("RequestCount", "NewConnectionCount", "HTTPCode_Target_5XX_Count")
        ]
        yield _graph(scope, "Traffic from other services", counts)


def _limit(scope: Scope[ServiceInputs], owner: str, limit: Limit) -> _Widget:
    where = [part for item in limit.dimensions.items() for part in item]
    drawn = {"stat": limit.statistic, "period": limit.period}
    metrics: list[list[object]] = [[limit.namespace, limit.metric, *where, {**drawn, "id": "m1"}]]
    if limit.expression:
        metrics[0][-1] = {**drawn, "id": "m1", "visible": False}
        if limit.per:
            metrics.append([limit.namespace, limit.per, *where, {**drawn, "id": "m2", "visible": False}])
        metrics.append([{"expression": limit.expression, "id": "value", "label": limit.name}])
    line = [{"label": limit.severity, "value": limit.threshold}]
    return _graph(scope, f"{owner}: {limit.name}", metrics, lines=line, period=limit.period)


def _graph(
    scope: Scope[ServiceInputs],
    title: str,
    metrics: Sequence[Sequence[object]],
    *,
    width: int = 8,
    period: int = 60,
    lines: Sequence[Mapping[str, object]] = (),
) -> _Widget:
    properties: dict[str, object] = {
        "title": title,
        "region": scope.inputs.spec.region,
        "view": "timeSeries",
        "period": period,
        "metrics": metrics,
    }
    if lines:
        properties["annotations"] = {"horizontal": list(lines)}
    return {"type": "metric", "width": width, "height": _HEIGHT, "properties": properties}
