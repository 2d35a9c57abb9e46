"""The stack of a service: its resources, and, where it runs here, the service itself."""

from collections.abc import Mapping, Sequence

from pulumi import Input
from pulumi_aws.ecs.service import Service

from pagerworthy.catalog import Compute
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.outputs import RESOURCE_KEYS, Value
from pagerworthy.stacks.program.resources import declare_resource
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.alarms import (
    Declared,
    Pager,
    declare_level_alarms,
    declare_limit_alarms,
    declare_saturation_alarms,
)
from pagerworthy.stacks.program.service.balancer import balanced
from pagerworthy.stacks.program.service.dashboard import declare_dashboard
from pagerworthy.stacks.program.service.discovery import address
from pagerworthy.stacks.program.service.environment import tell
from pagerworthy.stacks.program.service.grants import task_statements
from pagerworthy.stacks.program.service.logs import declare_log_group
from pagerworthy.stacks.program.service.network import declare_security_group
from pagerworthy.stacks.program.service.reach import Reach
from pagerworthy.stacks.program.service.release import rollout_of
from pagerworthy.stacks.program.service.repository import declare_repository
from pagerworthy.stacks.program.service.roles import declare_roles
from pagerworthy.stacks.program.service.rules import declare_rules
from pagerworthy.stacks.program.service.running import Parts, declare_running
from pagerworthy.stacks.program.service.scaling import declare_scaling
from pagerworthy.stacks.program.service.subscriptions import Inbox, declare_inboxes
from pagerworthy.stacks.program.service.task import declare_task


def declare_service(scope: Scope[ServiceInputs]) -> Mapping[str, Input[Value]]:
    """Declares the stack of a service. Returns `security_group_id` where it runs here, what each of its resources has
    for others (`valkey.endpoint`), and what people look for: `address`, `log_group`, `image_repository`.

    Raises MissingOutputError where another stack lacks an output that this one needs.
    """
    own = {name: declare_resource(scope, name, each) for name, each in scope.inputs.resources.items()}
    outputs: dict[str, Input[Value]] = {}
    for name, provided in own.items():
        type_ = scope.inputs.resources[name].type
        outputs |= {f"{name}.{key}": provided.outputs[key] for key in RESOURCE_KEYS[type_]}
    pager, declared = Pager(scope), Declared()
    limits = {name: provided.limits for name, provided in own.items()}
    service = None
    if scope.inputs.compute is not None and scope.inputs.runs_here:
        reach = Reach(scope, own)
        inboxes = declare_inboxes(scope, reach)
        limits |= {each.name: each.limits for each in inboxes}
        declare_level_alarms(scope, pager, declared)
        service, told = _declare_compute(scope, scope.inputs.compute, reach, inboxes, declared)
        declare_saturation_alarms(scope, pager, declared, scope.inputs.compute, service)
        outputs |= told
    declare_limit_alarms(scope, pager, declared, limits)
    declare_dashboard(scope, declared, limits, service)
    return outputs


def _declare_compute(
    scope: Scope[ServiceInputs], compute: Compute, reach: Reach, inboxes: Sequence[Inbox], declared: Declared
) -> tuple[Service, Mapping[str, Input[Value]]]:
    group = declare_security_group(scope)
    declare_rules(scope, group, reach)
    log_group = declare_log_group(scope)
    repository = declare_repository(scope)
    told = tell(scope, reach, inboxes)
    roles = declare_roles(scope, log_group, task_statements(scope, reach, inboxes), told.secrets)
    task = declare_task(scope, compute, roles, log_group, told)
    rollout = rollout_of(scope.inputs)
    registrations = balanced(scope, reach.own, compute.port, shifts=rollout.shifts)
    service = declare_running(
        scope,
        compute,
        rollout,
        Parts(group, task, log_group, registrations, declared.watched),
    )
    declare_scaling(scope, compute, service)
    outputs: dict[str, Input[Value]] = {"security_group_id": group.id, "log_group": log_group.name}
    if compute.port is not None:
        outputs["address"] = address(scope, scope.inputs.service, compute.port)
    if repository is not None:
        outputs["image_repository"] = repository.repository_url
    return service, outputs
