"""Which release a stack's own Pulumi configuration names, as `pulumi config set version v1.4.2` writes it."""

import re

import msgspec

_KEY = "pagerworthy:version"
# A tag or a digest of an image:
# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_RELEASE = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}|sha256:[0-9a-f]{64}")


class _Configuration(msgspec.Struct, frozen=True):
    config: dict[str, object] = {}


class NoReleaseError(ValueError):
    """A configuration that cannot be read, or whose version no image may be tagged with; says which."""


def version_in(content: bytes) -> str:
    """The release that a configuration names; empty where it names none. Raises NoReleaseError."""
    try:
        version = msgspec.yaml.decode(content, type=_Configuration).config.get(_KEY)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NoReleaseError("this configuration of a stack cannot be read") from error
    if version is None:
        return ""
    # A whole number is what it looks like; 1.10 would be read as 1.1.
    named = str(version) if isinstance(version, int) and not isinstance(version, bool) else version
    if not isinstance(named, str) or not _RELEASE.fullmatch(named):
        raise NoReleaseError(f"{_KEY} is neither the tag nor the digest of an image")
    return named


def keys_in(content: bytes) -> tuple[str, ...]:
    """The keys that a configuration sets, sorted; none of one that cannot be read."""
    try:
        return tuple(sorted(msgspec.yaml.decode(content, type=_Configuration).config))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ()
