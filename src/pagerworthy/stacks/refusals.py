"""What no stack is made of: entries that ask the cloud for what it does not offer, or the law not allow."""

from collections.abc import Iterable, Mapping
from typing import Literal

from pagerworthy.catalog import Catalog
from pagerworthy.problem import Problem, Severity

_CODES = "PW7"


def refusals(catalog: Catalog, problems: Iterable[Problem]) -> Mapping[str, tuple[Problem, ...]]:
    """The errors because of which a service has no stack, by service; `problems` are those of checking the catalog."""
    return _refusals(catalog, problems, "Service")


def refused_environments(catalog: Catalog, problems: Iterable[Problem]) -> Mapping[str, tuple[Problem, ...]]:
    """The errors because of which an environment has no stack at all, by environment."""
    return _refusals(catalog, problems, "Environment")


def _refusals(
    catalog: Catalog, problems: Iterable[Problem], kind: Literal["Service", "Environment"]
) -> Mapping[str, tuple[Problem, ...]]:
    names = {file: name for name, file in catalog.places.get(kind, {}).items()}
    found: dict[str, tuple[Problem, ...]] = {}
    for each in problems:
        name = names.get(each.where.file)
        if name and each.code.startswith(_CODES) and each.severity is Severity.ERROR:
            found[name] = (*found.get(name, ()), each)
    return found
