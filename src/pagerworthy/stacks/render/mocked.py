"""Renders stacks: the programs run under Pulumi's mocks, without engine, cloud or credentials."""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

import pulumi
from pulumi.runtime.config import set_all_config
from pulumi.runtime.mocks import set_mocks
from pulumi.runtime.stack import run_pulumi_func

from pagerworthy.stacks.inputs import StackInputs, digest
from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.outputs import LISTS, Peers, Value
from pagerworthy.stacks.program import Cloud, declare
from pagerworthy.stacks.render.mocks import Recorder
from pagerworthy.stacks.render.rendered import Rendered
from pagerworthy.stacks.zones import zones_of

_P = ParamSpec("_P")
_T = TypeVar("_T")

# What secrets are derived from while nothing is secret.
_SEED = {"pagerworthy:seed": "render"}


def render(inputs: StackInputs, peers: Peers | None = None, cloud: Cloud | None = None) -> Rendered:
    """The desired resources of a stack.

    Without `peers`, each output of another stack is there and reads `<cart.production:security_group_id>`. Raises
    whatever the program raises, such as MissingOutputError.
    """
    seen = placeholders(inputs) if peers is None else peers
    # Pulumi keeps what a program registers in context variables: a context of its own, and nothing is left over.
    context = contextvars.Context()
    if not _is_looping():
        return context.run(_render, inputs, seen, cloud or Cloud())
    # Whoever calls has an event loop at work in this thread, and a second one cannot run in it.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(context.run, _render, inputs, seen, cloud or Cloud()).result()


def _is_looping() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def placeholders(inputs: StackInputs) -> Peers:
    """Every output that a program asks of other stacks, as it is rendered."""
    outputs: dict[str, dict[str, object]] = {}
    for ask in inputs.asks():
        name = f"<{ask.stack}:{ask.key}>"
        several = [f"<{ask.stack}:{ask.key}[{zone}]>" for zone in range(len(zones_of(inputs.spec)))]
        outputs.setdefault(ask.stack, {})[ask.key] = several if ask.key in LISTS else name
    return Peers(outputs)


def _render(inputs: StackInputs, peers: Peers, cloud: Cloud) -> Rendered:
    recorder = Recorder()
    outputs: dict[str, Value] = {}

    def program() -> None:
        declared = declare(inputs, peers, cloud)
        pulumi.Output.all(**declared).apply(outputs.update)

    loop = asyncio.new_event_loop()
    try:
        asyncio.set_event_loop(loop)
        loop.set_default_executor(_Here())
        set_mocks(recorder.mocks, project=PROJECT, stack=inputs.stack, preview=False, monitor=recorder)
        set_all_config(_SEED, ["pagerworthy:seed"])
        loop.run_until_complete(run_pulumi_func(program))
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    return Rendered(
        stack=inputs.stack,
        digest=digest(inputs),
        resources=tuple(sorted(recorder.recorded, key=lambda each: (each.type, each.name))),
        outputs=dict(sorted(outputs.items())),
    )


class _Here(ThreadPoolExecutor):
    """Does at once, in this thread, what Pulumi would hand to another one: nothing waits for an answer over a network.

    Each thread of Pulumi's would have an event loop of its own, which nobody closes.
    """

    def submit(self, fn: Callable[_P, _T], /, *args: _P.args, **kwargs: _P.kwargs) -> "Future[_T]":
        done: Future[_T] = Future()
        try:
            done.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 -- whoever waits for the result raises it again
            done.set_exception(error)
        return done
