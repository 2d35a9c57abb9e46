"""`collect`: what it writes and where, its exit codes, and that `score` reads it."""

import datetime as dt
import json
import socket
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.collect import SOURCES, Source
from pagerworthy.errors import ProjectError
from pagerworthy.evidence import read_evidence
from tests.collect.server import Reply, serving
from tests.evidence.world import AS_OF, commit, service, start, write

WHEN = "2026-11-20T08:00:00Z"
NOW = "2026-11-22T09:00:00Z"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the same moment whenever the tests are run, and no source is set up but by them."""
    monkeypatch.setattr("pagerworthy.cli.collect.now", lambda: dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC))
    for name in SOURCES:
        for what in ("URL", "TOKEN"):
            monkeypatch.delenv(f"PAGERWORTHY_{name.upper().replace('-', '_')}_{what}", raising=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = start(tmp_path / "root")
    service(folder)
    service(folder, "another", more="  design: {path: docs/design.md}\n")
    write(folder, "docs/design.md", "# Design")
    commit(folder, "2026-11-10")
    return folder


def run(root: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--root", str(root), *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value or 0), result.output


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_plain_collect_writes_what_score_reads(root: Path) -> None:
    code, said = run(root, "collect", "--as-of", WHEN)
    assert (code, "does not read" in said) == (0, False)
    assert set(files(root / "catalog/evidence/collected")) == {"files.jsonl", "git.jsonl", "stacks.jsonl"}
    said = run(root, "score", "--as-of", WHEN, "--format", "json")[1]
    scored, _ = json.JSONDecoder().raw_decode(said[said.index("{") :])
    outcomes = {
        each["name"]: {one["id"]: (one["outcome"], one["evidence"]) for one in each["criteria"]}
        for each in scored["services"]
    }
    assert outcomes["another"]["design-document"] == ("pass", ["files.design@2026-11-20T08:00:00Z"])
    assert outcomes["checkout"]["design-document"][0] == "fail"


def test_the_same_bytes_each_time_and_only_valid_records(root: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run(root, "collect", "--as-of", WHEN, "--out", str(tmp_path / name))[0] == 0
    assert files(tmp_path / "one") == files(tmp_path / "two")
    read = read_evidence(root, [tmp_path / "one"], as_of=AS_OF, subjects=["checkout", "another"])
    assert read.problems == ()
    assert set(read.of("checkout")) == {"git.entry", "files.design"}


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    (out / "git.jsonl").write_text("old\n" * 1000)
    assert run(root, "collect", "git", "--as-of", WHEN, "--out", str(out))[0] == 0
    assert set(files(out)) == {"git.jsonl"}
    lines = (out / "git.jsonl").read_text().splitlines()
    assert [json.loads(each)["subject"] for each in lines] == ["another", "checkout"]
    assert (out / "git.jsonl").stat().st_mode & 0o777 == 0o644


def test_a_source_that_could_not_see_makes_the_exit_code_one(root: Path, tmp_path: Path) -> None:
    code, said = run(root, "collect", "git", "--as-of", "2026-11-01", "--out", str(tmp_path / "out"))
    assert code == 1
    assert "2 not known: the last commit on it is dated 2026-11-10T12:00:00Z" in said
    assert all(json.loads(each)["failed"] for each in (tmp_path / "out/git.jsonl").read_text().splitlines())


def test_it_says_when_score_will_not_read_it(root: Path, tmp_path: Path) -> None:
    assert "does not read" in run(root, "collect", "--as-of", WHEN, "--out", str(tmp_path / "out"))[1]


def test_it_does_not_write_through_a_link_that_leads_out(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (root / "catalog/evidence").symlink_to(tmp_path / "outside")
    with pytest.raises(ProjectError, match="leads out of the repository"):
        run(root, "collect", "--as-of", WHEN)
    assert not files(tmp_path / "outside")


def test_a_folder_that_cannot_be_written_is_said(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match=r"Not a directory|File exists"):
        run(root, "collect", "--out", str(tmp_path / "file" / "out"))


def records(file: Path) -> list[dict[str, object]]:
    return [json.loads(each) for each in file.read_text().splitlines()]


OLD = {"subject": "checkout", "time": "2026-11-21T08:00:00Z", "strength": "observed"}


def test_a_source_that_is_set_up_wrongly_is_not_known_any_more(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = root / "catalog/evidence/collected"
    out.mkdir(parents=True)
    old = {**OLD, "key": "traffic.callees", "source": "prometheus", "value": {"names": []}}
    # Of what no key of its own says it could have brought.
    more = {**OLD, "key": "dashboard.panels", "item": "https://gone.example", "source": "prometheus", "failed": "x"}
    (out / "prometheus.jsonl").write_text(f"{json.dumps(old)}\nnonsense\n{json.dumps(more)}\n")
    monkeypatch.setenv("PAGERWORTHY_PROMETHEUS_URL", "https://me:pw@prometheus.example")
    code, told = run(root, "collect")
    assert code == 1
    assert "prometheus is not asked: the address of prometheus has a password in it" in told
    found = records(out / "prometheus.jsonl")
    assert all("has a password in it" in str(each["failed"]) and each["time"] == NOW for each in found)
    places = {(each["subject"], each["key"], each.get("item", "")) for each in found}
    assert ("checkout", "dashboard.panels", "https://gone.example") in places
    assert {("checkout", "traffic.callees", ""), ("another", "rules.paging", "")} <= places
    assert {each["subject"] for each in records(out / "git.jsonl")} == {"another", "checkout"}


def test_a_source_that_cannot_be_opened_hides_no_other(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, "github", Source("github", "tests.evidence.world:nothing_like_it"))
    code, told = run(root, "collect")
    assert code == 1
    assert "github is not asked: AttributeError" in told
    assert set(files(root / "catalog/evidence/collected")) >= {"files.jsonl", "git.jsonl", "github.jsonl"}


def test_a_source_that_is_not_set_up_any_more_is_told_of(root: Path) -> None:
    old = root / "catalog/evidence/collected/pagerduty.jsonl"
    old.parent.mkdir(parents=True)
    old.write_text("old\n")
    code, told = run(root, "collect")
    assert code == 0
    assert "pagerduty is not set up here, and" in told
    assert "set PAGERWORTHY_PAGERDUTY_TOKEN; or remove the file" in told
    assert old.read_text() == "old\n"


def test_nobody_collects_what_is_yet_to_come(root: Path, tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match=r"--as-of is 2030-01-01T00:00:00Z, which is yet to come"):
        run(root, "collect", "files", "--as-of", "2030-01-01")
    write(root, "pagerworthy.toml", "[scoring]\nas_of = 2030-01-01T00:00:00Z\n")
    with pytest.raises(click.UsageError, match=r"as_of in \[scoring\] is 2030"):
        run(root, "collect", "files")
    assert not (root / "catalog/evidence").exists()


def test_what_knows_only_the_present_is_not_dated_by_the_past(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("collect", "alertmanager", "prometheus", "files", "--as-of", WHEN)
    with serving(lambda _: Reply(200, b"{}")) as server:
        monkeypatch.setenv("PAGERWORTHY_ALERTMANAGER_URL", server.url)
        monkeypatch.setenv("PAGERWORTHY_PROMETHEUS_URL", server.url)
        told = run(root, *asked, "--out", str(tmp_path / "live"), "--record", str(tmp_path / "kept"))[1]
        monkeypatch.delenv("PAGERWORTHY_ALERTMANAGER_URL")
        monkeypatch.delenv("PAGERWORTHY_PROMETHEUS_URL")
    assert f"alertmanager knows only the present: what it says is dated {NOW}, and not seen as of {WHEN}" in told
    times = {name: {each["time"] for each in records(tmp_path / "live" / name)} for name in files(tmp_path / "live")}
    assert times == {"alertmanager.jsonl": {NOW}, "prometheus.jsonl": {WHEN}, "files.jsonl": {WHEN}}
    # A recording says the same again, wherever it is asked, and of everything that is in it.
    told = run(root, "collect", "--replay", str(tmp_path / "kept"), "--out", str(tmp_path / "again"))[1]
    assert "the recording has no answer" not in told
    live, again = files(tmp_path / "live"), files(tmp_path / "again")
    assert {name: again[name] for name in live} == live
    # As if it had been made at another moment, where somebody says so.
    then = ("--as-of", "2026-11-19T08:00:00Z", "--out", str(tmp_path / "then"))
    run(root, "collect", "alertmanager", "--replay", str(tmp_path / "kept"), *then)
    assert {each["time"] for each in records(tmp_path / "then/alertmanager.jsonl")} == {"2026-11-19T08:00:00Z"}


def test_what_was_recorded_and_cannot_be_asked_again_is_said(root: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    (kept / "github").mkdir(parents=True)
    (kept / "recording.json").write_text('{"as_of": "2026-11-20T08:00:00Z"}')
    code, told = run(root, "collect", "--replay", str(kept), "--out", str(tmp_path / "out"))
    assert code == 1
    assert "github is not asked: the recording has its answers, but it is not set up here: set PAGERWORTHY_GI" in told
    assert {each["failed"] for each in records(tmp_path / "out/github.jsonl")}


def test_no_recording_is_made_over_another_one_or_into_other_files(root: Path, tmp_path: Path) -> None:
    kept, live = tmp_path / "kept", str(tmp_path / "live")
    run(root, "collect", "files", "--record", str(kept), "--out", live)
    before = files(kept)
    for full in (kept, root):
        with pytest.raises(click.UsageError, match=f"--record {full}, which is not empty"):
            run(root, "collect", "git", "--record", str(full), "--out", live)
    assert files(kept) == before
    assert not (root / "recording.json").exists()


def test_why_a_source_did_not_answer_is_recorded(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    monkeypatch.setenv("PAGERWORTHY_ALERTMANAGER_URL", url)
    told = run(root, "collect", "alertmanager", "--record", str(tmp_path / "kept"), "--out", str(tmp_path / "live"))[1]
    assert f"{url} refused the connection" in told
    monkeypatch.delenv("PAGERWORTHY_ALERTMANAGER_URL")
    code, told = run(root, "collect", "--replay", str(tmp_path / "kept"), "--out", str(tmp_path / "again"))
    assert code == 1
    assert f"{url} refused the connection" in told
    again = files(tmp_path / "again")
    assert again["alertmanager.jsonl"] == files(tmp_path / "live")["alertmanager.jsonl"]


def test_a_replay_of_a_source_that_was_not_recorded_is_refused(root: Path, tmp_path: Path) -> None:
    run(root, "collect", "files", "--record", str(tmp_path / "kept"), "--out", str(tmp_path / "live"))
    with pytest.raises(click.UsageError, match="the recording has nothing of prometheus: it was made of no source"):
        run(root, "collect", "prometheus", "--replay", str(tmp_path / "kept"), "--out", str(tmp_path / "again"))
    assert not (tmp_path / "again").exists()


def test_a_replay_asks_nothing_that_was_not_recorded(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(root, "collect", "files", "--record", str(tmp_path / "kept"), "--out", str(tmp_path / "live"))
    monkeypatch.setenv("PAGERWORTHY_PROMETHEUS_URL", "http://127.0.0.1:9")
    code, _ = run(root, "collect", "--replay", str(tmp_path / "kept"), "--out", str(tmp_path / "again"))
    assert code == 0
    assert "prometheus.jsonl" not in files(tmp_path / "again")


def test_one_thing_that_is_not_known_is_said_and_is_no_source_that_failed(root: Path, tmp_path: Path) -> None:
    row = "{service: NAME, kind: zone, time: 2026-11-10, passed: PASSED, source: docs/design.md}"
    rows = [row.replace("NAME", "checkout").replace("PASSED", "true"), row.replace("NAME", "another")]
    write(root, "drills.yaml", "".join(f"- {each}\n" for each in rows))
    write(root, "pagerworthy.toml", '[collect.reports]\ndrills = ["drills.yaml"]\n')
    code, told = run(root, "collect", "reports", "--out", str(tmp_path / "out"))
    assert "1 not known: drills.yaml:2" in told
    assert code == 0
    write(root, "drills.yaml", f"- {rows[1]}\n")
    code, told = run(root, "collect", "reports", "--out", str(tmp_path / "out"))
    assert "reports failed for all of drill.zone" in told
    assert code == 1


def test_what_nobody_waits_for_is_no_failure(root: Path, tmp_path: Path) -> None:
    """Both services are in design, where neither zones nor releases are asked about."""
    row = "- {service: checkout, kind: KIND, time: 2026-11-10, PASSED, source: docs/design.md}\n"
    good = row.replace("KIND", "incident").replace("PASSED", "passed: true")
    write(root, "drills.yaml", row.replace("KIND", "zone").replace(", PASSED", "") + good)
    write(root, "pagerworthy.toml", '[collect.reports]\ndrills = ["drills.yaml"]\n')
    code, told = run(root, "collect", "reports", "--out", str(tmp_path / "out"))
    assert "nothing is known of drill.zone, and no criterion that is due needs it" in told
    assert (code, "failed for all" in told) == (0, False)
    entry = root / "catalog/services/checkout.yaml"
    entry.write_text(entry.read_text().replace("phase: design", "phase: capacity"))
    code, told = run(root, "collect", "reports", "--out", str(tmp_path / "out"))
    assert "reports failed for all of drill.zone" in told
    assert code == 1
    # Where nobody can tell what is needed, everything is.
    entry.write_text(entry.read_text().replace("phase: capacity", "phase: design"))
    write(root, "scoring/policy.yaml", "limits: {nonsense: x}\n")
    assert run(root, "collect", "reports", "--out", str(tmp_path / "out"))[0] == 1


def test_where_the_moment_is_fixed_nothing_is_gathered_by_the_way(root: Path, tmp_path: Path) -> None:
    write(root, "pagerworthy.toml", f"[scoring]\nas_of = {WHEN}\n")
    for more in ((), ("files",), ("--out", str(tmp_path / "out"))):
        with pytest.raises(
            click.UsageError, match=rf"scoring\.as_of in pagerworthy\.toml fixes the moment .*, {WHEN},"
        ):
            run(root, "collect", *more)
    assert not (root / "catalog/evidence").exists()
    assert run(root, "collect", "files", "--as-of", WHEN)[0] == 0


def test_what_is_not_set_up_is_said_with_what_to_set(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pagerworthy.collect.local.find_spec", lambda _: None)
    line = next(each for each in run(root, "collect")[1].splitlines() if each.startswith("not set up"))
    assert line.startswith("not set up, so not asked: prometheus (set PAGERWORTHY_PROMETHEUS_URL), ")
    assert "stacks (install pagerworthy[stacks])" in line
    assert ": files" not in line
    assert "not set up" not in run(root, "collect", "files")[1]


def test_why_stacks_says_nothing_is_said(root: Path) -> None:
    told = run(root, "collect", "stacks")[1]
    assert "stacks: 0 records" in told
    assert "2 of 2 services have no stack to look at: their entries name no environment of production" in told


def test_what_is_written_can_be_read_however_long_an_address_is(root: Path, tmp_path: Path) -> None:
    url = f"https://dashboards.example.com/{'x' * 1969}"
    service(root, more=f"  monitoring: {{dashboards: [{{title: One, url: '{url}'}}]}}\n")
    write(root, "pagerworthy.toml", '[collect.links]\nhosts = ["other.example.com"]\n')
    run(root, "collect", "--out", str(tmp_path / "out"))
    read = read_evidence(root, [tmp_path / "out"], as_of=dt.datetime.max.replace(tzinfo=dt.UTC))
    assert read.problems == ()
    assert len(url) == 2000
    assert "not in hosts" in read.of("checkout")["links.dashboard"][url].record.failed


def test_a_folder_where_a_result_belongs_stops_no_other_source_and_is_no_evidence(root: Path) -> None:
    run(root, "collect", "files", "--as-of", WHEN)
    folder = root / "catalog/evidence/collected"
    laid = folder / "files.jsonl"
    written = laid.read_bytes()
    laid.unlink()
    write(laid, "more.jsonl", written.decode())
    code, said = run(root, "collect", "files", "git", "--as-of", WHEN)
    assert code == 1
    assert f"files: {laid} cannot be written: Is a directory" in said
    assert (folder / "git.jsonl").is_file()
    evidence = read_evidence(root, [root / "catalog/evidence"], as_of=AS_OF)
    (problem,) = evidence.problems
    assert (problem.code, problem.where.file) == ("PW401", "catalog/evidence/collected/files.jsonl")
    assert not [key for key in evidence.of("another") if key.startswith("files.")]
