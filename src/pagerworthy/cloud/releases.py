"""Which release a stack's own Pulumi configuration names, as `pulumi config set version v1.4.2` writes it."""

import re
from typing import Any

import msgspec

_KEY = "pagerworthy:version"
# Pulumi writes a few lines.
LARGEST_CONFIGURATION = 64 * 1024
# A tag or a digest of an image:
# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_RELEASE = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}|sha256:[0-9a-f]{64}")


class _Configuration(msgspec.Struct, frozen=True):
    config: dict[str, object] = {}


class NoReleaseError(ValueError):
    """A configuration that cannot be read, or is not to be, or whose version no image may have; says which."""


def demand_plain(content: bytes) -> None:
    """Raises NoReleaseError for a configuration that is too large, says a key twice, or has aliases or tags.

    A few aliases of aliases can stand for more than a machine has memory for; Pulumi writes none.
    """
    import yaml

    if len(content) > LARGEST_CONFIGURATION:
        raise NoReleaseError(f"this configuration of a stack has more than {LARGEST_CONFIGURATION // 1024} KiB")
    # Of each mapping that is open, its keys; None where a sequence is. With whether a key comes next.
    open_: list[set[str] | None] = []
    at_key: list[bool] = []
    try:
        for event in yaml.parse(content, Loader=_loader()):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise NoReleaseError("this configuration of a stack has aliases or anchors")
            if getattr(event, "tag", None):
                raise NoReleaseError("this configuration of a stack has tags")
            if isinstance(event, yaml.CollectionEndEvent):
                open_.pop()
                at_key.pop()
            elif isinstance(event, yaml.NodeEvent) and open_:
                keys = open_[-1]
                if keys is not None and at_key[-1] and isinstance(event, yaml.ScalarEvent):
                    if event.value in keys:
                        line = event.start_mark.line + 1 if event.start_mark else 0
                        raise NoReleaseError(
                            f"this configuration of a stack says {event.value[:60]!r} twice: line {line}"
                        )
                    keys.add(event.value)
                at_key[-1] = not at_key[-1]
            if isinstance(event, yaml.CollectionStartEvent):
                open_.append(set() if isinstance(event, yaml.MappingStartEvent) else None)
                at_key.append(True)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        if isinstance(error, NoReleaseError):
            raise
        raise NoReleaseError("this configuration of a stack cannot be read") from error


def _loader() -> Any:
    import yaml

    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def version_in(content: bytes) -> str:
    """The release that a configuration names; empty where it names none. Raises NoReleaseError."""
    demand_plain(content)
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
        demand_plain(content)
        return tuple(sorted(msgspec.yaml.decode(content, type=_Configuration).config))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ()
