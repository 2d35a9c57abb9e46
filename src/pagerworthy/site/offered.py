"""What an entry's resources and tasks come to in an environment, in words."""

from collections.abc import Callable, Mapping

from pagerworthy.catalog import Compute, Environment, Resource, Service
from pagerworthy.cloud import is_regulated, task_size
from pagerworthy.site import words
from pagerworthy.stacks import offerings
from pagerworthy.stacks.offerings import Place


def place_of(service: Service, environment: Environment) -> Place:
    """Where the resources of a service are made."""
    spec = service.spec
    return Place(environment.spec, spec.tier, spec.data is not None and is_regulated(spec.data.regulations))


def tasks_words(compute: Compute | None) -> str:
    """`0.5 vCPU and 1 GiB, 3 to 12 replicas`; empty where the service itself does not run in the cloud."""
    if compute is None or compute.type != "fargate":
        return ""
    try:
        cpu, memory = task_size(compute.cpu, compute.memory)
    except ValueError:
        return "a size that Fargate does not offer"
    size = f"{cpu / 1024:g} vCPU and {memory / 1024:g} GiB"
    replicas = compute.replicas
    if replicas is None or replicas.min == replicas.max:
        return f"{size}, {words.count(replicas.min if replicas else 1, 'replica')}"
    return f"{size}, {replicas.min} to {replicas.max} replicas"


def offered_words(resource: Resource, place: Place) -> str:
    """What a resource comes to: `postgres 18, db.m7g.large with a standby, 100 to 500 GiB, backups kept 35 days`."""
    told = _TOLD.get(resource.type)
    if told is None:
        return resource.type
    try:
        return told(resource, place)
    except ValueError as error:
        return f"not offered: {error}"


def _database(resource: Resource, place: Place) -> str:
    made = offerings.database(resource, place)
    standby = " with a standby" if made.standby else ""
    kept = made.long_backup_days or made.backup_days
    return (
        f"{made.engine.name} {made.engine.version}, {made.machine.name}{standby}, {made.storage:,} to "
        f"{made.max_storage:,} GiB, backups kept {words.count(kept, 'day')}"
    )


def _cache(resource: Resource, place: Place) -> str:
    made = offerings.cache(resource, place)
    saved = f", snapshots kept {words.count(made.snapshot_days, 'day')}" if made.snapshot_days else ""
    return f"{made.engine.name} {made.engine.version}, {words.count(made.nodes, 'node')} of {made.machine.name}{saved}"


def _broker(resource: Resource, place: Place) -> str:
    made = offerings.broker(resource, place)
    return f"rabbitmq {made.engine.version}, {words.count(made.nodes, 'node')} of {made.machine.name}"


def _queue(resource: Resource, place: Place) -> str:
    made = offerings.queue(resource, place)
    days = f"{made.retention / 86400:g}"
    kept = f"messages kept {days} {'day' if days == '1' else 'days'}"
    return f"queue, {kept}; after {words.count(made.attempts, 'attempt')} to its dead-letter queue"


def _bucket(resource: Resource, place: Place) -> str:
    made = offerings.bucket(resource, place)
    parts = ["public bucket" if made.public else "private bucket"]
    if made.versioned:
        parts.append(f"old versions kept {words.count(made.old_versions, 'day')}")
    if made.expires:
        parts.append(f"objects kept {words.count(made.expires, 'day')}")
    if made.long_backup_days:
        parts.append(f"backups kept {words.count(made.long_backup_days, 'day')}")
    return ", ".join(parts)


def _edge(resource: Resource, place: Place) -> str:
    del place
    return f"{'public' if resource.public else 'private'} load balancer for {resource.domain or 'no name'}"


def _email(resource: Resource, place: Place) -> str:
    del place
    return f"letters from {resource.domain or 'no name'}"


_TOLD: Mapping[str, Callable[[Resource, Place], str]] = {
    "postgres": _database,
    "mysql": _database,
    "redis": _cache,
    "memcached": _cache,
    "rabbitmq": _broker,
    "queue": _queue,
    "bucket": _bucket,
    "edge": _edge,
    "email": _email,
}
