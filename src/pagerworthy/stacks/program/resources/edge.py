"""`edge`: a public name, its certificate, the load balancer behind it, and what is kept out."""

from collections.abc import Iterator, Mapping, Sequence

from pulumi import Input
from pulumi_aws.ec2.security_group import SecurityGroup
from pulumi_aws.lb._inputs import ListenerRuleActionForwardTargetGroupArgsDict
from pulumi_aws.lb.listener import Listener
from pulumi_aws.lb.listener_rule import ListenerRule
from pulumi_aws.lb.load_balancer import LoadBalancer
from pulumi_aws.lb.target_group import TargetGroup
from pulumi_aws.route53.record import Record
from pulumi_aws.vpc.security_group_ingress_rule import SecurityGroupIngressRule

from pagerworthy.catalog import Compute, Resource
from pagerworthy.cloud import seconds
from pagerworthy.stacks import offerings
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.provided import Limit, Provided
from pagerworthy.stacks.program.resources.certificate import certificate
from pagerworthy.stacks.program.resources.firewall import firewall
from pagerworthy.stacks.program.resources.place import in_production, security_group
from pagerworthy.stacks.program.resources.public_name import public_name
from pagerworthy.stacks.program.scope import Scope

# TLS 1.2 and 1.3 with forward secrecy, and nothing older.
_TLS = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
_ANYWHERE = "0.0.0.0/0"
_GRPC_HEALTH = "/grpc.health.v1.Health/Check"
# Of how many requests a share is taken at the least; of three, one that fails says little.
_SHARE = "IF(m2 >= 20, m1 / m2, 0)"
# The same of requests that got no answer. AWS counts a request in `RequestCount` only once a target was chosen for it:
# where there is none, that metric has no value, and what failed is all that was asked. The other way round, where
# nothing fails, the count of failures has no value.
_ASKED = "MAX([FILL(m1, 0), FILL(m2, 0)])"
_UNANSWERED = f"IF({_ASKED} >= 20, FILL(m1, 0) / {_ASKED}, 0)"


def declare(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """A load balancer that speaks HTTPS under the entry's name and passes requests on to the service.

    One that is `public` is open to the internet. Any other lets nobody in by itself: callers in the catalog declare
    their own rules, as they do for everything else.
    """
    compute = scope.inputs.compute
    if compute is None or compute.port is None or not scope.inputs.runs_here:
        message = f"edge {name} of {scope.inputs.service} has nothing behind it: the service has no port here"
        raise ValueError(message)
    domain = public_name(scope, name, resource)
    group = security_group(scope, name, resource)
    if resource.public:
        _open(scope, name, group)
    balancer = _balancer(scope, name, resource, group)
    targets = _targets(scope, name, compute, compute.port, "targets")
    # A release beside the running one needs a place of its own; ECS moves the requests over.
    beside = _targets(scope, name, compute, compute.port, "beside") if _shifts(scope) else None
    issued, expiry = certificate(scope, name, domain)
    https = Listener(
        f"{name}-https",
        load_balancer_arn=balancer.arn,
        port=443,
        protocol="HTTPS",
        ssl_policy=_TLS,
        certificate_arn=issued,
        # Whoever asks for another name, or for none, looks for something to attack.
        default_actions=[
            {
                "type": "fixed-response",
                "fixed_response": {"content_type": "text/plain", "message_body": "Not found", "status_code": "404"},
            }
        ],
        tags=scope.tagged(scope.name(name, "https")),
        opts=scope.options(),
    )
    rule = _forward(scope, name, domain, https, [targets, beside] if beside else [targets])
    if resource.public:
        _redirect(scope, name, balancer)
    Record(
        f"{name}-record",
        zone_id=scope.platform("zone_id"),
        name=domain,
        type="A",
        aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": True}],
        opts=scope.options(),
    )
    if offerings.firewall_rules(resource, regulated=scope.inputs.regulated):
        firewall(scope, name, resource, balancer)
    return Provided(
        outputs={"security_group_id": group.id},
        limits=(expiry, *_limits(scope, compute, balancer, [targets, beside] if beside else [targets])),
        target_group=targets.arn,
        listeners=(https, rule),
        other_target_group=beside.arn if beside else None,
        listener_rule=rule.arn,
    )


def _shifts(scope: Scope[ServiceInputs]) -> bool:
    release = scope.inputs.release
    return release is not None and release.strategy in {"canary", "blue-green"}


def _open(scope: Scope[ServiceInputs], name: str, group: SecurityGroup) -> None:
    for port, why in ((443, "HTTPS from anywhere"), (80, "HTTP from anywhere, to be sent to HTTPS")):
        SecurityGroupIngressRule(
            f"{name}-from-anywhere-{port}",
            security_group_id=group.id,
            description=why,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=_ANYWHERE,
            tags=scope.tagged(scope.name(name, "from-anywhere", str(port), limit=256)),
            opts=scope.options(),
        )


def _balancer(scope: Scope[ServiceInputs], name: str, resource: Resource, group: SecurityGroup) -> LoadBalancer:
    public = bool(resource.public)
    # Whether it is public cannot be changed, so that another one is made, which needs another name.
    physical = scope.name(name, "public" if public else "private", limit=32)
    return LoadBalancer(
        name,
        name=physical,
        load_balancer_type="application",
        internal=not public,
        subnets=scope.platform_list("public_subnet_ids" if public else "private_subnet_ids"),
        security_groups=[group.id],
        access_logs={
            "bucket": scope.platform("log_bucket"),
            "prefix": f"edge/{scope.inputs.service}/{name}",
            "enabled": True,
        },
        drop_invalid_header_fields=True,
        desync_mitigation_mode="defensive",
        enable_deletion_protection=in_production(scope),
        tags=scope.tagged(physical),
        opts=scope.options(protect=in_production(scope)),
    )


def _targets(scope: Scope[ServiceInputs], name: str, compute: Compute, port: int, word: str) -> TargetGroup:
    health = compute.health
    check = (health.readiness or health.liveness) if health else None
    # What is no path is the name of a gRPC service, as in probes of containers.
    grpc = check is not None and not check.path.startswith("/")
    # AWS probes every 5 seconds at most, and its answer has to come before the next probe.
    interval = min(300, max(5, seconds(check.interval))) if check and check.interval else 10
    # Neither port nor protocol can be changed, so that another group is made, which needs another name.
    physical = scope.name(name, word, str(port), "grpc" if grpc else "http", limit=32)
    return TargetGroup(
        f"{name}-{word}",
        name=physical,
        vpc_id=scope.platform("vpc_id"),
        target_type="ip",
        protocol="HTTP",
        protocol_version="GRPC" if grpc else "HTTP1",
        port=port,
        load_balancing_algorithm_type="least_outstanding_requests",
        # A task that is stopped finishes what it has begun for as long as it may live.
        deregistration_delay=seconds(health.stop) if health and health.stop else 30,
        health_check={
            "enabled": True,
            "path": _GRPC_HEALTH if grpc else check.path if check else "/",
            "protocol": "HTTP",
            "matcher": "0" if grpc else "200-399",
            "interval": interval,
            "timeout": min(5, interval - 1),
            "healthy_threshold": 2,
            "unhealthy_threshold": 3,
        },
        tags=scope.tagged(physical),
        opts=scope.options(),
    )


def _forward(
    scope: Scope[ServiceInputs], name: str, domain: str, https: Listener, groups: Sequence[TargetGroup]
) -> ListenerRule:
    """Requests for the name go to the first group. Where a release shifts them, ECS says how many go where."""
    first, *others = groups
    weights: list[ListenerRuleActionForwardTargetGroupArgsDict] = [
        {"arn": each.arn, "weight": 100 if each is first else 0} for each in groups
    ]
    return ListenerRule(
        f"{name}-forward",
        listener_arn=https.arn,
        priority=1,
        conditions=[{"host_header": {"values": [domain]}}],
        actions=[{"type": "forward", "forward": {"target_groups": weights}}],
        tags=scope.tagged(scope.name(name, "forward")),
        opts=scope.options(ignore_changes=["actions"] if others else ()),
    )


def _redirect(scope: Scope[ServiceInputs], name: str, balancer: LoadBalancer) -> None:
    Listener(
        f"{name}-http",
        load_balancer_arn=balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=[
            {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}}
        ],
        tags=scope.tagged(scope.name(name, "http")),
        opts=scope.options(),
    )


def _limits(
    scope: Scope[ServiceInputs], compute: Compute, balancer: LoadBalancer, groups: Sequence[TargetGroup]
) -> Iterator[Limit]:
    here: dict[str, Input[str]] = {"LoadBalancer": balancer.arn_suffix}
    yield Limit(
        "unanswered",
        "AWS/ApplicationELB",
        "HTTPCode_ELB_5XX_Count",
        here,
        0.05,
        "One request in twenty gets no answer: the load balancer finds nobody who gives one.",
        severity="page",
        statistic="Sum",
        period=60,
        # The newest minute is often not counted yet and reads as none, which must not keep the alarm from firing.
        of=5,
        expression=_UNANSWERED,
        per="RequestCount",
    )
    yield Limit(
        "server-errors",
        "AWS/ApplicationELB",
        "HTTPCode_Target_5XX_Count",
        here,
        0.05,
        "One request in twenty fails in the service.",
        statistic="Sum",
        expression=_SHARE,
        per="RequestCount",
    )
    fewest = compute.replicas.min if compute.replicas else 1
    if fewest and scope.inputs.released:
        yield _nobody(scope, here, groups)
    for word, group in zip(("", "-beside"), groups, strict=False):
        yield Limit(
            f"unhealthy{word}",
            "AWS/ApplicationELB",
            "UnHealthyHostCount",
            {**here, "TargetGroup": group.arn_suffix},
            fewest / 2,
            "More than half of the tasks that the service needs are sent no requests.",
            severity="page",
            period=60,
        )


def _nobody(scope: Scope[ServiceInputs], balancer: Mapping[str, Input[str]], groups: Sequence[TargetGroup]) -> Limit:
    """That no task is well. A group without tasks says nothing at all, which is as bad.

    Where releases shift requests, the service is in either group and after a release in the other one.
    """
    of_group: list[Mapping[str, Input[str]]] = [{**balancer, "TargetGroup": each.arn_suffix} for each in groups]
    recreated = scope.inputs.release is not None and scope.inputs.release.strategy == "recreate"
    return Limit(
        "nobody",
        "AWS/ApplicationELB",
        "HealthyHostCount",
        of_group[0],
        1,
        "Not one task answers: every request fails.",
        severity="page",
        above=False,
        period=60,
        # What is recreated is away while its next version starts.
        periods=10 if recreated else 3,
        missing_is_bad=True,
        expression="FILL(m1, 0) + FILL(m2, 0)" if len(of_group) > 1 else "",
        beside=of_group[1] if len(of_group) > 1 else {},
    )
