"""Which release of each service runs: what stands as `pagerworthy:version` in the stack's own Pulumi configuration.

`pulumi config set version v1.4.2 -s checkout.production` in `stacks/` writes it, and so does a release pipeline.
"""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import msgspec

from pagerworthy.stacks.names import PROJECT

FOLDER = "stacks"
_LARGEST = 64 * 1024
# What may be a tag of an image: https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")


class _Configuration(msgspec.Struct, frozen=True):
    config: dict[str, object] = {}


def releases(root: Path, environment: str) -> Mapping[str, str]:
    """The release of each service of an environment that has been released, by service.

    A configuration that cannot be read releases nothing; `pulumi` itself says what is wrong with it.
    """
    found = {}
    for path in sorted((root / FOLDER).glob(f"Pulumi.*.{environment}.yaml")):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
            continue
        if version := version_in(path.read_bytes()):
            found[service_of(path.name, environment)] = version
    return found


def releases_with(now: Mapping[str, str], instead: Mapping[str, bytes | None], environment: str) -> Mapping[str, str]:
    """The releases as they would be if these files, by their paths from the repository's root, had other content."""
    found = dict(now)
    for path, content in instead.items():
        name = PurePosixPath(path).name
        if path == f"{FOLDER}/{name}" and (service := service_of(name, environment)):
            found.pop(service, None)
            if content is not None and (version := version_in(content)):
                found[service] = version
    return found


def service_of(file: str, environment: str) -> str:
    """The service whose stack a configuration file is of: `Pulumi.checkout.production.yaml`; empty for any other."""
    start, end = "Pulumi.", f".{environment}.yaml"
    return file[len(start) : -len(end)] if file.startswith(start) and file.endswith(end) else ""


def version_in(content: bytes) -> str:
    """The release that a stack's configuration names; empty where it names none that an image may be tagged with."""
    try:
        configuration = msgspec.yaml.decode(content, type=_Configuration)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ""
    version = configuration.config.get(f"{PROJECT}:version")
    return version if isinstance(version, str) and _TAG.fullmatch(version) else ""
