"""What keeps data, and which changes lose it."""

import pytest

from pagerworthy.stacks.losses import KEEPERS, loss, what
from pagerworthy.stacks.render import render
from tests.stacks.demo import demo, stacks_of
from tests.stacks.standin.services import kind_of

_STORES = ("Instance", "ReplicationGroup", "Cluster", "Broker", "Queue", "Bucket", "Vault", "LogGroup", "Key")


@pytest.mark.parametrize("token", KEEPERS)
def test_the_table_has_all_properties_that_the_stand_in_replaces_for(token: str) -> None:
    kind = kind_of(token)
    assert kind is not None
    known = kind.known_inputs()
    unused = KEEPERS[token].anew - known
    # Those that no program of ours sets need not be known there.
    assert unused <= {"characterSetName", "timezone", "snapshotName", "customKeyStoreId"}
    assert kind.replaces <= KEEPERS[token].anew
    engine = KEEPERS[token].engine
    assert not engine or engine in known


def test_all_that_the_demo_stores_in_is_in_the_table() -> None:
    stacks = stacks_of(demo())
    types = {each.type for name in stacks.services for each in render(stacks.service(name)).resources}
    # By what Pulumi calls a thing that stores, not what stands beside it.
    stores = {each for each in types if each.rpartition(":")[2] in _STORES}
    assert {"aws:rds/instance:Instance", "aws:elasticache/replicationGroup:ReplicationGroup"} <= stores
    assert stores <= KEEPERS.keys()


def test_a_loss_says_what_goes_and_with_what() -> None:
    postgres = {"engine": "postgres"}
    lost = loss("replace", "aws:rds/instance:Instance", "points", postgres)
    assert lost is not None
    assert lost.text == "replaces points (postgres): its data is lost"
    gone = loss("delete", "aws:sqs/queue:Queue", "jobs", {})
    assert gone is not None
    assert gone.text == "deletes jobs (queue): its messages are lost"
    assert loss("update", "aws:rds/instance:Instance", "points", postgres) is None
    assert loss("delete", "aws:sns/topic:Topic", "news", {}) is None
    assert what("aws:mq/broker:Broker", {"engineType": "RabbitMQ"}) == "rabbitmq"
