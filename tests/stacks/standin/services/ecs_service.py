"""ECS: services."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.services.ecs import retag_ecs, tagged
from tests.stacks.standin.tags import mapped
from tests.stacks.standin.values import Props, camel, named, words

# Settings under the same name in AWS's API.
_PLAIN = (
    "desiredCount",
    "healthCheckGracePeriodSeconds",
    "enableExecuteCommand",
    "availabilityZoneRebalancing",
    "platformVersion",
    "propagateTags",
    "loadBalancers",
)
_ONCE = ("launchType", "schedulingStrategy", "deploymentController")
_DEPLOYMENT = words(
    "deploymentCircuitBreaker deploymentConfiguration deploymentMaximumPercent deploymentMinimumHealthyPercent alarms"
)
_CONNECT = "serviceConnectConfiguration"


class Service(Kind):
    type_name = "aws:ecs/service:Service"
    inputs = (
        words(
            "name cluster taskDefinition networkConfiguration serviceConnectConfiguration capacityProviderStrategies "
            "serviceRegistries enableEcsManagedTags waitForSteadyState forceNewDeployment forceDelete sigintRollback "
            "triggers tags"
        )
        | _DEPLOYMENT
        | set(_PLAIN)
        | set(_ONCE)
    )
    outputs = words(
        "arn availabilityZoneRebalancing platformVersion launchType triggers cluster deploymentConfiguration"
    )
    replaces = words("name cluster launchType schedulingStrategy")
    # moto shows these only in part, or in another shape: what was declared holds.
    fixed = words("waitForSteadyState forceNewDeployment forceDelete sigintRollback triggers") | {_CONNECT}
    missing = words("ClusterNotFoundException ServiceNotFoundException")
    defaults = {  # noqa: RUF012
        "schedulingStrategy": "REPLICA",
        "deploymentMaximumPercent": 200,
        "deploymentMinimumHealthyPercent": 100,
        "enableEcsManagedTags": False,
        "waitForSteadyState": False,
    }
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        made = aws("ecs").create_service(
            serviceName=props["name"],
            tags=tagged(props),
            **named(props, {key: key for key in _ONCE}),
            **self._settings(props, self.inputs),
        )
        return str(made["service"]["serviceArn"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = self._find(aws, id_, props)
        if found is None or found["status"] == "INACTIVE":
            return None
        network = (found.get("networkConfiguration") or {}).get("awsvpcConfiguration")
        deployment = found.get("deploymentConfiguration") or {}
        return {
            **{key: found.get(key) or None for key in (*_PLAIN, *_ONCE) if key != "desiredCount"},
            "desiredCount": found["desiredCount"],
            "enableExecuteCommand": found.get("enableExecuteCommand", False),
            "availabilityZoneRebalancing": found.get("availabilityZoneRebalancing", "DISABLED"),
            "enableEcsManagedTags": found.get("enableECSManagedTags", False),
            "propagateTags": None if found.get("propagateTags") == "NONE" else found.get("propagateTags"),
            "name": found["serviceName"],
            "arn": id_,
            "cluster": found["clusterArn"],
            "taskDefinition": self._as_said(found["taskDefinition"], props),
            "serviceRegistries": (found.get("serviceRegistries") or [None])[0],
            "networkConfiguration": _network_of(network) if network else None,
            "deploymentCircuitBreaker": deployment.get("deploymentCircuitBreaker"),
            "deploymentMaximumPercent": deployment.get("maximumPercent", 200),
            "deploymentMinimumHealthyPercent": deployment.get("minimumHealthyPercent", 100),
            "alarms": deployment.get("alarms"),
            "capacityProviderStrategies": found.get("capacityProviderStrategy") or None,
            "tags": mapped(found.get("tags"), "key", "value"),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            settings = self._settings(props, changed | {"cluster"})
            if "networkConfiguration" not in settings and "networkConfiguration" in props:
                settings["networkConfiguration"] = _network(props["networkConfiguration"])
            force = {"forceNewDeployment": True} if props.get("forceNewDeployment") else {}
            aws("ecs").update_service(service=props["name"], **settings, **force)
        if "tags" in changed:
            retag_ecs(aws, id_, props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ecs").delete_service(cluster=props["cluster"], service=props["name"], force=True)

    def import_props(self, id_: str) -> Props:
        return {"cluster": id_.split("/")[-2]}

    def _find(self, aws: Aws, id_: str, props: Props) -> dict[str, Any] | None:
        found = aws("ecs").describe_services(cluster=props["cluster"], services=[id_], include=["TAGS"])["services"]
        return found[0] if found else None

    def _as_said(self, task: str, props: Props) -> str:
        """The task definition as the program named it (family, with revision, or ARN), while it is that one."""
        said = str(props.get("taskDefinition", ""))
        return said if said and task.endswith(said) else task

    def _settings(self, props: Props, keys: frozenset[str]) -> dict[str, Any]:
        made = {key: props[key] for key in _PLAIN if key in keys and key in props}
        for key, name in {
            "cluster": "cluster",
            "taskDefinition": "taskDefinition",
            "enableEcsManagedTags": "enableECSManagedTags",
            "capacityProviderStrategies": "capacityProviderStrategy",
        }.items():
            if key in keys and key in props:
                made[name] = props[key]
        if "serviceRegistries" in keys:
            made["serviceRegistries"] = [props["serviceRegistries"]] if "serviceRegistries" in props else []
        if "networkConfiguration" in keys and "networkConfiguration" in props:
            made["networkConfiguration"] = _network(props["networkConfiguration"])
        if keys & _DEPLOYMENT:
            made["deploymentConfiguration"] = _deployment(props)
        if _CONNECT in keys and _CONNECT in props:
            made[_CONNECT] = _connect(props[_CONNECT])
        return made


def _network(network: Props) -> dict[str, Any]:
    public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
    plain = {"subnets": network["subnets"], "securityGroups": network.get("securityGroups", [])}
    return {"awsvpcConfiguration": {**plain, "assignPublicIp": public}}


def _network_of(found: dict[str, Any]) -> Props:
    return {
        "subnets": found["subnets"],
        "securityGroups": found.get("securityGroups", []),
        "assignPublicIp": found.get("assignPublicIp") == "ENABLED",
    }


def _deployment(props: Props) -> dict[str, Any]:
    made: dict[str, Any] = named(
        props,
        {
            "deploymentCircuitBreaker": "deploymentCircuitBreaker",
            "deploymentMaximumPercent": "maximumPercent",
            "deploymentMinimumHealthyPercent": "minimumHealthyPercent",
            "alarms": "alarms",
        },
    )
    for key, value in props.get("deploymentConfiguration", {}).items():
        if key == "bakeTimeInMinutes":
            made[key] = int(value)
        elif key in {"canaryConfiguration", "linearConfiguration"}:
            made[key] = {name: float(each) if "Percent" in name else int(each) for name, each in value.items()}
        else:
            made[key] = value
    return made


def _connect(connect: Props) -> dict[str, Any]:
    made = {key: value for key, value in connect.items() if key != "services"}
    services = []
    for service in connect.get("services", []):
        aliases = service.get("clientAlias", [])
        one = {key: value for key, value in service.items() if key != "clientAlias"}
        services.append({**one, "clientAliases": aliases if isinstance(aliases, list) else [aliases]})
    if services:
        made["services"] = camel(services)
    return made
