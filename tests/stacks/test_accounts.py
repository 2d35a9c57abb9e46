"""What an account has once, and what several share: who declares it does not follow from what others add."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import replace

from pagerworthy.catalog import Catalog, Compute, Entry, Environment, EnvironmentSpec, Located, assemble
from pagerworthy.catalog.model import Metadata
from pagerworthy.graph import DependencyGraph
from pagerworthy.stacks import EnvironmentStacks
from pagerworthy.stacks.accounts import holder_of
from pagerworthy.stacks.images import ImageOwners
from pagerworthy.stacks.render import render
from tests.stacks.demo import AS_OF, demo, edited, stacks_of
from tests.stacks.platforms.made import PRODUCTION, STAGING, platform
from tests.stacks.service.made import checkout, one

ACCOUNT = "111122223333"
IMAGE = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/shop/checkout"


def environments(**given: tuple[str, str, bool | None]) -> Mapping[str, Environment]:
    """Environments by name: purpose, account, and whether it holds the account."""
    return {
        name.replace("_", "-"): Environment(
            apiVersion="pagerworthy/v1",
            metadata=Metadata(name=name.replace("_", "-")),
            spec=EnvironmentSpec(
                purpose=purpose,  # type: ignore[arg-type]
                provider="aws",
                region="eu-west-1",
                account=account,
                holds_account=holds,
            ),
        )
        for name, (purpose, account, holds) in given.items()
    }


def test_who_holds_an_account_says_so_and_whoever_is_added_moves_nothing() -> None:
    before = environments(staging=("staging", ACCOUNT, True))
    after = environments(
        staging=("staging", ACCOUNT, True),
        a_development=("development", ACCOUNT, None),
        production=("production", ACCOUNT, None),
    )
    assert {holder_of(name, before) for name in before} == {"staging"}
    assert {holder_of(name, after) for name in after} == {"staging"}


def test_without_a_word_it_is_production_not_the_first_by_name() -> None:
    shared = environments(development=("development", ACCOUNT, None), production=("production", ACCOUNT, None))
    assert {holder_of(name, shared) for name in shared} == {"production"}


def test_what_names_no_account_has_one_of_its_own() -> None:
    alone = environments(development=("development", "", None), production=("production", "", None))
    assert {holder_of(name, alone) for name in alone} == set(alone)


def with_environments(catalog: Catalog, **given: tuple[str, str, bool | None]) -> Catalog:
    """The demo's catalog with other environments."""
    entries: list[Entry] = [
        *catalog.services.values(),
        *catalog.teams.values(),
        *catalog.systems.values(),
        *environments(**given).values(),
    ]
    return assemble([Located(entry=each, file=f"{each.kind}/{each.name}") for each in entries])


def running(catalog: Catalog, service: str, environments: tuple[str, ...], **compute: Any) -> Catalog:
    def edit(spec: Any) -> Any:
        return replace(spec, environments=environments, compute=replace(spec.compute, **compute))

    return edited(catalog, service, edit)


def compute_of(catalog: Catalog, service: str) -> Compute:
    found = catalog.services[service].spec.compute
    assert found is not None
    return found


def test_an_environment_that_is_added_takes_no_repository_from_another() -> None:
    shared = with_environments(
        demo(),
        production=("production", ACCOUNT, None),
        staging=("staging", ACCOUNT, True),
        early=("production", ACCOUNT, None),
    )
    first = running(shared, "cart", ("staging",))
    later = running(shared, "cart", ("staging", "production", "early"))
    for catalog in (first, later):
        assert ImageOwners(catalog).owner(compute_of(catalog, "cart")) == ("cart", "staging")


def test_a_repository_stays_where_another_service_has_it_now() -> None:
    repository = one(render(checkout()), "aws:ecr/repository:Repository")
    assert repository.keep


def test_every_team_has_topics_whoever_owns_services_today() -> None:
    catalog = demo()
    owners = {each.spec.owner for each in catalog.services.values()}
    leaving = next(iter(sorted(owners)))
    moved = catalog
    for name, service in catalog.services.items():
        if service.spec.owner == leaving:
            moved = edited(moved, name, lambda spec: replace(spec, owner=next(iter(sorted(owners - {leaving})))))
    for environment in ("production", "staging"):
        before, after = (stacks_of(each, environment).platform().receivers for each in (catalog, moved))
        assert before == after
        assert {f"page-{team}" for team in catalog.teams} <= set(after)


@pytest.mark.parametrize(("spec", "kept"), [(PRODUCTION, True), (STAGING, False)])
def test_topics_of_a_team_that_leaves_stay_in_production(spec: EnvironmentSpec, kept: bool) -> None:
    topics = [each for each in platform(spec).resources if each.type.startswith("aws:sns/")]
    assert topics
    assert all(each.keep is kept for each in topics)


def test_a_platform_has_the_identity_provider_where_it_holds_the_account() -> None:
    catalog = with_environments(
        demo(), development=("development", ACCOUNT, None), production=("production", ACCOUNT, True)
    )
    graph = DependencyGraph.of(catalog)
    moment: dt.datetime = AS_OF
    held = {
        name: EnvironmentStacks(catalog, graph, environment, moment, {}).platform().identity_provider
        for name, environment in catalog.environments.items()
    }
    assert held == {"development": False, "production": True}
