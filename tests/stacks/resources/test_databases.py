"""PostgreSQL and MySQL: encrypted, over TLS alone, in data subnets, saved, with limits and with alarms on them."""

import pytest

from pagerworthy.stacks.render import Rendered
from tests.stacks.resources.asked import KEY, REGULATED_KEY, SUBNETS, alarms, kinds, only, stack, store

BOTH = pytest.mark.parametrize("type_", ["postgres", "mysql"])


def parameters(rendered: Rendered) -> dict[str, str]:
    return {each["name"]: each["value"] for each in only(rendered, "ParameterGroup").inputs["parameters"]}


@BOTH
def test_a_database_is_encrypted_hidden_and_hard_to_lose(type_: str) -> None:
    rendered = stack("orders", type_, size="small", zones=2)
    database = only(rendered, "Instance")
    asked = database.inputs
    assert asked["storageEncrypted"] is True
    assert asked["kmsKeyId"] == asked["masterUserSecretKmsKeyId"] == asked["performanceInsightsKmsKeyId"] == KEY
    assert asked["manageMasterUserPassword"] is True
    assert "password" not in asked
    assert asked["publiclyAccessible"] is False
    assert asked["deletionProtection"] is True
    assert asked["skipFinalSnapshot"] is False
    assert asked["finalSnapshotIdentifier"] == "live-store-orders-final"
    assert asked["copyTagsToSnapshot"] is True
    assert asked["performanceInsightsEnabled"] is True
    assert database.protect
    assert only(rendered, "SubnetGroup").inputs["subnetIds"] == SUBNETS
    group = only(rendered, "SecurityGroup")
    assert not {"ingress", "egress"} & group.inputs.keys()
    assert asked["vpcSecurityGroupIds"] == ["<orders-security-group.id>"]


@BOTH
def test_in_staging_a_database_can_be_taken_down(type_: str) -> None:
    database = only(stack("orders", type_, store("staging"), size="small"), "Instance")
    assert not database.protect
    assert database.inputs["deletionProtection"] is False
    assert database.inputs["skipFinalSnapshot"] is True
    assert "finalSnapshotIdentifier" not in database.inputs


def test_connections_without_tls_are_turned_away() -> None:
    assert parameters(stack("orders", "postgres", size="small"))["rds.force_ssl"] == "1"
    assert parameters(stack("orders", "mysql", size="small"))["require_secure_transport"] == "1"


@BOTH
@pytest.mark.parametrize(
    ("purpose", "tier", "zones", "expected"),
    [
        ("production", 1, 1, True),
        ("production", 3, 1, False),
        ("production", 3, 2, True),
        ("staging", 1, 1, False),
        ("staging", 1, 3, True),
    ],
)
def test_a_standby_follows_from_zones_and_tier(type_: str, purpose: str, tier: int, zones: int, expected: bool) -> None:
    database = only(stack("orders", type_, store(purpose, tier=tier), size="small", zones=zones), "Instance")
    assert database.inputs["multiAz"] is expected


@BOTH
def test_more_connections_fit_into_more_memory_and_are_watched(type_: str) -> None:
    rooms = []
    for size in ("small", "medium", "large", "xlarge"):
        rendered = stack("orders", type_, size=size)
        most = int(parameters(rendered)["max_connections"])
        rooms.append(most)
        assert alarms(rendered)["orders-connections"].inputs["threshold"] == most * 0.8
    assert rooms == sorted(set(rooms))
    careless = stack("orders", type_, store("staging", tier=4), size="medium")
    careful = stack("orders", type_, store("staging", tier=1), size="medium")
    assert int(parameters(careless)["max_connections"]) > int(parameters(careful)["max_connections"])


@BOTH
def test_backups_are_kept_as_the_entry_says_and_beyond_what_rds_keeps(type_: str) -> None:
    short = stack("orders", type_, size="small", backup="21d")
    assert only(short, "Instance").inputs["backupRetentionPeriod"] == 21
    assert "Vault" not in kinds(short)
    long = stack("orders", type_, size="small", backup="90d")
    assert only(long, "Instance").inputs["backupRetentionPeriod"] == 35
    [rule] = only(long, "Plan").inputs["rules"]
    assert rule["lifecycle"] == {"deleteAfter": 90}
    assert only(long, "Selection").inputs["resources"] == ["<orders.arn>"]


@BOTH
def test_a_regulated_database_has_its_own_key_and_a_year_of_backups_and_logs(type_: str) -> None:
    rendered = stack("orders", type_, store(regulations=("pci-dss",)), size="small", backup="35d")
    assert only(rendered, "Instance").inputs["kmsKeyId"] == REGULATED_KEY
    assert only(rendered, "Vault").inputs["kmsKeyArn"] == REGULATED_KEY
    assert only(rendered, "Vault").protect
    [rule] = only(rendered, "Plan").inputs["rules"]
    assert rule["lifecycle"]["deleteAfter"] >= 365
    groups = [each for each in rendered.resources if each.type.endswith(":LogGroup")]
    assert len(groups) == 2
    assert all(each.inputs["retentionInDays"] >= 365 for each in groups)
    assert all(each.inputs["kmsKeyId"] == REGULATED_KEY for each in groups)


@BOTH
def test_logs_have_their_group_before_the_database_writes_them(type_: str) -> None:
    rendered = stack("orders", type_, size="small")
    database = only(rendered, "Instance")
    groups = {each.name: each.inputs["name"] for each in rendered.resources if each.type.endswith(":LogGroup")}
    wanted = {f"/aws/rds/instance/live-store-orders/{log}" for log in database.inputs["enabledCloudwatchLogsExports"]}
    assert set(groups.values()) == wanted
    assert set(groups) <= set(database.depends_on)


def test_a_version_is_kept_where_the_entry_names_all_of_it() -> None:
    whole = only(stack("orders", "postgres", size="small", version="18.4"), "Instance").inputs
    assert (whole["engineVersion"], whole["autoMinorVersionUpgrade"]) == ("18.4", False)
    series = only(stack("orders", "postgres", size="small", version="18"), "Instance").inputs
    assert (series["engineVersion"], series["autoMinorVersionUpgrade"]) == ("18", True)
    group = only(stack("orders", "postgres", size="small", version="18.4"), "ParameterGroup").inputs
    assert group["family"] == "postgres18"


@pytest.mark.parametrize(("type_", "kind"), [("postgres", "Instance"), ("redis", "ReplicationGroup")])
def test_a_new_series_leaves_the_old_parameters_while_they_are_in_use(type_: str, kind: str) -> None:
    live, staging = stack("orders", type_, size="small"), stack("orders", type_, store("staging"), size="small")
    # Production waits for its weekly hour; elsewhere the old group is free once the run has changed the database.
    assert only(live, "ParameterGroup").keep
    assert only(live, kind).inputs["applyImmediately"] is False
    assert not only(staging, "ParameterGroup").keep
    assert only(staging, kind).inputs["applyImmediately"] is True


@BOTH
def test_what_fills_up_is_heard_of(type_: str) -> None:
    heard = alarms(stack("orders", type_, size="small"))
    names = {f"orders-{name}" for name in ("connections", "cpu", "memory", "storage", "storage-hours", "storage-days")}
    assert names <= set(heard)
    assert heard["orders-storage"].inputs["alarmActions"] == ["<platform.live:topic.page-sre>"]
    assert heard["orders-cpu"].inputs["alarmActions"] == ["<platform.live:topic.ticket-sre>"]
    days = heard["orders-storage-days"].inputs
    assert days["threshold"] == 14
    assert days["comparisonOperator"].startswith("LessThan")
    assert any("RATE(m1)" in query.get("expression", "") for query in days["metricQueries"])


@BOTH
@pytest.mark.parametrize("size", ["small", "medium", "large", "xlarge"])
def test_no_alarm_asks_for_more_room_than_the_smallest_disk_has(type_: str, size: str) -> None:
    rendered = stack("orders", type_, size=size)
    database = only(rendered, "Instance")
    # A larger size makes the disk larger; what has grown by itself the provider leaves alone.
    assert not database.ignore_changes
    assert database.inputs["maxAllocatedStorage"] > database.inputs["allocatedStorage"]
    heard = alarms(rendered)
    assert heard["orders-storage"].inputs["threshold"] == database.inputs["allocatedStorage"] * 1024**3 / 10
    hours = heard["orders-storage-hours"].inputs
    assert hours["alarmActions"] == ["<platform.live:topic.page-sre>"]
    [expression] = [each["expression"] for each in hours["metricQueries"] if "expression" in each]
    free, rate = 8 * 1024**3, -(1024**3) / 3600
    words = {"IF": lambda test, then, other: then if test else other, "RATE": lambda _: rate, "m1": free}
    left = eval(expression, words)  # noqa: S307 -- our own expression
    assert left == pytest.approx(8)
    assert left > hours["threshold"]


def test_changes_come_to_staging_first() -> None:
    live = only(stack("orders", "postgres", size="small"), "Instance").inputs["maintenanceWindow"]
    staging = only(stack("orders", "postgres", store("staging"), size="small"), "Instance").inputs["maintenanceWindow"]
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert days.index(staging[:3]) < days.index(live[:3])
