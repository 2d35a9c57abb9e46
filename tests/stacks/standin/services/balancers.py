"""Elastic Load Balancing: load balancers and target groups."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, named, words


def tags_of(aws: Aws, arn: str) -> dict[str, str] | None:
    return mapped(aws("elbv2").describe_tags(ResourceArns=[arn])["TagDescriptions"][0]["Tags"])


def retag_lb(aws: Aws, arn: str, props: Props, old: Props) -> None:
    elb = aws("elbv2")
    retag(
        props.get("tags"),
        old.get("tags"),
        lambda tags: elb.add_tags(ResourceArns=[arn], Tags=listed(tags)),
        lambda keys: elb.remove_tags(ResourceArns=[arn], TagKeys=keys),
    )


def text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_BALANCER = {
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableCrossZoneLoadBalancing": "load_balancing.cross_zone.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableWafFailOpen": "waf.fail_open.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
_LOGS = {"accessLogs": "access_logs.s3", "connectionLogs": "connection_logs.s3"}


class LoadBalancer(Kind):
    type_name = "aws:lb/loadBalancer:LoadBalancer"
    inputs = (
        words("name internal loadBalancerType ipAddressType securityGroups subnets tags")
        | _BALANCER.keys()
        | _LOGS.keys()
    )
    outputs = words("arn arnSuffix dnsName zoneId vpcId internal ipAddressType securityGroups subnets subnetMappings")
    replaces = words("name internal loadBalancerType")
    missing = words("LoadBalancerNotFound")
    defaults = {  # noqa: RUF012
        "loadBalancerType": "application",
        "enableDeletionProtection": False,
        "enableHttp2": True,
        "idleTimeout": 60,
        "dropInvalidHeaderFields": False,
    }
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        optional = {"securityGroups": "SecurityGroups", "ipAddressType": "IpAddressType"}
        made = aws("elbv2").create_load_balancer(
            Name=props["name"],
            Subnets=props["subnets"],
            Scheme="internal" if props.get("internal") else "internet-facing",
            Type=props["loadBalancerType"],
            Tags=listed(props.get("tags")),
            **named(props, optional),
        )
        arn = str(made["LoadBalancers"][0]["LoadBalancerArn"])
        self._set(aws, arn, props, self.inputs)
        return arn

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        elb = aws("elbv2")
        found = elb.describe_load_balancers(LoadBalancerArns=[id_])["LoadBalancers"][0]
        listed_ = elb.describe_load_balancer_attributes(LoadBalancerArn=id_)["Attributes"]
        attributes = {each["Key"]: each["Value"] for each in listed_}
        actual: Props = {key: attributes.get(name) for key, name in _BALANCER.items() if name in attributes}
        for key, prefix in _LOGS.items():
            if attributes.get(f"{prefix}.enabled") == "true":
                logs = {part: attributes.get(f"{prefix}.{part}") for part in ("bucket", "prefix")}
                actual[key] = {"enabled": True, **{part: value for part, value in logs.items() if value}}
            elif key in props:
                actual[key] = None
        return {
            **actual,
            "name": found["LoadBalancerName"],
            "arn": id_,
            "arnSuffix": id_.rsplit("loadbalancer/", maxsplit=1)[-1],
            "dnsName": found["DNSName"],
            "zoneId": found["CanonicalHostedZoneId"],
            "vpcId": found["VpcId"],
            "internal": found["Scheme"] == "internal",
            "loadBalancerType": found["Type"],
            "ipAddressType": found.get("IpAddressType") or "ipv4",
            "securityGroups": found.get("SecurityGroups") or [],
            "subnets": [each["SubnetId"] for each in found["AvailabilityZones"]],
            "tags": tags_of(aws, id_),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        elb = aws("elbv2")
        self._set(aws, id_, props, changed)
        if "securityGroups" in changed:
            elb.set_security_groups(LoadBalancerArn=id_, SecurityGroups=props["securityGroups"])
        if "subnets" in changed:
            elb.set_subnets(LoadBalancerArn=id_, Subnets=props["subnets"])
        if "ipAddressType" in changed:
            elb.set_ip_address_type(LoadBalancerArn=id_, IpAddressType=props["ipAddressType"])
        if "tags" in changed:
            retag_lb(aws, id_, props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("elbv2").delete_load_balancer(LoadBalancerArn=id_)

    def _set(self, aws: Aws, arn: str, props: Props, keys: frozenset[str]) -> None:
        attributes = {name: text(props[key]) for key, name in _BALANCER.items() if key in keys and key in props}
        for key, prefix in _LOGS.items():
            if key in keys and key in props:
                enabled = props[key].get("enabled", False)
                logs = {"enabled": enabled, **named(props[key], {"bucket": "bucket", "prefix": "prefix"})}
                attributes |= {f"{prefix}.{part}": text(value) for part, value in logs.items()}
        if attributes:
            aws("elbv2").modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=listed(attributes))


_CHECK = {
    "enabled": "HealthCheckEnabled",
    "healthyThreshold": "HealthyThresholdCount",
    "interval": "HealthCheckIntervalSeconds",
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "timeout": "HealthCheckTimeoutSeconds",
    "unhealthyThreshold": "UnhealthyThresholdCount",
}
_TARGET = {
    "port": "Port",
    "protocol": "Protocol",
    "protocolVersion": "ProtocolVersion",
    "targetType": "TargetType",
    "vpcId": "VpcId",
    "ipAddressType": "IpAddressType",
}
_TARGET_SETTINGS = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "slowStart": "slow_start.duration_seconds",
}


class TargetGroup(Kind):
    type_name = "aws:lb/targetGroup:TargetGroup"
    inputs = words("name healthCheck stickiness tags") | _TARGET.keys() | _TARGET_SETTINGS.keys()
    outputs = words(
        "arn arnSuffix loadBalancerArns healthCheck ipAddressType loadBalancingAlgorithmType protocolVersion stickiness"
    )
    replaces = words("name") | _TARGET.keys()
    fixed = words("stickiness")
    unkept = words("stickiness")
    missing = words("TargetGroupNotFound")
    defaults = {"deregistrationDelay": 300, "slowStart": 0, "targetType": "instance"}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        made = aws("elbv2").create_target_group(
            Name=props["name"], Tags=listed(props.get("tags")), **named(props, _TARGET), **_check(props)
        )
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        self._set(aws, arn, props, self.inputs)
        return arn

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        elb = aws("elbv2")
        found = elb.describe_target_groups(TargetGroupArns=[id_])["TargetGroups"][0]
        listed_ = elb.describe_target_group_attributes(TargetGroupArn=id_)["Attributes"]
        attributes = {each["Key"]: each["Value"] for each in listed_}
        check = {key: found[name] for key, name in _CHECK.items() if found.get(name) is not None}
        if matcher := found.get("Matcher"):
            check["matcher"] = matcher.get("HttpCode") or matcher.get("GrpcCode")
        actual = {key: found.get(name) for key, name in _TARGET.items() if name in found}
        return {
            **actual,
            "name": found["TargetGroupName"],
            "arn": id_,
            "arnSuffix": id_.rsplit(":", maxsplit=1)[-1],
            "loadBalancerArns": found.get("LoadBalancerArns") or [],
            "healthCheck": check,
            "deregistrationDelay": int(attributes.get("deregistration_delay.timeout_seconds", 300)),
            "slowStart": int(attributes.get("slow_start.duration_seconds", 0)),
            "tags": tags_of(aws, id_),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if "healthCheck" in changed:
            aws("elbv2").modify_target_group(TargetGroupArn=id_, **_check(props))
        self._set(aws, id_, props, changed)
        if "tags" in changed:
            retag_lb(aws, id_, props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("elbv2").delete_target_group(TargetGroupArn=id_)

    def _set(self, aws: Aws, arn: str, props: Props, keys: frozenset[str]) -> None:
        attributes = {name: text(props[key]) for key, name in _TARGET_SETTINGS.items() if key in keys and key in props}
        if "stickiness" in keys and "stickiness" in props:
            sticky = {"enabled": "enabled", "type": "type", "cookieDuration": "lb_cookie.duration_seconds"}
            found = named(props["stickiness"], sticky)
            attributes |= {f"stickiness.{part}": text(value) for part, value in found.items()}
        if attributes:
            aws("elbv2").modify_target_group_attributes(TargetGroupArn=arn, Attributes=listed(attributes))


def _check(props: Props) -> dict[str, Any]:
    check = props.get("healthCheck", {})
    made = named(check, _CHECK)
    if "matcher" in check:
        grpc = str(props.get("protocolVersion", "")).upper() == "GRPC"
        made["Matcher"] = {"GrpcCode" if grpc else "HttpCode": check["matcher"]}
    return made
