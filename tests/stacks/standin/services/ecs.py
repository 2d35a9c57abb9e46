"""ECS: clusters and task definitions."""

import json
from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, named, words


def tagged(props: Props) -> list[dict[str, str]]:
    return listed(props.get("tags"), "key", "value")


def retag_ecs(aws: Aws, arn: str, props: Props, old: Props) -> None:
    ecs = aws("ecs")
    retag(
        props.get("tags"),
        old.get("tags"),
        lambda tags: ecs.tag_resource(resourceArn=arn, tags=listed(tags, "key", "value")),
        lambda keys: ecs.untag_resource(resourceArn=arn, tagKeys=keys),
    )


class Cluster(Kind):
    type_name = "aws:ecs/cluster:Cluster"
    inputs = words("name settings configuration serviceConnectDefaults tags")
    outputs = words("arn settings")
    replaces = words("name")
    missing = words("ClusterNotFoundException")
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        made = aws("ecs").create_cluster(
            clusterName=props["name"],
            tags=tagged(props),
            **named(props, {key: key for key in ("settings", "configuration", "serviceConnectDefaults")}),
        )
        return str(made["cluster"]["clusterArn"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        answer = aws("ecs").describe_clusters(clusters=[id_], include=["TAGS", "SETTINGS", "CONFIGURATIONS"])
        found = next((each for each in answer["clusters"] if each["status"] == "ACTIVE"), None)
        if found is None:
            return None
        defaults = found.get("serviceConnectDefaults")
        return {
            "arn": id_,
            "name": found["clusterName"],
            "settings": found.get("settings") or None,
            "configuration": found.get("configuration") or None,
            "serviceConnectDefaults": named(defaults, {"namespace": "namespace"}) if defaults else None,
            "tags": mapped(found.get("tags"), "key", "value"),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            settings = {key: key for key in ("settings", "configuration", "serviceConnectDefaults")}
            aws("ecs").update_cluster(cluster=id_, **named(props, settings))
        if "tags" in changed:
            retag_ecs(aws, id_, props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ecs").delete_cluster(cluster=id_)


_TASK = (
    "family",
    "taskRoleArn",
    "executionRoleArn",
    "networkMode",
    "cpu",
    "memory",
    "requiresCompatibilities",
    "ipcMode",
    "pidMode",
)


class TaskDefinition(Kind):
    """Each change is a new revision of the family; the id stays the family's name."""

    type_name = "aws:ecs/taskDefinition:TaskDefinition"
    inputs = words("containerDefinitions runtimePlatform ephemeralStorage volumes skipDestroy trackLatest tags") | set(
        _TASK
    )
    outputs = words("arn arnWithoutRevision revision networkMode")
    replaces = inputs - words("tags skipDestroy trackLatest")
    fixed = words("skipDestroy trackLatest containerDefinitions")
    documents = words("containerDefinitions")
    defaults = {"skipDestroy": False, "trackLatest": False}  # noqa: RUF012

    def check(self, props: Props) -> None:
        if "containerDefinitions" not in props:
            return
        containers = json.loads(props["containerDefinitions"])
        for container in containers:
            for each in container.get("environment", []):
                if not isinstance(each.get("value"), str):
                    raise ValueError(f"the environment's {each.get('name')} is not a text")

    def create(self, aws: Aws, props: Props) -> str:
        arguments: dict[str, Any] = named(props, {key: key for key in _TASK})
        if "runtimePlatform" in props:
            arguments["runtimePlatform"] = props["runtimePlatform"]
        if "ephemeralStorage" in props:
            arguments["ephemeralStorage"] = {"sizeInGiB": props["ephemeralStorage"]["sizeInGib"]}
        if "volumes" in props:
            arguments["volumes"] = [_volume(each) for each in props["volumes"]]
        made = aws("ecs").register_task_definition(
            containerDefinitions=json.loads(props["containerDefinitions"]), tags=tagged(props), **arguments
        )
        # `read` is asked with what was declared, which does not know its revision yet.
        props["arn"] = made["taskDefinition"]["taskDefinitionArn"]
        return str(made["taskDefinition"]["family"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        ecs = aws("ecs")
        answer = ecs.describe_task_definition(taskDefinition=props.get("arn", id_), include=["TAGS"])
        found = answer["taskDefinition"]
        if found["status"] != "ACTIVE":
            return None
        arn = found["taskDefinitionArn"]
        return {
            **{key: found.get(key) or None for key in _TASK},
            "runtimePlatform": found.get("runtimePlatform") or None,
            "containerDefinitions": props.get("containerDefinitions") or json.dumps(found["containerDefinitions"]),
            "arn": arn,
            "arnWithoutRevision": arn.rpartition(":")[0],
            "revision": found["revision"],
            "tags": mapped(answer.get("tags"), "key", "value"),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        props["arn"] = old["arn"]
        if "tags" in changed:
            retag_ecs(aws, old["arn"], props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        if not props.get("skipDestroy"):
            aws("ecs").deregister_task_definition(taskDefinition=props["arn"])

    def import_props(self, id_: str) -> Props:
        return {"arn": id_}


def _volume(volume: Props) -> dict[str, Any]:
    made: dict[str, Any] = {"name": volume["name"]}
    if unknown := volume.keys() - {"name", "hostPath", "efsVolumeConfiguration"}:
        raise ValueError(f"the stand-in does not know {', '.join(sorted(unknown))} of a volume")
    if "hostPath" in volume:
        made["host"] = {"sourcePath": volume["hostPath"]}
    if "efsVolumeConfiguration" in volume:
        made["efsVolumeConfiguration"] = volume["efsVolumeConfiguration"]
    return made
