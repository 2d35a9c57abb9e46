"""Where each page is, from the site's root, and which addresses of entries may become links."""

from urllib.parse import quote, urlsplit

from pagerworthy.graph import Node, NodeKind


def service(name: str) -> str:
    """The page of a service."""
    return f"services/{name}.html"


def scorecard(name: str) -> str:
    """The page of a service's whole scorecard."""
    return f"scorecards/{name}.html"


def team(name: str) -> str:
    """The page of a team."""
    return f"teams/{name}.html"


def system(name: str) -> str:
    """The page of a system."""
    return f"systems/{name}.html"


def environment(name: str) -> str:
    """The page of an environment, with its stacks."""
    return f"stacks/{name}.html"


def criterion(name: str) -> str:
    """The page of a criterion."""
    return f"criteria/{name}.html"


def document(path: str) -> str:
    """The page of a runbook or post-mortem, from its path in the repository."""
    return path.removeprefix("catalog/").removesuffix(".md") + ".html"


def node(found: Node) -> str:
    """Where a node of the graph is described: its own page, or the section of its owner's; empty where nowhere."""
    if found.unread:
        return service(found.service)
    if not found.known:
        return ""
    if found.kind is NodeKind.SERVICE:
        return service(found.name)
    if found.kind is NodeKind.RESOURCE and found.service:
        return f"{service(found.service)}#infrastructure"
    return ""


def up(path: str) -> str:
    """The way from a page back to the site's root: empty, or `../` as often as it lies deep."""
    return "../" * path.count("/")


def safe(url: str) -> str:
    """The address where it is a web address that a page may link to, or an empty text."""
    if not url:
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and parts.netloc else ""


def view(**wanted: str) -> str:
    """The list of services, filtered."""
    return "services.html?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in wanted.items())
