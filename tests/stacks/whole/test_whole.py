"""The demo's environment, brought up from nothing through the real engine; what is there is what the entries say."""

import os
import random
from collections.abc import Callable
from typing import Any

import yaml

from pagerworthy.stacks.inputs import ServiceInputs
from tests.stacks.demo import holds
from tests.stacks.whole.shop import ENVIRONMENT, Shop

# So many edits are tried, one after the other; each takes an `up`.
EDITS = int(os.environ.get("PAGERWORTHY_EDITS", "6"))


def test_everything_comes_up_in_order_and_then_there_is_nothing_to_do(shop: Shop) -> None:
    stacks = shop.stacks()
    assert {name: each["outcome"] for name, each in shop.first.items()} == dict.fromkeys(stacks.stacks(), "changed")
    began, deployed = shop.began(), shop.deployed()
    for name in stacks.services:
        inputs = stacks.service(name)
        for need in inputs.needs:
            if need.hard and need.owner and need.owner != name:
                assert deployed[f"{need.owner}.{ENVIRONMENT}"] <= began[inputs.stack]
    assert {each["outcome"] for each in shop.up().values()} == {"unchanged"}
    # Nor where every engine is asked, and looks at the cloud itself.
    assert {each["outcome"] for each in shop.up("--refresh").values()} == {"unchanged"}


def test_pulumi_itself_finds_nothing_to_do(shop: Shop) -> None:
    for stack in (f"quote.{ENVIRONMENT}", f"checkout.{ENVIRONMENT}"):
        shop.pulumi(stack, "config", "refresh", "--force")
        shop.pulumi(stack, "config", "set", "emulator", shop.cloud.endpoint)
        said = shop.pulumi(stack, "preview", "--diff")
        assert "unchanged" in said
        assert not any(word in said for word in ("to create", "to update", "to delete", "to replace")), said


def _rules(shop: Shop) -> set[tuple[str, str, int, bool]]:
    """Each rule between two groups of services: from, to, port, and whether it is the one that lets in."""
    names = shop.groups()
    rules = shop.cloud.boto("ec2").describe_security_group_rules()["SecurityGroupRules"]
    found = set()
    for rule in rules:
        own, other = names.get(rule["GroupId"]), names.get(rule.get("ReferencedGroupInfo", {}).get("GroupId", ""))
        if own and other:
            pair = (own, other) if rule["IsEgress"] else (other, own)
            found.add((*pair, rule["FromPort"], not rule["IsEgress"]))
    return found


def test_a_rule_is_there_if_and_only_if_an_edge_is(shop: Shop) -> None:
    stacks = shop.stacks()
    wanted = set()
    for name in stacks.services:
        for need in stacks.service(name).needs:
            if need.owner and need.port and need.type != "edge":
                wanted |= {(name, need.target, need.port, way) for way in (True, False)}
    found = {rule for rule in _rules(shop) if not _of_an_edge(rule)}
    assert found - wanted == set()
    assert wanted - found == set()


def _of_an_edge(rule: tuple[str, str, int, bool]) -> bool:
    """Whether a load balancer hands requests on to its own service."""
    return (rule[0], rule[1]) == ("frontend-proxy/shop", "frontend-proxy")


def test_a_role_may_do_what_an_edge_asks_for_and_nothing_else(shop: Shop) -> None:
    iam = shop.cloud.boto("iam")
    stacks = shop.stacks()
    for name in stacks.services:
        inputs = stacks.service(name)
        if not inputs.runs_here:
            continue
        reached = {need.target for need in inputs.needs if need.owner and need.type in {"topic", "bucket", "queue"}}
        role = f"{ENVIRONMENT}-{name}-task"
        policies = iam.list_role_policies(RoleName=role)["PolicyNames"]
        documents = [iam.get_role_policy(RoleName=role, PolicyName=each)["PolicyDocument"] for each in policies]
        statements = [each for document in documents for each in document["Statement"]]
        granted = {
            resource.rpartition(":")[2].split("/")[0]
            for each in statements
            if not _actions(each)[0].startswith(("kms:", "secretsmanager:"))
            for resource in _several(each["Resource"])
        }
        named = {f"{ENVIRONMENT}-{target.replace('/', '-')}" for target in reached}
        assert len(granted) >= len(named), name
        for resource in granted:
            # Its own queue for a topic of others is called after both, with what no name has between them.
            own = f"-{name}-" in resource or resource.startswith(f"{ENVIRONMENT}-{name}_")
            assert own or any(resource.startswith(each) for each in named), (name, resource)
        assert not any("*" in action for each in statements for action in _actions(each)), name


def _several(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _actions(statement: dict[str, Any]) -> list[str]:
    return _several(statement["Action"])


def _alarms(shop: Shop) -> dict[str, set[str]]:
    """The topics of every alarm that tells somebody, by its name."""
    found = shop.cloud.boto("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100)
    pages = [found]
    while "NextToken" in pages[-1]:
        pages.append(
            shop.cloud.boto("cloudwatch").describe_alarms(
                AlarmTypes=["MetricAlarm", "CompositeAlarm"], MaxRecords=100, NextToken=pages[-1]["NextToken"]
            )
        )
    heard = {each["AlarmName"]: each["AlarmActions"] for page in pages for each in page["MetricAlarms"]}
    # Moto knows no alarms on alarms.
    composed = shop.cloud.emulated("aws:cloudwatch/compositeAlarm:CompositeAlarm")
    heard |= {name: each.get("alarmActions", []) for name, each in composed.items()}
    return {name: {arn.rpartition(":")[2] for arn in actions} for name, actions in heard.items() if actions}


def _heard_by(inputs: ServiceInputs) -> set[str]:
    return {f"{ENVIRONMENT}-platform-{name}" for name in (*inputs.page, *inputs.ticket)}


def test_every_alarm_reaches_whoever_holds_the_pager(shop: Shop) -> None:
    stacks = shop.stacks()
    alarms = _alarms(shop)
    assert alarms
    for name in stacks.services:
        inputs = stacks.service(name)
        own = {alarm: topics for alarm, topics in alarms.items() if alarm.startswith(f"{ENVIRONMENT}/{name}/")}
        # Until something was released there is nothing to watch but promises.
        assert own or not inputs.levels, name
        for alarm, topics in own.items():
            assert topics, alarm
            assert topics <= _heard_by(inputs), alarm


def test_databases_are_kept_as_their_entries_say(shop: Shop) -> None:
    (database,) = shop.cloud.boto("rds").describe_db_instances()["DBInstances"]
    assert database["BackupRetentionPeriod"] == 35
    assert database["StorageEncrypted"] is True
    assert database["PubliclyAccessible"] is False
    tags = {tag["Key"]: tag["Value"] for tag in database["TagList"]}
    assert tags["owner"] == "discovery"
    assert tags["environment"] == ENVIRONMENT


def test_a_handover_moves_the_alarms_of_that_service_and_nothing_else(shop: Shop) -> None:
    before = _alarms(shop)
    shop.hand_back("checkout")
    found = shop.up()
    changed = {name for name, each in found.items() if each["outcome"] == "changed"}
    assert changed == {f"checkout.{ENVIRONMENT}"}
    types = {change["type"] for change in found[f"checkout.{ENVIRONMENT}"]["changes"]}
    assert types <= {"aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"}
    after = _alarms(shop)
    moved = {name for name in before if before[name] != after.get(name)}
    assert moved
    assert all(name.startswith(f"{ENVIRONMENT}/checkout/") for name in moved)
    assert before.keys() == after.keys()


def _edit(shop: Shop, chance: random.Random) -> str:
    """Changes one dependency of one entry, as a pull request would; says what was done."""
    services = sorted((shop.root / "catalog" / "services").glob("*.yaml"))
    while True:
        path = chance.choice(services)
        entry = yaml.safe_load(path.read_text())
        needs = entry["spec"].setdefault("dependencies", [])
        done = chance.choice(_WAYS)(entry["metadata"]["name"], needs, [each.stem for each in services], chance)
        if done:
            path.write_text(yaml.safe_dump(entry, sort_keys=False))
            return f"{path.stem}: {done}"


def _add(name: str, needs: list[dict[str, Any]], names: list[str], chance: random.Random) -> str:
    target = chance.choice(names)
    if target == name or any(each.get("service") == target for each in needs):
        return ""
    needs.append({"service": target, "criticality": "soft", "fallback": "It is done later."})
    return f"needs {target} softly"


def _remove(name: str, needs: list[dict[str, Any]], names: list[str], chance: random.Random) -> str:
    soft = [each for each in needs if each["criticality"] == "soft" and "service" in each]
    if not soft:
        return ""
    gone = chance.choice(soft)
    needs.remove(gone)
    return f"needs {gone['service']} no more"


def _retry(name: str, needs: list[dict[str, Any]], names: list[str], chance: random.Random) -> str:
    """What no stack follows from."""
    if not needs:
        return ""
    each = chance.choice(needs)
    each["retries"] = (each.get("retries") or 0) + 1
    return "retries once more"


_WAYS: tuple[Callable[[str, list[dict[str, Any]], list[str], random.Random], str], ...] = (_add, _add, _remove, _retry)


def test_affected_names_exactly_what_an_up_changes(shop: Shop) -> None:
    chance = random.Random(20261122)  # noqa: S311 -- the same edits each time
    shop.commit("what was")
    shop.up()
    for number in range(EDITS):
        done = _edit(shop, chance)
        said = shop.affected()
        found = shop.up()
        changed = {name for name, each in found.items() if each["outcome"] != "unchanged"}
        assert changed == set(said), f"edit {number}: {done}"
        for name in changed:
            wanted = {(each["change"], each["type"], each["name"]) for each in said[name]["differences"]}
            made = {(_word(each["operation"]), each["type"], each["name"]) for each in found[name]["changes"]}
            assert made == wanted, f"edit {number}: {done}"
        shop.commit(done)


def _word(operation: str) -> str:
    return {"replace": "update", "create-replacement": "update", "delete-replaced": "update"}.get(operation, operation)


def test_the_report_holds_to_its_schema(shop: Shop) -> None:
    shop.up()
    holds(shop.report(), "run.schema.json")
