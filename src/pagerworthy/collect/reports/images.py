"""What scans of images share: whose an image is, who it runs as, and which findings are overdue."""

import datetime as dt
from collections.abc import Iterable, Mapping

from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.collect.reports.model import Look, NobodysError, named_service
from pagerworthy.evidence import Value
from pagerworthy.evidence.keys.safety import Image

KEYS = ("scan.image",)
_ROOT = frozenset({"", "0", "root"})


def services_of(file: ReportFile, image: str, look: Look) -> list[str]:
    """The service that the file is called after, or else all whose entry names the image."""
    if named := named_service(file, look):
        return [named]
    services = look.context.catalog.services.items()
    if found := [name for name, each in services if image and each.spec.compute and each.spec.compute.image == image]:
        return found
    raise NobodysError("no service is in its name, and no entry has its image")


def is_root(user: str) -> bool:
    """Whether `User` of an image's configuration, `user[:group]`, is root; without one it is."""
    name = user.partition(":")[0].strip()
    return name in _ROOT or (name.isdecimal() and not any(map(int, name)))


def earliest(findings: Iterable[tuple[str, dt.datetime | None]]) -> dict[str, dt.datetime | None]:
    """By finding, since when it could be mended in the package that waits longest; None where one of them has no date.

    The same finding is there once for each package that it is in.
    """
    found: dict[str, dt.datetime | None] = {}
    for name, since in findings:
        before = found.setdefault(name, since)
        found[name] = None if since is None or before is None else min(since, before)
    return found


def judged(published: Mapping[str, dt.datetime | None], look: Look, user: str) -> Value | str:
    """By critical finding, since when it could be mended; None where the scan does not say."""
    unknown = sorted(name for name, since in published.items() if since is None)
    if unknown:
        return f"since when {unknown[0][:60]} is known is not said, so nobody can tell whether it is overdue"
    allowed = dt.timedelta(days=look.critical_days)
    overdue = sum(since is not None and look.as_of - since > allowed for since in published.values())
    return Image(critical_overdue=float(overdue), root=is_root(user))
