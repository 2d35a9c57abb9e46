"""Application Auto Scaling."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.values import Props, camel, named, pascal, words

_PLACE = {"serviceNamespace": "ServiceNamespace", "resourceId": "ResourceId", "scalableDimension": "ScalableDimension"}
_LIMITS = {"minCapacity": "MinCapacity", "maxCapacity": "MaxCapacity", "roleArn": "RoleARN"}


class Target(Kind):
    """moto has no tags here: the stand-in keeps them."""

    type_name = "aws:appautoscaling/target:Target"
    inputs = words("suspendedState tags") | _PLACE.keys() | _LIMITS.keys()
    outputs = words("arn roleArn suspendedState")
    replaces = frozenset(_PLACE)
    unkept = words("tags")
    missing = words("ObjectNotFoundException ValidationException")

    def create(self, aws: Aws, props: Props) -> str:
        self._register(aws, props)
        return str(props["resourceId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = aws("application-autoscaling").describe_scalable_targets(
            ServiceNamespace=props["serviceNamespace"],
            ResourceIds=[id_],
            ScalableDimension=props["scalableDimension"],
        )["ScalableTargets"]
        if not found:
            return None
        return {
            **{key: found[0].get(name) for key, name in (_LIMITS | _PLACE).items()},
            "arn": found[0].get("ScalableTargetARN"),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        self._register(aws, props)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("application-autoscaling").deregister_scalable_target(**named(props, _PLACE))

    def import_props(self, id_: str) -> Props:
        namespace, _, rest = id_.partition("/")
        resource, _, dimension = rest.rpartition("/")
        return {"serviceNamespace": namespace, "resourceId": resource, "scalableDimension": dimension}

    def _register(self, aws: Aws, props: Props) -> None:
        state = {"SuspendedState": pascal(props["suspendedState"])} if "suspendedState" in props else {}
        aws("application-autoscaling").register_scalable_target(**named(props, _LIMITS | _PLACE), **state)


_TRACKING = "targetTrackingScalingPolicyConfiguration"
_STEPS = "stepScalingPolicyConfiguration"


class Policy(Kind):
    type_name = "aws:appautoscaling/policy:Policy"
    inputs = words("name policyType") | {_TRACKING, _STEPS} | _PLACE.keys()
    outputs = words("arn alarmArns")
    replaces = words("name") | _PLACE.keys()
    defaults = {"policyType": "StepScaling"}  # noqa: RUF012
    missing = words("ObjectNotFoundException ValidationException")
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        self._put(aws, props)
        return str(props["name"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        place = named(props, _PLACE)
        found = aws("application-autoscaling").describe_scaling_policies(**place)["ScalingPolicies"]
        policy = next((each for each in found if each["PolicyName"] == id_), None)
        if policy is None:
            return None
        tracking = policy.get("TargetTrackingScalingPolicyConfiguration")
        return {
            "arn": policy["PolicyARN"],
            "policyType": policy["PolicyType"],
            "alarmArns": sorted(each["AlarmARN"] for each in policy.get("Alarms", [])),
            _TRACKING: camel(tracking) if tracking else None,
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        self._put(aws, props)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("application-autoscaling").delete_scaling_policy(PolicyName=id_, **named(props, _PLACE))

    def _put(self, aws: Aws, props: Props) -> None:
        arguments: dict[str, Any] = {"PolicyName": props["name"], "PolicyType": props["policyType"]}
        for key in (_TRACKING, _STEPS):
            if key in props:
                arguments[key[0].upper() + key[1:]] = pascal(props[key])
        aws("application-autoscaling").put_scaling_policy(**arguments, **named(props, _PLACE))
