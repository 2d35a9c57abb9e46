"""Functions of the plugin that programs may call (`aws.get_caller_identity()` and so on)."""

from collections.abc import Callable, Mapping

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.values import Props


def _caller(aws: Aws, _args: Props) -> Props:
    who = aws("sts").get_caller_identity()
    return {"accountId": who["Account"], "arn": who["Arn"], "userId": who["UserId"], "id": who["Account"]}


def _region(aws: Aws, _args: Props) -> Props:
    return {"id": aws.region, "region": aws.region, "name": aws.region, "description": aws.region}


def _partition(aws: Aws, _args: Props) -> Props:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _zones(aws: Aws, args: Props) -> Props:
    found = aws("ec2").describe_availability_zones()["AvailabilityZones"]
    return {
        "id": aws.region,
        "names": sorted(zone["ZoneName"] for zone in found),
        "zoneIds": sorted(zone["ZoneId"] for zone in found),
        "groupNames": [aws.region],
        "state": args.get("state", "available"),
    }


def _prefix_list(aws: Aws, args: Props) -> Props:
    found = aws("ec2").describe_managed_prefix_lists()["PrefixLists"]
    each = next((one for one in found if one["PrefixListName"] == args.get("name")), None)
    if each is None:
        raise LookupError(f"no prefix list {args.get('name')}")
    return {"id": each["PrefixListId"], "name": each["PrefixListName"], "arn": each["PrefixListArn"]}


FUNCTIONS: Mapping[str, Callable[[Aws, Props], Props]] = {
    "aws:index/getCallerIdentity:getCallerIdentity": _caller,
    "aws:index/getRegion:getRegion": _region,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:ec2/getManagedPrefixList:getManagedPrefixList": _prefix_list,
    "aws:ec2/getPrefixList:getPrefixList": _prefix_list,
}
