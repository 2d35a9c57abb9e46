"""Which repository, workflow and environments of GitHub belong to a service."""

import re
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from pagerworthy.catalog import Catalog, Service

# An owner has letters, digits and hyphens; a name also dots and underlines.
_PATH = re.compile(r"/([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100}?)(?:\.git)?(?:/(.*))?")
# The path of the API of GitHub Enterprise Server.
ENTERPRISE = "/api/v3"
_WORKFLOW = re.compile(r"(?:actions/workflows|blob/[^/]+/\.github/workflows)/([A-Za-z0-9._-]{1,100}\.ya?ml)/?")


class Place(NamedTuple):
    """A repository, in small letters, as GitHub does not tell large from small ones."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}/{self.name}"


class Asked(NamedTuple):
    """What is asked about a service.

    `code` is where its source code is, `pipeline` where it is released, by the workflow file `workflow` if its entry
    says so; None where that is not at this GitHub. `environments` are the names under which it is deployed.
    """

    service: str
    code: Place | None
    pipeline: Place | None
    workflow: str
    environments: frozenset[str]


def asked_of(catalog: Catalog, hosts: frozenset[str]) -> list[Asked]:
    """What is asked about each service of which GitHub may know something, in order of names.

    A repository that several services name is shared: its deployments belong to a service only where their environment
    names it too, as in `production/checkout`, `production-checkout` or `checkout-production`.
    """
    homes = {name: _place(service.spec.repository, hosts) for name, service in catalog.services.items()}
    living = Counter(place for place, _ in homes.values() if place)
    found: list[Asked] = []
    for name, service in catalog.services.items():
        code = homes[name][0]
        pipeline, workflow = _pipeline(service, hosts, code)
        shared = code is not None and living[code] > 1
        if code or pipeline:
            names = frozenset(_environments(catalog, name, shared=shared))
            found.append(Asked(name, code, pipeline, workflow, names))
    return found


def web_hosts(api: str) -> frozenset[str]:
    """The hosts of repositories whose API is at an address.

    That is github.com for api.github.com, and example.ghe.com for api.example.ghe.com; GitHub Enterprise Server has
    its API below /api/v3. What is at any other address stands before GitHub itself, or is a GitHub of its own.
    """
    parts = urlsplit(api)
    host = parts.netloc.lower()
    if host.startswith("api."):
        return frozenset({host.removeprefix("api.")})
    return frozenset({host}) if parts.path == ENTERPRISE else frozenset({host, "github.com"})


def _pipeline(service: Service, hosts: frozenset[str], code: Place | None) -> tuple[Place | None, str]:
    said = service.spec.release.pipeline if service.spec.release else ""
    if not said:
        return code, ""
    place, rest = _place(said, hosts)
    workflow = _WORKFLOW.fullmatch(rest)
    return place, workflow[1] if workflow else ""


def _place(url: str, hosts: frozenset[str]) -> tuple[Place | None, str]:
    """The repository that an address of the web names, and the rest of its path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None, ""
    path = _PATH.fullmatch(parts.path.rstrip("/"))
    if parts.scheme not in {"http", "https"} or parts.netloc.lower().removeprefix("www.") not in hosts or path is None:
        return None, ""
    return Place(path[1].lower(), path[2].lower()), path[3] or ""


def _environments(catalog: Catalog, service: str, *, shared: bool) -> list[str]:
    """The environments of production, as the catalog calls them, as they may be written at GitHub."""
    own = [name for name, each in catalog.environments.items() if each.spec.purpose == "production"]
    found: list[str] = []
    for base in own or ["production", "prod"]:
        for form in dict.fromkeys((base, base.capitalize())):
            if not shared:
                found.append(form)
            found += [f"{form}/{service}", f"{form}-{service}", f"{service}/{form}", f"{service}-{form}"]
    return found


def by_place(asked: list[Asked]) -> Mapping[Place, frozenset[str]]:
    """Each repository once, with all environments of all its services."""
    found: dict[Place, frozenset[str]] = {}
    for each in asked:
        for place in filter(None, (each.code, each.pipeline)):
            names = each.environments if place == each.code else frozenset()
            found[place] = found.get(place, frozenset()) | names
    return found
