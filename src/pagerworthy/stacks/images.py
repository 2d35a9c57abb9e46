"""Container images: where they are kept, and whose stack has the repository."""

import re
from collections.abc import Mapping
from functools import cached_property

import msgspec

from pagerworthy.catalog import Catalog, Compute, EnvironmentSpec, glance

_ECR = re.compile(r"(?P<account>[0-9]{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/(?P<name>.+)")


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


class _Compute(msgspec.Struct, frozen=True):
    type: str
    image: str = ""


class _Spec(msgspec.Struct, frozen=True):
    environments: tuple[str, ...] = ()
    compute: _Compute | None = None


class _Service(msgspec.Struct, frozen=True):
    """What is looked at of an entry."""

    spec: _Spec


class _Shared(msgspec.Struct, frozen=True):
    """An image's repository: service and environment of the stack that has it, and who else runs the image."""

    owner: tuple[str, str]
    readers: tuple[str, ...]
    services: frozenset[str]


class ImageOwners:
    """Which one stack declares each repository, since several services and environments may run the same image.

    It is that of the service that the repository is named after, or else the first by name, in the first of the
    environments that its entry names which lies in the image's account and region. An environment that is written
    behind the others moves nothing; where the repository does move, the stack that had it leaves it alone, and the new
    one finds it there and says so, until it is moved in the state of both (`pulumi state move`).
    """

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def owner(self, compute: Compute | None) -> tuple[str, str] | None:
        """The service and the environment whose stack has the image's repository; None where nobody's has."""
        found = self._repositories.get(compute.image) if compute else None
        return found.owner if found else None

    def readers(self, compute: Compute | None) -> tuple[str, ...]:
        """The other accounts that run the image, sorted."""
        found = self._repositories.get(compute.image) if compute else None
        return found.readers if found else ()

    def sharing(self, compute: Compute | None) -> frozenset[str]:
        """The services that run the image, where some stack has its repository: a change to one may concern all."""
        found = self._repositories.get(compute.image) if compute else None
        return found.services if found else frozenset()

    @cached_property
    def _repositories(self) -> Mapping[str, _Shared]:
        users: dict[str, list[tuple[str, int, str]]] = {}
        places = self.catalog.environments
        for name, entry in glance(self.catalog.services, _Service):
            compute = entry.spec.compute
            if compute is None or compute.type != "fargate":
                continue
            here = [each for each in entry.spec.environments if each in places]
            users.setdefault(compute.image, []).extend((name, number, each) for number, each in enumerate(here))
        repositories = {}
        for image, found in users.items():
            repository = repository_of(image)
            own = [each for each in found if repository and repository.is_of(places[each[2]].spec)]
            if repository is None or not own:
                continue
            named = repository.name.rpartition("/")[2]
            _, service, _, environment = min((name != named, name, number, place) for name, number, place in own)
            accounts = {places[each].spec.account for _, _, each in found}
            others = tuple(sorted(accounts - {"", places[environment].spec.account}))
            services = frozenset(name for name, _, _ in found)
            repositories[image] = _Shared((service, environment), others, services)
        return repositories
