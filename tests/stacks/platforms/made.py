"""Platforms to be rendered by tests."""

import json
from typing import Any

from pagerworthy.catalog import EnvironmentSpec
from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.render import Rendered, RenderedResource, render

PRODUCTION = EnvironmentSpec(
    purpose="production",
    provider="aws",
    region="eu-west-1",
    account="111122223333",
    zones=3,
    domain="shop.example.com",
    budget=14000,
)
STAGING = EnvironmentSpec(purpose="staging", provider="aws", region="eu-west-1", zones=2)
RECEIVERS = ("page-ordering", "page-sre", "ticket-ordering", "ticket-sre")


def platform(
    spec: EnvironmentSpec = PRODUCTION,
    *,
    environment: str = "",
    receivers: tuple[str, ...] = RECEIVERS,
    regulated: bool = False,
    repository: str = "",
    branch: str = "main",
    budget_receivers: tuple[str, ...] = (),
    identity_provider: bool = True,
    backend: str = "",
    secrets_provider: str = "",
) -> Rendered:
    """A rendered platform: production's, unless said otherwise."""
    return render(
        PlatformInputs(
            environment=environment or spec.purpose,
            spec=spec,
            receivers=receivers,
            regulated=regulated,
            repository=repository,
            branch=branch,
            budget_receivers=budget_receivers,
            identity_provider=identity_provider,
            backend=backend,
            secrets_provider=secrets_provider,
        )
    )


def one(rendered: Rendered, type_: str, name: str) -> RenderedResource:
    """The resource of a type (`sns/topic:Topic`) and name. Raises AssertionError where it is not there."""
    found = [each for each in rendered.of_type(f"aws:{type_}") if each.name == name]
    assert len(found) == 1, f"{len(found)} of {type_} {name}"
    return found[0]


def statements(document: str) -> dict[str, dict[str, Any]]:
    """The statements of a policy, by id."""
    read = json.loads(document)["Statement"]
    assert len({each["Sid"] for each in read}) == len(read)
    return {each["Sid"]: each for each in read}
