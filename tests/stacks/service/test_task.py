"""The task: what runs, as whom, told what, and how it ends."""

import msgspec
import pytest

from pagerworthy.catalog import Check, Compute, Health, Replicas, Resource
from pagerworthy.stacks.outputs import Peers
from pagerworthy.stacks.render import render
from tests.stacks.service.made import (
    COMPUTE,
    EVERY_TYPE,
    IMAGE,
    SERVICE,
    TASK,
    checkout,
    container,
    demo_stacks,
    one,
    resource_need,
    service_need,
)

LOCAL = "http://127.0.0.1:5050/healthz"


def compute(image: str = IMAGE, port: int | None = 5050, health: Health | None = None) -> Compute:
    return Compute(
        type="fargate", image=image, port=port, cpu=256, memory=512, replicas=Replicas(min=1, max=1), health=health
    )


def test_no_container_of_the_demo_is_root_or_writes_into_its_image() -> None:
    for service, rendered in demo_stacks().items():
        found = container(rendered)
        assert found["user"] == "65532:65532", service
        assert found["readonlyRootFilesystem"] is True
        assert found["privileged"] is False
        assert found["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}
        assert [each["containerPath"] for each in found["linuxParameters"]["tmpfs"]] == ["/tmp"]  # noqa: S108


def test_an_image_that_must_write_or_be_somebody_may() -> None:
    asked = msgspec.structs.replace(compute(), user="472:472", writable=True)
    found = container(render(checkout(compute=asked)))
    assert (found["user"], found["readonlyRootFilesystem"]) == ("472:472", False)
    assert found["linuxParameters"]["capabilities"] == {"drop": ["ALL"]}


def test_no_task_of_the_demo_has_a_public_address() -> None:
    for rendered in demo_stacks().values():
        network = one(rendered, SERVICE).inputs["networkConfiguration"]
        assert network["assignPublicIp"] is False
        assert network["subnets"] == [f"<platform.production:private_subnet_ids[{zone}]>" for zone in range(3)]
        assert network["securityGroups"] == ["<security-group.id>"]


@pytest.mark.parametrize(
    ("version", "expected"),
    [("1.4.2", f"{IMAGE}:1.4.2"), ("sha256:" + "a" * 64, f"{IMAGE}@sha256:{'a' * 64}")],
)
def test_the_release_says_which_image_runs(version: str, expected: str) -> None:
    assert container(render(checkout(version=version)))["image"] == expected


def test_a_run_waits_for_a_release_and_not_for_an_image_that_nobody_has_pushed() -> None:
    assert one(render(checkout()), SERVICE).inputs["waitForSteadyState"] is True
    assert one(render(checkout(version="initial")), SERVICE).inputs["waitForSteadyState"] is False


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("grpc.health.v1.Health", ["CMD", "grpc_health_probe", "-addr=127.0.0.1:5050", "-rpc-timeout=3s"]),
        (
            "shop.Cart",
            ["CMD", "grpc_health_probe", "-addr=127.0.0.1:5050", "-rpc-timeout=3s", "-service=shop.Cart"],
        ),
        (
            "/healthz",
            [
                "CMD-SHELL",
                f"wget -q -T 3 -O /dev/null {LOCAL} || curl -fsS -m 3 -o /dev/null {LOCAL} || exit 1",
            ],
        ),
    ],
)
def test_a_container_is_asked_in_its_own_protocol(path: str, command: list[str]) -> None:
    health = Health(liveness=Check(path=path, interval="10s"))
    found = container(render(checkout(compute=compute(health=health))))["healthCheck"]
    assert (found["command"], found["interval"]) == (command, 10)


def test_intervals_stay_within_what_ecs_allows() -> None:
    for asked, given in (("1s", 5), ("10m", 300), ("", 30)):
        health = Health(liveness=Check(path="/", interval=asked))
        assert container(render(checkout(compute=compute(health=health))))["healthCheck"]["interval"] == given


def test_nobody_asks_a_worker() -> None:
    worker = compute(port=None, health=Health(liveness=Check(path="/v1/status")))
    found = container(render(checkout(compute=worker)))
    assert "healthCheck" not in found
    assert found["portMappings"] == []


@pytest.mark.parametrize(("asked", "given"), [("", 30), ("45s", 45), ("5m", 120), ("500ms", 2)])
def test_a_task_may_finish_what_it_does_for_as_long_as_fargate_lets_it(asked: str, given: int) -> None:
    assert container(render(checkout(compute=compute(health=Health(stop=asked)))))["stopTimeout"] == given


def test_a_container_is_told_where_everything_is_that_it_needs() -> None:
    needs = (
        service_need("product-catalog", 3550),
        resource_need("cart", "valkey", "redis"),
        resource_need("store", "big-files", "bucket"),
        resource_need("checkout", "jobs", "queue", access="read-write"),
    )
    found = container(render(checkout(needs=needs, resources={"jobs": Resource(type="queue")})))
    told = {each["name"]: each["value"] for each in found["environment"]}
    assert told == {
        "CART__VALKEY_ENDPOINT": "<cart.production:valkey.endpoint>",
        "CART__VALKEY_SECRET_ARN": "<cart.production:valkey.secret_arn>",
        "CHECKOUT__JOBS_ARN": "<jobs.arn>",
        "CHECKOUT__JOBS_URL": "<jobs.url>",
        "ENVIRONMENT": "production",
        "OTEL_RESOURCE_ATTRIBUTES": ",".join(
            ("deployment.environment.name=production", "service.namespace=shop", "service.version=1.4.2")
        ),
        "OTEL_SERVICE_NAME": "checkout",
        "PORT": "5050",
        "PRODUCT_CATALOG_ADDR": "product-catalog.<platform.production:namespace_name>:3550",
        "STORE__BIG_FILES_ARN": "<store.production:big-files.arn>",
        "STORE__BIG_FILES_NAME": "<store.production:big-files.name>",
    }
    assert found["secrets"] == [{"name": "CART__VALKEY_SECRET", "valueFrom": "<cart.production:valkey.secret_arn>"}]


def test_of_a_soft_dependency_that_is_not_there_yet_nothing_is_told() -> None:
    inputs = checkout(needs=(service_need("flagd", 8013, hard=False), resource_need("a", "b", "redis", hard=False)))
    values: dict[str, dict[str, object]] = {}
    for ask in inputs.asks():
        if ask.required:
            value = ["x", "y", "z"] if ask.key.endswith("subnet_ids") else f"<{ask.key}>"
            values.setdefault(ask.stack, {})[ask.key] = value
    early, late = container(render(inputs, Peers(values))), container(render(inputs))
    missing = {each["name"] for each in late["environment"]} - {each["name"] for each in early["environment"]}
    assert missing == {"A__B_ENDPOINT", "A__B_SECRET_ARN", "FLAGD_ADDR"}
    assert early["secrets"] == []


def test_no_secret_is_ever_in_plain_text() -> None:
    for service, rendered in demo_stacks().items():
        found = container(rendered)
        assert all(each["valueFrom"].endswith(("_arn>", ".arn>", "secretArn>")) for each in found["secrets"]), service


def test_a_service_is_found_at_its_own_port_and_a_caller_finds_others() -> None:
    connect = one(render(checkout()), SERVICE).inputs["serviceConnectConfiguration"]
    [offer] = connect["services"]
    assert offer["discoveryName"] == "checkout"
    assert offer["clientAlias"] == [{"dnsName": "checkout.<platform.production:namespace_name>", "port": 5050}]
    assert connect["namespace"] == (
        "arn:aws:servicediscovery:eu-west-1:111122223333:namespace/<platform.production:namespace_id>"
    )
    caller = one(render(checkout(compute=compute(port=None), needs=(service_need("cart"),))), SERVICE)
    assert caller.inputs["serviceConnectConfiguration"]["services"] == []
    assert "serviceConnectConfiguration" not in one(render(checkout(compute=compute(port=None))), SERVICE).inputs


def test_the_proxy_looks_into_requests_only_where_the_protocol_is_known() -> None:
    [grpc] = container(render(checkout()))["portMappings"]
    assert grpc["appProtocol"] == "grpc"
    http = Health(liveness=Check(path="/healthz"))
    [bytes_] = container(render(checkout(compute=compute(health=http))))["portMappings"]
    assert "appProtocol" not in bytes_


def test_what_does_not_run_here_is_only_its_resources() -> None:
    elsewhere = Compute(type="external")
    for given in (elsewhere, None):
        resources = {name: each for name, each in EVERY_TYPE.items() if name != "edge"}
        rendered = render(checkout(compute=given, resources=resources))
        assert not rendered.of_type(SERVICE)
        assert not rendered.of_type(TASK)
        assert "security_group_id" not in rendered.outputs
        assert rendered.outputs["postgres.endpoint"]


def test_a_task_has_the_size_that_its_entry_asks_for() -> None:
    task = one(render(checkout()), TASK).inputs
    assert (task["cpu"], task["memory"]) == (str(COMPUTE.cpu), str(COMPUTE.memory))
    assert task["networkMode"] == "awsvpc"
