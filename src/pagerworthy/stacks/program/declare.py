"""The one program of all stacks: its inputs say which."""

from collections.abc import Mapping

from pulumi import Input

from pagerworthy.stacks.inputs import PlatformInputs, StackInputs
from pagerworthy.stacks.outputs import Peers, Value
from pagerworthy.stacks.program.cloud import Cloud
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.tags import platform_tags, service_tags


def declare(inputs: StackInputs, peers: Peers, cloud: Cloud) -> Mapping[str, Input[Value]]:
    """Declares the resources of a stack and returns its outputs; called inside a Pulumi program, or under its mocks.

    Raises MissingOutputError where another stack lacks an output that this one needs.
    """
    provider = cloud.provider(inputs.spec)
    # Each imports the parts of the AWS SDK that it declares: a service's stack needs none of the platform's.
    if isinstance(inputs, PlatformInputs):
        from pagerworthy.stacks.program.platform import declare_platform

        return declare_platform(Scope(inputs, peers, provider, platform_tags(inputs)))
    from pagerworthy.stacks.program.service import declare_service

    return declare_service(Scope(inputs, peers, provider, service_tags(inputs)))
