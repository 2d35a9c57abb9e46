"""What the service needs, once each, and what its stack knows of each: from its own resources or another's outputs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pulumi import Input

from pagerworthy.stacks.inputs import Need, ServiceInputs, merged
from pagerworthy.stacks.program.provided import Provided
from pagerworthy.stacks.program.scope import Scope


@dataclass(frozen=True, slots=True)
class Reach:
    """Looks up what others, or the stack itself, say of the things that the service needs."""

    scope: Scope[ServiceInputs]
    own: Mapping[str, Provided]

    def needs(self) -> Sequence[Need]:
        """What the service needs beside itself, each thing once, by name."""
        inputs = self.scope.inputs
        return merged(each for each in inputs.needs if each.kind != "service" or each.owner != inputs.service)

    def value(self, need: Need, key: str) -> Input[str] | None:
        """An output of what is needed; None where it is soft and not there yet, or outside all stacks.

        Raises MissingOutputError where a hard one lacks it.
        """
        if not need.owner:
            return None
        if need.owner == self.scope.inputs.service and need.kind == "resource":
            # What one stack tells another of a resource is always a text.
            return cast("Input[str]", self.own[need.resource].outputs[key])
        whole = f"{need.resource}.{key}" if need.kind == "resource" else key
        return self.scope.of(need.owner, whole, hard=need.hard)

    def is_own(self, need: Need) -> bool:
        """Whether it is a resource of the service itself."""
        return need.kind == "resource" and need.owner == self.scope.inputs.service
