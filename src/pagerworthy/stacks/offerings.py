"""What an entry's few words (type, size, zones, version) come to in the cloud: classes, storage, limits.

Pure: the programs, the estimate of costs and the refusals all read the same answers here.
"""

from collections.abc import Mapping

import msgspec

from pagerworthy.catalog import Backup, EnvironmentSpec, Resource
from pagerworthy.cloud import KEPT_DAYS, LOG_DAYS, Engine, days, engine_of, seconds

SIZES = ("small", "medium", "large", "xlarge")

# What RDS and ElastiCache keep themselves; AWS Backup keeps the rest.
OWN_BACKUP_DAYS = 35
_DEFAULT_BACKUP_DAYS = {"production": 14, "staging": 3, "development": 1}

MESSAGE_DAYS = 14


class Machine(msgspec.Struct, frozen=True):
    """A class of instances: its name in the cloud, virtual CPUs, and memory in MiB that its engine may use."""

    name: str
    cpus: int
    memory: int


# Machines whose full speed is always there. Those of the t family lend speed and take it back.
_STEADY_DATABASES = (
    Machine("db.m7g.large", 2, 8 * 1024),
    Machine("db.m7g.xlarge", 4, 16 * 1024),
    Machine("db.m7g.2xlarge", 8, 32 * 1024),
    Machine("db.m7g.4xlarge", 16, 64 * 1024),
)
_DATABASES = (
    Machine("db.t4g.medium", 2, 4 * 1024),
    Machine("db.t4g.large", 2, 8 * 1024),
    Machine("db.t4g.xlarge", 4, 16 * 1024),
    Machine("db.t4g.2xlarge", 8, 32 * 1024),
)
_STEADY_CACHES = (
    Machine("cache.m7g.large", 2, 6532),
    Machine("cache.m7g.xlarge", 4, 13230),
    Machine("cache.m7g.2xlarge", 8, 26542),
    Machine("cache.m7g.4xlarge", 16, 53166),
)
_CACHES = (
    Machine("cache.t4g.small", 2, 1402),
    Machine("cache.t4g.medium", 2, 3164),
    Machine("cache.m7g.large", 2, 6532),
    Machine("cache.m7g.xlarge", 4, 13230),
)
# Amazon MQ has one family for RabbitMQ that runs alone and in a cluster.
_BROKERS = (
    Machine("mq.m7g.medium", 1, 4 * 1024),
    Machine("mq.m7g.large", 2, 8 * 1024),
    Machine("mq.m7g.xlarge", 4, 16 * 1024),
    Machine("mq.m7g.2xlarge", 8, 32 * 1024),
)

# Storage of databases by size, in GiB: what there is at first, and what it may grow to by itself.
_STORAGE = ((20, 100), (100, 500), (400, 2000), (1000, 5000))

# Connections per GiB of memory. Critical services keep more memory for each, so that a storm of callers reconnecting
# does not take the cache from those who are served.
_CONNECTIONS_PER_GIB = {1: 40, 2: 40, 3: 60, 4: 60}

# ElastiCache's own limit for every node of these classes; it cannot be changed.
CACHE_CONNECTIONS = 65_000

# How old a message may grow before the owner hears of it, in seconds, by tier.
_QUEUE_AGE = {1: 300, 2: 900, 3: 3600, 4: 14400}


# What every task needs in order to start and to be watched, and what resources of the catalog are reached through: the
# interfaces of AWS that stand in the network.
ENDPOINTS = ("ecr.api", "ecr.dkr", "kms", "logs", "monitoring", "secretsmanager", "sns", "sqs")

# A firewall's groups of rules of AWS's own, in the order in which they look at a request.
FIREWALL_GROUPS = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
    "AWSManagedRulesCommonRuleSet",
)


class Place(msgspec.Struct, frozen=True):
    """Where an offering is made: the environment, the service's tier, and whether the law watches."""

    spec: EnvironmentSpec
    tier: int
    regulated: bool = False

    @property
    def production(self) -> bool:
        return self.spec.purpose == "production"

    @property
    def critical(self) -> bool:
        """Whether people are paid to run it: production of the two highest tiers."""
        return self.production and self.tier <= 2


class Database(msgspec.Struct, frozen=True):
    """A PostgreSQL or MySQL database. `storage` in GiB, `backup_days` what RDS keeps, `long_backup_days` what AWS
    Backup keeps beside it (0: nothing), `parameters` of its parameter group."""

    engine: Engine
    machine: Machine
    standby: bool
    storage: int
    max_storage: int
    connections: int
    backup_days: int
    long_backup_days: int
    parameters: Mapping[str, str]


class Cache(msgspec.Struct, frozen=True):
    """A cache of `nodes` nodes over as many zones; `snapshot_days` is 0 where nothing is saved."""

    engine: Engine
    machine: Machine
    nodes: int
    snapshot_days: int
    parameters: Mapping[str, str]


class Broker(msgspec.Struct, frozen=True):
    """A RabbitMQ broker of one node, or a cluster of three over the zones."""

    engine: Engine
    machine: Machine
    nodes: int


class Queue(msgspec.Struct, frozen=True):
    """A queue and its dead-letter queue. Lengths of time in seconds."""

    retention: int
    attempts: int
    age: int


class Bucket(msgspec.Struct, frozen=True):
    """A bucket. Lengths in days; 0: for ever (`expires`), or nothing kept (`old_versions`, `long_backup_days`)."""

    versioned: bool
    public: bool
    expires: int
    old_versions: int
    long_backup_days: int


def database(resource: Resource, place: Place) -> Database:
    """What a `postgres` or `mysql` of an entry comes to."""
    size = SIZES.index(resource.size)
    machine = (_STEADY_DATABASES if place.critical else _DATABASES)[size]
    connections = machine.memory // 1024 * _CONNECTIONS_PER_GIB[place.tier]
    engine = engine_of(resource.type, resource.version)
    kept = backup_days(resource.backup, place)
    return Database(
        engine=engine,
        machine=machine,
        standby=zones(resource, place) > 1,
        storage=_STORAGE[size][0],
        max_storage=_STORAGE[size][1],
        connections=connections,
        backup_days=min(kept, OWN_BACKUP_DAYS),
        long_backup_days=kept if kept > OWN_BACKUP_DAYS else 0,
        parameters=_database_parameters(engine, connections),
    )


def cache(resource: Resource, place: Place) -> Cache:
    """What a `redis` or `memcached` of an entry comes to."""
    size = SIZES.index(resource.size)
    saved = resource.type == "redis" and resource.backup is not None
    engine = engine_of(resource.type, resource.version)
    return Cache(
        engine=engine,
        machine=(_STEADY_CACHES if place.critical else _CACHES)[size],
        nodes=zones(resource, place),
        snapshot_days=min(days(resource.backup.retention), OWN_BACKUP_DAYS) if saved and resource.backup else 0,
        parameters=_cache_parameters(engine, saved=saved),
    )


def broker(resource: Resource, place: Place) -> Broker:
    """What a `rabbitmq` of an entry comes to: Amazon MQ has one node, or a cluster of three."""
    return Broker(
        engine=engine_of(resource.type, resource.version),
        machine=_BROKERS[SIZES.index(resource.size)],
        nodes=3 if zones(resource, place) > 1 else 1,
    )


def queue(resource: Resource, place: Place) -> Queue:
    """What a `queue` of an entry comes to."""
    return Queue(
        retention=min(seconds(resource.retention), MESSAGE_DAYS * 86400) if resource.retention else 4 * 86400,
        attempts=resource.attempts or 5,
        age=_QUEUE_AGE[place.tier],
    )


def bucket(resource: Resource, place: Place) -> Bucket:
    """What a `bucket` of an entry comes to. Backups by AWS need versions, and so does what the law wants kept."""
    long = backup_days(resource.backup, place) if resource.backup or place.regulated else 0
    versioned = bool(resource.versioned) or long > 0
    return Bucket(
        versioned=versioned,
        public=bool(resource.public) and not place.regulated,
        expires=days(resource.retention) if resource.retention else 0,
        old_versions=max(30, KEPT_DAYS if place.regulated else 0) if versioned else 0,
        long_backup_days=long,
    )


def firewall_rules(resource: Resource, *, regulated: bool) -> int:
    """How many rules the firewall before an edge has, 0 where there is none.

    It is as the entry says; without a word there is one for what is public and regulated, or has a rate.
    """
    rated = resource.rate_limit is not None
    wanted = rated or (regulated and bool(resource.public)) if resource.waf is None else resource.waf
    return len(FIREWALL_GROUPS) + rated if wanted else 0


def zones(resource: Resource, place: Place) -> int:
    """Over how many zones a resource is spread: as its entry says, two at least where it is critical, and never more
    than the environment has (staging may be smaller than what the entry says of production)."""
    return min(max(resource.zones, 2 if place.critical else 1), place.spec.zones)


def backup_days(backup: Backup | None, place: Place) -> int:
    """How long backups are kept: as the entry says, else by purpose; a year at least for regulated services."""
    asked = days(backup.retention) if backup else _DEFAULT_BACKUP_DAYS[place.spec.purpose]
    return max(asked, KEPT_DAYS) if place.regulated else asked


def log_days(classification: str, *, regulated: bool) -> int:
    """How long logs are kept, in days; one of the lengths that CloudWatch knows."""
    if regulated:
        return LOG_DAYS
    return {"public": 30, "internal": 30, "confidential": 90, "restricted": 180}.get(classification, 30)


def _database_parameters(engine: Engine, connections: int) -> Mapping[str, str]:
    if engine.name == "postgres":
        return {
            "rds.force_ssl": "1",
            "max_connections": str(connections),
            # A session that forgot its transaction holds locks, and vacuum back: ten minutes.
            "idle_in_transaction_session_timeout": "600000",
            "log_min_duration_statement": "1000",
        }
    return {
        "require_secure_transport": "1",
        "max_connections": str(connections),
        "slow_query_log": "1",
        "long_query_time": "1",
        "log_output": "FILE",
    }


def _cache_parameters(engine: Engine, *, saved: bool) -> Mapping[str, str]:
    if engine.name == "memcached":
        return {}
    return {
        # A cache without backups gives way when it is full; what is saved is meant to stay, unless it expires.
        "maxmemory-policy": "volatile-lru" if saved else "allkeys-lru",
        # Idle callers are let go after an hour, so that those who are gone do not use up the connections.
        "timeout": "3600",
    }
