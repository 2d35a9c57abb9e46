"""Gitleaks' JSON: the list of its findings (`--report-format json`). https://github.com/gitleaks/gitleaks

The list says neither when nor where it looked: its file is called after the service, and has the day in its name, or
is as old as its last commit.
"""

from collections.abc import Iterator

import msgspec

from pagerworthy.collect.reports.documents import document
from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.collect.reports.model import Format, Look, NobodysError, Said, named_service, one_by_one
from pagerworthy.evidence.keys.safety import Findings

_KEYS = ("scan.secrets",)


class _Finding(msgspec.Struct, frozen=True, rename="pascal"):
    rule_i_d: str = msgspec.field(name="RuleID")
    file: str
    fingerprint: str = ""


def _read(file: ReportFile, look: Look) -> Iterator[Said]:
    service = named_service(file, look)
    if not service:
        raise NobodysError("neither its name nor a folder of it is that of a service")
    found = document(file, tuple[_Finding, ...])
    count = len({each.fingerprint or f"{number}" for number, each in enumerate(found)})
    yield Said(service, "scan.secrets", "", Findings(count=float(count)), look.written(file), file.path)


FORMAT = Format("gitleaks", _KEYS, one_by_one(_KEYS, _read))
