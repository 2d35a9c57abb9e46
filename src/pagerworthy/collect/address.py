"""Where a source is, and the token that opens it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

import msgspec

from pagerworthy.collect.errors import SourceError

_PREFIX = "PAGERWORTHY_"


class Address(msgspec.Struct, frozen=True):
    """A source's base address without a slash at its end, and its token; empty where it needs none."""

    source: str
    url: str
    token: str = ""

    def __repr__(self) -> str:
        return f"Address({self.source!r}, {self.url!r})"


def variable(source: str, what: str) -> str:
    """The environment's variable for the `URL` or the `TOKEN` of a source."""
    return f"{_PREFIX}{source.upper().replace('-', '_')}_{what}"


def address_of(source: str, url: str, variables: Mapping[str, str], default: str = "") -> Address | None:
    """The address by the environment, or else by the settings (`url`), or else the source's own; None for none.

    The settings come with a pull request and the token does not: it is sent nowhere but where the environment, or
    the source's own address, says. Raises SourceError for what is no address, and for a token that would be sent to
    an address of the settings.
    """
    token = variables.get(variable(source, "TOKEN"), "")
    given = variables.get(variable(source, "URL"), "")
    found = (given or url or default).rstrip("/")
    if not found:
        return None
    _demand_address(found, source)
    if token and not given and found != default.rstrip("/"):
        name = variable(source, "URL")
        message = (
            f"there is a token, but its address comes from pagerworthy.toml: set {name}, so that it goes nowhere else"
        )
        raise SourceError(message)
    if any(character.isspace() or not character.isprintable() for character in token):
        raise SourceError(f"{variable(source, 'TOKEN')} has blanks or line ends in it")
    return Address(source, found, token)


def _demand_address(url: str, source: str) -> None:
    try:
        parts = urlsplit(url)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fine = False
        parts = None
    if not fine or parts is None or not url.isprintable() or " " in url:
        raise SourceError(
            f"what stands as the address of {source} is not an address: write one like https://{source}.example.com"
        )
    if parts.username is not None or parts.password is not None:
        raise SourceError(f"the address of {source} has a password in it: set {variable(source, 'TOKEN')} instead")
    if parts.query or parts.fragment:
        raise SourceError(f"the address of {source} has more than a path: leave out what follows ? or #")
