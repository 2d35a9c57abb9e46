"""Reports: each format with what it says, what is wrong with it, and files that were made to do harm."""

import base64
import datetime as dt
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import msgspec
import pytest

from pagerworthy.catalog import load
from pagerworthy.catalog.compose import compose
from pagerworthy.collect import Deadline, Gathered, Surroundings, gather
from pagerworthy.collect.reports import FORMATS, open_collector, schema
from pagerworthy.collect.reports.schema import ROWS
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import Record, read_evidence
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


def known(root: Path, records: tuple[Record, ...], key: str, item: str = "", subject: str = "checkout") -> object:
    """What is known of a key when all records are read, as `score` does."""
    lines = root / "out.jsonl"
    lines.write_bytes(b"\n".join(map(msgspec.json.encode, records)))
    evidence = read_evidence(root, [lines], as_of=AS_OF, subjects=["checkout", "pay", "ads"])
    assert not evidence.problems
    record = evidence.of(subject)[key][item].record
    return record.failed or json.loads(bytes(record.value))


def _openssf(day: str, score: float) -> dict[str, object]:
    return {"date": day, "repo": {"name": "x"}, "score": score}


def test_a_wrong_report_does_not_displace_a_newer_right_one_and_is_said_beside_it(root: Path) -> None:
    put(root, "r/checkout.2026-11-17.json", "{")
    put(root, "r/checkout.json", _openssf("2026-11-18", 3.0))
    records = collected(root, scorecard=("r/*.json",))
    found = [each for each in records if each.subject == "checkout"]
    assert sorted(bool(each.failed) for each in found) == [False, True]
    assert known(root, records, "scan.openssf") == {"score": 3.0}


def _zone(day: str, passed: str, **more: str) -> str:
    row = {"service": "checkout", "kind": "zone", "time": day, "passed": passed, **more}
    return f"- {{{', '.join(f'{name}: {value}' for name, value in row.items())}}}\n"


@pytest.mark.parametrize(
    ("name", "key", "files"),
    [
        (
            "scorecard",
            "scan.openssf",
            {"r/checkout.json": _openssf("2026-11-10", 9.0), "r/checkout.2026-11-17.json": "{"},
        ),
        # The same day: it may have been later in it.
        (
            "scorecard",
            "scan.openssf",
            {"r/checkout.json": _openssf("2026-11-17T10:00:00Z", 9.0), "r/checkout.2026-11-17.json": "{"},
        ),
        (
            "scorecard",
            "scan.openssf",
            {"r/checkout.json": _openssf("2026-11-10", 9.0), "r/checkout.n.json": _openssf("2026-11-12", -1.0)},
        ),
        # Whose it is stands in what cannot be read, as whose the other is does.
        ("trivy", "scan.image", {"r/image.json": _TRIVY, "r/other.json": "{"}),
        ("gitleaks", "scan.secrets", {"r/checkout.2026-11-10.json": [], "r/checkout.2026-11-11.json": "[{"}),
        ("drills", "drill.zone", {"r/a.yaml": _zone("2026-11-01", "true") + _zone("2026-11-10", "nope")}),
        ("drills", "drill.zone", {"r/a.yaml": _zone("2026-11-01", "true") + _zone("soon", "false")}),
        ("drills", "drill.zone", {"r/a.yaml": _zone("2026-11-01", "true") + _zone("2027-11-10", "false")}),
        ("drills", "drill.zone", {"r/a.yaml": _zone("2026-11-01", "true"), "r/b.yaml": "- {service: check"}),
        (
            "costs",
            "cost.actual",
            {"r/c.csv": "service,month,cost,budget\ncheckout,2026-09,1,true\ncheckout,2026-10,much,false\n"},
        ),
    ],
)
def test_what_is_wrong_is_not_made_good_by_what_is_older(
    name: str, key: str, files: Mapping[str, object], root: Path
) -> None:
    for path, content in files.items():
        put(root, path, content)
    records = collected(root, **{name: ("r/*",)})
    assert isinstance(known(root, records, key), str)


@pytest.mark.parametrize(
    ("name", "key", "files", "found"),
    [
        (
            "drills",
            "drill.zone",
            {"r/a.yaml": _zone("2026-11-10", "nope") + _zone("2026-11-12", "false")},
            {"age_days": 8.0, "passed": False},
        ),
        # A wrong row about something else.
        (
            "drills",
            "drill.zone",
            {"r/a.yaml": _zone("2026-11-10", "true") + _zone("2026-11-12", "no, nope", kind="incident")},
            {"age_days": 10.0, "passed": True},
        ),
        # The running month is in many an export.
        (
            "costs",
            "cost.actual",
            {"r/c.csv": "service,month,cost,budget\ncheckout,2026-10,1,true\ncheckout,2026-11,1,true\n"},
            {"monthly": 1.0, "budget": True},
        ),
        # Of nobody here.
        ("gitleaks", "scan.secrets", {"r/checkout.2026-11-10.json": [], "r/gone.2026-11-12.json": "{"}, {"count": 0.0}),
        (
            "trivy",
            "scan.image",
            {"r/checkout.json": _TRIVY, "r/other.json": "{"},
            {"critical_overdue": 1, "root": False},
        ),
        # Where it is tomorrow already.
        ("drills", "drill.zone", {"r/a.yaml": _zone("2026-11-20", "true")}, {"age_days": 0.0, "passed": True}),
    ],
)
def test_what_is_wrong_spoils_nothing_newer_and_nothing_else(
    name: str, key: str, files: Mapping[str, object], found: object, root: Path
) -> None:
    for path, content in files.items():
        put(root, path, content)
    records = collected(root, **{name: ("r/*",)})
    assert known(root, records, key) == found


def test_many_files_of_nobody_are_told_as_one(root: Path) -> None:
    for number in range(300):
        put(root, f"r/x{number}.json", [])
    records = collected(root, gitleaks=("r/*.json",))
    assert {each.failed for each in records} == {
        "r/x0.json: neither its name nor a folder of it is that of a service (and 299 more like it)"
    }


def test_a_service_that_is_gone_spoils_nobodys_rows(root: Path) -> None:
    put(root, "r/t.csv", "service,date,hours\ncheckout,2026-11-15,5\npay,2026-11-15,3\ngone,2025-01-01,2\n")
    put(root, "r/b.csv", "service,store,time\ngone,orders,2026-11-15\n")
    records = collected(root, toil=("r/t.csv",), backups=("r/b.csv",))
    assert of(records, "toil.hours") == {"per_week": 1.25}
    assert of(records, "toil.hours", subject="pay") == {"per_week": 0.75}
    assert {each.subject for each in records if each.key == "toil.hours"} == {"checkout", "pay"}
    assert not [each for each in records if each.key == "backup.newest"]


def test_a_row_of_a_service_that_is_not_there_is_named_and_makes_no_record(root: Path) -> None:
    put(root, "load/out.json", _K6)
    put(root, "r/l.yaml", _LOAD.replace("checkout", "chekout"))
    put(root, "r/d.csv", "service,kind,time,passed\nchekout,zone,2026-11-19,true\nchekout,zone,2026-11-18,nope\n")
    put(root, "r/t.yaml", "- {service: elsewhere, date: 2026-11-19, hours: 1, person: Ada}\n")
    found = _read(root, load_tests=("r/l.yaml",), drills=("r/d.csv",), toil=("r/t.yaml",))
    assert found.records == ()
    assert found.notes == (
        "r/l.yaml:1: there is no service chekout; did you mean checkout?",
        "r/d.csv:2: there is no service chekout; did you mean checkout? (and 1 more like it)",
        "r/t.yaml:1: there is no service elsewhere",
    )


def test_an_export_of_a_whole_company_is_told_in_a_few_lines(root: Path) -> None:
    rows = "".join(f"elsewhere-{number},2026-11-19,1\n" for number in range(5000))
    put(root, "r/t.csv", f"service,date,hours\ncheckout,2026-11-19,4\n{rows}")
    found = _read(root, toil=("r/t.csv",))
    assert of(found.records, "toil.hours") == {"per_week": 1.0}
    assert len(found.notes) == 21
    assert found.notes[-1] == "and 4,981 more of other things"


def test_of_a_service_whose_entry_cannot_be_read_nobody_says_that_it_is_not_there(root: Path) -> None:
    put(root, "catalog/services/pay.yaml", "kind: [")
    put(root, "r/d.csv", "service,kind,time,passed,source\npay,zone,2026-11-19,true,https://a.example/1\n")
    found = _read(root, drills=("r/d.csv",))
    assert found.notes == ()
    assert [(each.subject, each.failed) for each in found.records] == [("pay", "")]


def test_what_is_only_declared_is_said_with_the_row_that_should_have_a_source(root: Path) -> None:
    put(root, "r/i.csv", "service,date,id\ncheckout,2026-11-01,\ncheckout,2026-11-03,orders-lost\npay,2026-11-03,\n")
    (note,) = _read(root, incidents=("r/i.csv",)).notes
    assert note == (
        "r/i.csv:2 does not say where it can be looked up, so incidents.severe is only declared: write source"
        " (and 1 more like it)"
    )


def test_a_pattern_that_matches_nothing_is_named(root: Path) -> None:
    put(root, "r/checkout.2026-11-19.json", [])
    found = _read(root, gitleaks=("r/*.json", "typo/*.json"), grype=("r/g/*.json", "s/*"))
    assert found.notes == ("typo/*.json (of gitleaks) matches no file",)
    assert of(found.records, "scan.secrets") == {"count": 0.0}
    assert of(found.records, "scan.image") == "r/g/*.json (of grype) matches no file; s/* (of grype) matches no file"


@pytest.mark.parametrize("when", ["name", "commit"])
@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("trivy", {each: value for each, value in _TRIVY.items() if each != "CreatedAt"}, "scan.image"),
        ("grype", {**_grype(), "matches": [], "descriptor": {"name": "grype"}}, "scan.image"),
        ("scorecard", {"repo": {"name": "x"}, "score": 5}, "scan.openssf"),
    ],
)
def test_a_scan_that_says_no_day_is_as_old_as_its_name_or_its_commit_says(
    name: str, content: object, key: str, when: str, root: Path
) -> None:
    put(root, "r/checkout.2026-10-02.json" if when == "name" else "r/checkout.json", content)
    commit(root, "2026-10-02")
    (record,) = collected(root, **{name: ("r/*.json",)})
    assert (record.key, record.failed, record.time.date()) == (key, "", dt.date(2026, 10, 2))


_ROW = "service: checkout, kind: zone, time: 2026-11-12, passed: true"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (_ROW.replace("true", "ja"), "passed is 'ja': write true or false"),
        (_ROW.replace("2026-11-12", "12.11.2026"), "time is '12.11.2026': write 2026-11-12 or 2026-11-12T14:05:00Z"),
        (_ROW.replace("zone", "reactor"), "kind is 'reactor': write restore or incident or zone or dependency"),
        (f"{_ROW}, minuets: 3", "there is no column minuets; did you mean minutes?"),
        (f"{_ROW}, minutes: -1", "minutes is -1: write a number >= 0"),
        (f"{_ROW}, minutes: soon", "minutes is 'soon': write a number or nothing"),
        (f"{_ROW}, what: 7", 'what is 7: write "7", in quotes'),
        (f"{_ROW}, source: [a]", "source is ['a']: write text"),
        (_ROW.replace(", passed: true", ""), "it lacks passed"),
        (_ROW.replace("checkout", "Checkout"), "service is 'Checkout': write the service as the catalog calls it"),
    ],
)
def test_a_wrong_row_is_said_in_the_words_of_whoever_writes_rows(row: str, said: str, root: Path) -> None:
    put(root, "r/d.yaml", f"- {{{row}}}\n")
    reasons = {each.failed for each in collected(root, drills=("r/d.yaml",))}
    assert any(reason.startswith(f"r/d.yaml:1: {said}") for reason in reasons), reasons


@pytest.mark.parametrize(("sign", "name"), [(";", "semicolons"), ("\t", "tabs")])
def test_columns_that_are_not_separated_by_commas_are_said_once(sign: str, name: str, root: Path) -> None:
    put(root, "r/t.csv", "service,date,hours\ncheckout,2026-11-19,6\ncheckout,2026-11-18,6\n".replace(",", sign))
    records = collected(root, toil=("r/t.csv",))
    assert of(records, "toil.hours") == f"r/t.csv: its columns are separated by {name}: separate them by commas"


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("incidents", "service,date,id\ncheckout,2026-11-01,\ncheckout,2062-11-10,orders-lost\n"),
        ("toil", "service,date,hours\ncheckout,2026-11-01,0\ncheckout,2062-11-10,90\n"),
        ("changes", "service,time,author,approver\ncheckout,2026-11-01,Ada,Bo\ncheckout,2062-11-01,Ada,\n"),
    ],
)
def test_a_row_that_is_yet_to_come_is_not_left_out_of_a_sum(name: str, rows: str, root: Path) -> None:
    put(root, "r/x.csv", rows)
    (key,) = FORMATS[name].keys
    assert "r/x.csv:3: it is dated after the moment" in str(of(collected(root, **{name: ("r/x.csv",)}), key))


def test_an_incident_log_says_nothing_of_what_came_after_its_last_line(root: Path) -> None:
    put(root, "r/i.csv", "service,date,id\ncheckout,2026-01-01,\ncheckout,2026-11-03,\npay,2020-01-01,\n")
    records = collected(root, incidents=("r/i.csv",))
    assert {each.subject: f"{each.time:%Y-%m-%d}" for each in records} == {
        "checkout": "2026-11-03",
        "pay": "2020-01-01",
    }


_SCAN = {"matches": [], **{name: each for name, each in _grype("app").items() if name != "matches"}}


@pytest.mark.parametrize("dates", [("2026-01-01", "2026-11-19"), ("2026-11-19", "2026-01-01")])
def test_a_finding_in_two_packages_is_as_old_as_in_the_older(dates: tuple[str, ...], root: Path) -> None:
    findings = [
        {"vulnerability": {"id": "CVE-1", "severity": "Critical", "fix": {"available": [{"date": each}]}}}
        for each in dates
    ]
    put(root, "r/checkout.json", {**_SCAN, "matches": findings})
    assert of(collected(root, grype=("r/*",)), "scan.image") == {"critical_overdue": 1.0, "root": False}
    packages = [
        {"VulnerabilityID": "CVE-1", "Severity": "CRITICAL", "PublishedDate": f"{each}T00:00:00Z"} for each in dates
    ]
    put(root, "r/checkout.json", {**_TRIVY, "Results": [{"Target": "x", "Vulnerabilities": packages}]})
    assert of(collected(root, trivy=("r/*",)), "scan.image") == {"critical_overdue": 1.0, "root": False}


ORIGINS = (
    ("drills", _zone("2026-11-10", "true"), "drill.zone", "exercised"),
    (
        "logs",
        "{service: checkout, time: 2026-11-19, lines_24h: 5, structured: 1, retention_days: 9}",
        "logs.stream",
        "",
    ),
    ("costs", "{service: checkout, month: 2026-10, cost: 5, budget: true}", "cost.actual", ""),
    ("toil", "{service: checkout, date: 2026-11-10, hours: 0}", "toil.hours", ""),
    ("incidents", "{service: checkout, date: 2026-11-10}", "incidents.severe", ""),
    ("changes", "{service: checkout, time: 2026-11-10, author: Ada, approver: Bo}", "changes.approvals", ""),
)


@pytest.mark.parametrize(("name", "row", "key", "strength"), ORIGINS, ids=[each[0] for each in ORIGINS])
def test_what_nobody_can_look_up_is_but_declared(name: str, row: str, key: str, strength: str, root: Path) -> None:
    def strength_with(source: str) -> tuple[str, str]:
        put(root, "r/x.yaml", row.replace("}", f"{source}}}"))
        (found,) = [
            each for each in collected(root, **{name: ("r/x.yaml",)}) if each.key == key and each.subject == "checkout"
        ]
        return found.strength, found.failed or found.query

    assert strength_with("") == ("declared", "read r/x.yaml, part 1" if row[0] == "{" else "read r/x.yaml:1")
    wanted = strength or "observed"
    assert strength_with(", source: https://logs.example.com/1")[0] == wanted
    assert strength_with(", source: https://logs.example.com/1")[1].endswith(", from https://logs.example.com/1")
    assert "docs/minutes.md: it cannot be read" in strength_with(", source: docs/minutes.md")[1]
    put(root, "docs/minutes.md", "# Minutes")
    assert strength_with(", source: docs/minutes.md")[0] == wanted
    assert "not a path" in strength_with(", source: ../x")[1]


@pytest.mark.parametrize(
    ("name", "row", "stands"),
    [
        ("toil", "{service: checkout, date: 2026-11-10, hours: 2", "person: Ada"),
        ("incidents", "{service: checkout, date: 2026-11-10", "id: orders-lost"),
        ("changes", "{service: checkout, time: 2026-11-10, author: Ada, approver: Bo", "id: '1204'"),
    ],
)
def test_a_sum_is_as_strong_as_its_weakest_row(name: str, row: str, stands: str, root: Path) -> None:
    put(root, "r/x.yaml", f"- {row}, {stands}}}\n")
    assert [each.strength for each in collected(root, **{name: ("r/x.yaml",)})] == ["observed"]
    put(root, "r/x.yaml", f"- {row}, {stands}}}\n- {row}}}\n")
    assert [each.strength for each in collected(root, **{name: ("r/x.yaml",)})] == ["declared"]


def test_hours_that_cannot_be_read_leave_no_sum(root: Path) -> None:
    put(root, "r/a.csv", "service,date,hours\ncheckout,2026-11-19,6\npay,2026-11-19,6\n")
    put(root, "r/b.csv", "service,date,hours\ncheckout,2026-11-18,6h\n")
    records = collected(root, toil=("r/*.csv",))
    assert "b.csv:2" in str(of(records, "toil.hours"))
    assert of(records, "toil.hours", subject="pay") == {"per_week": 1.5}
    put(root, "r/c.csv", b"\xff")
    records = collected(root, toil=("r/*.csv",))
    assert "c.csv" in str(of(records, "toil.hours", subject="pay"))


def test_nothing_is_read_outside_the_repository(root: Path) -> None:
    outside = root.parent / "outside"
    put(outside, "checkout.json", [])
    (root / "r").mkdir()
    (root / "r/checkout.json").symlink_to(outside / "checkout.json")
    (root / "linked").symlink_to(outside)
    os.mkfifo(root / "r/pay.json")
    paths = (
        "r/*.json",
        "linked/*.json",
        "linked/checkout.json",
        "../outside/*.json",
        str(outside / "*.json"),
        "/etc/*",
    )
    records = collected(root, gitleaks=paths)
    assert records
    assert all(each.failed for each in records)


def test_what_is_too_large_is_not_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(root, "r/checkout.json", json.dumps([]) + " " * 2000)
    monkeypatch.setattr("pagerworthy.collect.reports.files.LARGEST", 1000)
    assert "larger" in str(of(collected(root, gitleaks=("r/*.json",)), "scan.secrets"))


def test_what_says_no_day_is_as_old_as_its_last_commit(root: Path) -> None:
    put(root, "r/checkout.json", [])
    commit(root, "2026-10-02")
    (record,) = collected(root, gitleaks=("r/*.json",))
    assert record.time.date() == dt.date(2026, 10, 2)


def test_a_clone_whose_history_is_cut_off_makes_nothing_young(root: Path, tmp_path: Path) -> None:
    put(root, "r/checkout.json", [])
    put(root, "r/pay.2026-11-02.json", [])
    commit(root, "2024-01-01")
    put(root, "other", "x")
    commit(root, "2026-11-19")
    git(tmp_path, "clone", "-q", "--depth", "1", f"file://{root}", "shallow")
    records = collected(tmp_path / "shallow", gitleaks=("r/*.json",))
    assert "shallow" in str(of(records, "scan.secrets"))
    assert of(records, "scan.secrets", subject="pay") == {"count": 0.0}


def test_without_git_the_time_of_a_file_is_that_of_whoever_copied_it(root: Path, tmp_path: Path) -> None:
    put(root, "r/checkout.json", [])
    (root / ".git").rename(tmp_path / "away")
    assert "not a git repository" in str(of(collected(root, gitleaks=("r/*.json",)), "scan.secrets"))


@pytest.mark.parametrize("how", ["new", "changed", "ignored", "only staged"])
def test_what_was_written_since_is_as_old_as_the_file(how: str, root: Path) -> None:
    file = root / "r/checkout.json"
    put(root, "r/checkout.json" if how == "changed" else "r/other", [{"RuleID": "x", "File": "y"}])
    put(root, ".gitignore", "r/*.json" if how == "ignored" else "")
    commit(root, "2026-10-02")
    put(root, "r/checkout.json", [])
    if how == "only staged":
        git(root, "add", "r/checkout.json")
    os.utime(file, (dt.datetime(2026, 11, 19, tzinfo=dt.UTC).timestamp(),) * 2)
    (record,) = collected(root, gitleaks=("r/*.json",))
    assert (record.failed, record.time.date()) == ("", dt.date(2026, 11, 19))


def test_no_file_is_not_no_finding(root: Path) -> None:
    records = collected(root, gitleaks=("r/*.json",))
    assert {each.subject: each.failed for each in records}["checkout"] == "r/*.json (of gitleaks) matches no file"


def test_without_files_nothing_is_set_up(tmp_path: Path) -> None:
    assert open_collector(Surroundings(tmp_path, CollectSettings(), {}, Deadline(5), Wire())) is None
