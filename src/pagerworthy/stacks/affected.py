"""Which stacks would be others than at another commit, exactly.

Two commits' inputs are compared by their digests, and only stacks whose inputs differ are rendered.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, Literal

import msgspec

from pagerworthy.stacks.gather import EnvironmentStacks
from pagerworthy.stacks.inputs import StackInputs, digest
from pagerworthy.stacks.losses import KEEPERS, Loss, loss, rank
from pagerworthy.stacks.names import PLATFORM
from pagerworthy.stacks.render import Rendered, RenderedResource, render

Change = Literal["create", "update", "delete"]


# What is never changed, but made anew under another ARN: whatever refers to it changes with it.
_MADE_ANEW: Final = frozenset({"aws:ecs/taskDefinition:TaskDefinition"})


class Difference(msgspec.Struct, frozen=True):
    """A resource of a stack that comes, changes or goes; `properties` are those that change, by Pulumi's names.

    `replaces` is whether what keeps data is made anew: only of that it is known.
    """

    change: Change
    type: str
    name: str
    properties: tuple[str, ...] = ()
    replaces: bool = False


class Affected(msgspec.Struct, frozen=True):
    """A stack whose desired state differs, and how: a new one, one that would have to go, or one that changes.

    `losses` are the resources whose data is lost by that, replaced ones too.
    """

    stack: str
    environment: str
    service: str
    change: Change
    differences: tuple[Difference, ...]
    losses: tuple[Loss, ...] = ()


class NotCompared(msgspec.Struct, frozen=True):
    """A stack that cannot be rendered, as it was or as it is: what would differ is not known."""

    stack: str
    reason: str


def affected(
    then: EnvironmentStacks | None,
    now: EnvironmentStacks | None,
    near: set[str] | None,
    unsure: Mapping[str, str] | None = None,
) -> Iterator[Affected | NotCompared]:
    """The stacks of an environment that differ, the platform's first, then by service.

    `near` are the services whose inputs may differ (see `pagerworthy.stacks.near`), None where any may. An environment
    that was not there then, or is no more, is None. `unsure` are the services, or `platform`, of whose stacks nobody
    knows what they should be, with the reason.
    """
    environment = now or then
    if environment is None:
        return
    for name in ("", *_candidates(then, now, near)):
        before, after = _inputs(then, name), _inputs(now, name)
        if before is not None and after is not None and digest(before) == digest(after):
            continue
        stack = (after or before).stack  # type: ignore[union-attr]
        if reason := (unsure or {}).get(name or PLATFORM):
            yield NotCompared(stack, reason)
            continue
        try:
            old, new = render(before) if before else None, render(after) if after else None
            differences = tuple(_differences(old, new))
        except Exception as error:  # noqa: BLE001 -- one stack that cannot be rendered hides no other
            yield NotCompared(stack, str(error))
            continue
        if differences:
            change: Change = "create" if before is None else "delete" if after is None else "update"
            lost = tuple(_losses(differences, old))
            yield Affected(stack, environment.environment, name, change, differences, lost)


def _candidates(then: EnvironmentStacks | None, now: EnvironmentStacks | None, near: set[str] | None) -> list[str]:
    there = {name for each in (then, now) if each for name in each.services}
    return sorted(there if near is None or then is None or now is None else near & there)


def _inputs(stacks: EnvironmentStacks | None, service: str) -> StackInputs | None:
    if stacks is None:
        return None
    if not service:
        return stacks.platform()
    return stacks.service(service) if service in stacks else None


def _differences(before: Rendered | None, after: Rendered | None) -> Iterator[Difference]:
    olds, news = _by_name(before), _by_name(after)
    both = olds.keys() & news.keys()
    made_anew = [key[1] for key in both if key[0] in _MADE_ANEW and any(_changed(olds[key], news[key]))]
    for key in sorted(olds.keys() | news.keys()):
        old, new = olds.get(key), news.get(key)
        if old is None:
            yield Difference("create", *key)
        elif new is None:
            yield Difference("delete", *key)
        elif changed := tuple(sorted({*_changed(old, new), *_follows(new, made_anew)})):
            keeper = KEEPERS.get(key[0])
            anew = keeper is not None and not keeper.anew.isdisjoint(changed)
            yield Difference("update", *key, properties=changed, replaces=anew)


def _losses(differences: Iterable[Difference], before: Rendered | None) -> Iterator[Loss]:
    olds = _by_name(before)
    for each in sorted(differences, key=lambda each: (rank(each.type), each.name)):
        old = olds.get((each.type, each.name))
        if old is None or old.keep:
            continue
        if found := loss("replace" if each.replaces else each.change, each.type, each.name, old.inputs):
            yield found


def _by_name(rendered: Rendered | None) -> dict[tuple[str, str], RenderedResource]:
    return {(each.type, each.name): each for each in rendered.resources} if rendered else {}


def _follows(resource: RenderedResource, anew: Iterable[str]) -> Iterator[str]:
    """The properties that name the ARN of a resource that is made anew."""
    marks = [f"<{name}.arn>" for name in anew]
    for name, value in resource.inputs.items():
        if name not in resource.ignore_changes and any(mark in str(value) for mark in marks):
            yield name


def _changed(old: RenderedResource, new: RenderedResource) -> Iterator[str]:
    """The properties that differ and are not left to others once the resource is there."""
    nothing: Any = object()
    names = sorted({*old.inputs, *new.inputs} - set(new.ignore_changes))
    yield from (name for name in names if old.inputs.get(name, nothing) != new.inputs.get(name, nothing))
    if old.protect != new.protect:
        yield "protect"
