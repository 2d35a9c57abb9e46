"""Small catalogs for the tests of the graph: written by hand, and drawn by hypothesis."""

from collections.abc import Mapping

import msgspec
from hypothesis import strategies as st

from pagerworthy.catalog import (
    Catalog,
    Compute,
    Criticality,
    Data,
    Dependency,
    Located,
    Metadata,
    OnCall,
    Person,
    Replicas,
    Resource,
    Service,
    ServiceSpec,
    Sli,
    Slo,
    Team,
    TeamSpec,
    assemble,
)

SAFE = Compute(type="fargate", image="a/b", cpu=256, memory=512, zones=2, replicas=Replicas(min=2, max=4))


def need(target: str, criticality: Criticality = "hard", **more: str) -> Dependency:
    """A dependency on a service, `owner/resource`, or `external:name`."""
    if criticality == "soft":
        more.setdefault("fallback", "less is shown")
    kind = "external" if target.startswith("external:") else "resource" if "/" in target else "service"
    written = {"criticality": criticality, kind: target.removeprefix("external:"), **more}
    return msgspec.convert(written, Dependency)


def provider(name: str, availability: float | None = None) -> Dependency:
    """A hard dependency on an external provider."""
    return Dependency(criticality="hard", external=name, availability=availability)


def availability(objective: float) -> Slo:
    return Slo(name="availability", objective=objective, window="30d", sli=Sli(good="g", total="t"))


def service(
    name: str,
    *needs: Dependency,
    tier: int = 2,
    owner: str = "team",
    title: str = "",
    slo: float | None = None,
    compute: Compute | None = SAFE,
    resources: Mapping[str, Resource] | None = None,
    regulations: tuple[str, ...] = (),
    oncall: OnCall | None = None,
) -> Service:
    return Service(
        apiVersion="pagerworthy/v1",
        metadata=Metadata(name=name, title=title, description="A service"),
        spec=ServiceSpec(
            owner=owner,
            system="shop",
            tier=tier,
            phase="development",
            slos=() if slo is None else (availability(slo),),
            dependencies=needs,
            compute=compute,
            resources=dict(resources or {}),
            oncall=oncall,
            data=Data(classification="internal", regulations=regulations) if regulations else None,
        ),
    )


def team(name: str, title: str = "", schedule: str = "") -> Team:
    return Team(
        apiVersion="pagerworthy/v1",
        metadata=Metadata(name=name, title=title),
        spec=TeamSpec(
            role="development",
            members=(Person(name="Ada"), Person(name="Bo")),
            oncall=OnCall(schedule=schedule) if schedule else None,
        ),
    )


def catalog(*entries: Service | Team) -> Catalog:
    return assemble(Located(entry=entry, file=f"catalog/{entry.kind}/{entry.name}.yaml") for entry in entries)


NAMES = tuple("abcdefgh")
_TARGETS = (
    *NAMES,
    *(f"{name}/{resource}" for name in NAMES[:4] for resource in ("db", "lost")),
    "nowhere",
    "external:stripe",
    "external:mail",
)


@st.composite
def catalogs(draw: st.DrawFn, *, acyclic: bool = False) -> Catalog:
    """Catalogs of up to eight services, the first four with a data store, with edges of every kind among them."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    services = []
    for position, name in enumerate(names):
        targets = draw(st.lists(st.sampled_from(_TARGETS), max_size=4))
        if acyclic:
            targets = [t for t in targets if t.partition("/")[0] not in NAMES[position:]]
        services.append(
            service(
                name,
                *(need(target, draw(st.sampled_from(("hard", "soft")))) for target in targets),
                tier=draw(st.integers(1, 4)),
                slo=draw(st.none() | st.sampled_from((90.0, 99.0, 99.9, 99.99))),
                compute=draw(st.sampled_from((None, SAFE, Compute(type="fargate")))),
                resources={"db": Resource(type="postgres")} if name in NAMES[:4] else {},
            )
        )
    return catalog(*draw(st.permutations(services)))
