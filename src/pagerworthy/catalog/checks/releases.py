"""Whether what stands in a stack's configuration as its release is one: PW715."""

import os
from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.files import read_file
from pagerworthy.cloud import NoReleaseError, version_in
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where

_FOLDER = "stacks"
_LARGEST = 64 * 1024
_MEND = "`pulumi config set version v1.4.2` in stacks/ writes it; remove the line where nothing was released"


def readable(scope: Scope) -> Iterator[Problem]:
    """PW715: a release that is not read would go back to the first one."""
    try:
        names = sorted(entry.name for entry in os.scandir(scope.root / _FOLDER))
    except OSError:
        return
    for name in names:
        if not name.startswith("Pulumi.") or not name.endswith(".yaml") or name.count(".") < 3:
            continue
        try:
            content = read_file(scope.root / _FOLDER / name, _LARGEST)
            if len(content) > _LARGEST:
                raise NoReleaseError(f"this configuration of a stack has more than {_LARGEST // 1024} KiB")
            version_in(content)
        except NoReleaseError as error:
            message = str(error)
        except OSError as error:
            message = f"this configuration of a stack cannot be read: {error.strerror or type(error).__name__}"
        else:
            continue
        yield problem("PW715", message, Where(file=f"{_FOLDER}/{name}"), _MEND)
