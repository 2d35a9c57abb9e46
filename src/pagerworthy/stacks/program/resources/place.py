"""Where resources that hold data are put, and how they are looked after: the same for every type."""

from pulumi_aws.ec2.security_group import SecurityGroup, SecurityGroupArgs

from pagerworthy.catalog import Resource
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.offerings import Place
from pagerworthy.stacks.program.scope import Scope

# Two hours in which few people of either side of the Atlantic work, in UTC. Backups first, then changes.
BACKUP_WINDOW = "02:00-03:00"
_CHANGES_FROM, _CHANGES_TO = "03:30", "04:30"


def place_of(scope: Scope[ServiceInputs]) -> Place:
    """What the stack's environment and service mean for what it is offered."""
    inputs = scope.inputs
    return Place(inputs.spec, inputs.tier, inputs.regulated)


def in_production(scope: Scope[ServiceInputs]) -> bool:
    """Whether what is deleted here is lost to somebody."""
    return scope.inputs.spec.purpose == "production"


def key_arn(scope: Scope[ServiceInputs]) -> str:
    """The key that the service's data is encrypted with: regulated services have one of their own."""
    return scope.key(regulated=scope.inputs.regulated)


def maintenance_day(scope: Scope[ServiceInputs]) -> str:
    """Tuesday, and Thursday in production: what AWS changes is met in staging first, and while people are at work."""
    return "thu" if in_production(scope) else "tue"


def maintenance_window(scope: Scope[ServiceInputs]) -> str:
    """The weekly hour of changes, as RDS and ElastiCache write it: `thu:03:30-thu:04:30`."""
    day = maintenance_day(scope)
    return f"{day}:{_CHANGES_FROM}-{day}:{_CHANGES_TO}"


def maintenance_start() -> str:
    """When the weekly hour of changes begins, in UTC."""
    return _CHANGES_FROM


def security_group(scope: Scope[ServiceInputs], name: str, resource: Resource) -> SecurityGroup:
    """The group of a resource, without a rule: those who may connect declare theirs, each in its own stack."""
    physical = scope.name(name, limit=255)
    return SecurityGroup(
        f"{name}-security-group",
        SecurityGroupArgs(
            name=physical,
            description=f"Who may reach the {resource.type} {name} of {scope.inputs.service}",
            vpc_id=scope.platform("vpc_id"),
            revoke_rules_on_delete=True,
            tags=scope.tagged(physical),
        ),
        scope.options(),
    )
