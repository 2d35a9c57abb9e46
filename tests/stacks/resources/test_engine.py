"""Every type of resource that holds something, through the real engine, and what the cloud then says of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pagerworthy.catalog import Backup, EnvironmentSpec, Resource
from pagerworthy.project import Project
from pagerworthy.stacks.inputs import PlatformInputs, ServiceInputs, StackInputs
from pagerworthy.stacks.program import Cloud
from pagerworthy.stacks.run.orders import Orders
from pagerworthy.stacks.run.places import place_of
from pagerworthy.stacks.run.preflight import Ready, prepare
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.run import bring_up
from pagerworthy.stacks.run.visit import Visitor
from tests.stacks.resources.asked import store
from tests.stacks.resources.ground import declare
from tests.stacks.run.shop import Quiet
from tests.stacks.standin import ACCOUNT, REGION, StandIn
from tests.tools import require_tool

SPEC = EnvironmentSpec(purpose="production", provider="aws", region=REGION, account=ACCOUNT, zones=2)
RESOURCES = {
    "books": Resource(type="postgres", size="small", version="18.4", zones=2, backup=Backup(retention="35d")),
    "orders": Resource(type="mysql", size="small", zones=2),
    "carts": Resource(type="redis", size="small", version="9.0", zones=2, backup=Backup(retention="1d")),
    "jobs": Resource(type="queue", retention="7d", attempts=3),
    "charges": Resource(type="rabbitmq", size="small", zones=2),
    "sales": Resource(type="topic", retention="14d"),
    "statements": Resource(type="bucket", retention="400d", versioned=True),
}
OWNER = store(spec=SPEC, regulations=("sox",), classification="restricted", resources=RESOURCES)
# What is held in memory alone, in a service that no law watches.
CACHES = store(spec=SPEC, service="pages", resources={"pages": Resource(type="memcached", size="small", zones=2)})


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    require_tool("pulumi")
    with StandIn(tmp_path_factory.mktemp("cloud")) as found:
        yield found


def up(cloud: StandIn, root: Path, *services: ServiceInputs, refresh: bool = False) -> dict[str, Visit]:
    ready = prepare(place_of(Project(root=root), cloud.environment, cloud.endpoint), cloud.environment)
    assert isinstance(ready, Ready), ready
    orders = Orders(timeout=180, patience=60, refresh=refresh)
    visitor = Visitor(ready, Cloud(emulator=cloud.endpoint), declare, orders)
    platform = PlatformInputs(environment="live", spec=SPEC, receivers=("page-sre", "ticket-sre"), regulated=True)
    inputs: list[StackInputs] = [platform, *services]
    return {each.stack: each for each in bring_up(visitor, inputs, 2, Quiet())}


def test_every_type_comes_up_and_then_nothing_is_left_to_do(cloud: StandIn, tmp_path: Path) -> None:
    first = up(cloud, tmp_path, OWNER, CACHES)
    assert {name: (each.outcome, each.message) for name, each in first.items()} == dict.fromkeys(
        first, (Outcome.CHANGED, "")
    )
    _databases(cloud)
    _caches(cloud)
    _messages(cloud)
    _bucket(cloud)
    _secrets(cloud, tmp_path)
    # The engine asks the cloud what is there, and finds what the programs ask for.
    again = up(cloud, tmp_path, OWNER, CACHES, refresh=True)
    changes = {name: [(each.name, each.operation) for each in visit.changes] for name, visit in again.items()}
    assert not any(changes.values()), changes
    assert {each.outcome for each in again.values()} == {Outcome.UNCHANGED}


def _databases(cloud: StandIn) -> None:
    rds = cloud.boto("rds")
    found = {each["DBInstanceIdentifier"]: each for each in rds.describe_db_instances()["DBInstances"]}
    assert set(found) == {"live-store-books", "live-store-orders"}
    for each in found.values():
        assert each["StorageEncrypted"] is True
        assert each["MultiAZ"] is True
        assert each["PubliclyAccessible"] is False
        assert each["DeletionProtection"] is True
        assert each["BackupRetentionPeriod"] == 35
        tags = {tag["Key"]: tag["Value"] for tag in each["TagList"]}
        assert tags["owner"] == "ordering"
        assert tags["data-class"] == "restricted"
        name = each["DBParameterGroups"][0]["DBParameterGroupName"]
        parameters = rds.describe_db_parameters(DBParameterGroupName=name)["Parameters"]
        values = {parameter["ParameterName"]: parameter.get("ParameterValue") for parameter in parameters}
        assert "1" in {values.get("rds.force_ssl"), values.get("require_secure_transport")}
    vaults = cloud.boto("backup").list_backup_vaults()["BackupVaultList"]
    assert {each["BackupVaultName"] for each in vaults} == {
        "live-store-books",
        "live-store-orders",
        "live-store-statements",
    }


def _caches(cloud: StandIn) -> None:
    elasticache = cloud.boto("elasticache")
    [group] = elasticache.describe_replication_groups(ReplicationGroupId="live-store-carts")["ReplicationGroups"]
    assert group["TransitEncryptionEnabled"] is True
    assert group["AtRestEncryptionEnabled"] is True
    assert group["MemberClusters"] == ["live-store-carts-001", "live-store-carts-002"]
    [pages] = elasticache.describe_cache_clusters(CacheClusterId="live-pages-pages")["CacheClusters"]
    assert pages["Engine"] == "memcached"


def _messages(cloud: StandIn) -> None:
    sqs = cloud.boto("sqs")
    url = sqs.get_queue_url(QueueName="live-store-jobs")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["MessageRetentionPeriod"] == str(7 * 86400)
    assert '"maxReceiveCount": 3' in attributes["RedrivePolicy"]
    assert "aws:SecureTransport" in attributes["Policy"]
    [topic] = [each["TopicArn"] for each in cloud.boto("sns").list_topics()["Topics"] if "sales" in each["TopicArn"]]
    assert cloud.boto("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["KmsMasterKeyId"]
    [broker] = cloud.boto("mq").list_brokers()["BrokerSummaries"]
    assert (broker["BrokerName"], broker["DeploymentMode"]) == ("live-store-charges", "CLUSTER_MULTI_AZ")


def _bucket(cloud: StandIn) -> None:
    s3, name = cloud.boto("s3"), f"live-store-statements-{ACCOUNT}"
    access = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert set(access.values()) == {True}
    [rule] = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    expired = [each for each in s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"] if each["ID"] == "expired"]
    assert [each["Expiration"]["Days"] for each in expired] == [400]


def _secrets(cloud: StandIn, root: Path) -> None:
    """Passwords are where their ARN says, and in no file of the run."""
    manager = cloud.boto("secretsmanager")
    values = [manager.get_secret_value(SecretId=f"live-store-{name}")["SecretString"] for name in ("carts", "charges")]
    passwords = [value.split('"')[3] for value in values]
    assert len(set(passwords)) == 2
    assert all(len(each) == 64 for each in passwords)
    for file in (*root.rglob("*"), *(cloud.home / "state").rglob("*")):
        if file.is_file():
            content = file.read_bytes()
            assert not any(each.encode() in content for each in passwords), file
