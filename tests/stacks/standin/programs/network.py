"""A VPC with ways in and out, groups and their rules."""

from pulumi import Input, ResourceOptions
from pulumi_aws import cloudwatch, ec2, iam, vpc


def declare(opts: ResourceOptions, changed: bool) -> dict[str, Input[str]]:
    net = ec2.Vpc("vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags={"Name": "net"}, opts=opts)
    public = ec2.Subnet(
        "public",
        vpc_id=net.id,
        cidr_block="10.0.1.0/24",
        availability_zone="eu-central-1a",
        map_public_ip_on_launch=not changed,
        opts=opts,
    )
    inside = ec2.Subnet("inside", vpc_id=net.id, cidr_block="10.0.2.0/24", availability_zone="eu-central-1b", opts=opts)
    gateway = ec2.InternetGateway("gateway", vpc_id=net.id, tags={"Name": "in" if changed else "out"}, opts=opts)
    address = ec2.Eip("address", domain="vpc", tags={"Name": "nat"}, opts=opts)
    nat = ec2.NatGateway("nat", allocation_id=address.id, subnet_id=public.id, tags={"Name": "nat"}, opts=opts)
    table = ec2.RouteTable("table", vpc_id=net.id, tags={"Name": "inside"}, opts=opts)
    ec2.Route(
        "out",
        route_table_id=table.id,
        destination_cidr_block="0.0.0.0/0",
        nat_gateway_id=None if changed else nat.id,
        gateway_id=gateway.id if changed else None,
        opts=opts,
    )
    ec2.RouteTableAssociation("inside-table", route_table_id=table.id, subnet_id=inside.id, opts=opts)
    caller = ec2.SecurityGroup(
        "caller", name="caller", description="Calls", vpc_id=net.id, tags={"Name": "c"}, opts=opts
    )
    called = ec2.SecurityGroup(
        "called", name="called", description="Is rung" if changed else "Is called", vpc_id=net.id, opts=opts
    )
    other = ec2.SecurityGroup("other", name="other", description="Another", vpc_id=net.id, opts=opts)
    vpc.SecurityGroupIngressRule(
        "from-caller",
        security_group_id=called.id,
        referenced_security_group_id=other.id if changed else caller.id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        description="From those who call",
        tags={"Name": "from-caller"},
        opts=opts,
    )
    vpc.SecurityGroupEgressRule(
        "to-all",
        security_group_id=caller.id,
        cidr_ipv4="10.0.0.0/8",
        ip_protocol="tcp" if changed else "-1",
        from_port=80 if changed else None,
        to_port=80 if changed else None,
        opts=opts,
    )
    s3 = ec2.VpcEndpoint(
        "s3", vpc_id=net.id, service_name="com.amazonaws.eu-central-1.s3", route_table_ids=[table.id], opts=opts
    )
    ec2.VpcEndpoint(
        "logs",
        vpc_id=net.id,
        service_name="com.amazonaws.eu-central-1.logs",
        vpc_endpoint_type="Interface",
        subnet_ids=[inside.id],
        security_group_ids=[called.id],
        private_dns_enabled=True,
        tags={"Name": "logs"},
        opts=opts,
    )
    vpc.SecurityGroupEgressRule(
        "to-s3",
        security_group_id=caller.id,
        prefix_list_id=s3.prefix_list_id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
        description="S3" if changed else "To S3",
        opts=opts,
    )
    group = cloudwatch.LogGroup("flows", name="/flows", retention_in_days=30 if changed else 14, opts=opts)
    role = iam.Role(
        "flows",
        name="flows",
        assume_role_policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
        '"Principal":{"Service":"vpc-flow-logs.amazonaws.com"}}]}',
        opts=opts,
    )
    ec2.FlowLog(
        "flow-log",
        vpc_id=net.id,
        traffic_type="REJECT" if changed else "ALL",
        iam_role_arn=role.arn,
        log_destination=group.arn,
        tags={"Name": "flows"},
        opts=opts,
    )
    return {"vpc": net.id, "caller": caller.id, "called": called.id, "prefix": s3.prefix_list_id}
