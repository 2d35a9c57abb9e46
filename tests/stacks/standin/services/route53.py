"""Route 53."""

from typing import Any

from tests.stacks.standin.aws import Aws, error_code
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.remembered import uuid
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, words


def _bare(id_: str) -> str:
    return id_.removeprefix("/hostedzone/")


class Zone(Kind):
    type_name = "aws:route53/zone:Zone"
    inputs = words("name comment forceDestroy vpcs tags")
    outputs = words("arn zoneId nameServers primaryNameServer")
    replaces = words("name")
    fixed = words("forceDestroy vpcs")
    missing = words("NoSuchHostedZone")
    defaults = {"comment": "Managed by Pulumi", "forceDestroy": False}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        route53 = aws("route53")
        vpcs = [
            {"VPCId": each["vpcId"], "VPCRegion": each.get("vpcRegion", aws.region)} for each in props.get("vpcs", [])
        ]
        made = route53.create_hosted_zone(
            Name=props["name"],
            CallerReference=uuid(),
            HostedZoneConfig={"Comment": props["comment"], "PrivateZone": bool(vpcs)},
            **({"VPC": vpcs[0]} if vpcs else {}),
        )
        id_ = _bare(made["HostedZone"]["Id"])
        for vpc in vpcs[1:]:
            route53.associate_vpc_with_hosted_zone(HostedZoneId=id_, VPC=vpc)
        if props.get("tags"):
            route53.change_tags_for_resource(ResourceType="hostedzone", ResourceId=id_, AddTags=listed(props["tags"]))
        return id_

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        route53 = aws("route53")
        found = route53.get_hosted_zone(Id=id_)
        servers = found.get("DelegationSet", {}).get("NameServers", [])
        tags = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=id_)["ResourceTagSet"]["Tags"]
        return {
            "name": found["HostedZone"]["Name"].rstrip("."),
            "comment": found["HostedZone"].get("Config", {}).get("Comment"),
            "zoneId": id_,
            "arn": f"arn:aws:route53:::hostedzone/{id_}",
            "nameServers": servers,
            "primaryNameServer": servers[0] if servers else None,
            "tags": mapped(tags),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        route53 = aws("route53")
        if "vpcs" in changed:
            raise NotImplementedError("the stand-in does not change the VPCs of a zone")
        if "comment" in changed:
            route53.update_hosted_zone_comment(Id=id_, Comment=props["comment"])
        if "tags" in changed:
            about = {"ResourceType": "hostedzone", "ResourceId": id_}
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: route53.change_tags_for_resource(**about, AddTags=listed(tags)),
                lambda keys: route53.change_tags_for_resource(**about, RemoveTagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        route53 = aws("route53")
        if props.get("forceDestroy"):
            for each in route53.list_resource_record_sets(HostedZoneId=id_)["ResourceRecordSets"]:
                if each["Type"] not in {"NS", "SOA"}:
                    _change(aws, id_, "DELETE", each)
        route53.delete_hosted_zone(Id=id_)


def _change(aws: Aws, zone: str, action: str, record: dict[str, Any]) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    aws("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


class Record(Kind):
    type_name = "aws:route53/record:Record"
    inputs = words(
        "zoneId name type ttl records aliases allowOverwrite setIdentifier weightedRoutingPolicies "
        "failoverRoutingPolicies healthCheckId"
    )
    outputs = words("fqdn allowOverwrite")
    replaces = words("zoneId name type setIdentifier")
    fixed = words("allowOverwrite")
    missing = words("NoSuchHostedZone")

    def create(self, aws: Aws, props: Props) -> str:
        action = "UPSERT" if props.get("allowOverwrite") else "CREATE"
        _change(aws, props["zoneId"], action, self._record(aws, props))
        parts = [props["zoneId"], props["name"].rstrip(".").lower(), props["type"]]
        return "_".join([*parts, *([props["setIdentifier"]] if "setIdentifier" in props else [])])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        fqdn = self._fqdn(aws, props)
        found = self._find(aws, props, fqdn)
        if found is None:
            return None
        records = [_plain(each["Value"], props["type"]) for each in found.get("ResourceRecords", [])]
        alias = found.get("AliasTarget")
        return {
            "fqdn": fqdn,
            "ttl": found.get("TTL"),
            "records": records or None,
            "aliases": [
                {
                    "name": self._alias_as_said(alias["DNSName"], props),
                    "zoneId": alias["HostedZoneId"],
                    "evaluateTargetHealth": alias["EvaluateTargetHealth"],
                }
            ]
            if alias
            else None,
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"allowOverwrite"}:
            _change(aws, props["zoneId"], "UPSERT", self._record(aws, props))

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        found = self._find(aws, props, self._fqdn(aws, props))
        if found is None:
            return
        try:
            _change(aws, props["zoneId"], "DELETE", found)
        except Exception as error:
            if error_code(error) != "InvalidChangeBatch":
                raise

    def _find(self, aws: Aws, props: Props, fqdn: str) -> dict[str, Any] | None:
        answer = aws("route53").list_resource_record_sets(
            HostedZoneId=props["zoneId"], StartRecordName=fqdn, StartRecordType=props["type"], MaxItems="10"
        )
        for each in answer["ResourceRecordSets"]:
            same = each["Name"].rstrip(".").replace("\\052", "*") == fqdn and each["Type"] == props["type"]
            if same and each.get("SetIdentifier") == props.get("setIdentifier"):
                return dict(each)
        return None

    def _fqdn(self, aws: Aws, props: Props) -> str:
        zone = aws("route53").get_hosted_zone(Id=props["zoneId"])["HostedZone"]["Name"].rstrip(".")
        name = str(props["name"]).rstrip(".").lower()
        return name if name == zone or name.endswith(f".{zone}") else f"{name}.{zone}" if name else zone

    def _record(self, aws: Aws, props: Props) -> dict[str, Any]:
        made: dict[str, Any] = {"Name": self._fqdn(aws, props), "Type": props["type"]}
        if "records" in props:
            made["TTL"] = props["ttl"]
            made["ResourceRecords"] = [{"Value": _quoted(each, props["type"])} for each in props["records"]]
        for alias in props.get("aliases", []):
            made["AliasTarget"] = {
                "DNSName": alias["name"],
                "HostedZoneId": alias["zoneId"],
                "EvaluateTargetHealth": alias["evaluateTargetHealth"],
            }
        if "setIdentifier" in props:
            made["SetIdentifier"] = props["setIdentifier"]
        for policy in props.get("weightedRoutingPolicies", []):
            made["Weight"] = policy["weight"]
        for policy in props.get("failoverRoutingPolicies", []):
            made["Failover"] = policy["type"]
        if "healthCheckId" in props:
            made["HealthCheckId"] = props["healthCheckId"]
        return made

    def _alias_as_said(self, actual: str, props: Props) -> str:
        said = [each["name"] for each in props.get("aliases", [])]
        return next((each for each in said if each.rstrip(".") == actual.rstrip(".")), actual)


def _quoted(value: str, type_: str) -> str:
    """AWS wants texts in quotes; the plugin adds them."""
    return f'"{value}"' if type_ in {"TXT", "SPF"} and not value.startswith('"') else value


def _plain(value: str, type_: str) -> str:
    return value[1:-1] if type_ in {"TXT", "SPF"} and value.startswith('"') and value.endswith('"') else value
