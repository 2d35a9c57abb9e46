"""What a service's stack costs: its tasks, its resources, and what watches them."""

from collections.abc import Callable, Iterator, Mapping

import msgspec

from pagerworthy.catalog import Compute, Resource
from pagerworthy.cloud import task_size
from pagerworthy.stacks import offerings
from pagerworthy.stacks.cost.estimate import Line, line
from pagerworthy.stacks.cost.prices import Prices
from pagerworthy.stacks.offerings import Place
from pagerworthy.stacks.zones import zone_count

_SERVICE = "service"
# An alarm for either window of a pair, of two metrics each.
_WINDOW_METRICS = 4
# Of a queue: how old its messages are, twice, and whether any are dead.
_QUEUE_METRICS = 3


class Watched(msgspec.Struct, frozen=True):
    """What alarms of a service that runs look at: for each objective how many pairs of windows it has by severity, how
    many topics it reads, each through a queue of its own, and whether releases shift requests."""

    windows: tuple[tuple[int, ...], ...]
    inboxes: int = 0
    shifts: bool = False


def task_lines(prices: Prices, compute: Compute) -> Iterator[Line]:
    """The tasks of the fewest replicas, and of the most."""
    cpu, memory = task_size(compute.cpu, compute.memory)
    fewest = compute.replicas.min if compute.replicas else 1
    most = compute.replicas.max if compute.replicas else 1
    cpus, gibs = cpu / 1024, memory / 1024
    yield line(prices, _SERVICE, f"Fargate, {cpus:g} vCPU a replica", "fargate-cpu", cpus * fewest, cpus * most)
    yield line(prices, _SERVICE, f"Fargate, {gibs:g} GiB a replica", "fargate-memory", gibs * fewest, gibs * most)


def watching_lines(prices: Prices, compute: Compute | None, watched: Watched) -> Iterator[Line]:
    """The alarms of the objectives, of queues of topics and of the tasks once they run, and the dashboard."""
    if compute is not None:
        replicas = compute.replicas
        # CPU and memory; too few tasks, and no room for more.
        tasks = 2 if replicas is None else 2 + (replicas.min > 0) + (replicas.max > replicas.min)
        # And one of each objective that nobody counts.
        levels = sum(_WINDOW_METRICS * sum(each) + 1 for each in watched.windows)
        alarms = levels + tasks + _QUEUE_METRICS * watched.inboxes
        yield line(prices, _SERVICE, "Alarms, by metric", "alarm-metric", alarms)
        combined = sum(1 for each in watched.windows for pairs in each if pairs)
        yield line(prices, _SERVICE, "Alarms that combine others", "composite-alarm", combined)
    yield line(prices, _SERVICE, "Dashboard", "dashboard", 1)


def resource_lines(prices: Prices, name: str, resource: Resource, place: Place) -> Iterator[Line]:
    """What a resource of an entry costs; nothing for what is paid for by use alone."""
    lines = _LINES.get(resource.type)
    if lines is not None:
        yield from lines(prices, name, resource, place)


def _database(prices: Prices, name: str, resource: Resource, place: Place) -> Iterator[Line]:
    offering = offerings.database(resource, place)
    count = 2 if offering.standby else 1
    beside = ", with a standby" if offering.standby else ""
    yield line(prices, name, f"{offering.machine.name}{beside}", offering.machine.name, count)
    yield line(
        prices,
        name,
        f"GiB of storage{beside}",
        "database-storage",
        count * offering.storage,
        count * offering.max_storage,
    )
    if offering.long_backup_days:
        # The first is whole; what follows is what has changed.
        what = f"GiB of backups kept {offering.long_backup_days} days"
        yield line(prices, name, what, "long-backup", offering.storage, offering.max_storage)
    yield line(prices, name, "Secret", "secret", 1)
    yield line(prices, name, "Alarms, by metric", "alarm-metric", 6)


def _redis(prices: Prices, name: str, resource: Resource, place: Place) -> Iterator[Line]:
    offering = offerings.cache(resource, place)
    price = prices.month(offering.machine.name) * (prices.valkey if offering.engine.name == "valkey" else 1)
    yield Line(name, f"{offering.machine.name}, {offering.engine.name}", offering.nodes, price, offering.nodes)
    yield line(prices, name, "Secret", "secret", 1)
    alarms = offering.nodes * (3 + (offering.snapshot_days > 0) + (offering.nodes > 1))
    yield line(prices, name, "Alarms, by metric", "alarm-metric", alarms)


def _memcached(prices: Prices, name: str, resource: Resource, place: Place) -> Iterator[Line]:
    offering = offerings.cache(resource, place)
    yield line(prices, name, offering.machine.name, offering.machine.name, offering.nodes)
    yield line(prices, name, "Alarms, by metric", "alarm-metric", 3 * offering.nodes)


def _rabbitmq(prices: Prices, name: str, resource: Resource, place: Place) -> Iterator[Line]:
    offering = offerings.broker(resource, place)
    yield line(prices, name, offering.machine.name, offering.machine.name, offering.nodes)
    yield line(prices, name, "Secret", "secret", 1)
    yield line(prices, name, "Alarms, by metric", "alarm-metric", 4)


def _queue(prices: Prices, name: str, resource: Resource, place: Place) -> Iterator[Line]:
    del resource, place
    yield line(prices, name, "Alarms, by metric", "alarm-metric", _QUEUE_METRICS)


def _topic(prices: Prices, name: str, resource: Resource, place: Place) -> Iterator[Line]:
    del resource, place
    yield line(prices, name, "Alarms, by metric", "alarm-metric", 1)


def _edge(prices: Prices, name: str, resource: Resource, place: Place) -> Iterator[Line]:
    yield line(prices, name, "Load balancer", "balancer", 1)
    if resource.public:
        yield line(prices, name, "Public addresses", "public-address", zone_count(place.spec))
    rules = offerings.firewall_rules(resource, regulated=place.regulated)
    if rules:
        yield line(prices, name, "Firewall", "firewall", 1)
        yield line(prices, name, "Rules of the firewall", "firewall-rule", rules)
    # Its certificate, and two shares of two metrics each.
    yield line(prices, name, "Alarms, by metric", "alarm-metric", 5)


def edge_lines(prices: Prices, name: str, compute: Compute, watched: Watched) -> Iterator[Line]:
    """The alarms on the groups of tasks behind an edge: whether too many are unwell, and whether nobody is well."""
    groups = 2 if watched.shifts else 1
    awake = compute.replicas is None or compute.replicas.min > 0
    yield line(prices, name, "Alarms on tasks, by metric", "alarm-metric", groups * (1 + awake))


def _email(prices: Prices, name: str, resource: Resource, place: Place) -> Iterator[Line]:
    del resource, place
    yield line(prices, name, "Alarms, by metric", "alarm-metric", 4)


_LINES: Mapping[str, Callable[[Prices, str, Resource, Place], Iterator[Line]]] = {
    "postgres": _database,
    "mysql": _database,
    "redis": _redis,
    "memcached": _memcached,
    "rabbitmq": _rabbitmq,
    "queue": _queue,
    "topic": _topic,
    "edge": _edge,
    "email": _email,
}
