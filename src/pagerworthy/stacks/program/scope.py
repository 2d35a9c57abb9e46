"""What every part of a program is handed: names, tags and options of the stack that it declares for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from pulumi import Resource, ResourceOptions
from pulumi_aws.provider import Provider

from pagerworthy.stacks.inputs import PlatformInputs, ServiceInputs
from pagerworthy.stacks.names import physical, platform_stack, stack_name
from pagerworthy.stacks.outputs import Peers

_Inputs = TypeVar("_Inputs", PlatformInputs, ServiceInputs)


@dataclass(frozen=True, slots=True)
class Scope(Generic[_Inputs]):
    """A stack while it is declared: what it follows from, the outputs of others, and its provider."""

    inputs: _Inputs
    peers: Peers
    provider: Provider
    tags: dict[str, str]

    def options(
        self,
        *,
        depends_on: Sequence[Resource] = (),
        protect: bool = False,
        ignore_changes: Sequence[str] = (),
        keep: bool = False,
    ) -> ResourceOptions:
        """The options of a resource of this stack. `protect` what loses data when it is deleted; `keep` in the cloud
        what this stack lets go of while others still need it."""
        return ResourceOptions(
            provider=self.provider,
            depends_on=list(depends_on) or None,
            protect=protect or None,
            ignore_changes=list(ignore_changes) or None,
            retain_on_delete=keep or None,
        )

    def tagged(self, name: str) -> dict[str, str]:
        """The tags of a resource: those of the stack, and its name."""
        return {**self.tags, "Name": name}

    def name(self, *parts: str, limit: int = 128) -> str:
        """The name of a resource in the cloud: `production-checkout-task`, no longer than the cloud allows."""
        owner = self.inputs.service if isinstance(self.inputs, ServiceInputs) else "platform"
        return physical(self.inputs.environment, owner, *parts, limit=limit)

    def platform(self, key: str) -> str:
        """An output of the environment's platform stack. Raises MissingOutputError."""
        return self.peers.text(platform_stack(self.inputs.environment), key)

    def platform_list(self, key: str) -> list[str]:
        """An output of the environment's platform stack that is a list, one element a zone."""
        return self.peers.texts(platform_stack(self.inputs.environment), key)

    def key(self, *, regulated: bool) -> str:
        """The ARN of the key that data is encrypted with: that of regulated services is their own."""
        return self.platform("regulated_key_arn" if regulated else "key_arn")

    def of(self, service: str, key: str, *, hard: bool) -> str | None:
        """An output of another service's stack; None where a soft dependency is not up yet.

        Raises MissingOutputError where a hard one lacks it.
        """
        stack = stack_name(service, self.inputs.environment)
        return self.peers.text(stack, key) if hard else self.peers.known(stack, key)
