"""The stand-in for Pulumi's `aws` plugin, tried by the real engine: what it makes, changes, finds and leaves."""

import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
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

    def names(self, call: str, area: str = "") -> set[str]:
        return {each.name for each in (self.of(area) if area else self.did) if each.call == call}

    def of(self, area: str) -> list[Call]:
        return [each for each in self.did if f"area:index:{area}$" in each.urn]


class Program:
    """A program with a stack of its own, for the `pulumi` program to run."""

    def __init__(self, cloud: StandIn, folder: Path, stack: str) -> None:
        self.cloud, self.folder, self.stack = cloud, folder, stack
        assert self.run("stack", "init").code == 0

    def popen(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["pulumi", *arguments, "--stack", self.stack, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env={**self.cloud.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> Run:
        before = len(self.cloud.changes())
        with self.popen(*arguments, **environment) as process:
            said, _ = process.communicate(timeout=300)
        did = (each for each in self.cloud.changes()[before:] if each.stack == self.stack)
        return Run(process.returncode, said, tuple(did))

    def up(self, *arguments: str, **environment: str) -> Run:
        return self.run("up", "--yes", "--skip-preview", *arguments, **environment)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    require_tool("pulumi")
    with StandIn(tmp_path_factory.mktemp("standin")) as cloud:
        yield cloud


Life = Mapping[str, Run]


@pytest.fixture(scope="module")
def life(cloud: StandIn) -> Life:
    """All areas from their first resources to their last: each step's run."""
    folder = cloud.home / "programs"
    shutil.copytree(PROGRAMS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    program = Program(cloud, folder, "areas")
    first = {"AREAS": " ".join(AREAS), "TOKEN": TOKEN}
    second = {**first, "TURN": "2"}
    steps = {
        "first": program.up(**first),
        "again": program.run("preview", "--diff", "--expect-no-changes", **first),
        "changed": program.up(**second),
    }
    for drift in DRIFTS.values():
        drift.happen(cloud)
    steps["mended"] = program.up("--refresh", **second)
    steps["destroyed"] = program.run("destroy", "--yes", "--skip-preview")
    return steps


@dataclass(frozen=True)
class Drift:
    """What somebody does to the cloud by hand, and what it takes to mend it."""

    happen: Callable[[StandIn], object]
    created: set[str] = field(default_factory=set)
    updated: set[str] = field(default_factory=set)


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
    "network": Drift(_cut_network, {"from-caller"}, {"caller"}),
    "compute": Drift(_scale_compute, {"grants"}, {"service"}),
    "watching": Drift(_silence_alarms, {"age"}, {"queue"}),
    "stores": Drift(_shorten_backups, {"bucket"}, {"database"}),
    "edge": Drift(_point_elsewhere, updated={"dmarc"}),
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
    "compute": {"key", "role", "boundary", "name", "grants", "service", "scale", "cpu"},
    "watching": {"queue", "board", "burn", "age", "both"},
    "stores": {"parameters", "database", "cache", "memcached", "broker", "bucket", "plan", "secret", "vault", "places"},
    "edge": {"zone", "certificate", "balancer", "target", "tls", "shop", "www", "firewall", "letters", "dmarc"}
    | {"sender", "bounces", "budget"},
}


@pytest.mark.parametrize("area", AREAS)
def test_an_area_comes_up(life: Life, area: str):
    run = life["first"]
    assert run.code == 0, run.said
    assert {each.call for each in run.of(area)} == {"create"}


def test_nothing_differs_when_it_is_asked_again(life: Life):
    run = life["again"]
    assert run.code == 0, run.said
    assert not run.did


@pytest.mark.parametrize("area", AREAS)
def test_what_can_change_in_place_does_and_the_rest_is_made_anew(life: Life, area: str):
    run = life["changed"]
    assert run.code == 0, run.said
    assert run.names("update", area) == UPDATED[area]
    assert run.names("create", area) == run.names("delete", area) == REPLACED[area]


@pytest.mark.parametrize("area", AREAS)
def test_what_was_done_by_hand_is_found_and_mended(life: Life, area: str):
    run, drift = life["mended"], DRIFTS[area]
    assert run.code == 0, run.said
    # All else is as the run before left it, or it would be here too.
    assert run.names("create", area) == drift.created
    assert run.names("update", area) == drift.updated
    assert not run.names("delete", area)


def test_nothing_is_left_in_the_cloud(life: Life, cloud: StandIn):
    run = life["destroyed"]
    assert run.code == 0, run.said
    assert len(run.did) == len(life["first"].did)
    assert cloud.holdings() == {}


def test_no_secret_is_written_anywhere(life: Life, cloud: StandIn):
    for place in ("state", "programs"):
        for file in (cloud.home / place).rglob("*"):
            assert not file.is_file() or TOKEN.encode() not in file.read_bytes(), file
    for name in ("journal.jsonl", "emulated.json", "standin.log"):
        assert TOKEN not in (cloud.home / name).read_text(), name
    assert all(TOKEN not in run.said for run in life.values())


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


def small(cloud: StandIn, name: str, more: str = "") -> Program:
    """A program of two resources and what a test adds to it, in a stack of its own."""
    folder = cloud.home / f"small-{name}"
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (folder / "__main__.py").write_text(SMALL + more)
    return Program(cloud, folder, name)


UNKNOWN = {
    "the stand-in does not know archivePolicy of aws:sns/topic:Topic": """
sns.Topic("odd", archive_policy="{}", opts=opts)
""",
    "the stand-in does not know the type aws:dynamodb/tag:Tag": """
from pulumi_aws.dynamodb.tag import Tag
Tag("tag", resource_arn="a", key="k", value="v", opts=opts)
""",
}


@pytest.mark.parametrize("reason", UNKNOWN)
def test_what_it_does_not_know_is_refused(cloud: StandIn, reason: str):
    run = small(cloud, f"unknown-{list(UNKNOWN).index(reason)}", UNKNOWN[reason]).up()
    assert run.code != 0
    assert reason in run.said


def test_another_account_is_refused(cloud: StandIn):
    run = small(cloud, "account").up(ACCOUNT="999999999999")
    assert run.code != 0
    assert "AWS account ID not allowed: 123456789012" in run.said
    assert not run.names("create")


def test_a_denial_strikes_once_and_leaves_the_rest(cloud: StandIn):
    program = small(cloud, "denied")
    fault = cloud.fault(Fault("deny", type="aws:sqs/*", stack="denied"))
    try:
        run = program.up()
    finally:
        cloud.heal(fault)
    assert run.code != 0
    assert "AccessDenied" in run.said
    assert run.names("create") == {"topic"}
    assert program.up().names("create") == {"queue"}
    assert {cloud.creates()[each.urn] for each in run.did if each.call == "create"} == {1}


def test_an_output_can_be_dropped(cloud: StandIn):
    program = small(cloud, "dropped", "pulumi.export('arn', topic.arn)")
    fault = cloud.fault(Fault("drop", name="topic", stack="dropped", outputs=("arn",)))
    try:
        assert program.up().code == 0
    finally:
        cloud.heal(fault)
    assert program.run("stack", "output", "arn").code != 0


def test_a_create_hangs_until_it_is_healed(cloud: StandIn):
    program = small(cloud, "hanging")
    fault = cloud.fault(Fault("hang", name="topic", stack="hanging"))
    with program.popen("up", "--yes", "--skip-preview") as process:
        begun = cloud.wait_for("create", "topic", stack="hanging")
        assert process.poll() is None
        assert begun.urn not in cloud.creates()
        cloud.heal(fault)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert cloud.creates()[begun.urn] == 1


def test_an_engine_killed_while_the_answer_is_held_back_leaves_what_was_made(cloud: StandIn):
    program = small(cloud, "killed")
    fault = cloud.fault(Fault("hang", name="topic", stack="killed", after=True))
    with program.popen("up", "--yes", "--skip-preview") as process:
        cloud.wait_for("create", "topic", stack="killed")
        while not any("killed-topic" in each["TopicArn"] for each in cloud.boto("sns").list_topics()["Topics"]):
            assert process.poll() is None
        process.kill()
        process.communicate(timeout=60)
    cloud.heal(fault)
    state = (cloud.home / "state" / ".pulumi" / "stacks" / "small" / "killed.json").read_text()
    assert '"pending_operations"' in state
