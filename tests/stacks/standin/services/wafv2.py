"""WAF."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, camel, pascal, words

# Where AWS's capitals are not those of Pulumi's names.
_ODD = {"CloudwatchMetricsEnabled": "CloudWatchMetricsEnabled", "Arn": "ARN"}
_BACK = {"cloudWatchMetricsEnabled": "cloudwatchMetricsEnabled", "aRN": "arn"}


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(each, names) for key, each in value.items()}
    return [_renamed(each, names) for each in value] if isinstance(value, list) else value


def _out(value: Any) -> Any:
    return _renamed(pascal(value), _ODD)


def _in(value: Any) -> Any:
    return _renamed(camel(value), _BACK)


class WebAcl(Kind):
    type_name = "aws:wafv2/webAcl:WebAcl"
    inputs = words("name scope description defaultAction visibilityConfig rules tags")
    outputs = words("arn capacity lockToken applicationIntegrationUrl")
    replaces = words("name scope")
    missing = words("WAFNonexistentItemException")
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        tags = {"Tags": listed(props["tags"])} if props.get("tags") else {}
        made = aws("wafv2").create_web_acl(Name=props["name"], Scope=props["scope"], **self._settings(props), **tags)
        return str(made["Summary"]["Id"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        waf = aws("wafv2")
        answer = waf.get_web_acl(Name=props["name"], Scope=props["scope"], Id=id_)
        found = answer["WebACL"]
        return {
            "name": found["Name"],
            "arn": found["ARN"],
            "capacity": found["Capacity"],
            "lockToken": answer["LockToken"],
            "description": found.get("Description") or None,
            "defaultAction": _in(found["DefaultAction"]),
            "visibilityConfig": _in(found["VisibilityConfig"]),
            "rules": [_in(each) for each in found.get("Rules") or []] or None,
            "tags": mapped(waf.list_tags_for_resource(ResourceARN=found["ARN"])["TagInfoForResource"]["TagList"]),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        waf = aws("wafv2")
        place = {"Name": props["name"], "Scope": props["scope"], "Id": id_}
        if changed - {"tags"}:
            lock = waf.get_web_acl(**place)["LockToken"]
            waf.update_web_acl(**place, **self._settings(props), LockToken=lock)
        if "tags" in changed:
            arn = old["arn"]
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: waf.tag_resource(ResourceARN=arn, Tags=listed(tags)),
                lambda keys: waf.untag_resource(ResourceARN=arn, TagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        place = {"Name": props["name"], "Scope": props["scope"], "Id": id_}
        lock = aws("wafv2").get_web_acl(**place)["LockToken"]
        aws("wafv2").delete_web_acl(**place, LockToken=lock)

    def _settings(self, props: Props) -> dict[str, Any]:
        described = {"Description": props["description"]} if "description" in props else {}
        return {
            "DefaultAction": _out(props["defaultAction"]),
            "VisibilityConfig": _out(props["visibilityConfig"]),
            "Rules": [_out(each) for each in props.get("rules", [])],
            **described,
        }


class WebAclAssociation(Kind):
    type_name = "aws:wafv2/webAclAssociation:WebAclAssociation"
    inputs = words("resourceArn webAclArn")
    replaces = inputs
    missing = words("WAFNonexistentItemException")

    def create(self, aws: Aws, props: Props) -> str:
        aws("wafv2").associate_web_acl(WebACLArn=props["webAclArn"], ResourceArn=props["resourceArn"])
        return f"{props['webAclArn']},{props['resourceArn']}"

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        acl, _, resource = id_.partition(",")
        found = aws("wafv2").get_web_acl_for_resource(ResourceArn=resource).get("WebACL")
        if not found or found["ARN"] != acl:
            return None
        return {"webAclArn": acl, "resourceArn": resource}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("wafv2").disassociate_web_acl(ResourceArn=id_.partition(",")[2])
