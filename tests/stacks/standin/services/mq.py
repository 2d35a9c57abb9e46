"""Amazon MQ."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import retag
from tests.stacks.standin.values import Props, camel, named, pascal, words

_NAMES = {
    "authenticationStrategy": "AuthenticationStrategy",
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "engineVersion": "EngineVersion",
    "hostInstanceType": "HostInstanceType",
    "securityGroups": "SecurityGroups",
}
_ONCE = {
    "brokerName": "BrokerName",
    "deploymentMode": "DeploymentMode",
    "engineType": "EngineType",
    "publiclyAccessible": "PubliclyAccessible",
    "storageType": "StorageType",
    "subnetIds": "SubnetIds",
}
_NESTED = {"encryptionOptions": "EncryptionOptions", "logs": "Logs", "configuration": "Configuration"}
_WINDOW = "maintenanceWindowStartTime"


class Broker(Kind):
    type_name = "aws:mq/broker:Broker"
    inputs = words("applyImmediately users tags") | {_WINDOW} | _NAMES.keys() | _ONCE.keys() | _NESTED.keys()
    outputs = words(
        "arn instances authenticationStrategy configuration maintenanceWindowStartTime storageType subnetIds "
        "securityGroups"
    )
    replaces = frozenset(_ONCE) | {"encryptionOptions"}
    fixed = words("applyImmediately users configuration")
    missing = words("NotFoundException")
    defaults = {"deploymentMode": "SINGLE_INSTANCE", "publiclyAccessible": False, "applyImmediately": False}  # noqa: RUF012
    named = "brokerName"

    def create(self, aws: Aws, props: Props) -> str:
        nested = {name: pascal(props[key]) for key, name in _NESTED.items() if key in props}
        if _WINDOW in props:
            nested["MaintenanceWindowStartTime"] = pascal(props[_WINDOW])
        made = aws("mq").create_broker(
            Users=[self._user(each) for each in props["users"]],
            Tags=props.get("tags") or {},
            **{"AutoMinorVersionUpgrade": False, **named(props, _NAMES | _ONCE)},
            **nested,
        )
        return str(made["BrokerId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("mq").describe_broker(BrokerId=id_)
        rabbit = found["EngineType"].upper() == "RABBITMQ"
        host = f"{id_}.mq.{aws.region}.on.aws"
        endpoint = f"amqps://{host}:5671" if rabbit else f"ssl://{host}:61617"
        logs = {key: value for key, value in camel(found.get("Logs") or {}).items() if key in {"audit", "general"}}
        return {
            **{key: found.get(name) for key, name in (_NAMES | _ONCE).items()},
            "authenticationStrategy": (found.get("AuthenticationStrategy") or "SIMPLE").lower(),
            "deploymentMode": found["DeploymentMode"],
            "encryptionOptions": camel(found.get("EncryptionOptions")) or None,
            "logs": logs or None,
            _WINDOW: camel(found.get("MaintenanceWindowStartTime")),
            "arn": found["BrokerArn"],
            # moto has the same address for every broker; this is of the shape that AWS gives.
            "instances": [{"consoleUrl": f"https://{host}", "endpoints": [endpoint], "ipAddress": ""}],
            "tags": found.get("Tags") or None,
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        mq = aws("mq")
        arguments: dict[str, Any] = named({key: props[key] for key in changed & props.keys()}, _NAMES)
        if "logs" in changed:
            arguments["Logs"] = pascal(props.get("logs", {}))
        if _WINDOW in changed:
            arguments["MaintenanceWindowStartTime"] = pascal(props[_WINDOW])
        if arguments:
            mq.update_broker(BrokerId=id_, **arguments)
        if "users" in changed and props["users"] != old.get("users"):
            for each in old.get("users", []):
                mq.delete_user(BrokerId=id_, Username=each["username"])
            for each in props["users"]:
                user = self._user(each)
                mq.create_user(BrokerId=id_, **user)
        if "tags" in changed:
            arn = old["arn"]
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: mq.create_tags(ResourceArn=arn, Tags=tags),
                lambda keys: mq.delete_tags(ResourceArn=arn, TagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("mq").delete_broker(BrokerId=id_)

    def _user(self, user: Props) -> dict[str, Any]:
        return named(
            user, {"username": "Username", "password": "Password", "consoleAccess": "ConsoleAccess", "groups": "Groups"}
        )
