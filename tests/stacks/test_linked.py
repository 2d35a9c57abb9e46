"""What a rendered stack shows of a service: what is there passes, and what is missing is seen."""

import datetime as dt
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pagerworthy.catalog import Resource, ServiceSpec, load
from pagerworthy.evidence.collectors import Context
from pagerworthy.evidence.record import Record
from pagerworthy.project import CollectSettings
from pagerworthy.stacks import collector as module
from pagerworthy.stacks.collector import StacksCollector
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.linked import linked
from pagerworthy.stacks.render import Rendered, RenderedResource, render
from tests.stacks.demo import AS_OF, ROOT, demo, edited, stacks_of

replace = msgspec.structs.replace


def seen(service: str, edit: Callable[[ServiceSpec], ServiceSpec] = lambda spec: spec) -> dict[str, Any]:
    inputs = stacks_of(edited(demo(), service, edit)).service(service)
    return {key: json.loads(msgspec.json.encode(value)) for key, value in linked(inputs, render(inputs))}


def with_changed(service: str, type_: str, **inputs: Any) -> dict[str, Any]:
    """What is seen of a service whose stack somebody has edited by hand."""
    given = stacks_of(demo()).service(service)
    rendered = render(given)
    resources = tuple(
        replace(each, inputs={**each.inputs, **inputs}) if each.type == type_ else each for each in rendered.resources
    )
    assert resources != rendered.resources
    return {
        key: json.loads(msgspec.json.encode(value))
        for key, value in linked(given, replace(rendered, resources=resources))
    }


def test_a_service_that_asks_for_all_has_all() -> None:
    found = seen("cart")
    assert found["stack.encryption"] == {"at_rest": True, "in_transit": True}
    assert found["stack.grants"] == {"wildcards": [], "public": []}
    assert found["stack.health"] == {"readiness": True, "liveness": True, "stop_seconds": 20.0}
    assert found["stack.placement"] == {"replicas": 3.0, "zones": 3.0, "single_zone_stores": []}
    assert found["stack.secrets"] == {"managed": True}
    assert found["stack.tags"] == {"missing": []}


def test_what_the_internet_reaches_has_the_name_of_its_entry() -> None:
    assert seen("frontend-proxy")["stack.grants"]["public"] == ["shop"]


def test_what_an_entry_leaves_out_is_seen() -> None:
    def bare(spec: ServiceSpec) -> ServiceSpec:
        assert spec.compute is not None
        cache = replace(spec.resources["valkey"], zones=1)
        return replace(spec, tier=4, compute=replace(spec.compute, health=None), resources={"valkey": cache})

    found = seen("cart", bare)
    assert (found["stack.health"]["liveness"], found["stack.health"]["readiness"]) == (False, False)
    assert found["stack.placement"]["single_zone_stores"] == ["valkey"]


@pytest.mark.parametrize(
    ("type_", "inputs", "key", "expected"),
    [
        ("aws:elasticache/replicationGroup:ReplicationGroup", {"atRestEncryptionEnabled": False}, "at_rest", False),
        ("aws:elasticache/replicationGroup:ReplicationGroup", {"transitEncryptionEnabled": False}, "in_transit", False),
        ("aws:cloudwatch/logGroup:LogGroup", {"kmsKeyId": None}, "at_rest", False),
    ],
)
def test_what_is_not_encrypted_is_seen(type_: str, inputs: dict[str, Any], key: str, expected: object) -> None:
    assert with_changed("cart", type_, **inputs)["stack.encryption"][key] is expected


@pytest.mark.parametrize(
    ("statement", "wide"),
    [
        ('{"Action": "s3:*", "Resource": "arn:aws:s3:::one"}', ["s3:*"]),
        ('{"Action": ["s3:GetObject", "sqs:*"], "Resource": "*"}', ["sqs:*", "s3:GetObject"]),
        ('{"Action": ["ecr:GetAuthorizationToken"], "Resource": "*"}', []),
    ],
)
def test_grants_that_reach_further_than_they_name_are_seen(statement: str, wide: list[str]) -> None:
    policy = f'{{"Statement": [{statement}]}}'
    found = with_changed("cart", "aws:iam/rolePolicy:RolePolicy", policy=policy)["stack.grants"]["wildcards"]
    assert set(found) == {f"{name}: {each}" for name in ("task-grants", "execution-grants") for each in wide}


def test_a_secret_in_plain_text_and_a_missing_tag_are_seen() -> None:
    container = '[{"environment": [{"name": "DB_PASSWORD", "value": "x"}, {"name": "DB_SECRET_ARN", "value": "y"}]}]'
    task = "aws:ecs/taskDefinition:TaskDefinition"
    assert with_changed("cart", task, containerDefinitions=container)["stack.secrets"] == {"managed": False}
    missing = with_changed("cart", task, tags={"owner": "ordering"})["stack.tags"]["missing"]
    assert "task: tier" in missing
    assert "task: owner" not in missing


def test_a_store_that_is_not_encrypted_is_seen_for_every_type() -> None:
    """A resource of each type that stores something, without any setting, is never taken for encrypted."""
    given = stacks_of(demo()).service("cart")
    rendered = render(given)
    for type_ in (
        "aws:rds/instance:Instance",
        "aws:sqs/queue:Queue",
        "aws:sns/topic:Topic",
        "aws:mq/broker:Broker",
        "aws:elasticache/cluster:Cluster",
        "aws:s3/bucket:Bucket",
    ):
        bare = RenderedResource(type=type_, name="bare", inputs={}, taggable=True)
        more = Rendered(rendered.stack, "", (*rendered.resources, bare), {})
        found = {key: json.loads(msgspec.json.encode(value)) for key, value in linked(given, more)}
        assert found["stack.encryption"]["at_rest"] is False, type_
        assert "bare: all" in found["stack.tags"]["missing"]


def test_a_resource_that_is_asked_for_in_one_zone_is_seen_for_every_type() -> None:
    types = {"postgres": "16", "mysql": "8.4", "redis": "7.2", "memcached": "1.6", "rabbitmq": "3.13"}
    for type_, version in types.items():
        store = Resource(type=type_, size="small", version=version, zones=1)
        found = seen("quote", lambda spec, store=store: replace(spec, tier=4, resources={"store": store}))  # type: ignore[misc]
        assert found["stack.placement"]["single_zone_stores"] == ["store"], type_


def test_without_pulumi_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "missing_package", lambda: "pulumi")
    context = Context(catalog=demo(), root=ROOT, as_of=dt.datetime.now(dt.UTC), settings=CollectSettings())
    records = list(StacksCollector().collect(context))
    assert records
    assert all(each.failed and not each.value for each in records)
    assert {each.subject for each in records} == set(stacks_of(demo(), as_of=AS_OF).services)


def test_what_is_refused_and_what_cannot_be_rendered_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(inputs: ServiceInputs) -> Rendered:
        if inputs.service == "quote":
            raise ValueError("the price list is empty")
        return render(inputs)

    monkeypatch.setattr("pagerworthy.stacks.render.render", broken)
    names = {"quote", "shipping", "email"}

    def odd(spec: ServiceSpec) -> ServiceSpec:
        assert spec.compute is not None
        return replace(spec, compute=replace(spec.compute, cpu=300))

    catalog = edited(demo(), "shipping", odd)
    for name in set(demo().services) - names:
        catalog = edited(catalog, name, lambda spec: replace(spec, environments=()))
    context = Context(catalog=catalog, root=ROOT, as_of=AS_OF, settings=CollectSettings())
    found: dict[str, set[str]] = {}
    for each in StacksCollector().collect(context):
        found.setdefault(each.subject, set()).add(each.failed)
    assert found["quote"] == {"its stack cannot be rendered: the price list is empty"}
    assert all(reason.startswith("no stack is made of it: ") for reason in found["shipping"])
    assert found["email"] == {""}


def test_of_what_needs_an_entry_that_cannot_be_read_nothing_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    (tmp_path / "catalog/services/quote.yaml").write_text("spec: [")
    looked: list[str] = []

    def look(_: object, __: object, name: str, ___: object) -> Iterator[Record]:
        looked.append(name)
        return iter(())

    monkeypatch.setattr(StacksCollector, "_look", look)
    context = Context(
        catalog=load(tmp_path, cache=False).catalog, root=tmp_path, as_of=AS_OF, settings=CollectSettings()
    )
    found: dict[str, set[str]] = {}
    for each in StacksCollector().collect(context):
        found.setdefault(each.subject, set()).add(each.failed)
    assert found["quote"] == {"its entry cannot be read: catalog/services/quote.yaml"}
    (reason,) = found["shipping"]
    assert reason.startswith("what its stack is to be is not known: the entry of quote cannot be read, which it needs")
    assert "ad" in looked
    assert not {"quote", "shipping"} & set(looked)
