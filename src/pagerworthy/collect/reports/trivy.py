"""Trivy's JSON of an image: https://trivy.dev/latest/docs/configuration/reporting/#json"""

from collections.abc import Iterator

import msgspec

from pagerworthy.collect.reports.documents import document
from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.collect.reports.images import KEYS, earliest, judged, services_of
from pagerworthy.collect.reports.model import Format, Look, Said, WrongReportError, moment, one_by_one


class _Finding(msgspec.Struct, frozen=True, rename="pascal"):
    severity: str
    vulnerability_i_d: str = msgspec.field(name="VulnerabilityID")
    published_date: str = ""


class _Result(msgspec.Struct, frozen=True, rename="pascal"):
    target: str
    vulnerabilities: tuple[_Finding, ...] | None = None


class _Config(msgspec.Struct, frozen=True, rename="pascal"):
    user: str = ""


class _ImageConfig(msgspec.Struct, frozen=True):
    config: _Config


class _Metadata(msgspec.Struct, frozen=True, rename="pascal"):
    image_config: _ImageConfig


class _Trivy(msgspec.Struct, frozen=True, rename="pascal"):
    schema_version: int
    artifact_name: str
    artifact_type: str
    metadata: _Metadata
    results: tuple[_Result, ...]
    created_at: str = ""


def _read(file: ReportFile, look: Look) -> Iterator[Said]:
    report = document(file, _Trivy)
    if report.artifact_type != "container_image":
        raise WrongReportError("it is no scan of an image")
    time = look.written_at(report.created_at, file)
    published = earliest(
        (each.vulnerability_i_d, moment(each.published_date) if each.published_date else None)
        for result in report.results
        for each in result.vulnerabilities or ()
        if each.severity.upper() == "CRITICAL"
    )
    found = judged(published, look, report.metadata.image_config.config.user)
    for service in services_of(file, report.artifact_name, look):
        yield Said(service, "scan.image", "", found, time, file.path)


FORMAT = Format("trivy", KEYS, one_by_one(KEYS, _read))
