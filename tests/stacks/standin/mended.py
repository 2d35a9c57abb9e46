"""What AWS does and moto (5.2) does not, mended in the server's process, so that boto3 shows tests what AWS would.

Each mend says what AWS does. Nothing here is about the stand-in's own tables.
"""

from typing import Any


def mend() -> None:
    """Mends moto; called once, before its server answers."""
    _describe_rules()
    _modify_rules()
    _keep_services()


def _describe_rules() -> None:
    """AWS shows the description of rules for groups and prefix lists too; moto only that of rules for CIDRs."""
    from moto.ec2.models.security_groups import SecurityGroupRule

    original = SecurityGroupRule.__init__

    def initialise(rule: Any, *arguments: Any, **named: Any) -> None:
        original(rule, *arguments, **named)
        places = (*arguments, *named.values())
        noted = (each["Description"] for each in places if isinstance(each, dict) and each.get("Description"))
        rule.noted = next(noted, None)

    SecurityGroupRule.__init__ = initialise  # type: ignore[method-assign]
    SecurityGroupRule.description = property(lambda rule: rule.noted)  # type: ignore[assignment,method-assign]


def _modify_rules() -> None:
    """AWS changes any part of a rule in place; moto leaves its group and prefix list as they were."""
    from moto.ec2.models.security_groups import SecurityGroupBackend

    def modify(backend: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError, InvalidSecurityGroupRuleIdNotFoundError

        group = backend.get_security_group_from_id(group_id)
        if group is None:
            raise InvalidSecurityGroupNotFoundError(group_id)
        for id_, new in rules.items():
            rule = group.get_rule(id_)
            if rule is None:
                raise InvalidSecurityGroupRuleIdNotFoundError(id_)
            ranges = {"CidrIpv4": "CidrIp", "CidrIpv6": "CidrIpv6"}
            rule.ip_range = {name: new[key] for key, name in ranges.items() if key in new}
            other = new.get("ReferencedGroupId")
            rule.source_group = {"GroupId": other, "OwnerId": backend.account_id} if other else {}
            rule.prefix_list_id = new.get("PrefixListId")
            rule.ip_protocol = new["IpProtocol"]
            every = rule.ip_protocol == "-1"
            rule.from_port = None if every else int(new["FromPort"])
            rule.to_port = None if every else int(new["ToPort"])
            rule.noted = new.get("Description")

    SecurityGroupBackend.modify_security_group_rules = modify  # type: ignore[method-assign]


# Of a service's settings, those that moto hears of when it makes one and does not keep.
_SERVICE = {
    "deploymentConfiguration": "deployment_configuration",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "capacityProviderStrategy": "capacity_provider_strategy",
}


def _keep_services() -> None:
    """AWS shows how an ECS service is deployed, and what it is connected to; moto forgets both."""
    from moto.ecs.responses import EC2ContainerServiceResponse as Responses

    make, change = Responses.create_service, Responses.update_service

    def keep(request: Any, answer: Any) -> Any:
        service = answer.result["service"]
        for key, name in _SERVICE.items():
            value = request._get_param(key)
            if value is not None:
                setattr(service, name, value)
        connected = request._get_param("serviceConnectConfiguration")
        if service.deployments:
            newest = service.deployments[0]
            newest["taskDefinition"] = service.task_definition
            newest["networkConfiguration"] = service.network_configuration
            if connected is not None:
                newest["serviceConnectConfiguration"] = connected
        return answer

    Responses.create_service = lambda request: keep(request, make(request))  # type: ignore[method-assign]
    Responses.update_service = lambda request: keep(request, change(request))  # type: ignore[method-assign]
