"""The program for those who run `pulumi` themselves, in the folder `stacks/`: the same that `pagerworthy up` runs."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from pagerworthy.stacks.names import PLATFORM, PROJECT
from pagerworthy.stacks.outputs import Value

# Says in a stack's configuration why it is brought up in spite of a freeze: Pulumi keeps it with the update.
GLASS = "break-glass"
# With what the engine tells that there is no stack of a name.
_NEVER_THERE = ("unknown stack", "no stack named", "not found")

if TYPE_CHECKING:
    from pagerworthy.stacks.inputs import StackInputs


def main() -> None:
    """Declares the stack that `pulumi -s SERVICE.ENVIRONMENT` has selected.

    Raises RunError, which Pulumi prints without a traceback, where the catalog has no such stack, where it says that
    the stack stays as it is, or where another stack lacks an output that this one needs.
    """
    import pulumi

    from pagerworthy.stacks.outputs import MissingOutputError
    from pagerworthy.stacks.program import Cloud, declare
    from pagerworthy.stacks.run.inline import peers_of, program_of, record_of

    inputs, frozen = read(pulumi.get_stack())
    config = pulumi.Config(PROJECT)
    if frozen:
        _heed(frozen, config.get(GLASS) or "", looks=pulumi.runtime.is_dry_run())
    _know_seed(inputs, known=config.get_secret("seed") is not None)
    cloud = Cloud(emulator=config.get("emulator") or "")
    try:
        given = peers_of(inputs, _outputs)
    except MissingOutputError as error:
        raise pulumi.RunError(str(error)) from error
    for missing in given.missing:
        pulumi.log.warn(f"{missing} is not there yet: what needs it is left out; bring this stack up again afterwards")
    # Nobody knows whether this is all of the stack (`pulumi up --target`): without a digest, the next run looks.
    record = msgspec.structs.replace(record_of(inputs, given, cloud), digest="")
    program_of(inputs, given, cloud, declare, record)()


def read(stack: str) -> "tuple[StackInputs, str]":
    """What a stack follows from, as the catalog above this folder says now, and the freeze that is in force, if any."""
    from pulumi import RunError

    from pagerworthy.catalog import check, check_decisions, load
    from pagerworthy.errors import ProjectError
    from pagerworthy.graph import DependencyGraph
    from pagerworthy.problem import Severity
    from pagerworthy.project import open_project
    from pagerworthy.stacks.environments import open_environment
    from pagerworthy.stacks.refusals import refused_environments
    from pagerworthy.stacks.run.freeze import holds_in
    from pagerworthy.stacks.run.untouched import frozen_by, untouched

    service, _, environment = stack.partition(".")
    try:
        project = open_project(None)
    except ProjectError as error:
        raise RunError(f"{error.problem.message}: {error.problem.help}") from error
    loaded = load(project.root)
    catalog = loaded.catalog
    moment = project.settings.scoring.as_of or dt.datetime.now(dt.UTC)
    broken = [each for each in loaded.problems if each.where.file.casefold().startswith("catalog/decision")]
    broken += check_decisions(catalog, as_of=moment)
    if unknown := [each for each in broken if each.severity is Severity.ERROR]:
        raise RunError(f"{unknown[0].where.file}: {unknown[0].message}; who holds the pager is not known until then")
    if environment not in catalog.environments:
        known = ", ".join(catalog.environments) or "none"
        raise RunError(f"{stack} names no environment of the catalog ({known}); stacks are called SERVICE.ENVIRONMENT")
    graph = DependencyGraph.of(catalog)
    stacks = open_environment(project.root, catalog, graph, environment, moment, settings=project.settings.stacks)
    problems = [*loaded.problems, *check(catalog, project.root, as_of=moment)]
    for each in refused_environments(catalog, problems).get(environment, ()):
        raise RunError(f"{each.where.file}: {each.where.path}: {each.message}; {each.help}")
    if service != PLATFORM and service not in stacks:
        raise RunError(f"the catalog has no service {service} that is deployed to {environment}: `pagerworthy check`")
    if (left := untouched(catalog, graph, problems, environment, (service,)).get(stack)) is not None:
        raise RunError(f"{stack} stays as it is: {left.message}; {left.help}")
    if service == PLATFORM:
        return stacks.platform(), ""
    here = catalog.environments[environment].spec
    decision = frozen_by(catalog, service, moment) if holds_in(here) else None
    return stacks.service(service), f"{service} is frozen by the decision {decision.name}" if decision else ""


def _heed(frozen: str, reason: str, *, looks: bool = False) -> None:
    """Stops at a freeze, unless somebody has said in the stack's configuration why not. A preview only `looks`."""
    import pulumi

    if not reason.strip():
        if looks:
            pulumi.log.warn(f"{frozen}: `pulumi up` will stop here, and `pagerworthy up` brings up all but what runs")
            return
        raise pulumi.RunError(
            f"{frozen}: `pagerworthy up` brings up all but what runs; "
            f"in an emergency: pulumi config set {PROJECT}:{GLASS} REASON, and commit it"
        )
    pulumi.log.warn(f"{frozen}, and brought up all the same: {reason}")


def _know_seed(inputs: "StackInputs", *, known: bool) -> None:
    """Stops where passwords are made of a seed that this configuration lacks: what Pulumi would say is to set one, and
    another one changes all of them. Says so where it is another one."""
    import pulumi

    from pagerworthy.stacks.inputs import ServiceInputs
    from pagerworthy.stacks.outputs import DERIVING
    from pagerworthy.stacks.run.config import SEED
    from pagerworthy.stacks.run.inline import seed_mark
    from pagerworthy.stacks.run.state import RECORD

    stack = inputs.stack
    if not known:
        if isinstance(inputs, ServiceInputs) and any(each.type in DERIVING for each in inputs.resources.values()):
            raise pulumi.RunError(
                f"this configuration lacks the seed that passwords of {stack} are made from: "
                f"`pulumi config refresh -s {stack}` brings back the one of its last update; only where it never had "
                f"one: `openssl rand -hex 32 | pulumi config set --secret {SEED} -s {stack}`"
            )
        return
    record = (_outputs(stack) or {}).get(RECORD)
    before = str(record.get("seed") or "") if isinstance(record, dict) else ""
    if before and before != seed_mark(stack, pulumi.runtime.get_config(SEED) or ""):
        pulumi.log.warn(f"the seed of {stack} is another one than before: all passwords that are made from it change")


def _outputs(stack: str) -> Mapping[str, Value] | None:
    """The outputs of another stack of the same backend, None where it is not there.

    Asked by a call and not by a StackReference, which would be one more resource of this stack.
    """
    import pulumi

    name = f"{pulumi.get_organization()}/{PROJECT}/{stack}"
    try:
        answer = pulumi.runtime.invoke("pulumi:pulumi:readStackOutputs", {"name": name})
    except Exception as error:
        # The engine knows no other way to say so, and the SDK no other class.
        if any(mark in str(error) for mark in _NEVER_THERE):
            return None
        raise pulumi.RunError(f"the outputs of {stack} cannot be read: {error}") from error
    outputs = answer.value.get("outputs") if answer is not None and answer.value else None
    return outputs or None
