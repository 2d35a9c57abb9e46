"""The types of resources that the stand-in knows, one module an AWS service, imported when one is first needed."""

import importlib
from functools import cache

from tests.stacks.standin.kind import Kind

# The module that has the types of a Pulumi module: `aws:ec2/vpc:Vpc` is in `ec2` here.
MODULES: dict[str, tuple[str, ...]] = {
    "sns": ("sns",),
    "sqs": ("sqs",),
    "acm": ("certificates",),
    "appautoscaling": ("autoscaling",),
    "backup": ("backup",),
    "budgets": ("budgets",),
    "cloudwatch": ("alarms", "logs"),
    "ec2": ("network", "default_group", "routing", "endpoints", "flowlogs"),
    "ecr": ("ecr",),
    "ecs": ("ecs", "ecs_service"),
    "elasticache": ("elasticache", "caches"),
    "iam": ("iam",),
    "kms": ("kms",),
    "lb": ("balancers", "listeners"),
    "mq": ("mq",),
    "rds": ("rds", "rds_instance"),
    "route53": ("route53",),
    "s3": ("s3", "s3_settings"),
    "secretsmanager": ("secrets",),
    "servicediscovery": ("discovery",),
    "sesv2": ("sesv2",),
    "vpc": ("rules",),
    "wafv2": ("wafv2",),
}


@cache
def kinds(module: str) -> dict[str, Kind]:
    """The types of a module here, by token."""
    found = importlib.import_module(f"{__name__}.{module}")
    classes = [each for each in vars(found).values() if isinstance(each, type) and issubclass(each, Kind)]
    return {each.type_name: each() for each in classes if "type_name" in vars(each)}


def kind_of(token: str) -> Kind | None:
    """The type of this token; None for one that the stand-in does not know."""
    service = token.removeprefix("aws:").split("/")[0]
    return next((kinds(module)[token] for module in MODULES.get(service, ()) if token in kinds(module)), None)


def all_kinds() -> list[Kind]:
    """Every type, by token."""
    modules = sorted({module for each in MODULES.values() for module in each})
    return sorted((kind for module in modules for kind in kinds(module).values()), key=lambda kind: kind.type_name)
