"""Security-group rules."""

from typing import Any

from tests.stacks.standin.mended.patch import put


def describe_rules() -> None:
    """AWS shows the description of rules for groups and prefix lists too; moto only that of rules for CIDRs."""
    from moto.ec2.models.security_groups import SecurityGroupRule

    def initialise(rule: Any, *arguments: Any, **named: Any) -> None:
        original(rule, *arguments, **named)
        places = (*arguments, *named.values())
        noted = (each["Description"] for each in places if isinstance(each, dict) and each.get("Description"))
        rule.noted = next(noted, None)

    original = put(SecurityGroupRule, "__init__", initialise)
    put(SecurityGroupRule, "description", property(lambda rule: rule.noted))


def modify_rules() -> None:
    """AWS changes any part of a rule in place; moto leaves its group and prefix list as they were."""
    from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError, InvalidSecurityGroupRuleIdNotFoundError
    from moto.ec2.models.security_groups import SecurityGroupBackend

    def modify(backend: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
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

    put(SecurityGroupBackend, "modify_security_group_rules", modify)
