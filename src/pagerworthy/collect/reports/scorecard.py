"""OpenSSF Scorecard's JSON: https://github.com/ossf/scorecard#formatting-results"""

from collections.abc import Iterator

import msgspec

from pagerworthy.collect.reports.documents import document
from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.collect.reports.model import Format, Look, NobodysError, Said, named_service, one_by_one
from pagerworthy.collect.sound import sound
from pagerworthy.evidence.keys.safety import OpenSsf

_KEYS = ("scan.openssf",)


class _Repo(msgspec.Struct, frozen=True):
    name: str


class _Scorecard(msgspec.Struct, frozen=True):
    repo: _Repo
    score: float
    date: str = ""


def _read(file: ReportFile, look: Look) -> Iterator[Said]:
    report = document(file, _Scorecard)
    time = look.written_at(report.date, file)
    found = "its score is inconclusive" if report.score < 0 else sound(OpenSsf(score=report.score))
    for service in _services(file, report.repo.name, look):
        yield Said(service, "scan.openssf", "", found, time, file.path)


def _services(file: ReportFile, repository: str, look: Look) -> list[str]:
    """The one that the file is called after, or else all whose repository it is about."""
    if named := named_service(file, look):
        return [named]
    services = look.context.catalog.services.items()
    wanted = _plain(repository)
    if found := [name for name, service in services if _plain(service.spec.repository) == wanted]:
        return found
    raise NobodysError("no service is in its name, and none has its repository")


def _plain(repository: str) -> str:
    return repository.casefold().removeprefix("https://").removesuffix("/").removesuffix(".git")


FORMAT = Format("scorecard", _KEYS, one_by_one(_KEYS, _read))
