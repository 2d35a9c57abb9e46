"""Services made up for tests of their programs, and what is asked of the stacks that they render to."""

import functools
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pagerworthy.catalog import Check, Compute, EnvironmentSpec, Health, Release, Replicas, Resource
from pagerworthy.stacks.inputs import Level, Need, ServiceInputs, Window
from pagerworthy.stacks.render import Rendered, RenderedResource, render
from tests.stacks.demo import demo, stacks_of

ENVIRONMENT = EnvironmentSpec(
    purpose="production", provider="aws", region="eu-west-1", account="111122223333", zones=3, domain="shop.example.com"
)
IMAGE = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout"
GRPC = Health(liveness=Check(path="grpc.health.v1.Health"), stop="30s")
COMPUTE = Compute(
    type="fargate", image=IMAGE, port=5050, cpu=512, memory=1024, zones=3, replicas=Replicas(min=3, max=6), health=GRPC
)
LEVEL = Level(
    name="availability",
    objective=99.9,
    budget=0.001,
    page="CheckoutAvailabilityBurn",
    ticket="CheckoutAvailabilityBurnTicket",
    windows=(
        Window("page", 3600, 300, 14.4),
        Window("page", 21600, 1800, 6.0),
        Window("ticket", 86400, 7200, 3.0),
        Window("ticket", 259200, 21600, 1.0),
    ),
    min_events=10,
    page_runbook="catalog/runbooks/errors.md",
)
EVERY_TYPE: Mapping[str, Resource] = {
    "postgres": Resource(type="postgres", size="small"),
    "mysql": Resource(type="mysql", size="small"),
    "redis": Resource(type="redis", size="small"),
    "memcached": Resource(type="memcached", size="small"),
    "rabbitmq": Resource(type="rabbitmq", size="small"),
    "queue": Resource(type="queue"),
    "topic": Resource(type="topic"),
    "bucket": Resource(type="bucket"),
    "edge": Resource(type="edge", domain="pay.shop.example.com", public=True),
    "email": Resource(type="email", domain="post.shop.example.com"),
}


def checkout(**changes: Any) -> ServiceInputs:
    """A service of the highest tier that runs here, with an objective and a release; changed as a test needs it."""
    given: dict[str, Any] = {
        "environment": "production",
        "spec": ENVIRONMENT,
        "service": "checkout",
        "title": "Checkout",
        "owner": "ordering",
        "system": "shop",
        "tier": 1,
        "version": "1.4.2",
        "page": ("page-sre",),
        "ticket": ("ticket-sre",),
        "classification": "confidential",
        "compute": COMPUTE,
        "release": Release(strategy="rolling", rollback="automated"),
        "levels": (LEVEL,),
        "runbook": "catalog/runbooks/checkout.md",
        "owns_image": True,
    }
    return ServiceInputs(**{**given, **changes})


def service_need(owner: str, port: int | None = 8080, *, hard: bool = True) -> Need:
    return Need(target=owner, kind="service", hard=hard, owner=owner, port=port)


def resource_need(owner: str, name: str, type_: str, **changes: Any) -> Need:
    from pagerworthy.stacks.ports import RESOURCE_PORTS

    given: dict[str, Any] = {"hard": True, "port": RESOURCE_PORTS.get(type_), **changes}
    return Need(target=f"{owner}/{name}", kind="resource", owner=owner, resource=name, type=type_, **given)


@functools.cache
def demo_stacks() -> Mapping[str, Rendered]:
    """Each service's stack of the demo's production, by service."""
    stacks = stacks_of(demo())
    return {name: render(stacks.service(name)) for name in stacks.services}


def one(rendered: Rendered, type_: str, name: str = "") -> RenderedResource:
    """The resource of a type, and, where there are several, of a name."""
    found = [each for each in rendered.of_type(type_) if not name or each.name == name]
    assert len(found) == 1, (type_, name, [each.name for each in found])
    return found[0]


def container(rendered: Rendered) -> Mapping[str, Any]:
    """The one container of the task."""
    [found] = json.loads(one(rendered, TASK).inputs["containerDefinitions"])
    return dict(found)


def statements(rendered: Rendered, policy: str = "") -> Sequence[Mapping[str, Any]]:
    """The statements of all grants that roles have, or of one of them."""
    found = [each for each in rendered.of_type(GRANTS) if not policy or each.name == policy]
    return [statement for each in found for statement in json.loads(each.inputs["policy"])["Statement"]]


def granted(rendered: Rendered, policy: str = "task-grants") -> set[tuple[str, str]]:
    """Each action with each resource that it is granted on."""
    return {
        (action, resource)
        for each in statements(rendered, policy)
        for action in each["Action"]
        for resource in ([each["Resource"]] if isinstance(each["Resource"], str) else each["Resource"])
    }


def rules(rendered: Rendered) -> Iterator[tuple[str, RenderedResource]]:
    """Each rule, as `egress` or `ingress`."""
    for each in rendered.resources:
        if each.type in {EGRESS, INGRESS}:
            yield ("egress" if each.type == EGRESS else "ingress"), each


TASK = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE = "aws:ecs/service:Service"
ROLE = "aws:iam/role:Role"
GRANTS = "aws:iam/rolePolicy:RolePolicy"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
COMPOSITE = "aws:cloudwatch/compositeAlarm:CompositeAlarm"
