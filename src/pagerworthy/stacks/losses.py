"""What keeps data, and how a change loses it: a resource of these types that is deleted or made anew is empty then.

`anew` are the properties that AWS does not change of a resource that is there, by Pulumi's names: with another value
there, another resource takes its place. The pages of the provider mark them "Forces new resource"; some do so for one
engine or one direction only, and count here all the same.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec

Lossy = Literal["replace", "delete"]


class Keeper(msgspec.Struct, frozen=True):
    """A type that keeps data: what people call it, what it keeps, and the properties that it is made anew for.

    `engine` is the property that says it closer: `postgres` is more of a word than `database`.
    """

    word: str
    keeps: str
    anew: frozenset[str]
    engine: str = ""


class Loss(msgspec.Struct, frozen=True, order=True):
    """A resource whose data a change loses; `what` is its engine or type as people call it."""

    change: Lossy
    name: str
    what: str
    keeps: str

    @property
    def text(self) -> str:
        """`replaces points (postgres): its data is lost`."""
        verb = "replaces" if self.change == "replace" else "deletes"
        return f"{verb} {self.name} ({self.what}): {self.keeps} lost"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DATA, _MESSAGES = "its data is", "its messages are"

KEEPERS: Final[Mapping[str, Keeper]] = {
    "aws:rds/instance:Instance": Keeper(
        "database",
        _DATA,
        _words("engine username storageEncrypted kmsKeyId availabilityZone dbName characterSetName timezone"),
        "engine",
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": Keeper(
        "cache",
        _DATA,
        _words(
            "replicationGroupId engine subnetGroupName port kmsKeyId atRestEncryptionEnabled dataTieringEnabled "
            "networkType preferredCacheClusterAzs snapshotName"
        ),
        "engine",
    ),
    # Memcached, whose nodes are made anew for another size too.
    "aws:elasticache/cluster:Cluster": Keeper(
        "cache",
        _DATA,
        _words(
            "clusterId engine subnetGroupName port azMode availabilityZone networkType transitEncryptionEnabled "
            "nodeType"
        ),
        "engine",
    ),
    "aws:mq/broker:Broker": Keeper(
        "broker",
        _MESSAGES,
        _words("brokerName deploymentMode engineType publiclyAccessible storageType subnetIds encryptionOptions"),
        "engineType",
    ),
    "aws:sqs/queue:Queue": Keeper("queue", _MESSAGES, _words("name fifoQueue")),
    "aws:s3/bucket:Bucket": Keeper("bucket", "its files are", _words("bucket objectLockEnabled")),
    "aws:backup/vault:Vault": Keeper("vault of backups", "its backups are", _words("name kmsKeyArn")),
    "aws:kms/key:Key": Keeper(
        "key", "what it encrypts is", _words("keyUsage customerMasterKeySpec customKeyStoreId multiRegion")
    ),
    "aws:cloudwatch/logGroup:LogGroup": Keeper("log", "its records are", _words("name logGroupClass")),
}


_RANK = {type_: number for number, type_ in enumerate(KEEPERS)}


def rank(type_: str) -> int:
    """In which order losses are told, the worst first: after all of them, what keeps nothing."""
    return _RANK.get(type_, len(_RANK))


def what(type_: str, properties: Mapping[str, Any]) -> str:
    """What people call a resource of these properties; empty where it keeps nothing."""
    keeper = KEEPERS.get(type_)
    if keeper is None:
        return ""
    return str(properties.get(keeper.engine) or keeper.word).lower() if keeper.engine else keeper.word


def loss(change: str, type_: str, name: str, properties: Mapping[str, Any]) -> Loss | None:
    """What a change loses of a resource that had these properties; None where that is nothing."""
    keeper = KEEPERS.get(type_)
    if keeper is None or change not in {"replace", "delete"}:
        return None
    return Loss("replace" if change == "replace" else "delete", name, what(type_, properties), keeper.keeps)
