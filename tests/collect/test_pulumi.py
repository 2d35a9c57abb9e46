"""The source `pulumi` on states that the real engine has made; see `till`."""

import datetime as dt
import json
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest

from pagerworthy.collect import Deadline, SourceError, Surroundings
from pagerworthy.collect.pulumi import open_collector
from pagerworthy.collect.replay import RecordingWire, ReplayingWire
from pagerworthy.collect.surroundings import Wire
from pagerworthy.project import CollectSettings, StacksSettings
from tests.collect import till

LIVE, DRIFT, LOGS, WAYS = "stack.live", "stack.drift", "audit.logs", "traffic.crossings"
WHOLE: dict[str, list[str]] = {"behind": [], "missing": [], "unfinished": []}
ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return till.make(tmp_path / "till")


def known(root: Path, **options: Any) -> dict[tuple[str, str], Any]:
    return till.said(till.collect(root, **options))


def stack_file(backend: Path, service: str) -> Path:
    return backend / f"stacks/pagerworthy/{service}.production.json"


def edit(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(file.read_text())
    change(document)
    file.write_text(json.dumps(document))


def last_operation(backend: Path, service: str) -> Path:
    return max((backend / f"history/pagerworthy/{service}.production").iterdir())


def add_operation(backend: Path, service: str, **changes: Any) -> None:
    """An operation of a minute after the last one."""
    last = last_operation(backend, service)
    told = json.loads(last.read_text())
    told |= {"startTime": told["endTime"] + 50, "endTime": told["endTime"] + 60, **changes}
    last.with_name(f"{service}.production-{told['endTime']}000000000.history.json").write_text(json.dumps(told))


def at(found: dt.datetime) -> str:
    return f"{found:%Y-%m-%dT%H:%M:%SZ}"


def report(root: Path, name: str = till.REPORT, **changes: Any) -> dict[str, Any]:
    """Changes what a report of drift says, or writes another one."""
    file = root / name
    document: dict[str, Any] = json.loads((root / till.REPORT).read_text()) | changes
    file.write_text(json.dumps(document))
    return document


def test_what_was_brought_up_is_live_and_its_rules_are_not_known(root: Path) -> None:
    till.restore(root, "up")
    found = known(root)
    assert {subject for subject, _ in found} == set(till.SERVICES)
    for name in till.SERVICES:
        live = found[name, LIVE]
        assert WHOLE.items() <= live.items()
        assert live["resources"] > 10
        assert live["updated"].startswith("2026-")
        assert found[name, DRIFT] == {"drifted": 0, "unmanaged": 0}
    assert found["cards", LOGS] == {"retention_days": 400}
    assert found["web", LOGS] == {"retention_days": 30}
    # What somebody has added by hand is in no state until somebody looks.
    assert found["cards", WAYS] == "nobody has looked which rules the cloud has: pagerworthy refresh production cards"
    assert ("web", WAYS) not in found


def test_after_a_look_at_the_cloud_its_rules_are_known(root: Path) -> None:
    till.restore(root, "looked")
    records = till.collect(root).records
    (ways,) = [each for each in records if each.key == WAYS]
    assert bytes(ways.value) == b'{"paths":[]}'
    assert ways.time < till.AS_OF
    assert ways.query == "state of cards.production and of all that may reach it: rules of security groups"
    assert ways.response.startswith("sha256:")
    (drift,) = [each for each in records if (each.subject, each.key) == ("web", DRIFT)]
    assert at(drift.time) == json.loads((root / till.REPORT).read_text())["started"]


def test_a_door_that_somebody_opened_by_hand_is_found(root: Path) -> None:
    till.restore(root, "opened")
    assert known(root)["cards", WAYS] == {"paths": ["0.0.0.0/0 to cards:22"]}


def test_a_rule_that_no_edge_asks_for_any_more_is_found_and_its_stack_is_behind(root: Path) -> None:
    till.restore(root, "looked")
    till.write_entry(root, "web")
    found = known(root)
    assert found["cards", WAYS] == {"paths": ["web to cards:8080"]}
    assert found["web", LIVE]["behind"] == ["production"]
    assert found["adverts", LIVE]["behind"] == []


def test_a_way_from_inside_the_zone_is_none_into_it(root: Path) -> None:
    till.restore(root, "looked")
    till.write_entry(root, "web", "  data: {classification: restricted, regulations: [pci-dss]}\n")
    found = known(root)
    assert found["cards", WAYS] == {"paths": []}


def test_groups_that_do_not_tell_of_the_rules_that_stacks_made_tell_nothing(root: Path) -> None:
    backend = till.restore(root, "looked")

    def forget(state: dict[str, Any]) -> None:
        for each in state["checkpoint"]["latest"]["resources"]:
            if each["type"].endswith(":SecurityGroup"):
                each["outputs"]["ingress"] = []

    edit(stack_file(backend, "cards"), forget)
    assert "do not tell of all rules" in known(root)["cards", WAYS]


def test_a_rule_that_may_have_gone_with_a_later_update_of_its_caller_is_not_held_against_anyone(root: Path) -> None:
    backend = till.restore(root, "looked")
    till.write_entry(root, "web")

    def without_rules(state: dict[str, Any]) -> None:
        latest = state["checkpoint"]["latest"]
        latest["resources"] = [each for each in latest["resources"] if not each["type"].endswith("IngressRule")]

    edit(stack_file(backend, "web"), without_rules)
    add_operation(backend, "web", kind="update")
    assert "callers were changed after the last look" in known(root)["cards", WAYS]


def test_a_service_without_a_stack_has_none_and_nothing_else_is_said_of_it(root: Path) -> None:
    till.restore(root, "looked")
    till.write_entry(root, "mail")
    found = known(root)
    assert found["mail", LIVE] == {
        "resources": 0,
        "missing": ["production"],
        "unfinished": [],
        "behind": [],
        "updated": "",
    }
    assert found["mail", LOGS] == found["mail", DRIFT] == "there is no stack mail.production"
    assert found["cards", WAYS] == {"paths": []}


def test_a_backend_without_any_stack_of_production_does_not_say_that_one_is_missing(root: Path) -> None:
    backend = till.restore(root, "looked")
    for file in (backend / "stacks/pagerworthy").iterdir():
        file.rename(file.with_name(file.name.replace("production", "staging")))
    for folder in (backend / "history/pagerworthy").iterdir():
        folder.rename(folder.with_name(folder.name.replace("production", "staging")))
    found = known(root)
    assert all("has no stack of production at all" in found[name, LIVE] for name in till.SERVICES)
    assert all(isinstance(value, str) for value in found.values())


def test_a_stack_that_no_entry_asks_for_is_managed_by_nobody(root: Path) -> None:
    backend = till.restore(root, "looked")
    state = stack_file(backend, "web").read_text().replace("web.production", "web.staging")
    (backend / "stacks/pagerworthy/web.staging.json").write_text(state)
    found = known(root)
    assert found["web", DRIFT] == {"drifted": 0, "unmanaged": found["web", LIVE]["resources"]}
    assert found["cards", DRIFT] == {"drifted": 0, "unmanaged": 0}
    (backend / "stacks/pagerworthy/web.staging.json").write_text(state[:-100])
    assert "web.staging cannot be read" in known(root)["web", DRIFT]


def pending(state: dict[str, Any]) -> None:
    latest = state["checkpoint"]["latest"]
    latest["pending_operations"] = [{"type": "creating", "resource": latest["resources"][-1]}]


def killed(state: dict[str, Any]) -> None:
    state["checkpoint"]["latest"]["manifest"]["time"] = "2026-11-23T07:00:00.123456789Z"


@pytest.mark.parametrize(
    ("change", "says"),
    [(pending, "an engine ended in the middle of creating"), (killed, "an engine was cut off at work on it")],
)
def test_a_stack_that_was_left_half_done_is_not_whole(
    change: Callable[[dict[str, Any]], None], says: str, root: Path
) -> None:
    backend = till.restore(root, "looked")
    edit(stack_file(backend, "web"), change)
    found = known(root)
    assert found["web", LIVE]["unfinished"][0].startswith(f"production: {says}")
    assert says in found["web", DRIFT]


@pytest.mark.parametrize(
    ("operation", "field", "says"),
    [
        ({"kind": "update", "result": "failed"}, "unfinished", "production: its last update did not succeed"),
        ({"kind": "destroy", "result": "succeeded"}, "unfinished", "production: all that it held was destroyed"),
        ({"kind": "refresh", "result": "failed"}, "behind", "production"),
        ({"kind": "import", "resourceChanges": {}}, "behind", "production"),
    ],
)
def test_what_came_after_the_last_update_is_heeded(
    operation: dict[str, Any], field: str, says: str, root: Path
) -> None:
    backend = till.restore(root, "looked")
    add_operation(backend, "web", **operation)
    found = known(root)
    assert found["web", LIVE][field] == [says]
    assert found["web", DRIFT].startswith("web.production is not as it was brought up: ")


def test_a_refresh_is_a_look_too_and_what_it_took_over_is_drift_until_the_next_update(root: Path) -> None:
    backend = till.restore(root, "up")
    records = till.collect(root).records
    (before,) = [each for each in records if (each.subject, each.key) == ("web", DRIFT)]
    add_operation(backend, "web", kind="refresh", resourceChanges={"same": 14})
    records = till.collect(root).records
    (after,) = [each for each in records if (each.subject, each.key) == ("web", DRIFT)]
    assert bytes(after.value) == bytes(before.value) == b'{"drifted":0.0,"unmanaged":0.0}'
    assert after.time > before.time
    assert (before.query, after.query) == (f"read {till.REPORT}; state of web.production", "state of web.production")
    add_operation(backend, "web", kind="refresh", resourceChanges={"same": 12, "update": 1, "delete": 1})
    found = known(root)
    assert found["web", DRIFT] == {"drifted": 2, "unmanaged": 0}
    assert found["web", LIVE]["behind"] == ["production"]
    # The state is now what the cloud is, and neither is what was brought up.
    report(root, started="2026-11-23T07:00:00Z")
    assert known(root)["web", DRIFT] == {"drifted": 2, "unmanaged": 0}
    add_operation(backend, "web", kind="update", resourceChanges={"same": 12, "update": 1, "create": 1})
    assert WHOLE.items() <= known(root)["web", LIVE].items()


def test_an_update_that_changed_something_makes_each_look_before_it_old(root: Path) -> None:
    backend = till.restore(root, "up")
    add_operation(backend, "web", kind="update", resourceChanges={"same": 14})
    assert known(root)["web", DRIFT] == {"drifted": 0, "unmanaged": 0}
    add_operation(backend, "web", kind="update", resourceChanges={"same": 13, "update": 1})
    assert "web.production was updated after the look at it" in known(root)["web", DRIFT]


def test_a_stack_in_whose_place_nothing_was_ever_brought_up_is_not_whole(root: Path) -> None:
    backend = till.restore(root, "looked")
    file = stack_file(backend, "web")
    edit(file, lambda state: state["checkpoint"].pop("latest"))
    for each in (backend / "history/pagerworthy/web.production").iterdir():
        each.unlink()
    assert known(root)["web", LIVE]["unfinished"] == ["production: nothing was ever brought up in it"]


def test_the_state_of_a_later_moment_tells_nothing_of_an_earlier_one(root: Path) -> None:
    till.restore(root, "looked")
    found = known(root, as_of=dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC))
    assert all("after the moment that is judged" in value for value in found.values())


def test_the_state_of_an_emulator_tells_nothing_of_the_cloud(root: Path) -> None:
    backend = till.restore(root, "looked")
    file = stack_file(backend, "web")
    file.write_text(file.read_text().replace('"cloud": ""', '"cloud": "http://127.0.0.1:5000"'))
    found = known(root)
    assert all("is of http://127.0.0.1:5000" in found["web", key] for key in (LIVE, DRIFT, LOGS))
    assert WHOLE.items() <= found["adverts", LIVE].items()


def test_drift_is_counted_by_the_last_look(root: Path) -> None:
    till.restore(root, "looked")
    rows = report(root)["stacks"]
    change = {"type": "aws:ecs/service:Service", "name": "service", "operation": "update"}
    drifted = [{**each, "outcome": "drifted", "changes": [change, change]} for each in rows if "web" in each["stack"]]
    report(root, "reports/later.json", started="2026-11-23T06:00:00Z", stacks=drifted)
    found = known(root, drift=("reports/*.json",))
    assert found["web", DRIFT] == {"drifted": 2, "unmanaged": 0}
    assert found["cards", DRIFT] == {"drifted": 0, "unmanaged": 0}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"started": "2026-11-21T06:00:00Z"}, "was updated after the look at it of 2026-11-21 06:00 UTC"),
        ({"started": "2026-11-24T06:00:00Z"}, "is dated after the moment that is judged"),
        ({"started": "2026-11-23T06:00:00"}, "is no report of `pagerworthy drift`"),
        ({"operation": "preview"}, "is no report of `pagerworthy drift`"),
        ({"emulator": "http://127.0.0.1:5000"}, "is of http://127.0.0.1:5000"),
        ({"stacks": []}, "nobody has looked whether web.production differs: pagerworthy drift production web"),
        ({"stacks": "all"}, "is no report of a run"),
        (
            {"stacks": [{"stack": "web.production", "outcome": "failed", "message": "no\x1bway"}]},
            "looked at: no\ufffdway",
        ),
        ({"stacks": [{"stack": "web.production", "outcome": "not-started"}]}, "was not looked at: not-started"),
    ],
)
def test_a_report_that_says_nothing_of_the_present_is_no_look(changes: dict[str, Any], says: str, root: Path) -> None:
    till.restore(root, "up")
    report(root, **changes)
    found = known(root)
    assert says in found["web", DRIFT]
    assert WHOLE.items() <= found["web", LIVE].items()


def test_a_report_that_cannot_be_read_may_be_the_last_one(root: Path) -> None:
    till.restore(root, "looked")
    (root / "reports/later.json").write_text('{"operation": "drift"')
    found = known(root, drift=("reports/*.json",))
    assert "reports/later.json: it is no report of a run" in found["web", DRIFT]
    assert known(root, drift=("reports/none-*.json",))["web", DRIFT] == "there is no report of `pagerworthy drift` yet"


def test_without_reports_drift_is_known_of_what_was_looked_at(root: Path) -> None:
    till.restore(root, "up")
    assert "nobody has looked whether" in known(root, drift=())["web", DRIFT]
    till.restore(root, "looked")
    assert known(root, drift=())["web", DRIFT] == {"drifted": 0, "unmanaged": 0}


def test_logs_that_are_kept_for_ever_are_kept_long_enough_and_a_stack_without_any_keeps_none(root: Path) -> None:
    backend = till.restore(root, "looked")

    def change(state: dict[str, Any]) -> None:
        for each in state["checkpoint"]["latest"]["resources"]:
            each["outputs"].pop("retentionInDays", None)

    edit(stack_file(backend, "cards"), change)
    # The platform's bucket of logs forgets after 400 days.
    assert known(root)["cards", LOGS] == {"retention_days": 400}
    edit(stack_file(backend, "cards"), lambda state: _remove(state, "logGroup:LogGroup"))
    assert known(root)["cards", LOGS] == "cards.production holds no group of logs"
    edit(stack_file(backend, "platform"), lambda state: _remove(state, "BucketLifecycleConfiguration"))
    edit(stack_file(backend, "web"), change)
    assert known(root)["web", LOGS] == {"retention_days": 36_500}


def _remove(state: dict[str, Any], kind: str) -> None:
    latest = state["checkpoint"]["latest"]
    latest["resources"] = [each for each in latest["resources"] if not each["type"].endswith(kind)]


def test_without_the_provider_all_is_known_but_what_an_entry_asks_for(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.restore(root, "looked")

    def missing() -> str:
        raise PackageNotFoundError("pulumi-aws")

    monkeypatch.setattr("pagerworthy.stacks.run.digests.programs", missing)
    found = known(root)
    assert all("only where pulumi-aws is installed" in found[name, LIVE] for name in till.SERVICES)
    assert found["cards", WAYS] == {"paths": []}
    assert found["cards", DRIFT] == {"drifted": 0, "unmanaged": 0}


def test_pulumi_itself_is_not_imported(root: Path) -> None:
    till.restore(root, "looked")
    program = (
        "import sys; sys.modules['pulumi'] = sys.modules['pulumi_aws'] = None\n"
        "from pathlib import Path; from tests.collect import till\n"
        f"print(sum(bool(each.failed) for each in till.collect(Path({str(root)!r})).records))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("0\n", 0), done.stderr


def test_a_recording_answers_as_the_backend_did_and_has_no_secret(root: Path, tmp_path: Path) -> None:
    backend = till.restore(root, "opened")
    cipher = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:hidden"}

    def hide(state: dict[str, Any]) -> None:
        for each in state["checkpoint"]["latest"]["resources"]:
            each["outputs"]["password"] = cipher

    edit(stack_file(backend, "web"), hide)
    folder = tmp_path / "recording"
    then = till.collect(root, wire=RecordingWire(folder, till.AS_OF))
    assert all(not each.failed for each in then.records)
    assert not any(b"hidden" in file.read_bytes() for file in folder.glob("**/*.json"))
    assert not any(str(root).encode() in file.read_bytes() for file in folder.glob("**/*.json"))
    (backend / "meta.yaml").unlink()
    (root / till.REPORT).unlink()
    assert till.collect(root, wire=ReplayingWire(folder)).records == then.records


def opened(root: Path, backend: str = "", settings: str = "") -> object:
    variables = {"PULUMI_BACKEND_URL": backend} if backend else {}
    stacks = StacksSettings(backend=settings)
    return open_collector(Surroundings(root, CollectSettings(), variables, Deadline(5), Wire(), stacks))


def test_where_nothing_was_ever_brought_up_it_is_not_set_up(root: Path) -> None:
    assert opened(root) is None
    assert opened(root, settings="s3://states") is not None
    assert opened(root, settings="file://states") is not None
    till.restore(root, "up")
    assert opened(root) is not None


@pytest.mark.parametrize("backend", ["file://~/states", "file://states", "file://[", "file://~nobody/x"])
def test_a_folder_that_pulumi_would_look_for_elsewhere_is_not_taken_for_another(backend: str, root: Path) -> None:
    with pytest.raises(SourceError):
        opened(root, backend)


@pytest.mark.parametrize("backend", ["s3://states", "https://app.pulumi.com", "azblob://x?key=hidden"])
def test_of_another_backend_it_is_said_that_nothing_is_known(backend: str, root: Path) -> None:
    found = till.collect(root, backend=backend)
    assert "are not read without an engine" in found.failed
    assert {(each.subject, each.key) for each in found.records} == {
        (name, key) for name in till.SERVICES for key in (LIVE, DRIFT, LOGS, WAYS) if key != WAYS or name == "cards"
    }
    assert all(each.failed and "hidden" not in each.failed for each in found.records)
