"""Cloud Map (service discovery)."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, camel, pascal, words


def _tags(aws: Aws, arn: str) -> dict[str, str] | None:
    return mapped(aws("servicediscovery").list_tags_for_resource(ResourceARN=arn)["Tags"])


def _retag(aws: Aws, arn: str, props: Props, old: Props) -> None:
    discovery = aws("servicediscovery")
    retag(
        props.get("tags"),
        old.get("tags"),
        lambda tags: discovery.tag_resource(ResourceARN=arn, Tags=listed(tags)),
        lambda keys: discovery.untag_resource(ResourceARN=arn, TagKeys=keys),
    )


class _Namespace(Kind):
    """What namespaces of either sort share."""

    outputs = words("arn")
    replaces = words("name")
    missing = words("NamespaceNotFound")
    named = "name"
    sort = ""

    def create(self, aws: Aws, props: Props) -> str:
        discovery = aws("servicediscovery")
        made = getattr(discovery, f"create_{self.sort}_namespace")(
            Name=props["name"],
            Description=props.get("description", ""),
            Tags=listed(props.get("tags")),
            **({"Vpc": props["vpc"]} if "vpc" in props else {}),
        )
        operation = discovery.get_operation(OperationId=made["OperationId"])["Operation"]
        return str(operation["Targets"]["NAMESPACE"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("servicediscovery").get_namespace(Id=id_)["Namespace"]
        return {
            "name": found["Name"],
            "arn": found["Arn"],
            "description": found.get("Description") or None,
            "tags": _tags(aws, found["Arn"]),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if "description" in changed:
            change = getattr(aws("servicediscovery"), f"update_{self.sort}_namespace")
            change(Id=id_, Namespace={"Description": props.get("description", "")})
        if "tags" in changed:
            _retag(aws, old["arn"], props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("servicediscovery").delete_namespace(Id=id_)


class PrivateDnsNamespace(_Namespace):
    type_name = "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace"
    inputs = words("name description vpc tags")
    outputs = words("arn hostedZone")
    replaces = words("name vpc")
    sort = "private_dns"

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("servicediscovery").get_namespace(Id=id_)["Namespace"]
        zone = found.get("Properties", {}).get("DnsProperties", {}).get("HostedZoneId")
        return {**super().read(aws, id_, props), "hostedZone": (zone or "").removeprefix("/hostedzone/") or None}


class HttpNamespace(_Namespace):
    type_name = "aws:servicediscovery/httpNamespace:HttpNamespace"
    inputs = words("name description tags")
    outputs = words("arn httpName")
    sort = "http"

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        actual = super().read(aws, id_, props)
        return {**actual, "httpName": actual["name"]}


_SERVICE = words("description dnsConfig healthCheckConfig healthCheckCustomConfig namespaceId type")


class Service(Kind):
    type_name = "aws:servicediscovery/service:Service"
    inputs = words("name forceDestroy tags") | _SERVICE
    outputs = words("arn type namespaceId")
    replaces = words("name namespaceId healthCheckCustomConfig type")
    fixed = words("forceDestroy")
    missing = words("ServiceNotFound")
    named = "name"

    def replaced_by(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        once = super().replaced_by(old, new, changed)
        if "dnsConfig" in changed:
            before, after = old.get("dnsConfig", {}), new.get("dnsConfig", {})
            same = all(before.get(key) == after.get(key) for key in ("namespaceId", "routingPolicy"))
            once |= frozenset() if same and before and after else {"dnsConfig"}
        return once

    def create(self, aws: Aws, props: Props) -> str:
        optional = {key[0].upper() + key[1:]: _shouted(pascal(props[key])) for key in _SERVICE & props.keys()}
        made = aws("servicediscovery").create_service(Name=props["name"], Tags=listed(props.get("tags")), **optional)
        return str(made["Service"]["Id"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("servicediscovery").get_service(Id=id_)["Service"]
        dns = camel(found.get("DnsConfig")) or None
        if dns:
            dns.setdefault("namespaceId", found.get("NamespaceId"))
            dns["dnsRecords"] = [{"type": each["type"], "ttl": each["tTL"]} for each in dns["dnsRecords"]]
        return {
            "name": found["Name"],
            "arn": found["Arn"],
            "description": found.get("Description") or None,
            "namespaceId": found.get("NamespaceId"),
            "dnsConfig": dns,
            "healthCheckConfig": camel(found.get("HealthCheckConfig")) or None,
            "healthCheckCustomConfig": camel(found.get("HealthCheckCustomConfig")) or None,
            "tags": _tags(aws, found["Arn"]),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            service: Props = {"Description": props.get("description", "")}
            if "dnsConfig" in props:
                service["DnsConfig"] = {"DnsRecords": _shouted(pascal(props["dnsConfig"]))["DnsRecords"]}
            aws("servicediscovery").update_service(Id=id_, Service=service)
        if "tags" in changed:
            _retag(aws, old["arn"], props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("servicediscovery").delete_service(Id=id_)


def _shouted(value: Any) -> Any:
    """`Ttl` as AWS writes it."""
    if isinstance(value, dict) and "DnsRecords" in value:
        records = [{"Type": each["Type"], "TTL": each["Ttl"]} for each in value["DnsRecords"]]
        return {**value, "DnsRecords": records}
    return value
