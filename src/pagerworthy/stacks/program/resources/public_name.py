"""The public names of resources."""

from pagerworthy.catalog import Resource
from pagerworthy.cloud import lies_in
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.scope import Scope


def public_name(scope: Scope[ServiceInputs], name: str, resource: Resource) -> str:
    """The resource's public name, which lies in the environment's zone.

    Raises ValueError for one that does not: `check` has told of it, and nothing is written into a zone for it.
    """
    domain = scope.inputs.spec.domain
    if not lies_in(resource.domain, domain):
        holds = f"holds names in {domain}" if domain else "has no domain"
        whose = f"{scope.inputs.service}/{name}"
        message = f"{whose} is to be called {resource.domain}, and {scope.inputs.environment} {holds}"
        raise ValueError(message)
    return resource.domain
