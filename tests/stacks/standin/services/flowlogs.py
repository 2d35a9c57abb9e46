"""EC2's flow logs: always made anew, as AWS cannot change one."""

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.services.network import Tagged, first
from tests.stacks.standin.tags import mapped
from tests.stacks.standin.values import Props, words

_NAMES = {
    "iamRoleArn": "DeliverLogsPermissionArn",
    "logDestination": "LogDestination",
    "logDestinationType": "LogDestinationType",
    "logFormat": "LogFormat",
    "maxAggregationInterval": "MaxAggregationInterval",
    "trafficType": "TrafficType",
}
_RESOURCES = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}


class FlowLog(Tagged):
    type_name = "aws:ec2/flowLog:FlowLog"
    resource_type = "vpc-flow-log"
    inputs = words("tags destinationOptions") | _NAMES.keys() | _RESOURCES.keys()
    outputs = words("arn logFormat logDestination")
    replaces = inputs - {"tags"}
    unkept = words("destinationOptions")
    # moto takes two logs of one resource to one place for the same, whatever else they say.
    delete_first = True
    defaults = {"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600}  # noqa: RUF012

    def create(self, aws: Aws, props: Props) -> str:
        kind, id_ = next((_RESOURCES[key], props[key]) for key in _RESOURCES if key in props)
        arguments = {name: props[key] for key, name in _NAMES.items() if key in props}
        if arguments.get("LogDestinationType") == "cloud-watch-logs" and "LogDestination" in arguments:
            # moto knows the group by its name alone.
            arguments["LogGroupName"] = arguments.pop("LogDestination").split(":log-group:")[-1].removesuffix(":*")
        made = aws("ec2").create_flow_logs(
            ResourceIds=[id_], ResourceType=kind, TagSpecifications=self.tag_specifications(props), **arguments
        )
        if made.get("Unsuccessful"):
            raise RuntimeError(made["Unsuccessful"][0]["Error"]["Message"])
        return str(made["FlowLogIds"][0])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = first(aws("ec2").describe_flow_logs(FlowLogIds=[id_])["FlowLogs"])
        if found is None:
            return None
        actual = {key: found.get(name) for key, name in _NAMES.items() if name in found}
        if actual["logDestinationType"] == "cloud-watch-logs":
            actual["logDestination"] = aws.arn("logs", f"log-group:{found['LogGroupName']}")
        return {
            **actual,
            "arn": aws.arn("ec2", f"vpc-flow-log/{id_}"),
            "tags": mapped(found.get("Tags")),
        }

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ec2").delete_flow_logs(FlowLogIds=[id_])
