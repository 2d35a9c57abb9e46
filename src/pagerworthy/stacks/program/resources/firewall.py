"""What a web application firewall keeps out of an edge."""

from pulumi_aws.lb.load_balancer import LoadBalancer
from pulumi_aws.wafv2._inputs import WebAclRuleArgsDict, WebAclRuleVisibilityConfigArgsDict
from pulumi_aws.wafv2.web_acl import WebAcl
from pulumi_aws.wafv2.web_acl_association import WebAclAssociation

from pagerworthy.catalog import Resource
from pagerworthy.stacks import offerings
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.scope import Scope

# What the entry's rate is counted over, in seconds.
_RATE_WINDOW = 300


def firewall(scope: Scope[ServiceInputs], name: str, resource: Resource, balancer: LoadBalancer) -> None:
    """Declares the firewall before a load balancer: first how often an address may ask, then what it may not ask."""
    physical = scope.name(name)
    rules = [_managed(scope, name, group, number) for number, group in enumerate(offerings.FIREWALL_GROUPS, start=1)]
    if resource.rate_limit is not None:
        rules.insert(0, _rate(scope, name, resource.rate_limit))
    acl = WebAcl(
        f"{name}-firewall",
        name=physical,
        description=f"Before {resource.domain}",
        scope="REGIONAL",
        default_action={"allow": {}},
        rules=rules,
        visibility_config={
            "cloudwatch_metrics_enabled": True,
            "metric_name": scope.name(name, "all"),
            "sampled_requests_enabled": True,
        },
        tags=scope.tagged(physical),
        opts=scope.options(),
    )
    WebAclAssociation(
        f"{name}-firewalled",
        resource_arn=balancer.arn,
        web_acl_arn=acl.arn,
        opts=scope.options(),
    )


def _rate(scope: Scope[ServiceInputs], name: str, limit: int) -> WebAclRuleArgsDict:
    return {
        "name": "rate",
        "priority": 0,
        "action": {"block": {}},
        "statement": {
            "rate_based_statement": {
                "limit": limit,
                "aggregate_key_type": "IP",
                "evaluation_window_sec": _RATE_WINDOW,
            }
        },
        "visibility_config": _seen(scope, name, "rate"),
    }


def _managed(scope: Scope[ServiceInputs], name: str, group: str, priority: int) -> WebAclRuleArgsDict:
    word = group.removeprefix("AWSManagedRules")
    return {
        "name": word,
        "priority": priority,
        # What the group's own rules say, which is to block.
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": {"vendor_name": "AWS", "name": group}},
        "visibility_config": _seen(scope, name, word),
    }


def _seen(scope: Scope[ServiceInputs], name: str, rule: str) -> WebAclRuleVisibilityConfigArgsDict:
    return {
        "cloudwatch_metrics_enabled": True,
        "metric_name": scope.name(name, rule),
        "sampled_requests_enabled": True,
    }
