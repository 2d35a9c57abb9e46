"""Valkey, Redis and Memcached: over TLS alone, with a password where there are any, a node a zone."""

from typing import Any

import pytest

from pagerworthy.stacks.render import render
from tests.stacks.resources.asked import KEY, REGULATED_KEY, SUBNETS, alarms, only, stack, store


def test_a_redis_is_encrypted_and_asks_for_a_password() -> None:
    rendered = stack("carts", "redis", size="small", version="9.0", zones=3, backup="1d")
    cache = only(rendered, "ReplicationGroup")
    asked = cache.inputs
    assert asked["atRestEncryptionEnabled"] is True
    assert asked["transitEncryptionEnabled"] is True
    assert asked["kmsKeyId"] == KEY
    assert asked["authToken"] == "<secret>"
    assert only(rendered, "Secret").inputs["kmsKeyId"] == KEY
    assert only(rendered, "SecretVersion").inputs["secretString"] == "<secret>"
    assert rendered.outputs["carts.secret_arn"] == "<carts-secret.arn>"
    assert str(rendered.outputs["carts.endpoint"]).endswith(":6379")
    assert only(rendered, "SubnetGroup").inputs["subnetIds"] == SUBNETS
    assert not {"ingress", "egress"} & only(rendered, "SecurityGroup").inputs.keys()
    assert cache.protect


@pytest.mark.parametrize(
    ("version", "engine", "family"),
    [
        ("9.0", "valkey", "valkey9"),
        ("8.1", "valkey", "valkey8"),
        ("7.2", "valkey", "valkey7"),
        ("7.1", "redis", "redis7"),
    ],
)
def test_the_version_says_whether_it_is_valkey(version: str, engine: str, family: str) -> None:
    rendered = stack("carts", "redis", size="small", version=version)
    asked = only(rendered, "ReplicationGroup").inputs
    assert (asked["engine"], asked["engineVersion"]) == (engine, version)
    assert only(rendered, "ParameterGroup").inputs["family"] == family


@pytest.mark.parametrize(("purpose", "zones", "nodes"), [("production", 3, 3), ("production", 1, 2), ("staging", 1, 1)])
def test_replicas_follow_from_zones_and_tier(purpose: str, zones: int, nodes: int) -> None:
    asked = only(stack("carts", "redis", store(purpose), size="small", zones=zones), "ReplicationGroup").inputs
    assert asked["numCacheClusters"] == nodes
    assert asked["automaticFailoverEnabled"] is asked["multiAzEnabled"] is (nodes > 1)


def test_what_is_saved_is_not_evicted_first() -> None:
    def policy(**spec: Any) -> str:
        parameters = only(stack("carts", "redis", size="small", **spec), "ParameterGroup").inputs["parameters"]
        return str(next(each["value"] for each in parameters if each["name"] == "maxmemory-policy"))

    assert policy() == "allkeys-lru"
    assert policy(backup="1d") == "volatile-lru"


def test_each_node_of_a_redis_is_watched() -> None:
    heard = alarms(stack("carts", "redis", size="small", zones=3, backup="1d"))
    for number in ("001", "002", "003"):
        for what in ("connections", "cpu", "memory", "evictions", "replication-lag"):
            asked = heard[f"carts-{what}-{number}"].inputs
            assert asked["dimensions"]["CacheClusterId"].endswith(f"-{number}")
    alone = alarms(stack("carts", "redis", store("staging"), size="small"))
    assert not [name for name in alone if "replication-lag" in name or "evictions" in name]


def test_a_regulated_redis_has_its_own_key() -> None:
    rendered = stack("carts", "redis", store(regulations=("sox",)), size="small")
    assert only(rendered, "ReplicationGroup").inputs["kmsKeyId"] == REGULATED_KEY
    assert only(rendered, "Secret").inputs["kmsKeyId"] == REGULATED_KEY


def test_a_memcached_is_reached_over_tls_by_those_whom_the_network_lets() -> None:
    rendered = stack("pages", "memcached", size="small", zones=3)
    asked = only(rendered, "Cluster").inputs
    assert asked["transitEncryptionEnabled"] is True
    assert (asked["numCacheNodes"], asked["azMode"]) == (3, "cross-az")
    assert asked["securityGroupIds"] == ["<pages-security-group.id>"]
    heard = alarms(rendered)
    assert {f"pages-{what}-0003" for what in ("connections", "cpu", "memory")} <= set(heard)


def test_passwords_are_the_same_on_every_run_and_different_for_each_resource() -> None:
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    import pulumi
    from pulumi.runtime.config import set_all_config

    from pagerworthy.stacks.program.resources.secret import derived_password
    from pagerworthy.stacks.program.scope import Scope

    async def password(seed: str, service: str, name: str) -> str:
        set_all_config({"pagerworthy:seed": seed}, ["pagerworthy:seed"])
        scope = Scope(store(service=service), None, None, {})  # type: ignore[arg-type]
        found = derived_password(scope, name)
        assert await found.is_secret()
        return str(await pulumi.Output.from_input(found).future())

    def derived(seed: str, service: str, name: str) -> str:
        # In a thread of its own: where tests of pages ran before, this one has a loop already.
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(password(seed, service, name))).result()

    first = derived("one", "store", "carts")
    assert len(first) == 64
    assert derived("one", "store", "carts") == first
    others = {derived("one", "store", "jobs"), derived("one", "shop", "carts"), derived("two", "store", "carts")}
    assert len(others | {first}) == 4
    assert first not in render(store()).json().decode()


def test_logs_lie_where_the_account_s_policy_for_them_has_room() -> None:
    rendered = stack("carts", "redis", size="small")
    groups = [each.inputs["name"] for each in rendered.resources if each.type.endswith(":LogGroup")]
    assert len(groups) == 2
    assert all(each.startswith("/aws/vendedlogs/elasticache/live/") for each in groups)
