"""Where CI may change what: of the environment alone, wherever AWS lets it be said.

A write is bound to names that begin with the environment's, or to its tag, or, where AWS knows neither, to its region.
On top of it all nothing may be touched that bears the tag of another environment. What AWS cannot say: most of EC2 and
the load balancers make several things in one call, of which only some have the tag yet; task definitions, zones,
certificates and deliveries of logs have names or tags that no policy sees. An account for each environment says it all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from pagerworthy.stacks.program.platform.ci_types import TYPES

# The policies that the writes are shared out among: AWS takes 6,144 characters each.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "network": ("acm", "ec2", "elasticloadbalancing", "route53", "servicediscovery", "wafv2"),
    "data": ("backup", "backup-storage", "elasticache", "kms", "mq", "rds", "s3", "secretsmanager"),
    "work": ("application-autoscaling", "budgets", "cloudwatch", "ecr", "ecs", "logs", "ses", "sns", "sqs"),
}


@dataclass(frozen=True, slots=True)
class Bound:
    """What some writes of a part of AWS are bound to.

    `only` are patterns of the actions, none for those that no other bound of the part is for. `resources` are ARNs,
    with `{arn}` for `arn:aws:<prefix>:<region>:<account>`, `{name}` for what names of the environment begin with, and
    `{short}` for as much of it as the shortest names have. `by` is whether the environment's tag has to be there
    (`tag`), to be asked for (`asked`), or whether it is the region alone that counts.
    """

    only: tuple[str, ...] = ()
    resources: tuple[str, ...] = ("*",)
    by: Literal["tag", "asked", "region", ""] = ""


_REGION = Bound(by="region")
BOUNDS: Mapping[str, tuple[Bound, ...]] = {
    "acm": (Bound(("RequestCertificate",), by="asked"), _REGION),
    "application-autoscaling": (_REGION,),
    # Plans and their selections are numbered by AWS.
    "backup": (Bound(("*BackupVault",), ("{arn}:backup-vault:{name}*",)), _REGION),
    "backup-storage": (_REGION,),
    "budgets": (Bound(resources=("arn:{partition}:budgets::{account}:budget/{name}*",)),),
    "cloudwatch": (
        Bound(("*Dashboard*",), ("arn:{partition}:cloudwatch::{account}:dashboard/{name}*",)),
        # Autoscaling names the alarms that it makes in our name after the service.
        Bound(resources=("{arn}:alarm:{name}*", "{arn}:alarm:TargetTracking-service/{name}*")),
    ),
    "ec2": (
        # What acts on one thing that is there, and has had its tags since it was made.
        Bound(
            (
                "CreateRoute",
                "DeleteFlowLogs",
                "DeleteInternetGateway",
                "DeleteNatGateway",
                "DeleteRoute",
                "DeleteRouteTable",
                "DeleteSecurityGroup",
                "DeleteSubnet",
                "DeleteVpc",
                "ModifySubnetAttribute",
                "ModifyVpcAttribute",
                "ReleaseAddress",
                "ReplaceRoute",
            ),
            by="tag",
        ),
        _REGION,
    ),
    "ecr": (Bound(("CreateRepository", "TagResource"), by="asked"), Bound(("TagResource",), by="tag"), Bound(by="tag")),
    "ecs": (
        Bound(("CreateCluster",), by="asked"),
        Bound(("DeleteCluster", "UpdateCluster*"), ("{arn}:cluster/{name}*",)),
        Bound(("*Service",), ("{arn}:service/{name}*",)),
        Bound(
            ("TagResource", "UntagResource"),
            ("{arn}:cluster/{name}*", "{arn}:service/{name}*", "{arn}:task-definition/{name}*"),
        ),
        # A family is named in what is registered, which no policy sees.
        _REGION,
    ),
    "elasticache": (
        Bound(
            resources=tuple(
                f"{{arn}}:{kind}:{{short}}*"
                for kind in ("cluster", "parametergroup", "replicationgroup", "snapshot", "subnetgroup")
            )
        ),
    ),
    "elasticloadbalancing": (_REGION,),
    "kms": (
        # To tag what is made now and what is there are asked for alike; only the first asks for all tags.
        Bound(("CreateKey", "TagResource"), by="asked"),
        Bound(("TagResource",), by="tag"),
        # Of an alias both it and its key are asked for.
        Bound(("*Alias",), ("{arn}:alias/{name}*",)),
        Bound(("*Alias",), ("{arn}:key/*",), by="tag"),
        Bound(resources=("{arn}:key/*",), by="tag"),
    ),
    "logs": (
        Bound(("*LogDeliver*", "PutResourcePolicy"), by="region"),
        Bound(
            resources=(
                "{arn}:log-group:/pagerworthy/{environment}/*",
                "{arn}:log-group:/aws/vendedlogs/elasticache/{environment}/*",
                "{arn}:log-group:/aws/rds/instance/{name}*",
            )
        ),
    ),
    "mq": (Bound(("CreateBroker", "CreateTags"), by="asked"), Bound(("CreateTags",), by="tag"), Bound(by="tag")),
    "rds": (
        Bound(
            resources=(
                *(f"{{arn}}:{kind}:{{name}}*" for kind in ("db", "pg", "snapshot", "subgrp")),
                "{arn}:og:default:*",
            )
        ),
    ),
    # What makes a zone is not of any zone yet, and the names of zones are AWS's.
    "route53": (Bound(),),
    "s3": (Bound(resources=("arn:{partition}:s3:::{name}*",)),),
    "secretsmanager": (
        # RDS keeps the passwords of its masters itself, under a name of its own; to read them is nobody's here.
        Bound(("CreateSecret", "RotateSecret", "TagResource"), ("{arn}:secret:{name}*", "{arn}:secret:rds!*")),
        Bound(resources=("{arn}:secret:{name}*",)),
    ),
    "servicediscovery": (_REGION,),
    "ses": (_REGION,),
    "sns": (
        Bound(("SetSubscriptionAttributes", "Unsubscribe"), by="region"),
        Bound(resources=("{arn}:{name}*",)),
    ),
    "sqs": (Bound(resources=("{arn}:{name}*",)),),
    "wafv2": (_REGION,),
}


def reads() -> list[str]:
    """The actions that look, of all types."""
    return sorted({action for calls in TYPES.values() for action in calls.reads})


def writes(prefix: str) -> frozenset[str]:
    """The actions of a part that change, of all types, without its prefix."""
    found = {action.partition(":") for calls in TYPES.values() for action in calls.writes}
    return frozenset(name for each, _, name in found if each == prefix)


def bound_writes(prefix: str) -> Sequence[tuple[Bound, list[str]]]:
    """The writes of a part (`kms:CreateKey`), by what they are bound to."""
    bounds = BOUNDS[prefix]
    special = [pattern for each in bounds for pattern in each.only]
    found = []
    for each in bounds:
        names = (
            name
            for name in writes(prefix)
            if any(fnmatchcase(name, pattern) for pattern in each.only or special) is bool(each.only)
        )
        found.append((each, sorted(f"{prefix}:{name}" for name in names)))
    return [(each, actions) for each, actions in found if actions]
