"""What can be known of a service's cloud from what its stack should be: evidence of strength `linked`.

It says how the service is set up, not that it runs so: whether the cloud still is as it should be is `stack.drift`, and
somebody has to look.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from pagerworthy.evidence.keys import Value
from pagerworthy.evidence.keys.handover import Estimate
from pagerworthy.evidence.keys.stack import Encryption, Grants, Health, Placement, Secrets, Tags
from pagerworthy.stacks.cost import estimate
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.render import Rendered, RenderedResource

# What cost reports and people look for; see `tags.service_tags`.
_TAGS = ("owner", "system", "tier", "data-class", "cost-center", "environment")
# Actions that AWS grants on everything or not at all: https://docs.aws.amazon.com/service-authorization/latest/reference/
_WITHOUT_RESOURCE = ("ecr:GetAuthorizationToken", "elasticloadbalancing:Describe")
_SECRET_WORDS = ("SECRET", "PASSWORD", "TOKEN", "PRIVATE_KEY", "CREDENTIAL")
# The address of a secret is no secret.
_ADDRESSES = ("_ADDR", "_ARN", "_ENDPOINT", "_ID", "_NAME", "_URL")
_STOP_SECONDS = 30.0
_EVERYWHERE = ("0.0.0.0/0", "::/0")


def linked(inputs: ServiceInputs, rendered: Rendered) -> Iterator[tuple[str, Value]]:
    """What a rendered stack shows, by evidence key, in the order of keys."""
    cost = estimate(inputs)
    yield "cost.estimate", Estimate(monthly=round(cost.monthly, 2), most=round(cost.monthly_most, 2))
    yield "stack.encryption", Encryption(at_rest=_at_rest(rendered), in_transit=_in_transit(rendered))
    yield (
        "stack.grants",
        Grants(wildcards=tuple(_wildcards(rendered)), public=tuple(dict.fromkeys(_public(inputs, rendered)))),
    )
    if inputs.runs_here:
        yield "stack.health", _health(rendered)
        yield "stack.placement", _placement(rendered)
        yield "stack.secrets", Secrets(managed=not any(_plain_secrets(rendered)))
    yield "stack.tags", Tags(missing=tuple(_untagged(rendered)))


def _health(rendered: Rendered) -> Health:
    container = _containers(rendered)[0]
    # A task takes requests once its container is healthy: the check serves both, as Fargate has no other.
    checked = "healthCheck" in container
    at_edge = bool(rendered.of_type("aws:lb/targetGroup:TargetGroup"))
    return Health(
        readiness=checked or at_edge, liveness=checked, stop_seconds=float(container.get("stopTimeout", _STOP_SECONDS))
    )


def _placement(rendered: Rendered) -> Placement:
    service = rendered.of_type("aws:ecs/service:Service")[0].inputs
    scaled = rendered.of_type("aws:appautoscaling/target:Target")
    replicas = scaled[0].inputs["minCapacity"] if scaled else service["desiredCount"]
    subnets = len(service["networkConfiguration"]["subnets"])
    return Placement(
        replicas=float(replicas), zones=float(min(subnets, replicas)), single_zone_stores=tuple(_in_one_zone(rendered))
    )


def _in_one_zone(rendered: Rendered) -> Iterator[str]:
    for each in rendered.resources:
        match each.type:
            case "aws:rds/instance:Instance":
                several = each.inputs.get("multiAz", False)
            case "aws:elasticache/replicationGroup:ReplicationGroup":
                several = each.inputs.get("multiAzEnabled", False)
            case "aws:elasticache/cluster:Cluster":
                several = each.inputs.get("azMode") == "cross-az"
            case "aws:mq/broker:Broker":
                several = each.inputs.get("deploymentMode") != "SINGLE_INSTANCE"
            case _:
                continue
        if not several:
            yield each.name


def _at_rest(rendered: Rendered) -> bool:
    encrypted_buckets = {
        each.inputs["bucket"]
        for each in rendered.of_type(
            "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
        )
    }
    return all(_keeps_safe(each, encrypted_buckets) for each in rendered.resources)


def _keeps_safe(resource: RenderedResource, encrypted_buckets: set[str]) -> bool:
    """Whether what the resource stores is encrypted; true of what stores nothing."""
    if resource.type == "aws:s3/bucket:Bucket":
        return f"<{resource.name}.id>" in encrypted_buckets
    is_safe = _STORES.get(resource.type)
    return is_safe is None or is_safe(resource.inputs)


_STORES: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "aws:rds/instance:Instance": lambda inputs: inputs.get("storageEncrypted") is True,
    "aws:elasticache/replicationGroup:ReplicationGroup": lambda inputs: inputs.get("atRestEncryptionEnabled") is True,
    # Memcached encrypts nothing that it holds.
    "aws:elasticache/cluster:Cluster": lambda _: False,
    "aws:sqs/queue:Queue": lambda inputs: (
        bool(inputs.get("kmsMasterKeyId")) or inputs.get("sqsManagedSseEnabled") is True
    ),
    "aws:sns/topic:Topic": lambda inputs: bool(inputs.get("kmsMasterKeyId")),
    "aws:cloudwatch/logGroup:LogGroup": lambda inputs: bool(inputs.get("kmsKeyId")),
    "aws:mq/broker:Broker": lambda inputs: bool(inputs.get("encryptionOptions")),
}


def _in_transit(rendered: Rendered) -> bool:
    forced = {"rds.force_ssl", "require_secure_transport"}
    parameters = {
        parameter["name"]
        for group in rendered.of_type("aws:rds/parameterGroup:ParameterGroup")
        for parameter in group.inputs.get("parameters", ())
        if str(parameter["value"]) in {"1", "ON"}
    }
    for each in rendered.resources:
        match each.type:
            case "aws:rds/instance:Instance":
                safe = bool(forced & parameters)
            case "aws:elasticache/replicationGroup:ReplicationGroup" | "aws:elasticache/cluster:Cluster":
                safe = each.inputs.get("transitEncryptionEnabled") is True
            case "aws:lb/listener:Listener":
                safe = each.inputs.get("protocol") == "HTTPS" or _redirects(each.inputs)
            case _:
                continue
        if not safe:
            return False
    return True


def _redirects(listener: Mapping[str, Any]) -> bool:
    return all(action.get("type") == "redirect" for action in listener.get("defaultActions", ()))


def _wildcards(rendered: Rendered) -> Iterator[str]:
    """The grants of roles that reach further than what they name."""
    for policy in rendered.of_type("aws:iam/rolePolicy:RolePolicy"):
        for statement in json.loads(policy.inputs["policy"])["Statement"]:
            actions = _several(statement["Action"])
            wide = [action for action in actions if "*" in action]
            if "*" in _several(statement.get("Resource", ())):
                wide += [each for each in actions if not each.startswith(_WITHOUT_RESOURCE) and each not in wide]
            yield from (f"{policy.name}: {action}" for action in wide)


def _public(inputs: ServiceInputs, rendered: Rendered) -> Iterator[str]:
    """What the internet reaches, by the name that the entry gives it, or else that of the rule."""
    for rule in rendered.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"):
        if rule.inputs.get("cidrIpv4") in _EVERYWHERE or rule.inputs.get("cidrIpv6") in _EVERYWHERE:
            yield next((name for name in inputs.resources if rule.name.startswith(f"{name}-")), rule.name)
    for each in rendered.of_type("aws:rds/instance:Instance"):
        if each.inputs.get("publiclyAccessible"):
            yield each.name


def _plain_secrets(rendered: Rendered) -> Iterator[str]:
    """The variables that carry a secret in plain text, to judge by their names."""
    for container in _containers(rendered):
        for variable in container.get("environment", ()):
            name = variable["name"].upper()
            if any(word in name for word in _SECRET_WORDS) and not name.endswith(_ADDRESSES):
                yield name


def _untagged(rendered: Rendered) -> Iterator[str]:
    for each in rendered.resources:
        if "tags" in each.inputs:
            yield from (f"{each.name}: {tag}" for tag in _TAGS if not each.inputs["tags"].get(tag))
        elif each.taggable:
            yield f"{each.name}: all"


def _containers(rendered: Rendered) -> list[dict[str, Any]]:
    task = rendered.of_type("aws:ecs/taskDefinition:TaskDefinition")[0]
    containers: list[dict[str, Any]] = json.loads(task.inputs["containerDefinitions"])
    return containers


def _several(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]
