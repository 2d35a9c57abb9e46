"""The stand-in for Pulumi's `aws` plugin, tried by the real engine: what it makes, changes, finds and leaves."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.stacks.standin import Call, Fault, StandIn
from tests.tools import require_tool

PROGRAMS = Path(__file__).parent / "standin" / "programs"
AREAS = ("network", "compute", "watching", "stores", "edge")
TOKEN = "s3cr3t-of-the-caches"  # noqa: S105 -- made up, to look for it where it must not be


@dataclass(frozen=True)
class Run:
    """A run of the engine: its exit code, what it said, and what it did to the cloud."""

    code: int
    said: str
    did: tuple[Call, ...]

    def names(self, call: str) -> set[str]:
        return {each.name for each in self.did if each.call == call}


class Pulumi:
    """The `pulumi` program on the areas' programs, each area a stack of its own."""

    def __init__(self, cloud: StandIn) -> None:
        self.cloud = cloud
        self.folder = cloud.home / "programs"
        shutil.copytree(PROGRAMS, self.folder, ignore=shutil.ignore_patterns("__pycache__"))

    def run(self, area: str, *arguments: str, turn: int = 1, stack: str = "") -> Run:
        before = len(self.cloud.calls())
        stack = stack or area
        done = subprocess.run(
            ["pulumi", *arguments, "--stack", stack, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env={**self.cloud.environment, "AREA": area, "TURN": str(turn)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        changes = {"create", "update", "delete"}
        did = (each for each in self.cloud.calls()[before:] if each.stack == stack and each.call in changes)
        return Run(done.returncode, done.stdout + done.stderr, tuple(did))

    def start(self, area: str, stack: str = "") -> None:
        assert self.run(area, "stack", "init", stack=stack).code == 0
        assert self.run(area, "config", "set", "--secret", "standin:token", TOKEN, stack=stack).code == 0

    def up(self, area: str, *arguments: str, turn: int = 1, stack: str = "") -> Run:
        return self.run(area, "up", "--yes", "--skip-preview", *arguments, turn=turn, stack=stack)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    require_tool("pulumi")
    with StandIn(tmp_path_factory.mktemp("standin")) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def pulumi(cloud: StandIn) -> Pulumi:
    return Pulumi(cloud)


Life = Mapping[str, Mapping[str, Run]]


@pytest.fixture(scope="module")
def life(pulumi: Pulumi) -> Life:
    """Every area from its first resource to its last, two at a time: the runs by step and area."""

    def everywhere(work: Callable[[str], Run]) -> dict[str, Run]:
        with ThreadPoolExecutor(2) as pool:
            return dict(zip(AREAS, pool.map(work, AREAS), strict=True))

    for area in AREAS:
        pulumi.start(area)
    steps = {
        "first": everywhere(pulumi.up),
        "again": everywhere(lambda area: pulumi.run(area, "preview", "--diff", "--expect-no-changes")),
        "changed": everywhere(lambda area: pulumi.up(area, turn=2)),
        "again changed": everywhere(lambda area: pulumi.run(area, "preview", "--diff", "--expect-no-changes", turn=2)),
    }
    for area in AREAS:
        DRIFTS[area].happen(pulumi.cloud)
    steps["mended"] = everywhere(lambda area: pulumi.up(area, "--refresh", turn=2))
    steps["destroyed"] = everywhere(lambda area: pulumi.run(area, "destroy", "--yes", "--skip-preview"))
    return steps


@dataclass(frozen=True)
class Drift:
    """What somebody does to the cloud by hand, and what it takes to mend it."""

    happen: Callable[[StandIn], object]
    created: frozenset[str] = frozenset()
    updated: frozenset[str] = frozenset()


def _cut_network(cloud: StandIn) -> None:
    ec2 = cloud.boto("ec2")
    groups = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["called", "caller"]}])
    ids = {each["GroupName"]: each["GroupId"] for each in groups["SecurityGroups"]}
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [ids["called"]]}])
    ec2.revoke_security_group_ingress(
        GroupId=ids["called"], SecurityGroupRuleIds=[rules["SecurityGroupRules"][0]["SecurityGroupRuleId"]]
    )
    ec2.create_tags(Resources=[ids["caller"]], Tags=[{"Key": "by", "Value": "hand"}])


def _scale_compute(cloud: StandIn) -> None:
    cloud.boto("ecs").update_service(cluster="main", service="shop", desiredCount=7)
    cloud.boto("iam").delete_role_policy(RoleName="shop", PolicyName="grants")


def _silence_alarms(cloud: StandIn) -> None:
    cloud.boto("cloudwatch").delete_alarms(AlarmNames=["orders-age"])
    url = cloud.boto("sqs").get_queue_url(QueueName="orders")["QueueUrl"]
    cloud.boto("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})


def _shorten_backups(cloud: StandIn) -> None:
    cloud.boto("rds").modify_db_instance(DBInstanceIdentifier="data", BackupRetentionPeriod=1, ApplyImmediately=True)
    cloud.boto("s3").delete_public_access_block(Bucket="shop-files")


def _point_elsewhere(cloud: StandIn) -> None:
    route53 = cloud.boto("route53")
    zone = route53.list_hosted_zones_by_name(DNSName="shop.example")["HostedZones"][0]["Id"]
    name = "_dmarc.mail.shop.example"
    record = {"Name": name, "Type": "TXT", "TTL": 600, "ResourceRecords": [{"Value": '"v=DMARC1; p=none"'}]}
    changes = [{"Action": "UPSERT", "ResourceRecordSet": record}]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


DRIFTS = {
    "network": Drift(_cut_network, frozenset({"from-caller"}), frozenset({"caller"})),
    "compute": Drift(_scale_compute, frozenset({"grants"}), frozenset({"service"})),
    "watching": Drift(_silence_alarms, frozenset({"age"}), frozenset({"queue"})),
    "stores": Drift(_shorten_backups, frozenset({"bucket"}), frozenset({"database"})),
    "edge": Drift(_point_elsewhere, updated=frozenset({"dmarc"})),
}
# What is made anew when an area's program changes: a new one and the end of the old.
REPLACED = {
    "network": {"called", "flow-log", "from-caller"},
    "compute": {"old", "task"},
    "watching": {"other", "queue"},
    "stores": {"secret"},
    "edge": set[str](),
}
UPDATED = {
    "network": {"flows", "gateway", "public", "to-all", "to-s3", "out", "logs"},
    "compute": {"key", "role", "name", "grants", "service", "scale", "cpu"},
    "watching": {"queue", "board", "burn", "age", "both"},
    "stores": {"parameters", "database", "cache", "memcached", "broker", "bucket", "plan", "secret", "vault", "places"},
    "edge": {"zone", "certificate", "balancer", "target", "tls", "shop", "www", "firewall", "letters", "dmarc"}
    | {"sender", "bounces", "budget"},
}


@pytest.mark.parametrize("area", AREAS)
def test_an_area_comes_up(life: Life, area: str):
    run = life["first"][area]
    assert run.code == 0, run.said
    assert {each.call for each in run.did} == {"create"}


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("step", ["again", "again changed"])
def test_nothing_differs_when_it_is_asked_again(life: Life, area: str, step: str):
    run = life[step][area]
    assert run.code == 0, run.said
    assert not run.did


@pytest.mark.parametrize("area", AREAS)
def test_what_can_change_in_place_does_and_the_rest_is_made_anew(life: Life, area: str):
    run = life["changed"][area]
    assert run.code == 0, run.said
    assert run.names("update") == UPDATED[area]
    assert run.names("create") == run.names("delete") == REPLACED[area]


@pytest.mark.parametrize("area", AREAS)
def test_what_was_done_by_hand_is_found_and_mended(life: Life, area: str):
    run, drift = life["mended"][area], DRIFTS[area]
    assert run.code == 0, run.said
    assert (run.names("create"), run.names("update")) == (drift.created, drift.updated)
    assert not run.names("delete")


@pytest.mark.parametrize("area", AREAS)
def test_every_created_thing_was_deleted(life: Life, area: str):
    run = life["destroyed"][area]
    assert run.code == 0, run.said
    made = len(life["first"][area].did)
    assert len(run.did) == made


def test_nothing_is_left_in_the_cloud(life: Life, cloud: StandIn):
    assert cloud.holdings() == {}


def test_no_secret_is_written_anywhere(life: Life, cloud: StandIn):
    for place in ("state", "programs"):
        for file in (cloud.home / place).rglob("*"):
            assert not file.is_file() or TOKEN.encode() not in file.read_bytes(), file
    for name in ("journal.jsonl", "emulated.json", "standin.log"):
        assert TOKEN not in (cloud.home / name).read_text(), name
    for runs in life.values():
        assert all(TOKEN not in run.said for run in runs.values())


SMALL = """
import os
import pulumi
from pulumi_aws import sns, sqs
from pulumi_aws.provider import Provider

provider = Provider("aws", region="eu-central-1", allowed_account_ids=[os.environ.get("ACCOUNT", "123456789012")])
opts = pulumi.ResourceOptions(provider=provider)
topic = sns.Topic("topic", name=f"{pulumi.get_stack()}-topic", opts=opts)
queue = sqs.Queue("queue", name=f"{pulumi.get_stack()}-queue", opts=opts)
"""


class Small:
    """A program of two resources and what a test adds to it, in a stack of its own."""

    def __init__(self, cloud: StandIn, name: str, more: str = "") -> None:
        self.cloud, self.name = cloud, name
        self.folder = cloud.home / f"small-{name}"
        self.folder.mkdir()
        (self.folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
        (self.folder / "__main__.py").write_text(SMALL + more)
        assert self.run("stack", "init").code == 0

    def popen(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["pulumi", *arguments, "--stack", self.name, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env={**self.cloud.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> Run:
        before = len(self.cloud.calls())
        with self.popen(*arguments, **environment) as process:
            said, _ = process.communicate(timeout=120)
        return Run(process.returncode, said, tuple(e for e in self.cloud.calls()[before:] if e.stack == self.name))

    def up(self, **environment: str) -> Run:
        return self.run("up", "--yes", "--skip-preview", **environment)


def test_a_type_that_it_does_not_know_is_refused(cloud: StandIn):
    small = Small(
        cloud, "type", "from pulumi_aws import dynamodb\ndynamodb.Tag('t', resource_arn='a', key='k', value='v')"
    )
    run = small.up()
    assert run.code != 0
    assert "the stand-in does not know the type aws:dynamodb/tag:Tag" in run.said


def test_a_property_that_it_does_not_know_is_refused(cloud: StandIn):
    run = Small(cloud, "property", "sns.Topic('odd', archive_policy='{}', opts=opts)").up()
    assert run.code != 0
    assert "the stand-in does not know archivePolicy of aws:sns/topic:Topic" in run.said


def test_another_account_is_refused(cloud: StandIn):
    run = Small(cloud, "account").up(ACCOUNT="999999999999")
    assert run.code != 0
    assert "AWS account ID not allowed: 123456789012" in run.said
    assert not run.names("create")


def test_a_denial_strikes_once_and_leaves_the_rest(cloud: StandIn):
    small = Small(cloud, "denied")
    fault = cloud.fault(Fault("deny", type="aws:sqs/*", stack="denied"))
    try:
        run = small.up()
    finally:
        cloud.heal(fault)
    assert run.code != 0
    assert "AccessDenied" in run.said
    assert run.names("create") == {"topic"}
    assert small.up().names("create") == {"queue"}
    assert {cloud.creates()[each.urn] for each in run.did if each.call == "create"} == {1}


def test_an_output_can_be_dropped(cloud: StandIn):
    small = Small(cloud, "dropped", "pulumi.export('arn', topic.arn)")
    fault = cloud.fault(Fault("drop", name="topic", stack="dropped", outputs=("arn",)))
    try:
        assert small.up().code == 0
    finally:
        cloud.heal(fault)
    assert small.run("stack", "output", "arn").code != 0


def test_a_create_hangs_until_it_is_healed(cloud: StandIn):
    small = Small(cloud, "hanging")
    fault = cloud.fault(Fault("hang", name="topic", stack="hanging"))
    with small.popen("up", "--yes", "--skip-preview") as process:
        begun = cloud.wait_for("create", "topic", stack="hanging")
        assert process.poll() is None
        assert begun.urn not in cloud.creates()
        cloud.heal(fault)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert cloud.creates()[begun.urn] == 1


def test_an_engine_killed_while_the_answer_is_held_back_leaves_what_was_made(cloud: StandIn):
    small = Small(cloud, "killed")
    fault = cloud.fault(Fault("hang", name="topic", stack="killed", after=True))
    with small.popen("up", "--yes", "--skip-preview") as process:
        cloud.wait_for("create", "topic", stack="killed")
        while not any("killed-topic" in each["TopicArn"] for each in cloud.boto("sns").list_topics()["Topics"]):
            assert process.poll() is None
        process.kill()
        process.communicate(timeout=60)
    cloud.heal(fault)
    state = (cloud.home / "state" / ".pulumi" / "stacks" / "small" / "killed.json").read_text()
    assert '"pending_operations"' in state
