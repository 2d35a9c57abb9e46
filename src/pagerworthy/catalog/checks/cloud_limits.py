"""What the cloud cannot keep apart, and how much of it an account has: known before `up` would find out."""

from collections import Counter
from collections.abc import Iterator, Mapping

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.ties import Ties
from pagerworthy.problem import Problem

# Of each account and region, until AWS raises them, as of November 2026:
# https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html (rules of a security group, each way)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html (alarms)
RULES = 60
ALARMS = 5_000
# Characters that all inline policies of a role may have together, which nobody can have raised:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
POLICY = 10_240
# The longest grant, to read and write a bucket, with its share of the keys: 90 had 344 each; and some room.
_OF_A_GRANT = 360
# What an objective has at the most, and what every service that runs has at the least.
_OF_AN_OBJECTIVE = 11
_OF_A_SERVICE = 2
# What every task needs in order to start: AWS's endpoints, and S3.
_WAYS_OUT = 2


def passwords(scope: Scope) -> Iterator[Problem]:
    """PW719: who may only read has the same password as who may do everything."""
    services = scope.catalog.ties
    for service, ties in services.items():
        for index, target in ties.reads:
            owner, _, resource = target.partition("/")
            if owner != service and owner in services and resource in services[owner].passwords:
                message = f"{target} has one user, who may do everything: read is a promise that nothing enforces"
                mend = "write read-write if that is meant; else let its owner hand out what others may read"
                yield scope.problem("PW719", message, "Service", service, f"spec.dependencies[{index}].access", mend)


def callers(scope: Scope) -> Iterator[Problem]:
    """PW720: no security group has more callers, or calls more others, than AWS allows rules in either direction."""
    services = scope.catalog.ties
    for environment in scope.catalog.environments:
        counted: Counter[str] = Counter()
        for ties in services.values():
            if environment in ties.environments:
                counted.update(set(ties.targets))
        for target, count in counted.items():
            if count <= RULES or not _has_group(services, target, environment):
                continue
            owner, _, resource = target.partition("/")
            message = f"{count} services call {target} in {environment}, and AWS allows {RULES} rules a security group"
            mend = f"ask AWS for {_rounded(count)} inbound rules per security group (quota L-0EA8095F), or call less"
            path = f"spec.resources.{resource}" if resource else "metadata.name"
            yield scope.problem("PW720", message, "Service", owner, path, mend)
        yield from _callees(scope, environment)


def _callees(scope: Scope, environment: str) -> Iterator[Problem]:
    """The services whose own group needs more rules out of it than AWS allows, in one environment."""
    services = scope.catalog.ties
    for name, ties in services.items():
        if environment not in ties.environments:
            continue
        called = {target for target in ties.targets if _has_group(services, target, environment)}
        if (count := len(called) + _WAYS_OUT) <= RULES:
            continue
        message = f"{name} needs {count} rules out of its security group in {environment}, and AWS allows {RULES}"
        mend = f"ask AWS for {_rounded(count)} outbound rules per security group (quota L-0EA8095F), or call less"
        yield scope.problem("PW720", message, "Service", name, "spec.dependencies", mend)


def _has_group(services: Mapping[str, Ties], target: str, environment: str) -> bool:
    """Whether what is depended on is behind a security group of ours."""
    owner, _, resource = target.partition("/")
    there = services.get(owner)
    return there is not None and environment in there.environments and (not resource or resource in there.guarded)


def grants(scope: Scope) -> Iterator[Problem]:
    """PW723: the policy of a service's role has room for a grant for each edge that goes through AWS's own API."""
    services = scope.catalog.ties
    for name, ties in services.items():
        if not ties.environments:
            continue
        own = (f"{name}/{resource}" for resource in ties.owns)
        count = sum(_is_granted(services, target) for target in {*ties.resources, *own})
        if count > POLICY // _OF_A_GRANT:
            message = (
                f"{name} reaches {count} buckets, queues and topics, whose grants take up to {count * _OF_A_GRANT} "
                f"characters; AWS allows {POLICY} a role"
            )
            mend = f"let another service have some of them: {POLICY // _OF_A_GRANT} fit with names of usual length"
            yield scope.problem("PW723", message, "Service", name, "spec.dependencies", mend)


def _is_granted(services: Mapping[str, Ties], target: str) -> bool:
    """Whether a resource is reached through AWS's own API, and neither by a password nor over our network."""
    owner, _, resource = target.partition("/")
    there = services.get(owner)
    return there is not None and resource in set(there.owns).difference(there.guarded, there.passwords)


def alarms(scope: Scope) -> Iterator[Problem]:
    """PW721: an environment has no more alarms than AWS allows a region."""
    for environment in scope.catalog.environments:
        here = [ties for ties in scope.catalog.ties.values() if environment in ties.environments]
        count = sum(_OF_AN_OBJECTIVE * len(ties.slos) + _OF_A_SERVICE for ties in here)
        if count > ALARMS:
            message = f"{environment} comes to some {count} alarms, and AWS allows {ALARMS} a region"
            mend = f"ask AWS for {_rounded(count)} CloudWatch alarms in its region, or spread it over several accounts"
            yield scope.problem("PW721", message, "Environment", environment, "spec.region", mend)


def _rounded(count: int) -> int:
    """The next hundred, with some room."""
    return -(-count * 5 // 400) * 100
