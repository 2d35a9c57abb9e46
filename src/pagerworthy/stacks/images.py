"""Container images: where they are kept, and whose stack has the repository."""

import re
from collections.abc import Mapping
from functools import cached_property

import msgspec

from pagerworthy.catalog import Catalog, Compute, EnvironmentSpec

_ECR = re.compile(r"(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<name>.+)")
_PURPOSES = ("production", "staging", "development")


class Repository(msgspec.Struct, frozen=True):
    """A repository of Amazon's registry (ECR): the account and region that have it, and its name there."""

    account: str
    region: str
    name: str

    def is_of(self, spec: EnvironmentSpec) -> bool:
        """Whether it lies in the account and region of an environment."""
        return (self.account, self.region) == (spec.account, spec.region)


def repository_of(image: str) -> Repository | None:
    """The repository of an image, None for one of any other registry."""
    found = _ECR.fullmatch(image)
    return Repository(found["account"], found["region"], found["name"]) if found else None


def reference(image: str, version: str) -> str:
    """What is pulled: the image by its tag, or by its digest where the version is one."""
    return f"{image}@{version}" if version.startswith("sha256:") else f"{image}:{version}"


class ImageOwners:
    """Which one stack declares each repository, since several services and environments may run the same image.

    It is that of the first service by name, in the environment of the image's account and region; where two share an
    account, in that which is nearest to production.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    def owner(self, compute: Compute | None) -> tuple[str, str] | None:
        """The service and the environment whose stack has the image's repository; None where nobody's has."""
        found = self._owners.get(compute.image) if compute else None
        return found[0] if found else None

    def readers(self, compute: Compute | None) -> tuple[str, ...]:
        """The other accounts that run the image, sorted."""
        found = self._owners.get(compute.image) if compute else None
        return found[1] if found else ()

    @cached_property
    def _owners(self) -> Mapping[str, tuple[tuple[str, str], tuple[str, ...]]]:
        users: dict[str, list[tuple[int, str, str]]] = {}
        places = self._catalog.environments
        for name, service in sorted(self._catalog.services.items()):
            compute = service.spec.compute
            if compute is None or compute.type != "fargate":
                continue
            here = [each for each in service.spec.environments if each in places]
            rank = {each: _PURPOSES.index(places[each].spec.purpose) for each in here}
            users.setdefault(compute.image, []).extend((rank[each], each, name) for each in here)
        owners = {}
        for image, found in users.items():
            repository = repository_of(image)
            own = [each for each in found if repository and repository.is_of(places[each[1]].spec)]
            if own:
                _, environment, service_name = min(own)
                accounts = {places[each].spec.account for _, each, _ in found}
                others = tuple(sorted(accounts - {"", places[environment].spec.account}))
                owners[image] = ((service_name, environment), others)
        return owners
