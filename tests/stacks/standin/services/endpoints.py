"""EC2's endpoints: AWS's own services inside a VPC."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.services.network import Tagged, first
from tests.stacks.standin.tags import mapped
from tests.stacks.standin.values import Props, named, words

_LISTS = {
    "routeTableIds": ("RouteTableIds", "RouteTableIds"),
    "subnetIds": ("SubnetIds", "SubnetIds"),
    "securityGroupIds": ("SecurityGroupIds", "Groups"),
}


class VpcEndpoint(Tagged):
    type_name = "aws:ec2/vpcEndpoint:VpcEndpoint"
    resource_type = "vpc-endpoint"
    inputs = words("vpcId serviceName vpcEndpointType privateDnsEnabled policy tags autoAccept") | _LISTS.keys()
    outputs = words(
        "arn ownerId state prefixListId cidrBlocks dnsEntries networkInterfaceIds requesterManaged policy "
        "routeTableIds subnetIds securityGroupIds privateDnsEnabled"
    )
    replaces = words("vpcId serviceName vpcEndpointType")
    fixed = words("autoAccept")
    documents = words("policy")
    defaults = {"vpcEndpointType": "Gateway"}  # noqa: RUF012

    def create(self, aws: Aws, props: Props) -> str:
        lists = named(props, {key: name for key, (name, _) in _LISTS.items()})
        made = aws("ec2").create_vpc_endpoint(
            VpcId=props["vpcId"],
            ServiceName=props["serviceName"],
            VpcEndpointType=props["vpcEndpointType"],
            TagSpecifications=self.tag_specifications(props),
            **lists,
            **named(props, {"policy": "PolicyDocument", "privateDnsEnabled": "PrivateDnsEnabled"}),
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        ec2 = aws("ec2")
        found = first(ec2.describe_vpc_endpoints(VpcEndpointIds=[id_])["VpcEndpoints"])
        if found is None or found["State"].lower() in {"deleted", "deleting"}:
            return None
        gateway = found["VpcEndpointType"] == "Gateway"
        lists = ec2.describe_managed_prefix_lists()["PrefixLists"] if gateway else []
        prefix = next((each["PrefixListId"] for each in lists if each["PrefixListName"] == found["ServiceName"]), None)
        groups = [each["GroupId"] for each in found.get("Groups") or []] or found.get("SecurityGroupIds") or []
        return {
            "arn": aws.arn("ec2", f"vpc-endpoint/{id_}"),
            "vpcId": found["VpcId"],
            "serviceName": found["ServiceName"],
            "vpcEndpointType": found["VpcEndpointType"],
            "state": found["State"].lower(),
            "ownerId": aws.account,
            "policy": found.get("PolicyDocument") or None,
            "privateDnsEnabled": found.get("PrivateDnsEnabled", False),
            "routeTableIds": found.get("RouteTableIds") or [],
            "subnetIds": found.get("SubnetIds") or [],
            "securityGroupIds": groups or props.get("securityGroupIds", []),
            "networkInterfaceIds": found.get("NetworkInterfaceIds") or [],
            "prefixListId": prefix,
            "dnsEntries": [
                {"dnsName": each["DnsName"], "hostedZoneId": each.get("HostedZoneId", "")}
                for each in found.get("DnsEntries") or []
            ],
            "tags": mapped(found.get("Tags")),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        arguments: dict[str, Any] = {}
        for key, name in {
            "routeTableIds": "RouteTableIds",
            "subnetIds": "SubnetIds",
            "securityGroupIds": "SecurityGroupIds",
        }.items():
            new, before = set(props.get(key, [])), set(old.get(key, []))
            if key in changed:
                arguments |= {f"Add{name}": sorted(new - before), f"Remove{name}": sorted(before - new)}
        if "policy" in changed:
            arguments["PolicyDocument"] = props.get("policy", "")
        if "privateDnsEnabled" in changed:
            arguments["PrivateDnsEnabled"] = props.get("privateDnsEnabled", False)
        if arguments:
            aws("ec2").modify_vpc_endpoint(
                VpcEndpointId=id_, **{key: value for key, value in arguments.items() if value}
            )
        super().update(aws, id_, props, old, changed & {"tags"})

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ec2").delete_vpc_endpoints(VpcEndpointIds=[id_])
