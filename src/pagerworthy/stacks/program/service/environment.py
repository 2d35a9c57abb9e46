"""What the container is told: who it is, and where all that it needs can be found.

A service `cart` is at `CART_ADDR` (`cart.production.internal:7070`). Of a resource `cart/valkey`, each output that it
has for its callers is a variable: `CART__VALKEY_ENDPOINT`, `CART__VALKEY_SECRET_ARN`. Two underscores stand between
owner and resource, since a name has none. A secret is also there itself, as JSON: `CART__VALKEY_SECRET`; one that is
changed while the task runs is read again by its ARN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Input

from pagerworthy.stacks.inputs import Need, ServiceInputs
from pagerworthy.stacks.outputs import RESOURCE_KEYS
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.discovery import address
from pagerworthy.stacks.program.service.reach import Reach
from pagerworthy.stacks.program.service.subscriptions import Inbox

# What is of no use inside the container.
_NOT_TOLD = frozenset({"security_group_id"})
_SECRET = "secret_arn"  # noqa: S105 -- the name of a key


@dataclass(frozen=True, slots=True)
class Told:
    """Variables in plain text, and secrets: for each variable the ARN, and whether it is of a regulated service."""

    variables: Mapping[str, Input[str]]
    secrets: Mapping[str, tuple[Input[str], bool]]


def tell(scope: Scope[ServiceInputs], reach: Reach, inboxes: Sequence[Inbox]) -> Told:
    """What the container of the service is told. Of what is soft and not there yet it is told nothing."""
    variables: dict[str, Input[str]] = dict(_self(scope))
    secrets: dict[str, tuple[Input[str], bool]] = {}
    for need in reach.needs():
        if need.kind == "resource":
            for key, value in _outputs(reach, need):
                variables[f"{_variable(need)}_{key.upper()}"] = value
                if key == _SECRET:
                    secrets[f"{_variable(need)}_SECRET"] = (value, need.regulated)
        elif need.kind == "service" and need.port and reach.value(need, "security_group_id") is not None:
            variables[f"{_upper(need.owner)}_ADDR"] = address(scope, need.owner, need.port)
    for inbox in inboxes:
        variables[f"{_variable(inbox.need)}_QUEUE_URL"] = inbox.queue.url
    return Told(dict(sorted(variables.items())), dict(sorted(secrets.items())))


def _self(scope: Scope[ServiceInputs]) -> Mapping[str, str]:
    """Who the service is, also in the words of OpenTelemetry's conventions."""
    inputs = scope.inputs
    attributes = {
        "deployment.environment.name": inputs.environment,
        "service.namespace": inputs.system,
        "service.version": inputs.version,
    }
    told = {
        "ENVIRONMENT": inputs.environment,
        "OTEL_RESOURCE_ATTRIBUTES": ",".join(f"{key}={value}" for key, value in attributes.items()),
        "OTEL_SERVICE_NAME": inputs.service,
    }
    port = inputs.compute.port if inputs.compute else None
    return {**told, "PORT": str(port)} if port else told


def _outputs(reach: Reach, need: Need) -> Sequence[tuple[str, Input[str]]]:
    told = []
    for key in RESOURCE_KEYS[need.type]:
        value = None if key in _NOT_TOLD else reach.value(need, key)
        if value is not None:
            told.append((key, value))
    return told


def _variable(need: Need) -> str:
    return f"{_upper(need.owner)}__{_upper(need.resource)}"


def _upper(name: str) -> str:
    return name.replace("-", "_").upper()
