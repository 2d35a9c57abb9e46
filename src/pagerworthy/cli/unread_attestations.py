"""What attestations that cannot be read may be about: nobody knows what stands there, so it is not known."""

import re
from collections.abc import Sequence
from pathlib import Path

from pagerworthy.catalog import FOLDERS, Catalog, read_file
from pagerworthy.evidence import ATTESTED
from pagerworthy.problem import Problem, Severity

_FOLDER = f"catalog/{FOLDERS['Attestation']}"
# A folder that is nearly called so holds what somebody took for attestations.
_NEARLY = _FOLDER.removesuffix("s")
_LONGEST = 512 * 1024
_SERVICE = re.compile(r"""\bservice["']?\s*:\s*["']?([a-z0-9-]+)""")
_KEY = re.compile(r"""\battests["']?\s*:\s*["']?([a-z.]+)""")


def unread_attestations(
    root: Path, problems: Sequence[Problem], catalog: Catalog
) -> dict[str, tuple[tuple[str, str], ...]]:
    """The files of attestations that cannot be read, each with the services and keys that it may be about.

    One that names no service may be about any, and one that names no key about all of them.
    """
    read = set(catalog.places.get("Attestation", {}).values())
    broken = {
        problem.where.file
        for problem in problems
        if problem.severity is Severity.ERROR and problem.where.file.casefold().startswith(_NEARLY)
    }
    services = [*catalog.services, *catalog.unreadable]
    found = {}
    for file in sorted(broken - read):
        text = _text(root / file)
        named = set(_SERVICE.findall(text)).intersection(services) or services
        keys = set(_KEY.findall(text)).intersection(ATTESTED) or ATTESTED
        found[file] = tuple((name, key) for name in sorted(named) for key in sorted(keys))
    return found


def _text(file: Path) -> str:
    """What stands in the file; nothing of what is no file of its own, and nothing of one that is too long."""
    try:
        content = read_file(file, _LONGEST)
    except OSError:
        return ""
    return content.decode("utf-8", errors="replace") if len(content) <= _LONGEST else ""
