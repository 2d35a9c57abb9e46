"""Reports: each format with what it says, what is wrong with it, and files that were made to do harm."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest

from pagerworthy.catalog import load
from pagerworthy.catalog.compose import compose
from pagerworthy.collect import Deadline, Gathered, Surroundings, gather
from pagerworthy.collect.reports import FORMATS, open_collector, schema
from pagerworthy.collect.reports.schema import ROWS
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings, ReportsSettings, data_folder
from tests.collect.world import said
from tests.evidence.world import AS_OF, URL, commit, git, service, start

_MORE = """\
  capacity: {peak: 50}
  compute:
    {type: fargate, image: registry.example/checkout, cpu: 512, memory: 1024, port: 80, replicas: {min: 2, max: 4}}
  resources: {orders: {type: postgres, size: small}}
  dependencies:
    - {service: pay, criticality: hard}
    - {service: ads, criticality: soft, fallback: None is shown}
"""
_K6 = {
    "metrics": {
        "http_reqs": {"type": "counter", "values": {"count": 6000, "rate": 100.0}},
        "http_req_failed": {"values": {"rate": 0.001, "passes": 6, "fails": 5994}},
        "http_req_duration": {
            "values": {"avg": 100, "p(95)": 180.5},
            "thresholds": {"p(95)<200": {"ok": True}, "p(99)<500": {"ok": True}},
        },
    },
    "state": {"testRunDurationMs": 60_000},
}
_EXPORT = {
    "metrics": {
        "http_reqs": {"count": 6000, "rate": 100.0},
        "http_req_failed": {"passes": 6, "fails": 5994, "value": 0.001},
        "http_req_duration": {"avg": 100, "p(95)": 180.5, "thresholds": {"p(95)<200": True}},
    }
}
_LOCUST = (
    "Type,Name,Request Count,Failure Count,Median Response Time,Requests/s,Failures/s,50%,95%,99%\n"
    "GET,/,6000,3,12,100.0,0.05,12,90,150\n"
    ",Aggregated,6000,3,12,100.0,0.05,12,90,150\n"
)
_LOAD = "- {service: checkout, time: 2026-11-10T08:00:00Z, report: load/out.json, excess_shed: true}\n"
_TRIVY = {
    "SchemaVersion": 2,
    "CreatedAt": "2026-11-19T08:00:00.123456789Z",
    "ArtifactName": "registry.example/checkout",
    "ArtifactType": "container_image",
    "Metadata": {"ImageConfig": {"architecture": "amd64", "config": {"User": "1000:1000"}}},
    "Results": [
        {
            "Target": "debian",
            "Vulnerabilities": [
                {"VulnerabilityID": "CVE-1", "Severity": "CRITICAL", "PublishedDate": "2026-10-01T00:00:00Z"},
                {"VulnerabilityID": "CVE-1", "Severity": "CRITICAL", "PublishedDate": "2026-10-01T00:00:00Z"},
                {"VulnerabilityID": "CVE-2", "Severity": "CRITICAL", "PublishedDate": "2026-11-18T00:00:00Z"},
                {"VulnerabilityID": "CVE-3", "Severity": "HIGH"},
            ],
        },
        {"Target": "app"},
    ],
}


def _grype(user: str = "", **fix: object) -> dict[str, Any]:
    config = base64.b64encode(json.dumps({"config": {"User": user}}).encode()).decode()
    return {
        "matches": [{"vulnerability": {"id": "CVE-1", "severity": "Critical", "fix": {"versions": ["2"], **fix}}}],
        "source": {"type": "image", "target": {"userInput": "registry.example/checkout", "config": config}},
        "descriptor": {"name": "grype", "version": "0.99.1", "timestamp": "2026-11-19T08:00:00Z"},
    }


class Case(NamedTuple):
    """A report in a file, and what it says of checkout: a value, or a part of the reason."""

    name: str
    file: str
    content: object
    key: str
    found: Mapping[str, object] | str
    item: str = ""
    extra: Mapping[str, object] = {}


_TESTED = {"age_days": 10.0, "peak_ratio": 2.0, "releases_since": 1.0, "objectives_met": True, "excess_shed": True}
RIGHT = (
    Case("load_tests", "load.yaml", _LOAD, "load.test", _TESTED, extra={"load/out.json": _K6}),
    Case(
        "load_tests",
        "a.yaml",
        _LOAD,
        "load.test",
        {**_TESTED, "objectives_met": False},
        extra={"load/out.json": _EXPORT},
    ),
    Case(
        "load_tests",
        "load.csv",
        "service,time,report,excess_shed,peak,p95_ms,failed_share\n"
        "checkout,2026-11-10 08:00,load/out.csv,false,200,95,0.01\n",
        "load.test",
        {**_TESTED, "peak_ratio": 0.5, "excess_shed": False},
        extra={"load/out.csv": _LOCUST},
    ),
    Case(
        "drills",
        "d.yaml",
        "- {service: checkout, kind: restore, what: orders, "
        "time: 2026-11-01, minutes: 12, passed: true, complete: true}\n"
        "- {service: checkout, kind: restore, what: orders, "
        "time: 2026-10-01, passed: true, minutes: 99, complete: false}\n",
        "restore.drill",
        {"age_days": 19.0, "minutes": 12.0, "complete": True},
        "orders",
    ),
    Case(
        "drills",
        "d.json",
        [{"service": "checkout", "kind": "dependency", "what": "pay", "time": "2026-11-19", "passed": False}],
        "drill.hard",
        {"age_days": 1.0, "passed": False},
        "pay",
    ),
    Case(
        "drills",
        "d.json",
        {"service": "checkout", "kind": "dependency", "what": "ads", "time": "2026-11-19", "passed": True},
        "drill.soft",
        {"age_days": 1.0, "passed": True},
        "ads",
    ),
    Case(
        "drills",
        "d.csv",
        "service,kind,time,passed\ncheckout,zone,2026-11-19,true\n",
        "drill.zone",
        {"age_days": 1.0, "passed": True},
    ),
    Case(
        "drills",
        "d.yaml",
        "{service: checkout, kind: incident, time: 2026-11-19, passed: true}",
        "drill.incident",
        {"age_days": 1.0, "passed": True},
    ),
    Case(
        "scorecard",
        "any.json",
        {"date": "2026-11-18T02:00:00Z", "repo": {"name": "github.com/Example/checkout"}, "score": 7.5, "checks": []},
        "scan.openssf",
        {"score": 7.5},
    ),
    Case(
        "scorecard",
        "checkout.json",
        {"date": "2026-11-18", "repo": {"name": "x"}, "score": -1},
        "scan.openssf",
        "inconclusive",
    ),
    Case("trivy", "image.json", _TRIVY, "scan.image", {"critical_overdue": 1.0, "root": False}),
    Case(
        "trivy",
        "checkout.json",
        {**_TRIVY, "Results": [], "Metadata": {"ImageConfig": {"config": {}}}, "ArtifactName": "other"},
        "scan.image",
        {"critical_overdue": 0.0, "root": True},
    ),
    Case("grype", "g.json", _grype("0:0"), "scan.image", "nobody can tell whether it is overdue"),
    Case(
        "grype",
        "g.json",
        _grype("app", available=[{"version": "2", "date": "2026-01-01"}]),
        "scan.image",
        {"critical_overdue": 1.0, "root": False},
    ),
    Case("gitleaks", "checkout.2026-11-19.json", [], "scan.secrets", {"count": 0.0}),
    Case(
        "gitleaks",
        "checkout/2026-11-19.json",
        [{"RuleID": "aws", "File": "x", "Fingerprint": "1"}, {"RuleID": "aws", "File": "x", "Fingerprint": "1"}],
        "scan.secrets",
        {"count": 1.0},
    ),
    Case(
        "toil",
        "t.csv",
        "service,date,hours,person\ncheckout,2026-11-19,6,Ada\ncheckout,2026-11-02,4,\ncheckout,2026-09-01,99,\npay,2026-11-02,4,\n",
        "toil.hours",
        {"per_week": 2.5},
    ),
    Case("toil", "t.yaml", "- {service: checkout, date: 2026-11-19, hours: 0}", "toil.hours", {"per_week": 0.0}),
    Case("toil", "t.yaml", "- {service: checkout, date: 2026-01-19, hours: 3}", "toil.hours", "write 0 hours"),
    Case(
        "incidents",
        "i.yaml",
        "- {service: checkout, date: 2026-11-01, severity: 2, id: orders-lost}\n"
        "- {service: checkout, date: 2026-11-02, severity: 3, id: small}\n"
        "- {service: checkout, date: 2025-11-02, severity: 1, id: old}\n",
        "incidents.severe",
        {"ids": ["orders-lost"]},
    ),
    Case("incidents", "i.csv", "service,date\ncheckout,2026-11-01\n", "incidents.severe", {"ids": []}),
    Case(
        "changes",
        "c.csv",
        "service,time,author,approver\ncheckout,2026-11-01,Ada,Bo\ncheckout,2026-11-02,Ada,ada\ncheckout,2026-11-03,Ada,\n",
        "changes.approvals",
        {"changes": 3.0, "self_approved": 2.0},
    ),
    Case(
        "logs",
        "l.yaml",
        "{service: checkout, time: 2026-11-19, lines_24h: 5000, structured: 0.99, retention_days: 30}",
        "logs.stream",
        {"lines_24h": 5000.0, "structured": 0.99, "retention_days": 30.0},
    ),
    Case(
        "costs",
        "c.csv",
        "service,month,cost,budget\ncheckout,2026-09,1,false\ncheckout,2026-10,420.5,true\n",
        "cost.actual",
        {"monthly": 420.5, "budget": True},
    ),
    Case("costs", "c.csv", "service,month,cost,budget\ncheckout,2026-11,1,true\n", "cost.actual", "is not over"),
    Case(
        "backups",
        "b.json",
        [{"service": "checkout", "store": "orders", "time": "2026-11-20T07:00:00Z"}],
        "backup.newest",
        {"age_minutes": 60.0},
        "orders",
    ),
    Case(
        "timeouts",
        "t.yaml",
        "{service: checkout, dependency: pay, time: 2026-11-19, timeout_ms: 250, backoff: true}",
        "mesh.timeouts",
        {"timeout_ms": 250.0, "backoff": True},
        "pay",
    ),
)
_DRILL = "{service: checkout, kind: restore, time: 2026-11-01, passed: true, minutes: 12, complete: true, what: orders}"
WRONG = (
    Case("load_tests", "l.yaml", _LOAD, "load.test", "load/out.json: it cannot be read"),
    Case("load_tests", "l.yaml", _LOAD, "load.test", "no http_reqs", extra={"load/out.json": {"metrics": {}}}),
    Case("load_tests", "l.yaml", _LOAD.replace("load/out", "../x"), "load.test", "not a path"),
    Case("load_tests", "l.yaml", _LOAD.replace("load/out", "lo*/x"), "load.test", "no pattern"),
    Case("load_tests", "l.yaml", _LOAD.replace("2026", "2027"), "load.test", "after the moment"),
    Case("drills", "d.yaml", _DRILL.replace("orders", "other"), "restore.drill", "no resource other", "orders"),
    Case("drills", "d.yaml", _DRILL.replace("2026-11-01", "soon"), "restore.drill", "d.yaml", "orders"),
    Case("drills", "d.yaml", _DRILL.replace("12", "-1"), "restore.drill", ">= 0", "orders"),
    Case("drills", "d.yaml", _DRILL.replace("minutes", "minuets"), "restore.drill", "minuets", "orders"),
    Case("drills", "d.yaml", "- ok\n- [\n", "restore.drill", "r/d.yaml: line", "orders"),
    Case("drills", "d.txt", "x", "restore.drill", "ends neither", "orders"),
    Case("scorecard", "s.json", {"score": 3}, "scan.openssf", "not what its format says"),
    Case(
        "scorecard", "s.json", {"date": "2026-11-18", "repo": {"name": "x"}, "score": 3}, "scan.openssf", "no service"
    ),
    Case("scorecard", "checkout.json", {"date": "x", "repo": {"name": "x"}, "score": 3}, "scan.openssf", "no moment"),
    Case(
        "scorecard",
        "checkout.json",
        {"date": "2026-11-18", "repo": {"name": "x"}, "score": 300},
        "scan.openssf",
        "<= 10",
    ),
    Case(
        "scorecard", "checkout.json", {"date": "2027-11-18", "repo": {"name": "x"}, "score": 3}, "scan.openssf", "after"
    ),
    Case("trivy", "checkout.json", {**_TRIVY, "ArtifactType": "filesystem"}, "scan.image", "no scan of an image"),
    Case("trivy", "checkout.json", {**_TRIVY, "Results": None}, "scan.image", "not what its format says"),
    Case("grype", "checkout.json", _TRIVY, "scan.image", "not what its format says"),
    Case("gitleaks", "checkout.json", {"findings": []}, "scan.secrets", "not what its format says"),
    Case("gitleaks", "nobody.json", [], "scan.secrets", "nor a folder"),
    Case("toil", "t.csv", "service,date,hours\ncheckout,2026-11-19,many\n", "toil.hours", "t.csv:2"),
    Case("toil", "t.csv", "service,service\nx,y\n", "toil.hours", "each once"),
    Case("toil", "t.csv", 'service,date\n"x', "toil.hours", "line 1: unexpected end"),
    Case("changes", "c.csv", "service,time,author\ncheckout,2026-11-01,Ada,x,y\n", "changes.approvals", "c.csv:2"),
    Case("logs", "l.yaml", "{service: checkout, time: 2026-11-19, structured: 2}", "logs.stream", "l.yaml"),
    Case(
        "costs",
        "c.json",
        [{"service": "checkout", "month": "2026-13", "cost": 1, "budget": True}],
        "cost.actual",
        "part 1",
    ),
    Case("backups", "b.json", "[" * 100_000, "backup.newest", "not what its format says", "orders"),
    Case("timeouts", "t.yaml", "a: &a [*a]", "mesh.timeouts", "t.yaml", "pay"),
    Case("incidents", "i.json", b"\xff\xfe", "incidents.severe", "not what its format says"),
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three services, and the repository of one with two releases."""
    root = start(tmp_path / "root")
    service(root, "checkout", _MORE)
    for name in ("pay", "ads"):
        file = service(root, name)
        file.write_text(file.read_text().replace(URL, f"https://github.com/example/{name}"))
    code = start(tmp_path / "code")
    for day in ("2026-11-01", "2026-11-15"):
        commit(code, day)
        git(code, "tag", f"v{day}")
    return root


def put(root: Path, name: str, content: object) -> None:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    raw = content if isinstance(content, bytes) else content.encode() if isinstance(content, str) else b""
    file.write_bytes(raw or json.dumps(content).encode())


def _read(root: Path, **named: tuple[str, ...]) -> Gathered:
    settings = CollectSettings(reports=ReportsSettings(**named), checkouts={URL: "../code"})  # type: ignore[arg-type]
    collector = open_collector(Surroundings(root, settings, {}, Deadline(60), Wire()))
    assert collector is not None
    (found,) = gather([collector], Context(load(root).catalog, root, AS_OF, settings), Deadline(60))
    assert not found.failed
    return found


def collected(root: Path, **named: tuple[str, ...]) -> tuple[Record, ...]:
    return _read(root, **named).records


def of(records: tuple[Record, ...], key: str, item: str = "", subject: str = "checkout") -> object:
    return said(tuple(each for each in records if each.item == item), subject, key)


@pytest.mark.parametrize("case", RIGHT, ids=lambda case: f"{case.name}-{case.key}")
def test_what_a_report_says(case: Case, root: Path) -> None:
    put(root, f"r/{case.file}", case.content)
    for name, content in case.extra.items():
        put(root, name, content)
    found = of(collected(root, **{case.name: ("r/**/*.*",)}), case.key, case.item)
    if isinstance(case.found, str):
        assert case.found in str(found)
    else:
        assert found == case.found


@pytest.mark.parametrize("case", WRONG, ids=lambda case: f"{case.name}-{case.file}-{case.found}")
def test_a_wrong_file_is_said_with_its_place_and_hides_no_other(case: Case, root: Path) -> None:
    put(root, f"r/{case.file}", case.content)
    for name, content in case.extra.items():
        put(root, name, content)
    # Another tool that scans the same images says nothing for certain beside a scan that cannot be read.
    others = {name for name, each in FORMATS.items() if not set(each.keys) & set(FORMATS[case.name].keys)}
    right = {each.name: each for each in RIGHT if each.name in others - {"load_tests"}}
    for each in right.values():
        put(root, f"right/{each.name}/{each.file}", each.content)
    named = {name: (f"right/{name}/**/*.*",) for name in right}
    records = collected(root, **{case.name: (f"r/{case.file}",)}, **named)
    reasons = [
        each.failed for each in records if (each.subject, each.key, each.item) == ("checkout", case.key, case.item)
    ]
    assert any(str(case.found) in reason for reason in reasons), reasons
    brought = {each.key for each in records if not each.failed}
    wanted = {each.key for each in right.values() if not isinstance(each.found, str)}
    assert wanted <= brought


def test_every_format_is_tested_and_set_up_by_a_setting() -> None:
    settings = {field for field in ReportsSettings.__struct_fields__ if field != "critical_days"}
    assert settings == set(FORMATS) == {case.name for case in RIGHT} == {case.name for case in WRONG}


def test_the_schema_is_what_reads() -> None:
    written = json.loads((data_folder("schemas") / "reports.schema.json").read_text())
    assert written == schema()


@pytest.mark.parametrize(
    "case", [case for case in RIGHT if case.name in ROWS and not case.file.endswith("csv")], ids=lambda case: case.name
)
def test_the_schema_accepts_what_is_read(case: Case) -> None:
    value = compose(case.content, case.file).value if isinstance(case.content, str) else case.content
    jsonschema.validate(value, {"$ref": f"#/$defs/{case.name}", "$defs": schema()["$defs"]})
