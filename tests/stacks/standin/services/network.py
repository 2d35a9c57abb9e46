"""EC2's networks: VPCs, subnets and security groups."""

from typing import Any, ClassVar

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, words


class Tagged(Kind):
    """What EC2 tags by its id."""

    resource_type: ClassVar[str]

    def tag_specifications(self, props: Props) -> list[dict[str, Any]]:
        tags = listed(props.get("tags"))
        return [{"ResourceType": self.resource_type, "Tags": tags}] if tags else []

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if left := changed - {"tags"}:
            super().update(aws, id_, props, old, left)
        if "tags" in changed:
            ec2 = aws("ec2")
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: ec2.create_tags(Resources=[id_], Tags=listed(tags)),
                lambda keys: ec2.delete_tags(Resources=[id_], Tags=[{"Key": key} for key in keys]),
            )


def first(found: list[Any]) -> Props | None:
    return dict(found[0]) if found else None


class Vpc(Tagged):
    type_name = "aws:ec2/vpc:Vpc"
    resource_type = "vpc"
    inputs = words("cidrBlock enableDnsHostnames enableDnsSupport instanceTenancy tags")
    outputs = words(
        "arn ownerId defaultNetworkAclId defaultRouteTableId defaultSecurityGroupId dhcpOptionsId mainRouteTableId "
        "enableDnsHostnames cidrBlock"
    )
    replaces = words("cidrBlock")
    defaults = {"enableDnsSupport": True, "instanceTenancy": "default"}  # noqa: RUF012

    def create(self, aws: Aws, props: Props) -> str:
        made = aws("ec2").create_vpc(
            CidrBlock=props["cidrBlock"],
            InstanceTenancy=props["instanceTenancy"],
            TagSpecifications=self.tag_specifications(props),
        )
        id_ = str(made["Vpc"]["VpcId"])
        self._set(aws, id_, props)
        return id_

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        ec2 = aws("ec2")
        found = first(ec2.describe_vpcs(VpcIds=[id_])["Vpcs"])
        if found is None:
            return None
        here = [{"Name": "vpc-id", "Values": [id_]}]
        main = ec2.describe_route_tables(Filters=[*here, {"Name": "association.main", "Values": ["true"]}])
        groups = ec2.describe_security_groups(Filters=[*here, {"Name": "group-name", "Values": ["default"]}])
        acls = ec2.describe_network_acls(Filters=[*here, {"Name": "default", "Values": ["true"]}])
        table = main["RouteTables"][0]["RouteTableId"] if main["RouteTables"] else None
        flags = {}
        for flag in ("enableDnsHostnames", "enableDnsSupport"):
            answer = ec2.describe_vpc_attribute(VpcId=id_, Attribute=flag)
            flags[flag] = answer[flag[0].upper() + flag[1:]]["Value"]
        return {
            **flags,
            "arn": aws.arn("ec2", f"vpc/{id_}"),
            "cidrBlock": found["CidrBlock"],
            "instanceTenancy": found["InstanceTenancy"],
            "ownerId": aws.account,
            "dhcpOptionsId": found["DhcpOptionsId"],
            "mainRouteTableId": table,
            "defaultRouteTableId": table,
            "defaultSecurityGroupId": groups["SecurityGroups"][0]["GroupId"],
            "defaultNetworkAclId": acls["NetworkAcls"][0]["NetworkAclId"],
            "tags": mapped(found.get("Tags")),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed & {"enableDnsHostnames", "enableDnsSupport"}:
            self._set(aws, id_, props)
        super().update(aws, id_, props, old, changed - {"enableDnsHostnames", "enableDnsSupport"})

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ec2").delete_vpc(VpcId=id_)

    def _set(self, aws: Aws, id_: str, props: Props) -> None:
        ec2 = aws("ec2")
        ec2.modify_vpc_attribute(VpcId=id_, EnableDnsSupport={"Value": props.get("enableDnsSupport", True)})
        ec2.modify_vpc_attribute(VpcId=id_, EnableDnsHostnames={"Value": props.get("enableDnsHostnames", False)})


class Subnet(Tagged):
    type_name = "aws:ec2/subnet:Subnet"
    resource_type = "subnet"
    inputs = words("vpcId cidrBlock availabilityZone mapPublicIpOnLaunch tags")
    outputs = words("arn ownerId availabilityZone availabilityZoneId privateDnsHostnameTypeOnLaunch")
    replaces = words("vpcId cidrBlock availabilityZone")
    defaults = {"mapPublicIpOnLaunch": False}  # noqa: RUF012

    def create(self, aws: Aws, props: Props) -> str:
        zone = {"AvailabilityZone": props["availabilityZone"]} if "availabilityZone" in props else {}
        made = aws("ec2").create_subnet(
            VpcId=props["vpcId"],
            CidrBlock=props["cidrBlock"],
            TagSpecifications=self.tag_specifications(props),
            **zone,
        )
        id_ = str(made["Subnet"]["SubnetId"])
        if props["mapPublicIpOnLaunch"]:
            self._set(aws, id_, props)
        return id_

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = first(aws("ec2").describe_subnets(SubnetIds=[id_])["Subnets"])
        if found is None:
            return None
        return {
            "arn": found["SubnetArn"],
            "vpcId": found["VpcId"],
            "cidrBlock": found["CidrBlock"],
            "availabilityZone": found["AvailabilityZone"],
            "availabilityZoneId": found.get("AvailabilityZoneId"),
            "mapPublicIpOnLaunch": found["MapPublicIpOnLaunch"],
            "ownerId": found["OwnerId"],
            "tags": mapped(found.get("Tags")),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if "mapPublicIpOnLaunch" in changed:
            self._set(aws, id_, props)
        super().update(aws, id_, props, old, changed - {"mapPublicIpOnLaunch"})

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ec2").delete_subnet(SubnetId=id_)

    def _set(self, aws: Aws, id_: str, props: Props) -> None:
        value = {"Value": props.get("mapPublicIpOnLaunch", False)}
        aws("ec2").modify_subnet_attribute(SubnetId=id_, MapPublicIpOnLaunch=value)


def _inline(permission: Props, own: str) -> Props:
    """A rule of a group as the real plugin tells of it among the group's own outputs, whoever has made it."""
    return {
        "protocol": permission["IpProtocol"],
        "fromPort": permission.get("FromPort", 0),
        "toPort": permission.get("ToPort", 0),
        "cidrBlocks": [each["CidrIp"] for each in permission["IpRanges"]],
        "ipv6CidrBlocks": [each["CidrIpv6"] for each in permission["Ipv6Ranges"]],
        "prefixListIds": [each["PrefixListId"] for each in permission["PrefixListIds"]],
        "securityGroups": [each["GroupId"] for each in permission["UserIdGroupPairs"] if each["GroupId"] != own],
        "self": any(each["GroupId"] == own for each in permission["UserIdGroupPairs"]),
        "description": "",
    }


class SecurityGroup(Tagged):
    """Without rules: those are resources of their own, and inline ones are not known here."""

    type_name = "aws:ec2/securityGroup:SecurityGroup"
    resource_type = "security-group"
    inputs = words("name description vpcId revokeRulesOnDelete tags")
    outputs = words("arn ownerId vpcId ingress egress")
    replaces = words("name description vpcId")
    fixed = words("revokeRulesOnDelete")
    defaults = {"description": "Managed by Pulumi", "revokeRulesOnDelete": False}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        ec2 = aws("ec2")
        vpc = {"VpcId": props["vpcId"]} if "vpcId" in props else {}
        id_ = ec2.create_security_group(
            GroupName=props["name"],
            Description=props["description"],
            TagSpecifications=self.tag_specifications(props),
            **vpc,
        )["GroupId"]
        # As the real plugin: AWS gives a new group a way out to everywhere, the plugin takes it away.
        everywhere = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        ec2.revoke_security_group_egress(GroupId=id_, IpPermissions=everywhere)
        return str(id_)

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = first(aws("ec2").describe_security_groups(GroupIds=[id_])["SecurityGroups"])
        if found is None:
            return None
        return {
            "arn": aws.arn("ec2", f"security-group/{id_}"),
            "name": found["GroupName"],
            "description": found["Description"],
            "vpcId": found.get("VpcId"),
            "ownerId": found["OwnerId"],
            "ingress": [_inline(each, id_) for each in found["IpPermissions"]],
            "tags": mapped(found.get("Tags")),
        }

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ec2").delete_security_group(GroupId=id_)
