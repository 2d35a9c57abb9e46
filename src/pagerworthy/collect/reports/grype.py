"""Grype's JSON of an image: https://github.com/anchore/grype#output-formats

Since when a finding could be mended is the earliest date of a fix; older versions do not say it.
"""

import base64
import binascii
import datetime as dt
from collections.abc import Iterator

import msgspec

from pagerworthy.collect.reports.documents import document
from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.collect.reports.images import KEYS, earliest, judged, services_of
from pagerworthy.collect.reports.model import Format, Look, Said, WrongReportError, moment, one_by_one, shortly


class _Available(msgspec.Struct, frozen=True):
    date: str = ""


class _Fix(msgspec.Struct, frozen=True):
    available: tuple[_Available, ...] | None = None


class _Vulnerability(msgspec.Struct, frozen=True):
    id: str
    severity: str
    fix: _Fix = _Fix()


class _Match(msgspec.Struct, frozen=True):
    vulnerability: _Vulnerability


class _Target(msgspec.Struct, frozen=True, rename="camel"):
    user_input: str
    # The image's configuration, in base64.
    config: str


class _Source(msgspec.Struct, frozen=True):
    type: str
    target: _Target


class _Descriptor(msgspec.Struct, frozen=True):
    name: str
    timestamp: str = ""


class _Grype(msgspec.Struct, frozen=True):
    matches: tuple[_Match, ...]
    source: _Source
    descriptor: _Descriptor


class _User(msgspec.Struct, frozen=True):
    user: str = msgspec.field(name="User", default="")


class _Config(msgspec.Struct, frozen=True):
    config: _User


def _read(file: ReportFile, look: Look) -> Iterator[Said]:
    report = document(file, _Grype)
    if report.source.type != "image":
        raise WrongReportError("it is no scan of an image")
    try:
        content = base64.b64decode(report.source.target.config, validate=True)
        user = msgspec.json.decode(content, type=_Config).config.user
    except (binascii.Error, ValueError, RecursionError) as error:
        raise WrongReportError(f"the image's configuration cannot be read: {shortly(error)}") from error
    published = earliest(
        (each.vulnerability.id, _since(each.vulnerability.fix))
        for each in report.matches
        if each.vulnerability.severity.casefold() == "critical"
    )
    found = judged(published, look, user)
    time = look.written_at(report.descriptor.timestamp, file)
    for service in services_of(file, report.source.target.user_input, look):
        yield Said(service, "scan.image", "", found, time, file.path)


def _since(fix: _Fix) -> dt.datetime | None:
    return min((moment(each.date) for each in fix.available or () if each.date), default=None)


FORMAT = Format("grype", KEYS, one_by_one(KEYS, _read))
