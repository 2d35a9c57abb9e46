"""What must not be shown: secrets among an engine's variables, and those in the addresses of backends and proxies."""

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

_HIDDEN = "[secret]"
# Variables that are secret, by name. An AWS_ACCESS_KEY_ID says whose key it is; what ends in _FILE, or is the
# GOOGLE_APPLICATION_CREDENTIALS, says where one lies.
_NAMES = re.compile(
    r"PULUMI_CONFIG_PASSPHRASE|\w*(SECRET|TOKEN|PASSWORD)\w*|\w+(KEY|CREDENTIALS|KEYFILE_JSON|CONNECTION_STRING)"
)
_PLACES = re.compile(r"\w+_FILE|GOOGLE_APPLICATION_CREDENTIALS")
_USER = re.compile(r"(?<=://)[^\s/?#'\"]+(?=@)")
_QUERY = re.compile(r"(?<=[?&])([\w.-]*(?:password|secret|token|sig|key)=)[^\s&#'\"]+", re.IGNORECASE)
_PARTS = re.compile(r"\\n|[\s\"]+")
# What is shorter is part of ordinary words; a part of a longer secret has to be longer to tell of it.
_SHORTEST = 4
_PART = 12


def scrubbed(text: str, secrets: tuple[str, ...] = ()) -> str:
    """The text without these secrets, and without whatever an address in it says beside where it leads."""
    for each in secrets:
        text = text.replace(each, _HIDDEN)
    return _QUERY.sub(rf"\1{_HIDDEN}", _USER.sub(_HIDDEN, text))


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The secrets among variables, the longest first, so that none is left of which another is a part."""
    found: set[str] = set()
    for name, value in environment.items():
        if _NAMES.fullmatch(name) and not _PLACES.fullmatch(name):
            # Of what is JSON or has several lines, a message may quote a part.
            found.update((value, *(each for each in _PARTS.split(value) if len(each) >= _PART)))
        elif "://" in value:
            found.update(_password(value))
    return tuple(sorted((each for each in found if len(each) >= _SHORTEST), key=len, reverse=True))


def _password(url: str) -> tuple[str, ...]:
    """The password of an address, as it is written and as it is meant."""
    try:
        written = urlsplit(url).password or ""
    except ValueError:
        return ()
    return written, unquote(written)
