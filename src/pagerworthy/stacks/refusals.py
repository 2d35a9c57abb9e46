"""What no stack is made of: entries that ask the cloud for what it does not offer, or the law not allow."""

from collections.abc import Iterable, Mapping

from pagerworthy.catalog import Catalog
from pagerworthy.problem import Problem, Severity

_CODES = "PW7"


def refusals(catalog: Catalog, problems: Iterable[Problem]) -> Mapping[str, tuple[Problem, ...]]:
    """The errors because of which a service has no stack, by service; `problems` are those of checking the catalog."""
    services = {file: name for name, file in catalog.places.get("Service", {}).items()}
    found: dict[str, tuple[Problem, ...]] = {}
    for each in problems:
        name = services.get(each.where.file)
        if name and each.code.startswith(_CODES) and each.severity is Severity.ERROR:
            found[name] = (*found.get(name, ()), each)
    return found
