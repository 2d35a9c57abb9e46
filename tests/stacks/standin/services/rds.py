"""RDS: what instances stand on."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, words


def tags_of(aws: Aws, arn: str) -> dict[str, str] | None:
    return mapped(aws("rds").list_tags_for_resource(ResourceName=arn)["TagList"])


def retag_rds(aws: Aws, arn: str, props: Props, old: Props) -> None:
    rds = aws("rds")
    retag(
        props.get("tags"),
        old.get("tags"),
        lambda tags: rds.add_tags_to_resource(ResourceName=arn, Tags=listed(tags)),
        lambda keys: rds.remove_tags_from_resource(ResourceName=arn, TagKeys=keys),
    )


class SubnetGroup(Kind):
    type_name = "aws:rds/subnetGroup:SubnetGroup"
    inputs = words("name description subnetIds tags")
    outputs = words("arn vpcId supportedNetworkTypes")
    replaces = words("name")
    missing = words("DBSubnetGroupNotFoundFault")
    defaults = {"description": "Managed by Pulumi"}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        aws("rds").create_db_subnet_group(
            DBSubnetGroupName=props["name"],
            DBSubnetGroupDescription=props["description"],
            SubnetIds=props["subnetIds"],
            Tags=listed(props.get("tags")),
        )
        return str(props["name"]).lower()

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("rds").describe_db_subnet_groups(DBSubnetGroupName=id_)["DBSubnetGroups"][0]
        return {
            "name": found["DBSubnetGroupName"],
            "arn": found["DBSubnetGroupArn"],
            "description": found["DBSubnetGroupDescription"],
            "subnetIds": [each["SubnetIdentifier"] for each in found["Subnets"]],
            "vpcId": found["VpcId"],
            "supportedNetworkTypes": ["IPV4"],
            "tags": tags_of(aws, found["DBSubnetGroupArn"]),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            aws("rds").modify_db_subnet_group(
                DBSubnetGroupName=id_, DBSubnetGroupDescription=props["description"], SubnetIds=props["subnetIds"]
            )
        if "tags" in changed:
            retag_rds(aws, old["arn"], props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("rds").delete_db_subnet_group(DBSubnetGroupName=id_)


class ParameterGroup(Kind):
    type_name = "aws:rds/parameterGroup:ParameterGroup"
    inputs = words("name family description parameters skipDestroy tags")
    outputs = words("arn")
    replaces = words("name family description")
    fixed = words("skipDestroy")
    missing = words("DBParameterGroupNotFound")
    defaults = {"description": "Managed by Pulumi"}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        aws("rds").create_db_parameter_group(
            DBParameterGroupName=props["name"],
            DBParameterGroupFamily=props["family"],
            Description=props["description"],
            Tags=listed(props.get("tags")),
        )
        self._set(aws, props["name"], props.get("parameters", []))
        return str(props["name"]).lower()

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        rds = aws("rds")
        found = rds.describe_db_parameter_groups(DBParameterGroupName=id_)["DBParameterGroups"][0]
        parameters = rds.describe_db_parameters(DBParameterGroupName=id_).get("Parameters", [])
        return {
            "name": found["DBParameterGroupName"],
            "arn": found["DBParameterGroupArn"],
            "family": found["DBParameterGroupFamily"],
            "description": found["Description"],
            "parameters": [_parameter_of(each) for each in parameters if each.get("ParameterValue") is not None]
            or None,
            "tags": tags_of(aws, found["DBParameterGroupArn"]),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if "parameters" in changed:
            new = props.get("parameters", [])
            if {each["name"] for each in old.get("parameters", [])} - {each["name"] for each in new}:
                raise NotImplementedError("moto cannot take a parameter back to its default")
            self._set(aws, id_, new)
        if "tags" in changed:
            retag_rds(aws, old["arn"], props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        if not props.get("skipDestroy"):
            aws("rds").delete_db_parameter_group(DBParameterGroupName=id_)

    def _set(self, aws: Aws, name: str, parameters: list[Props]) -> None:
        made = [
            {
                "ParameterName": each["name"],
                "ParameterValue": each["value"],
                "ApplyMethod": each.get("applyMethod", "immediate"),
            }
            for each in parameters
        ]
        # AWS takes no more than 20 at a time.
        for start in range(0, len(made), 20):
            aws("rds").modify_db_parameter_group(DBParameterGroupName=name, Parameters=made[start : start + 20])


def _parameter_of(found: dict[str, Any]) -> Props:
    method = found.get("ApplyMethod", "immediate")
    return {"name": found["ParameterName"], "value": found["ParameterValue"], "applyMethod": method}
