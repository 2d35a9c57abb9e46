"""What stands in the stacks' own configurations: PW715 and PW722."""

import os
from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.files import read_file
from pagerworthy.cloud import LARGEST_CONFIGURATION, NoReleaseError, keys_in, version_in
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where

_FOLDER = "stacks"
_MEND = "`pulumi config set version v1.4.2` in stacks/ writes it; remove the line where nothing was released"
_PLATFORM = "platform"
_PROJECT = "pagerworthy:"
# What programs and runs read of a configuration; anything else in our name is read by nobody.
KEYS = ("pagerworthy:version", "pagerworthy:emulator", "pagerworthy:break-glass", "pagerworthy:seed")


def readable(scope: Scope) -> Iterator[Problem]:
    """PW715: a release that is not read would go back to the first one. PW722: nor one that nobody looks for."""
    for name in _files(scope):
        if not name.endswith(".yaml"):
            mend = f"call it {name.rpartition('.')[0]}.yaml"
            message = "this configuration is not read: its name does not end in .yaml"
            yield problem("PW722", message, Where(file=f"{_FOLDER}/{name}"), mend)
            continue
        where = Where(file=f"{_FOLDER}/{name}")
        if found := _no_stack(scope, name):
            message, mend = found
            yield problem("PW722", message, where, mend)
        try:
            content = read_file(scope.root / _FOLDER / name, LARGEST_CONFIGURATION)
            version_in(content)
        except NoReleaseError as error:
            yield problem("PW715", str(error), where, _MEND)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            yield problem("PW715", f"this configuration of a stack cannot be read: {reason}", where, _MEND)
        else:
            yield from _unknown(scope, content, where)


def _files(scope: Scope) -> list[str]:
    try:
        names = sorted(entry.name for entry in os.scandir(scope.root / _FOLDER))
    except OSError:
        return []
    # Of each stack; the project's own file has one dot.
    return [name for name in names if name.startswith("Pulumi.") and name.count(".") > 1 and _ends(name)]


def _ends(name: str) -> bool:
    return name.lower().endswith((".yaml", ".yml", ".json"))


def _no_stack(scope: Scope, name: str) -> tuple[str, str] | None:
    """Why a file is of no stack, and what to write instead; None where it is of one."""
    stack = name.removeprefix("Pulumi.").removesuffix(".yaml")
    service, _, environment = stack.partition(".")
    if not scope.has("Environment", environment):
        near = scope.near(environment, scope.names("Environment"))
        message = f"there is no environment {environment}" if environment else "its name has no environment"
        return f"{message}: this is no stack's configuration", _rename(service, near or "ENVIRONMENT", guess=bool(near))
    ties = scope.catalog.ties.get(service)
    if service == _PLATFORM or scope.broken("Service", service) or (ties and environment in ties.environments):
        return None
    near = scope.near(
        service, [each for each, other in scope.catalog.ties.items() if environment in other.environments]
    )
    message = f"{service} has no stack in {environment}: this configuration is nobody's"
    return message, _rename(near or "SERVICE", environment, guess=bool(near))


def _rename(service: str, environment: str, *, guess: bool) -> str:
    name = f"Pulumi.{service}.{environment}.yaml"
    return f"did you mean {name}?" if guess else f"call it {name}, or remove it once its stack is destroyed"


def _unknown(scope: Scope, content: bytes, where: Where) -> Iterator[Problem]:
    for key in keys_in(content):
        ours = key if ":" in key else f"{_PROJECT}{key}"
        if ours.startswith(_PROJECT) and key not in KEYS:
            near = scope.near(ours, KEYS)
            mend = f"did you mean {near}?" if near else f"nothing but {', '.join(KEYS)} is read"
            yield problem("PW722", f"nothing reads {key}", where, mend)
