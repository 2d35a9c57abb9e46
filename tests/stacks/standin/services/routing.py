"""EC2's ways in and out of a VPC: gateways, addresses, routes, endpoints, and the log of what flows."""

import zlib

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.services.network import Tagged, first
from tests.stacks.standin.tags import mapped
from tests.stacks.standin.values import Props, named, words


class InternetGateway(Tagged):
    type_name = "aws:ec2/internetGateway:InternetGateway"
    resource_type = "internet-gateway"
    inputs = words("vpcId tags")
    outputs = words("arn ownerId vpcId")

    def create(self, aws: Aws, props: Props) -> str:
        ec2 = aws("ec2")
        made = ec2.create_internet_gateway(TagSpecifications=self.tag_specifications(props))
        id_ = str(made["InternetGateway"]["InternetGatewayId"])
        if "vpcId" in props:
            ec2.attach_internet_gateway(InternetGatewayId=id_, VpcId=props["vpcId"])
        return id_

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = first(aws("ec2").describe_internet_gateways(InternetGatewayIds=[id_])["InternetGateways"])
        if found is None:
            return None
        vpcs = [each["VpcId"] for each in found["Attachments"]]
        return {
            "arn": aws.arn("ec2", f"internet-gateway/{id_}"),
            "ownerId": aws.account,
            "vpcId": vpcs[0] if vpcs else None,
            "tags": mapped(found.get("Tags")),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if "vpcId" in changed:
            if old.get("vpcId"):
                aws("ec2").detach_internet_gateway(InternetGatewayId=id_, VpcId=old["vpcId"])
            if props.get("vpcId"):
                aws("ec2").attach_internet_gateway(InternetGatewayId=id_, VpcId=props["vpcId"])
        super().update(aws, id_, props, old, changed - {"vpcId"})

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        if props.get("vpcId"):
            aws("ec2").detach_internet_gateway(InternetGatewayId=id_, VpcId=props["vpcId"])
        aws("ec2").delete_internet_gateway(InternetGatewayId=id_)


class Eip(Tagged):
    type_name = "aws:ec2/eip:Eip"
    resource_type = "elastic-ip"
    inputs = words("domain tags")
    outputs = words("arn allocationId publicIp publicDns domain networkBorderGroup publicIpv4Pool")
    replaces = words("domain")
    missing = words("InvalidAllocationID.NotFound")

    def create(self, aws: Aws, props: Props) -> str:
        made = aws("ec2").allocate_address(
            Domain=props.get("domain", "vpc"), TagSpecifications=self.tag_specifications(props)
        )
        return str(made["AllocationId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = first(aws("ec2").describe_addresses(AllocationIds=[id_])["Addresses"])
        if found is None:
            return None
        dashed = found["PublicIp"].replace(".", "-")
        return {
            "arn": aws.arn("ec2", f"elastic-ip/{id_}"),
            "allocationId": id_,
            "domain": found["Domain"],
            "publicIp": found["PublicIp"],
            "publicDns": f"ec2-{dashed}.{aws.region}.compute.amazonaws.com",
            "publicIpv4Pool": "amazon",
            "networkBorderGroup": aws.region,
            "tags": mapped(found.get("Tags")),
        }

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ec2").release_address(AllocationId=id_)


class NatGateway(Tagged):
    type_name = "aws:ec2/natGateway:NatGateway"
    resource_type = "natgateway"
    inputs = words("allocationId subnetId connectivityType tags")
    outputs = words("publicIp privateIp networkInterfaceId associationId")
    replaces = words("allocationId subnetId connectivityType")
    defaults = {"connectivityType": "public"}  # noqa: RUF012

    def create(self, aws: Aws, props: Props) -> str:
        address = {"AllocationId": props["allocationId"]} if "allocationId" in props else {}
        made = aws("ec2").create_nat_gateway(
            SubnetId=props["subnetId"],
            ConnectivityType=props["connectivityType"],
            TagSpecifications=self.tag_specifications(props),
            **address,
        )
        return str(made["NatGateway"]["NatGatewayId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = first(aws("ec2").describe_nat_gateways(NatGatewayIds=[id_])["NatGateways"])
        if found is None or found["State"] in {"deleted", "deleting"}:
            return None
        address = (found.get("NatGatewayAddresses") or [{}])[0]
        return {
            "allocationId": address.get("AllocationId"),
            "subnetId": found["SubnetId"],
            "connectivityType": found.get("ConnectivityType", "public"),
            "publicIp": address.get("PublicIp"),
            "privateIp": address.get("PrivateIp"),
            "networkInterfaceId": address.get("NetworkInterfaceId"),
            "tags": mapped(found.get("Tags")),
        }

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ec2").delete_nat_gateway(NatGatewayId=id_)


class RouteTable(Tagged):
    """Without routes: those are resources of their own, and inline ones are not known here."""

    type_name = "aws:ec2/routeTable:RouteTable"
    resource_type = "route-table"
    inputs = words("vpcId tags")
    outputs = words("arn ownerId routes propagatingVgws")
    replaces = words("vpcId")

    def create(self, aws: Aws, props: Props) -> str:
        made = aws("ec2").create_route_table(VpcId=props["vpcId"], TagSpecifications=self.tag_specifications(props))
        return str(made["RouteTable"]["RouteTableId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = first(aws("ec2").describe_route_tables(RouteTableIds=[id_])["RouteTables"])
        if found is None:
            return None
        return {
            "arn": aws.arn("ec2", f"route-table/{id_}"),
            "ownerId": aws.account,
            "vpcId": found["VpcId"],
            "tags": mapped(found.get("Tags")),
        }

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        ec2 = aws("ec2")
        found = first(ec2.describe_route_tables(RouteTableIds=[id_])["RouteTables"]) or {}
        for each in found.get("Associations", []):
            ec2.disassociate_route_table(AssociationId=each["RouteTableAssociationId"])
        ec2.delete_route_table(RouteTableId=id_)


_DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
_TARGETS = {"gatewayId": "GatewayId", "natGatewayId": "NatGatewayId", "networkInterfaceId": "NetworkInterfaceId"}


class Route(Kind):
    type_name = "aws:ec2/route:Route"
    inputs = words("routeTableId") | _DESTINATIONS.keys() | _TARGETS.keys()
    outputs = words("origin state")
    replaces = words("routeTableId") | _DESTINATIONS.keys()

    def check(self, props: Props) -> None:
        if len(_TARGETS.keys() & props.keys()) > 1:
            raise ValueError("a route has one target")

    def create(self, aws: Aws, props: Props) -> str:
        aws("ec2").create_route(RouteTableId=props["routeTableId"], **named(props, _DESTINATIONS | _TARGETS))
        destination = next(props[key] for key in _DESTINATIONS if key in props)
        return f"r-{props['routeTableId']}{zlib.crc32(destination.encode())}"

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = first(aws("ec2").describe_route_tables(RouteTableIds=[props["routeTableId"]])["RouteTables"]) or {}
        wanted = named(props, _DESTINATIONS)
        for route in found.get("Routes", []):
            if all(route.get(key) == value for key, value in wanted.items()):
                targets = {key: route.get(name) for key, name in _TARGETS.items()}
                return {**targets, "origin": route.get("Origin"), "state": route.get("State")}
        return None

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        aws("ec2").replace_route(RouteTableId=props["routeTableId"], **named(props, _DESTINATIONS | _TARGETS))

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ec2").delete_route(RouteTableId=props["routeTableId"], **named(props, _DESTINATIONS))


class RouteTableAssociation(Kind):
    type_name = "aws:ec2/routeTableAssociation:RouteTableAssociation"
    inputs = words("routeTableId subnetId gatewayId")
    replaces = words("subnetId gatewayId")

    def create(self, aws: Aws, props: Props) -> str:
        place = named(props, {"subnetId": "SubnetId", "gatewayId": "GatewayId"})
        made = aws("ec2").associate_route_table(RouteTableId=props["routeTableId"], **place)
        return str(made["AssociationId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = aws("ec2").describe_route_tables(RouteTableIds=[props["routeTableId"]])["RouteTables"]
        for table in found:
            for each in table["Associations"]:
                if each["RouteTableAssociationId"] == id_:
                    return {"routeTableId": table["RouteTableId"], "subnetId": each.get("SubnetId")}
        return None

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        raise NotImplementedError("the stand-in does not move an association to another route table")

    def replaced_by(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        # The real plugin keeps the resource and takes AWS's new id for it; here it is a new resource.
        return changed

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ec2").disassociate_route_table(AssociationId=id_)
