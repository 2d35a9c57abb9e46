"""Rules of security groups, each a resource of its own."""

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.services.network import Tagged
from tests.stacks.standin.tags import mapped
from tests.stacks.standin.values import Props, words

_TARGETS = words("cidrIpv4 cidrIpv6 prefixListId referencedSecurityGroupId")


class _Rule(Tagged):
    """Both directions: AWS has the same operations twice."""

    inputs = words("securityGroupId ipProtocol fromPort toPort description tags") | _TARGETS
    outputs = words("arn securityGroupRuleId")
    replaces = words("securityGroupId")
    missing = words("InvalidSecurityGroupRuleId.NotFound InvalidGroup.NotFound")
    egress = False
    resource_type = "security-group-rule"

    def check(self, props: Props) -> None:
        if len(_TARGETS & props.keys()) > 1:
            raise ValueError(f"more than one of {', '.join(sorted(_TARGETS))}")
        if props.get("ipProtocol") in {"tcp", "udp"} and not {"fromPort", "toPort"} <= props.keys():
            raise ValueError("a rule for tcp or udp needs fromPort and toPort")

    def create(self, aws: Aws, props: Props) -> str:
        call = getattr(aws("ec2"), f"authorize_security_group_{'egress' if self.egress else 'ingress'}")
        made = call(
            GroupId=props["securityGroupId"],
            IpPermissions=[_permission(props)],
            TagSpecifications=self.tag_specifications(props),
        )
        return str(made["SecurityGroupRules"][0]["SecurityGroupRuleId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = self._find(aws, id_)
        if found is None or found["IsEgress"] != self.egress:
            return None
        group = found.get("ReferencedGroupInfo", {}).get("GroupId")
        from_port, to_port = found.get("FromPort"), found.get("ToPort")
        every = found["IpProtocol"] == "-1"
        return {
            "securityGroupId": found["GroupId"],
            "securityGroupRuleId": id_,
            "arn": aws.arn("ec2", f"security-group-rule/{id_}"),
            "ipProtocol": found["IpProtocol"],
            "fromPort": None if every or from_port is None else int(from_port),
            "toPort": None if every or to_port is None else int(to_port),
            "cidrIpv4": found.get("CidrIpv4"),
            "cidrIpv6": found.get("CidrIpv6"),
            "prefixListId": found.get("PrefixListId"),
            "referencedSecurityGroupId": group,
            "description": found.get("Description") or None,
            "tags": mapped(found.get("Tags")),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            rule = {key[0].upper() + key[1:]: props[key] for key in self.inputs & props.keys() - {"tags"}}
            group = rule.pop("SecurityGroupId")
            if "ReferencedSecurityGroupId" in rule:
                rule["ReferencedGroupId"] = rule.pop("ReferencedSecurityGroupId")
            aws("ec2").modify_security_group_rules(
                GroupId=group, SecurityGroupRules=[{"SecurityGroupRuleId": id_, "SecurityGroupRule": rule}]
            )
        super().update(aws, id_, props, old, changed & {"tags"})

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        found = self._find(aws, id_)
        if found is None:
            return
        call = getattr(aws("ec2"), f"revoke_security_group_{'egress' if self.egress else 'ingress'}")
        call(GroupId=found["GroupId"], SecurityGroupRuleIds=[id_])

    def _find(self, aws: Aws, id_: str) -> Props | None:
        found = aws("ec2").describe_security_group_rules(SecurityGroupRuleIds=[id_])["SecurityGroupRules"]
        return dict(found[0]) if found else None


def _permission(props: Props) -> Props:
    described = {"Description": props["description"]} if "description" in props else {}
    permission: Props = {"IpProtocol": props["ipProtocol"]}
    if "fromPort" in props:
        permission |= {"FromPort": props["fromPort"], "ToPort": props["toPort"]}
    if "cidrIpv4" in props:
        permission["IpRanges"] = [{"CidrIp": props["cidrIpv4"], **described}]
    elif "cidrIpv6" in props:
        permission["Ipv6Ranges"] = [{"CidrIpv6": props["cidrIpv6"], **described}]
    elif "prefixListId" in props:
        permission["PrefixListIds"] = [{"PrefixListId": props["prefixListId"], **described}]
    else:
        permission["UserIdGroupPairs"] = [{"GroupId": props["referencedSecurityGroupId"], **described}]
    return permission


class SecurityGroupIngressRule(_Rule):
    type_name = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"


class SecurityGroupEgressRule(_Rule):
    type_name = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
    egress = True
