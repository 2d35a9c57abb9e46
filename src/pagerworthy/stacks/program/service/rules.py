"""Who may connect to whom: two rules for each edge that the service declares, and none for anything else.

The caller's stack has both, the way out of its own group and the way into the other's, so that an edge that goes takes
both with it, and no stack has to know who calls it.
"""

from pulumi import Input
from pulumi_aws.ec2.security_group import SecurityGroup
from pulumi_aws.vpc.security_group_egress_rule import SecurityGroupEgressRule, SecurityGroupEgressRuleArgs
from pulumi_aws.vpc.security_group_ingress_rule import SecurityGroupIngressRule, SecurityGroupIngressRuleArgs

from pagerworthy.stacks.images import repository_of
from pagerworthy.stacks.inputs import Need, ServiceInputs
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.reach import Reach

HTTPS = 443
_INTERNET = "0.0.0.0/0"


def declare_rules(scope: Scope[ServiceInputs], group: SecurityGroup, reach: Reach) -> None:
    """Declares the rules of the service's tasks."""
    rules = _Rules(scope)
    rules.infrastructure(group)
    outside: set[int] = set()
    for need in reach.needs():
        if need.type == "edge" and reach.is_own(need):
            # Requests come from one's own load balancer; nothing goes to it.
            _from_edge(rules, group, reach, need)
        elif need.port is not None and _is_outside(need):
            # The other end has no group of ours, and a provider's addresses change: the port is all that can be said.
            outside.add(need.port)
        elif need.port is not None:
            there = reach.value(need, "security_group_id")
            if there is not None:
                name = f"to-{need.target}"
                rules.egress(name, group.id, need.port, f"{scope.inputs.service} to {need.target}", group=there)
                rules.ingress(name, there, need.port, f"{scope.inputs.service} to {need.target}", group=group.id)
    compute = scope.inputs.compute
    if compute is not None and _pulled_from_outside(scope, compute.image):
        outside.add(HTTPS)
    for port in sorted(outside):
        rules.egress(f"to-internet-{port}", group.id, port, _why_outside(scope, port), cidr=_INTERNET)


def _is_outside(need: Need) -> bool:
    """Whether the way leads over the internet: to providers, to services that run elsewhere, and to public names."""
    return need.public if need.kind == "resource" else not need.owner


class _Rules:
    """Declares rules for TCP; all are named, described and tagged alike."""

    def __init__(self, scope: Scope[ServiceInputs]) -> None:
        self._scope = scope

    def infrastructure(self, group: SecurityGroup) -> None:
        """What every task needs in order to start: AWS's own endpoints, and S3, where layers of images lie."""
        endpoints = self._scope.platform("endpoints_security_group_id")
        self.egress("to-endpoints", group.id, HTTPS, "Endpoints of AWS", group=endpoints)
        prefixes = self._scope.platform("s3_prefix_list_id")
        self.egress("to-s3", group.id, HTTPS, "S3, with the layers of images", prefix_list=prefixes)

    def egress(
        self,
        name: str,
        of: Input[str],
        port: int,
        why: str,
        *,
        group: Input[str] | None = None,
        cidr: str | None = None,
        prefix_list: str | None = None,
    ) -> None:
        """Lets a group reach a port of another group, of addresses, or of a list of them."""
        SecurityGroupEgressRule(
            f"{name}-egress",
            SecurityGroupEgressRuleArgs(
                security_group_id=of,
                description=why,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                referenced_security_group_id=group,
                cidr_ipv4=cidr,
                prefix_list_id=prefix_list,
                tags=self._scope.tagged(self._scope.name(name, limit=256)),
            ),
            self._scope.options(),
        )

    def ingress(self, name: str, of: Input[str], port: int, why: str, *, group: Input[str]) -> None:
        """Lets another group into a port of a group."""
        SecurityGroupIngressRule(
            f"{name}-ingress",
            SecurityGroupIngressRuleArgs(
                security_group_id=of,
                description=why,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                referenced_security_group_id=group,
                tags=self._scope.tagged(self._scope.name(name, limit=256)),
            ),
            self._scope.options(),
        )


def _from_edge(rules: _Rules, group: SecurityGroup, reach: Reach, need: Need) -> None:
    compute = reach.scope.inputs.compute
    balancer = reach.value(need, "security_group_id")
    if balancer is None or compute is None or compute.port is None:
        return
    name, why = f"from-{need.target}", f"{need.target} to {reach.scope.inputs.service}"
    rules.egress(name, balancer, compute.port, why, group=group.id)
    rules.ingress(name, group.id, compute.port, why, group=balancer)


def _pulled_from_outside(scope: Scope[ServiceInputs], image: str) -> bool:
    """Whether the image comes from the internet: the endpoints reach Amazon's registry in their own region alone."""
    repository = repository_of(image)
    return repository is None or repository.region != scope.inputs.spec.region


def _why_outside(scope: Scope[ServiceInputs], port: int) -> str:
    """The description of the way out to the internet: whom it is for. AWS allows 255 characters of a few kinds."""
    names = [each.target for each in scope.inputs.needs if each.port == port and _is_outside(each)]
    image = scope.inputs.compute.image if scope.inputs.compute else ""
    if port == HTTPS and _pulled_from_outside(scope, image):
        names.append(f"registry of its image at {image.partition('/')[0]}")
    return f"{scope.inputs.service} to {', '.join(sorted(set(names)))}"[:255]
