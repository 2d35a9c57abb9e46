"""Whether a service asks the cloud for what there is, and for no less than the law wants.

Only entries that name an environment are judged: nothing is provisioned for the others, which is said of those that
ask for something.
"""

from collections.abc import Iterator

from pagerworthy.catalog.checks.levels import Finding
from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Compute, Resource, Service, ServiceSpec
from pagerworthy.cloud import (
    LEAST_DAYS,
    LONGEST_STOP,
    TASK_SIZES,
    UnknownVersionError,
    days,
    engine_of,
    is_regulated,
    lies_in,
    name_in,
    offered,
    seconds,
    task_size,
    zone_names,
)
from pagerworthy.problem import Problem

# What an environment's own stack is called.
_PLATFORM = "platform"
# The longest that ElastiCache keeps a snapshot, and the longest and shortest, in seconds, that SQS keeps a message.
_CACHE_DAYS = 35
_MESSAGE_DAYS = 14
_SHORTEST_MESSAGE = 60


def cloud(service: Service) -> Iterator[Finding]:
    """PW701, PW702, PW703, PW705 to PW708, PW711, PW712, PW716, PW718: what one entry asks for by itself."""
    spec = service.spec
    if not spec.environments:
        yield from _nowhere(spec)
        return
    if service.name == _PLATFORM:
        mend = "give the service another name"
        yield "PW701", "each environment has a stack called platform already", "metadata.name", mend
    if spec.compute is not None and spec.compute.type == "fargate":
        yield from _task(spec.compute)
        yield from _stop(spec.compute)
    regulated = spec.data is not None and is_regulated(spec.data.regulations)
    behind = spec.compute is not None and spec.compute.type == "fargate" and spec.compute.port is not None
    for name, resource in spec.resources.items():
        path = f"spec.resources.{name}"
        if resource.type == "edge" and not behind:
            message = "requests to this edge would find nobody: the service has no port on Fargate"
            mend = "write compute with type: fargate and the port, or move the edge to the service that answers"
            yield "PW711", message, f"{path}.type", mend
        yield from _version(resource, path)
        yield from _lengths(resource, path)
        if regulated:
            yield from _regulated(resource, path)
    logs = spec.monitoring.logs
    if regulated and logs is not None and logs.retention and days(logs.retention) < LEAST_DAYS:
        yield _young("logs", logs.retention, "spec.monitoring.logs.retention")


def _nowhere(spec: ServiceSpec) -> Iterator[Finding]:
    """PW716: what is asked for is asked for somewhere."""
    asked = "compute" if spec.compute is not None else "resources" if spec.resources else ""
    if asked:
        message = f"no environment is named, so that there is no stack for {asked}"
        yield "PW716", message, f"spec.{asked}", "write e.g. environments: [production]"


def zones(scope: Scope) -> Iterator[Problem]:
    """PW704: production has the zones that are asked for; staging is the same in small."""
    few = {
        name: environment.spec.zones
        for name, environment in scope.catalog.environments.items()
        if environment.spec.purpose == "production"
    }
    for name, ties in scope.catalog.ties.items():
        for each in ties.environments:
            if each in few and ties.zones > few[each]:
                yield from _zones(scope, name, each, few[each])
                break


def regions(scope: Scope) -> Iterator[Problem]:
    """PW713: an environment spreads over the zones that its region has."""
    for name, environment in scope.catalog.environments.items():
        spec = environment.spec
        most = len(zone_names(spec.region))
        if spec.zones > most:
            message = f"{spec.region} has {most} zones, and this wants {spec.zones}"
            yield scope.problem("PW713", message, "Environment", name, "spec.zones", f"write zones: {most}")


def prefixes(scope: Scope) -> Iterator[Problem]:
    """PW714: what CI of an environment may change is known by its name and a hyphen, within the account."""
    environments = scope.catalog.environments
    for name, environment in environments.items():
        account = environment.spec.account
        shorter = (each for each in environments if name.startswith(f"{each}-"))
        first = next((each for each in shorter if environments[each].spec.account == account), "")
        if first:
            where = f"account {account}" if account else "one account, as far as the entries say"
            message = f"CI of {first} could change {name}: in {where}, it may change all that begins with {first}-"
            mend = "give this environment an account of its own, or another name"
            yield scope.problem("PW714", message, "Environment", name, "spec.account", mend)


def holders(scope: Scope) -> Iterator[Problem]:
    """PW717: of several environments in an account, one says that it declares what the account has once."""
    sharing: dict[str, list[str]] = {}
    for name, environment in scope.catalog.environments.items():
        if environment.spec.account:
            sharing.setdefault(environment.spec.account, []).append(name)
    for account, found in sharing.items():
        said = [name for name in found if scope.catalog.environments[name].spec.holds_account]
        if len(found) > 1 and not said:
            message = f"{' and '.join(found)} share account {account}, and none says that it holds what is there once"
            mend = f"write holds_account: true into the entry of one of them: {found[0]}, if its platform is up already"
            yield scope.problem("PW717", message, "Environment", found[0], "spec.account", mend)
        for name in said[1:]:
            message = f"{said[0]} holds what account {account} has once already"
            yield scope.problem("PW717", message, "Environment", name, "spec.holds_account", "remove it")


def names(scope: Scope) -> Iterator[Problem]:
    """PW709: service and resource joined by a hyphen are what the cloud knows a resource by."""
    services = scope.catalog.ties
    taken: dict[str, str] = {}
    for service, ties in services.items():
        if not ties.environments:
            continue
        for resource in ties.owns:
            name, whose = f"{service}-{resource}", f"{service}/{resource}"
            other = name if name in services else taken.setdefault(name, whose)
            if other != whose:
                message = f"in the cloud, {whose} would have the same name as {other}: {name}"
                path, mend = f"spec.resources.{resource}", "give the resource another name"
                yield scope.problem("PW709", message, "Service", service, path, mend)


def domains(scope: Scope) -> Iterator[Problem]:
    """PW710: a public name lies in the domain of each environment that has it, as `name_in` says."""
    environments = {name: each.spec for name, each in scope.catalog.environments.items()}
    production = [each.domain for each in environments.values() if each.purpose == "production" and each.domain]
    for service, ties in scope.catalog.ties.items():
        for resource, name in ties.domains:
            for each in ties.environments:
                there = environments[each].domain if each in environments else name
                if lies_in(name_in(name, there, production), there):
                    continue
                message = f"{each} has no zone for {name}, but for {there}"
                mend = f"write a name in {' or '.join(dict.fromkeys([*production, there]))}"
                if not there:
                    message = f"{each} has no domain, so that nothing in it is called {name}"
                    mend = f"write a domain into the entry of {each}"
                yield scope.problem("PW710", message, "Service", service, f"spec.resources.{resource}.domain", mend)
                break


def _zones(scope: Scope, service: str, environment: str, most: int) -> Iterator[Problem]:
    spec = scope.catalog.services[service].spec
    wanted = {f"spec.resources.{name}": resource.zones for name, resource in spec.resources.items()}
    if spec.compute is not None:
        wanted["spec.compute"] = spec.compute.zones
    for path, each in wanted.items():
        if each > most:
            message = f"{environment} has {most} zones, and this wants {each}"
            mend = f"write zones: {most}, or more in the entry of {environment}"
            yield scope.problem("PW704", message, "Service", service, f"{path}.zones", mend)


def _task(compute: Compute) -> Iterator[Finding]:
    try:
        task_size(compute.cpu, compute.memory)
    except ValueError as error:
        memories = TASK_SIZES.get(compute.cpu or 0)
        if memories is None and compute.cpu is not None:
            yield "PW702", str(error), "spec.compute.cpu", f"write one of {', '.join(map(str, TASK_SIZES))}"
            return
        mend = "write a memory that Fargate offers: 512, 1024, 2048, 4096 and more"
        if memories is not None:
            fitting = ", ".join(map(str, memories)) if len(memories) < 8 else f"{memories[0]} to {memories[-1]}"
            mend = f"with cpu: {compute.cpu} write one of {fitting}"
        others = [str(cpu) for cpu, each in TASK_SIZES.items() if compute.memory in each]
        mend += f", or cpu: {others[0]} with this memory" if others else ""
        yield "PW702", str(error), "spec.compute.memory", mend


def _stop(compute: Compute) -> Iterator[Finding]:
    asked = compute.health.stop if compute.health else ""
    if asked and seconds(asked) > LONGEST_STOP:
        message = f"Fargate ends a task {LONGEST_STOP} seconds after it was asked to, not after {asked}"
        mend = f"write {LONGEST_STOP}s or less, and let what takes longer be picked up again by another task"
        yield "PW718", message, "spec.compute.health.stop", mend


def _version(resource: Resource, path: str) -> Iterator[Finding]:
    if not resource.version or not offered(resource.type):
        return
    try:
        engine_of(resource.type, resource.version)
    except UnknownVersionError as error:
        yield "PW703", str(error), f"{path}.version", f"write one of {', '.join(error.offered)}"


def _lengths(resource: Resource, path: str) -> Iterator[Finding]:
    if resource.type == "redis" and resource.backup and days(resource.backup.retention) > _CACHE_DAYS:
        kept = resource.backup.retention
        message = f"AWS keeps the backups of a cache for {_CACHE_DAYS} days at most, not for {kept}"
        yield "PW708", message, f"{path}.backup.retention", f"write {_CACHE_DAYS}d, or keep the data in a database"
    if resource.type in {"queue", "topic"} and resource.retention:
        if seconds(resource.retention) > _MESSAGE_DAYS * 86400:
            message = f"AWS keeps a message for {_MESSAGE_DAYS} days at most, not for {resource.retention}"
            mend = f"write {_MESSAGE_DAYS}d, or let a reader write messages into a bucket"
            yield "PW708", message, f"{path}.retention", mend
        elif seconds(resource.retention) < _SHORTEST_MESSAGE:
            message = f"AWS keeps a message for a minute at least, not for {resource.retention}"
            yield "PW708", message, f"{path}.retention", "write 1m or more"


def _regulated(resource: Resource, path: str) -> Iterator[Finding]:
    if resource.encrypted is False:
        yield "PW705", "regulated data must be encrypted", f"{path}.encrypted", "remove it, or write encrypted: true"
    if resource.type == "edge" and resource.public and resource.waf is False:
        message = "a public edge before regulated data has a web application firewall"
        yield "PW712", message, f"{path}.waf", "remove it, or write waf: true"
    if resource.type == "memcached":
        message = "memcached encrypts nothing that it holds, and asks nobody for a password"
        yield "PW705", message, f"{path}.type", "write type: redis"
    if resource.type == "bucket":
        if resource.public:
            yield "PW707", "regulated data must not be public", f"{path}.public", "remove it, or write public: false"
        if resource.retention and days(resource.retention) < LEAST_DAYS:
            yield _young("records", resource.retention, f"{path}.retention")


def _young(what: str, retention: str, path: str) -> Finding:
    message = f"{what} of a regulated service are kept for a year, not for {retention}"
    return "PW706", message, path, f"write {LEAST_DAYS}d or more"
