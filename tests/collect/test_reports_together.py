"""Reports beside each other: which one counts, how old and how strong it is, and whom a wrong one spoils."""

import datetime as dt
import json
import os
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from pagerworthy.collect import Deadline, Surroundings
from pagerworthy.collect.reports import FORMATS, open_collector
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import Record, read_evidence
from pagerworthy.project import CollectSettings
from tests.collect.test_reports import _K6, _LOAD, _TRIVY, _grype, _read, collected, of, put, root
from tests.evidence.world import AS_OF, commit, git

__all__ = ["root"]


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
