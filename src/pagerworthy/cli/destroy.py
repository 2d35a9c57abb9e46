"""`pagerworthy destroy`: deletes stacks, the last first."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pagerworthy.cli.exits import Exit
from pagerworthy.cli.options import as_of_option, evidence_option
from pagerworthy.cli.stack_look import refuse_unknown, stacks_there
from pagerworthy.cli.stack_run import (
    Limits,
    Session,
    frozen_here,
    gather,
    get_ready,
    open_for_run,
    orphans,
    refuse_another_moment,
    refuse_unread,
    run_options,
    services_of,
    untouched,
)
from pagerworthy.report.words import count

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pagerworthy.cli.stack_options import Opened
    from pagerworthy.stacks import EnvironmentStacks, StackInputs
    from pagerworthy.stacks.inputs import Ask
    from pagerworthy.stacks.run.backend import BackendError
    from pagerworthy.stacks.run.preflight import Ready
    from pagerworthy.stacks.run.state import StackState

_MOST = 100


@click.command()
@click.argument("environment")
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--orphans", "gone", is_flag=True, help="Only the stacks that no entry is left of.")
@click.option("--yes", is_flag=True, help="Do it; without this, only what would be deleted is said.")
@click.option(
    "--max-deletions",
    type=click.IntRange(0),
    default=_MOST,
    show_default=True,
    metavar="N",
    help="Do nothing where more resources than this would be deleted.",
)
@run_options
@as_of_option
@evidence_option
@click.pass_context
def command(
    ctx: click.Context,
    environment: str,
    services: tuple[str, ...],
    *,
    gone: bool,
    yes: bool,
    max_deletions: int,
    limits: Limits,
    as_of: dt.datetime | None,
    evidence: tuple[Path, ...],
) -> int:
    """Delete the stacks of ENVIRONMENT, or those of some of its services and `platform`.

    Those that need others go first. Stacks that no entry is left of go with the others, or alone with --orphans. One
    that another one needs and that is not to go with it stays, and so does one in which anything is protected: what
    holds data in production is. Nothing is deleted without --yes; what would be is said, and whose data with it.
    """
    refuse_another_moment(as_of, limits.emulator)
    if gone and services:
        raise click.UsageError("--orphans finds its stacks itself: name none beside it")
    found = open_for_run(ctx, as_of, evidence, "nothing is deleted")
    if found is None:
        return Exit.USAGE
    opened, assessed = found
    project = opened.project
    refuse_unread(opened)
    # An environment whose own entry is gone has no stack that any entry is left of.
    stacks = opened.environment(environment) if environment in opened.catalog.environments else None
    if not gone:
        refuse_unknown(project, limits.emulator, environment, services)
    ready = get_ready(project, limits.emulator)
    if gone:
        there = _orphans(ready, opened, stacks, environment)
    else:
        there = stacks_there(ready.backend, ready.place, environment, services)
    states, damaged = _states(ready, there)
    if not states and not damaged:
        click.echo(f"nothing to do: every stack of {environment} has an entry")
        return Exit.FINE
    known = {each.stack: each for each in gather(stacks, ("platform", *stacks.services))} if stacks else {}
    if (refusal := _needed(ready, there, known)) is not None:
        click.echo(refusal, err=True)
        return Exit.PROBLEMS
    total = sum(state.resources for state in states.values())
    asks = {name: _asks(name, states.get(name), known) for name in (*states, *damaged)}
    _announce(states, asks, damaged)
    if not yes:
        stacks_named = count(len(states), "stack")
        click.echo(f"nothing was deleted: {count(total, 'resource')} of {stacks_named} would be, with --yes")
        return Exit.PROBLEMS
    if total > max_deletions:
        click.echo(f"error: {total} resources would be deleted, and {max_deletions} may be", err=True)
        click.echo(f"  help: to delete them all, add --max-deletions {total}", err=True)
        return Exit.PROBLEMS

    from pagerworthy.stacks.run.freeze import Freezes
    from pagerworthy.stacks.run.run import tear_down

    # A stack that lets go of another is brought up without it, and a freeze holds for that, too.
    session = Session("destroy", environment, limits, ready, services)
    left = untouched(opened, stacks, services_of(stacks, ())) if stacks else {}
    holders = {name: visit for name, visit in left.items() if name not in asks}
    frozen = Freezes(frozen_here(opened, assessed, environment, opened.catalog.services))
    visitor = session.visitor(project, freezes=frozen, refused=holders)
    return session.run(lambda: tear_down(visitor, asks, known, session.workers(project), session.progress))


def _states(ready: "Ready", there: "Sequence[str]") -> "tuple[dict[str, StackState], dict[str, BackendError]]":
    """The states of stacks, and the reason for each of which it cannot be read: that one stays, and fails."""
    from pagerworthy.stacks.run.backend import BackendError

    states: dict[str, StackState] = {}
    damaged: dict[str, BackendError] = {}
    for name in there:
        try:
            state = ready.backend.read(name)
        except BackendError as error:
            damaged[name] = error
        else:
            if state is not None:
                states[name] = state
    return states, damaged


def _asks(stack: str, state: "StackState | None", known: "Mapping[str, StackInputs]") -> "Sequence[Ask]":
    """What a stack asks of others: as its entry says, or as it did when it was last brought up."""
    from pagerworthy.stacks.inputs import Ask

    if stack in known:
        return known[stack].asks()
    return tuple(Ask(name, "", required=False) for name in state.record.asks) if state else ()


def _needed(ready: "Ready", going: "Sequence[str]", known: "Mapping[str, StackInputs]") -> str | None:
    """Why the stacks cannot go: one that stays needs one of them. None where nothing is in the way."""
    from pagerworthy.stacks.run.backend import is_there

    for name, inputs in known.items():
        if name in going or not is_there(ready.backend, name):
            continue
        for ask in inputs.asks():
            if ask.required and ask.stack in going:
                stays = name.rpartition(".")[0]
                return (
                    f"error: {name} stays and needs {ask.stack}\n"
                    f"  help: destroy {stays} with it, or make the dependency soft"
                )
    return None


def _orphans(ready: "Ready", opened: "Opened", stacks: "EnvironmentStacks | None", environment: str) -> list[str]:
    """The stacks that no entry is left of; all where the environment's own entry is gone, if it ever was there."""
    if stacks is not None:
        return orphans(ready, opened, stacks)
    return stacks_there(ready.backend, ready.place, environment, ())


def _announce(
    states: "Mapping[str, StackState]", asks: "Mapping[str, Sequence[Ask]]", damaged: "Mapping[str, BackendError]"
) -> None:
    """What would go, in the order of the work, and whose data with it."""
    from pagerworthy.stacks.run.schedule import reverse, steps_of

    for step in reverse(steps_of(asks)):
        if step.stack in damaged:
            click.echo(f"{step.stack}: it stays: {damaged[step.stack]}")
            continue
        state = states[step.stack]
        kept = f", {len(state.protected)} of them protected: it stays" if state.protected else ""
        click.echo(f"{step.stack}: {count(state.resources, 'resource')}{kept}")
        for loss in state.losses if not kept else ():
            click.echo(f"  DATA IS LOST: {loss.text}")
