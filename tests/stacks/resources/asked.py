"""What tests ask for: resources of one service, in an environment, and the stack that they render to."""

from typing import Any

from pagerworthy.catalog import Backup, EnvironmentSpec, Resource
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.render import Rendered, RenderedResource, render

KEY = "<platform.live:key_arn>"
REGULATED_KEY = "<platform.live:regulated_key_arn>"
SUBNETS = [f"<platform.live:data_subnet_ids[{zone}]>" for zone in range(3)]


def store(purpose: str = "production", *, zones: int = 3, tier: int = 1, **changes: Any) -> ServiceInputs:
    """A service that owns resources and runs elsewhere."""
    given: dict[str, Any] = {
        "environment": "live",
        "spec": EnvironmentSpec(
            purpose=purpose,  # type: ignore[arg-type]
            provider="aws",
            region="eu-west-1",
            account="111122223333",
            zones=zones,
        ),
        "service": "store",
        "title": "Store",
        "owner": "ordering",
        "system": "shop",
        "tier": tier,
        "version": "1",
        "page": ("page-sre",),
        "ticket": ("ticket-sre",),
    }
    return ServiceInputs(**{**given, **changes})


def stack(name: str, type_: str, inputs: ServiceInputs | None = None, **spec: Any) -> Rendered:
    """The stack of a service with this resource."""
    import msgspec

    if isinstance(spec.get("backup"), str):
        spec["backup"] = Backup(retention=spec["backup"])
    resource = Resource(type=type_, **spec)
    return render(msgspec.structs.replace(inputs or store(), resources={name: resource}))


def only(rendered: Rendered, kind: str, name: str = "") -> RenderedResource:
    """The one resource of a kind (`Instance`), or of a kind and a name."""
    found = [each for each in rendered.resources if each.type.endswith(f":{kind}") and name in {"", each.name}]
    assert len(found) == 1, (kind, name, [each.name for each in found])
    return found[0]


def kinds(rendered: Rendered) -> set[str]:
    """Which kinds of resources there are."""
    return {each.type.rpartition(":")[2] for each in rendered.resources}


def alarms(rendered: Rendered) -> dict[str, RenderedResource]:
    """The alarms of the stack, by name."""
    return {each.name: each for each in rendered.resources if each.type.endswith(":MetricAlarm")}
