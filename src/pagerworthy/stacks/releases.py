"""Which release of each service runs: what stands as `pagerworthy:version` in the stack's own Pulumi configuration.

`pulumi config set version v1.4.2 -s checkout.production` in `stacks/` writes it, and so does a release pipeline. What
stands there and is no release is an error of `check` (PW715), and its stack is refused.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath

from pagerworthy.catalog import read_file
from pagerworthy.cloud import LARGEST_CONFIGURATION, NoReleaseError, version_in

FOLDER = "stacks"


def releases(root: Path, environment: str) -> Mapping[str, str]:
    """The release of each service of an environment that has been released, by service."""
    found = {}
    for path in sorted((root / FOLDER).glob(f"Pulumi.*.{environment}.yaml")):
        with suppress(OSError, NoReleaseError):
            if version := version_in(read_file(path, LARGEST_CONFIGURATION)):
                found[service_of(path.name, environment)] = version
    return found


def releases_with(now: Mapping[str, str], instead: Mapping[str, bytes | None], environment: str) -> Mapping[str, str]:
    """The releases as they would be if these files, by their paths from the repository's root, had other content."""
    found = dict(now)
    for path, content in instead.items():
        name = PurePosixPath(path).name
        if path == f"{FOLDER}/{name}" and (service := service_of(name, environment)):
            found.pop(service, None)
            with suppress(NoReleaseError):
                if content is not None and (version := version_in(content)):
                    found[service] = version
    return found


def service_of(file: str, environment: str) -> str:
    """The service whose stack a configuration file is of: `Pulumi.checkout.production.yaml`; empty for any other."""
    start, end = "Pulumi.", f".{environment}.yaml"
    return file[len(start) : -len(end)] if file.startswith(start) and file.endswith(end) else ""
