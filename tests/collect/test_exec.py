"""An organisation's own collectors: what they print, what they get wrong, and what is never run."""

import importlib.util
import json
import os
import py_compile
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from pagerworthy.catalog import load
from pagerworthy.collect import Deadline, SourceError, Surroundings, gather
from pagerworthy.collect.exec import open_collector
from pagerworthy.collect.replay import RecordingWire, ReplayingWire
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings, ExecSettings
from tests.collect.world import said
from tests.evidence.world import AS_OF, commit, git, service, start, write

_TIME = "2026-11-19T08:00:00Z"
_VALUE = '{"cost": 0.02, "accepted": true}'
_LINE = (
    f'{{"subject": "checkout", "key": "cost.unit", "time": "{_TIME}", "source": "x", "strength": "observed", '
    f'"value": {_VALUE}}}'
)
_FINE = f"#!/bin/sh\ncat <<'E'\n{_LINE}\nE\n"
_SECRET = "s3cret-of-theirs"  # noqa: S105 -- of nobody


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose trusted branch has a command."""
    root = start(tmp_path / "root")
    service(root)
    service(root, "pay")
    write(root, "pagerworthy.toml", "# the settings are given by the test\n")
    program(root, _FINE)
    trust(root)
    return root


def program(root: Path, text: str, name: str = "collect/ours") -> Path:
    file = write(root, name, text)
    file.chmod(0o755)
    return file


def trust(root: Path) -> None:
    """Commits everything, as the branch that the remote has."""
    commit(root, "2026-11-01")
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(root, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")


def collected(
    root: Path,
    *command: str,
    keys: tuple[str, ...] = ("cost.unit",),
    timeout: float = 60,
    wire: Wire | None = None,
    seconds: float = 120,
    variables: Mapping[str, str] | None = None,
) -> tuple[Record, ...]:
    settings = CollectSettings(
        exec={"ours": ExecSettings(command=command or ("collect/ours",), keys=keys, timeout=timeout)}
    )
    around = {"PATH": os.environ["PATH"], **(variables or {})}
    collector = open_collector(Surroundings(root, settings, around, Deadline(seconds), wire or Wire()))
    assert collector is not None
    (found,) = gather([collector], Context(load(root).catalog, root, AS_OF, settings), Deadline(seconds + 60))
    assert not found.failed
    return found.records


def refused(root: Path, *command: str, variables: Mapping[str, str] | None = None) -> str:
    """Why a command is not run; every record says so."""
    records = collected(root, *command, variables=variables)
    assert {each.subject for each in records} == {"checkout", "pay"}
    (reason,) = {each.failed for each in records}
    assert reason.startswith("ours: not run: ")
    assert not (root / "ran").exists()
    return reason


def test_what_it_prints_is_taken(root: Path) -> None:
    (record,) = collected(root)
    assert said((record,), "checkout", "cost.unit") == {"cost": 0.02, "accepted": True}
    assert record.source == "exec:ours"
    assert record.response.startswith("sha256:")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("nonsense", "line 2: not a record"),
        (_LINE.replace("cost.unit", "cost.unti"), "no evidence key"),
        (_LINE.replace("cost.unit", "toil.hours"), "value of toil.hours is wrong"),
        (_LINE.replace('"cost": 0.02', '"cost": -1'), "value of cost.unit is wrong"),
        (_LINE.replace("observed", "exercised"), "cannot be exercised"),
        (_LINE.replace('"checkout"', '"nobody"'), "no service is called"),
        (_LINE.replace('"source"', '"item": "x", "source"'), "takes no item"),
        (_LINE.replace('"source": "x"', '"source": "x", "source": "y"'), "twice"),
        (
            _LINE.replace("checkout", "pay").replace("cost.unit", "toil.hours").replace(_VALUE, '{"per_week": 0}'),
            "not among its keys",
        ),
        ("x" * 70_000, "longer than 64 KiB"),
    ],
)
def test_a_wrong_line_is_said_and_hides_no_right_one(root: Path, line: str, why: str) -> None:
    program(root, f"#!/bin/sh\ncat <<'E'\n{_LINE}\n{line}\nE\n")
    trust(root)
    records = collected(root)
    assert said(records, "checkout", "cost.unit") == {"cost": 0.02, "accepted": True}
    assert why in str(said(records, "pay", "cost.unit"))
    assert len(records) == 2


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("#!/bin/sh\necho 'first' >&2\necho 'no such host' >&2\nexit 3\n", "it ended with 3: no such host"),
        ("#!/bin/sh\nkill -9 $$\n", "it ended with -9"),
        ("#!/bin/nowhere\n", "cannot be started"),
        ("#!/bin/sh\nprintf '\\033[31mred\\n' >&2\nexit 1\n", "\N{REPLACEMENT CHARACTER}[31mred"),
        ("#!/bin/sh\nexec yes xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", "printed more than"),
        ("#!/bin/sh\nyes >&2 & sleep 0.2; kill $!; exit 4\n", "ended with 4: y"),
        (f"#!/bin/sh\necho bad token {_SECRET} >&2\nexit 1\n", "bad token <secret>"),
        (f"#!/bin/sh\necho '{_LINE}'\necho '{_SECRET}'\n", "printed a secret"),
        (f"#!/bin/sh\necho '{_LINE}'\nprintf %s '{_SECRET}' | base64\n", "printed a secret"),
    ],
)
def test_a_command_that_fails_makes_its_keys_unknown(
    root: Path, text: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pagerworthy.collect.exec.collector._SIZE", 1 << 20)
    program(root, text)
    trust(root)
    records = collected(root, keys=("cost.unit", "toil.hours"), variables={"THEIR_TOKEN": _SECRET})
    assert len(records) == 4
    assert all(why in each.failed and _SECRET not in each.failed for each in records), records[0].failed


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GIT_AUTHOR_NAME", "Ada Example"),
        ("CI_COMMIT_AUTHOR", "Ada <ada@example.com>"),
        ("XAUTHORITY", "/home/ada/.x"),
        ("SSH_AUTH_SOCK", "/run/ssh-1/agent.2"),
        ("HOMEPAGE", "https://ada.example.com"),
    ],
)
def test_what_is_no_secret_may_be_printed(root: Path, name: str, value: str) -> None:
    line = _LINE.replace('"x"', json.dumps(value))
    program(root, f"#!/bin/sh\ncat <<'E'\n{line}\nE\n")
    trust(root)
    assert said(collected(root, variables={name: value}), "checkout", "cost.unit") == {"cost": 0.02, "accepted": True}


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("DATABASE_URL", f"postgres://me:{_SECRET}@db.example/shop", _SECRET),
        ("DATABASE_URL", "postgres://me:p%40ss-of-theirs@db.example/shop", "p@ss-of-theirs"),
        ("BASIC_AUTH", _SECRET, _SECRET),
        ("SIGNING_KEY", _SECRET, _SECRET),
    ],
)
def test_the_variable_whose_secret_was_printed_is_named(root: Path, name: str, value: str, secret: str) -> None:
    program(root, f"#!/bin/sh\necho '{_LINE}'\necho '{secret}'\n")
    trust(root)
    records = collected(root, variables={name: value})
    assert all(f"that of {name}," in each.failed and secret not in each.failed for each in records)


def test_what_was_seen_while_it_ran_was_seen_at_its_moment(root: Path) -> None:
    # As a command does that does not look at PAGERWORTHY_AS_OF.
    now = _LINE.replace(_TIME, "2026-11-20T08:03:20Z")
    program(root, f"#!/bin/sh\ncat <<'E'\n{now}\nE\n")
    trust(root)
    (record,) = collected(root)
    assert (record.time, record.failed) == (AS_OF, "")


@pytest.mark.parametrize("when", ["2026-11-22T08:00:00Z", "2026-11-20T12:00:00+02:00"])
def test_a_record_of_another_day_is_not_lost_without_a_word(root: Path, when: str) -> None:
    program(root, f"#!/bin/sh\ncat <<'E'\n{_LINE}\n{_LINE.replace('checkout', 'pay').replace(_TIME, when)}\nE\n")
    trust(root)
    records = collected(root)
    assert said(records, "checkout", "cost.unit") == {"cost": 0.02, "accepted": True}
    assert "line 2: the record is dated after PAGERWORTHY_AS_OF" in str(said(records, "pay", "cost.unit"))


def test_a_key_that_a_command_never_prints_is_said(root: Path) -> None:
    records = collected(root, keys=("cost.unit", "toil.hours"))
    assert said(records, "checkout", "cost.unit") == {"cost": 0.02, "accepted": True}
    # Of a service of which it has nothing to say, nothing is said.
    assert said(records, "pay", "cost.unit") is None
    for name in ("checkout", "pay"):
        assert "printed no record of toil.hours" in str(said(records, name, "toil.hours"))


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    # What has ended may wait for its new parent to notice.
    return state != "Z"


@pytest.mark.parametrize("hold", ["exec sleep 600", "sleep 600 & exit 0", "sleep 600 & sleep 600 & wait"])
def test_what_takes_too_long_is_ended_with_all_that_it_started(root: Path, hold: str) -> None:
    pids = root.parent / "pids"
    program(root, f"#!/bin/sh\necho $$ >> {pids}\n{hold.replace('sleep 600 &', f'sleep 600 & echo $! >> {pids};')}\n")
    trust(root)
    started = time.monotonic()
    records = collected(root, timeout=1)
    assert time.monotonic() - started < 30
    assert all("not done within" in each.failed for each in records)
    # A kill is carried out when the kernel next runs what it is sent to.
    until = time.monotonic() + 20
    while running := [pid for pid in map(int, pids.read_text().split()) if _runs(pid)]:
        assert time.monotonic() < until, running
        time.sleep(0.02)


def test_our_tokens_are_passed_on_only_where_the_environment_says_so(root: Path) -> None:
    def run(passed: str) -> None:
        tokens = {"PAGERWORTHY_GITHUB_TOKEN": "first-token", "PAGERWORTHY_PAGERDUTY_TOKEN": "second-token"}
        collected(root, variables={**tokens, "PAGERWORTHY_EXEC_PASS": passed})

    program(root, '#!/bin/sh\nenv | grep -c "TOKEN=" > count; env | grep -c "PAGERDUTY_TOKEN=" >> count; exit 0\n')
    write(root, ".gitignore", "/count\n")
    trust(root)
    run("")
    assert (root / "count").read_text() == "0\n0\n"
    run("PAGERWORTHY_PAGERDUTY_TOKEN")
    assert (root / "count").read_text() == "1\n1\n"


def test_a_recording_runs_nothing(root: Path, tmp_path: Path) -> None:
    live = collected(root, wire=RecordingWire(tmp_path / "recorded", AS_OF))
    (root / "collect/ours").unlink()
    assert collected(root, wire=ReplayingWire(tmp_path / "recorded")) == live


RAN = "#!/bin/sh\ntouch ran\n"


def _propose(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "proposal")
    program(root, RAN)
    commit(root, "2026-11-02")


def _change(root: Path) -> None:
    program(root, RAN)


def _hide(root: Path) -> None:
    git(root, "update-index", "--assume-unchanged", "collect/ours")
    program(root, RAN)


def _settings(root: Path) -> None:
    write(root, "pagerworthy.toml", "[collect.exec.ours]\n")


def _no_settings(root: Path) -> None:
    git(root, "rm", "-q", "--cached", "pagerworthy.toml")
    commit_staged(root)
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")


def commit_staged(root: Path) -> None:
    git(root, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-q", "-m", "x")


def _beside(root: Path) -> None:
    program(root, RAN, "collect/helper.py")


def _link(root: Path) -> None:
    (root / "collect/ours").unlink()
    program(root.parent, RAN, "elsewhere")
    (root / "collect/ours").symlink_to(root.parent / "elsewhere")


def _folder_link(root: Path) -> None:
    (root / "collect").rename(root / "moved")
    (root / "collect").symlink_to("moved")


def _tag(root: Path) -> None:
    _propose(root)
    git(root, "tag", "origin/main")
    git(root, "update-ref", "-d", "refs/remotes/origin/main")
    git(root, "update-ref", "-d", "refs/heads/main")


@pytest.mark.parametrize(
    ("done", "variables", "why"),
    [
        (_propose, {}, "HEAD is not in the trusted branch"),
        (_propose, {"PAGERWORTHY_TRUSTED_REF": "main"}, "HEAD is not in the trusted branch"),
        (_propose, {"PAGERWORTHY_TRUSTED_REF": "origin/main"}, "HEAD is not in the trusted branch"),
        (_tag, {"PAGERWORTHY_TRUSTED_REF": "origin/main"}, "is origin/main, which is a commit and no branch"),
        (_tag, {}, "no branch is trusted"),
        (_change, {}, "was changed"),
        (_hide, {}, "was changed"),
        (_settings, {}, "pagerworthy.toml was changed"),
        (_no_settings, {}, "pagerworthy.toml is not in the trusted branch"),
        (_beside, {}, "collect/helper.py"),
        (_link, {}, "symbolic link"),
        (_folder_link, {}, "symbolic link"),
        (lambda _: None, {"GITHUB_EVENT_NAME": "pull_request"}, "pull request"),
        (lambda _: None, {"GITHUB_EVENT_NAME": "pull_request_target"}, "pull request"),
        (lambda _: None, {"GITHUB_EVENT_NAME": "pull_request_review"}, "pull request"),
        (lambda _: None, {"BUILD_REASON": "PullRequest", "PAGERWORTHY_TRUSTED_REF": "origin/main"}, "pull request"),
        (lambda _: None, {"CI": "true"}, "set PAGERWORTHY_TRUSTED_REF"),
        (lambda _: None, {"CI": "1"}, "set PAGERWORTHY_TRUSTED_REF"),
        (lambda _: None, {"JENKINS_URL": "https://jenkins.example"}, "set PAGERWORTHY_TRUSTED_REF"),
        (lambda _: None, {"TF_BUILD": "True"}, "set PAGERWORTHY_TRUSTED_REF"),
        (lambda _: None, {"PAGERWORTHY_TRUSTED_REF": "gone"}, "is not here"),
        (lambda _: None, {"PAGERWORTHY_TRUSTED_REF": "HEAD"}, "is HEAD, which is a commit and no branch"),
        (lambda _: None, {"PAGERWORTHY_TRUSTED_REF": "--all"}, "is no branch"),
        (lambda _: None, {"PAGERWORTHY_TRUSTED_REF": "a..b"}, "is no branch"),
        (lambda _: None, {"PAGERWORTHY_TRUSTED_REF": "refs/tags/x"}, "is not here"),
    ],
)
def test_what_the_trusted_branch_does_not_have_is_not_run(
    root: Path, done: Callable[[Path], None], variables: dict[str, str], why: str
) -> None:
    done(root)
    assert why in refused(root, variables=variables)


@pytest.mark.parametrize(
    "name",
    [
        "BITBUCKET_PR_ID",
        "BUILDKITE_PULL_REQUEST",
        "CHANGE_ID",
        "CIRCLE_PULL_REQUEST",
        "CI_EXTERNAL_PULL_REQUEST_IID",
        "CI_MERGE_REQUEST_IID",
        "DRONE_PULL_REQUEST",
        "SYSTEM_PULLREQUEST_PULLREQUESTID",
        "TRAVIS_PULL_REQUEST",
    ],
)
def test_pull_requests_are_known_wherever_they_are_built(root: Path, name: str) -> None:
    trusted = {"PAGERWORTHY_TRUSTED_REF": "origin/main", "CI": "true"}
    assert "pull request" in refused(root, variables={name: "7", **trusted})
    for none in ("", "false"):
        assert said(collected(root, variables={name: none, **trusted}), "checkout", "cost.unit")


def _tool(root: Path) -> None:
    """What a program loads without being told its name."""
    write(root, "Makefile", "costs:\n\t@cat costs.jsonl\n")
    write(root, "tools/__main__.py", "print(open('costs.jsonl').read(), end='')\n")
    write(root, "lib/loaded.py", "")
    write(root, "costs.jsonl", f"{_LINE}\n")
    write(root, ".gitignore", "__pycache__/\n/results/\n")
    trust(root)


_LOADED = "import pathlib\npathlib.Path('ran').touch()\n"


def _lay_ignored(root: Path) -> None:
    # It hides itself, and what lies beside it.
    write(root, "lib/.gitignore", "*\n")
    write(root, "lib/more.py", _LOADED)


def _lay_hidden(root: Path) -> None:
    write(root, "lib/loaded.py", _LOADED)
    git(root, "update-index", "--assume-unchanged", "lib/loaded.py")


def _lay_skipped(root: Path) -> None:
    write(root, "lib/loaded.py", _LOADED)
    git(root, "update-index", "--skip-worktree", "lib/loaded.py")


@pytest.mark.parametrize(
    ("command", "lay", "name"),
    [
        (("make", "costs"), lambda root: write(root, "Makefile", "costs:\n\ttouch ran\n"), "Makefile"),
        (("python3", "tools"), lambda root: write(root, "tools/__main__.py", _LOADED), "tools/__main__.py"),
        (("python3", "-m", "lib.loaded"), lambda root: write(root, "lib/loaded.py", _LOADED), "lib/loaded.py"),
        (("python3", "-m", "new"), lambda root: write(root, "new/__main__.py", _LOADED), "new/"),
        (("python3", "-m", "new"), lambda root: write(root, "new.py", _LOADED), "new.py"),
        (("python3", "-m", "lib.loaded"), lambda root: (root / "lib/loaded.py").unlink(), "lib/loaded.py"),
        (("python3", "-m", "lib.more"), _lay_ignored, "lib/"),
        (("python3", "-m", "lib.loaded"), _lay_hidden, "lib/loaded.py"),
        (("python3", "-m", "lib.loaded"), _lay_skipped, "lib/loaded.py"),
    ],
)
def test_nothing_of_the_work_tree_may_be_otherwise(
    root: Path, command: tuple[str, ...], lay: Callable[[Path], object], name: str
) -> None:
    _tool(root)
    assert said(collected(root, "python3", "tools"), "checkout", "cost.unit")
    lay(root)
    assert f"not run: {name}" in refused(root, *command)


def test_what_python_has_compiled_is_neither_believed_nor_left_there(root: Path) -> None:
    _tool(root)
    write(root, "tools/__main__.py", "import loaded\nprint(open('costs.jsonl').read(), end='')\n")
    write(root, "tools/loaded.py", "")
    trust(root)
    assert said(collected(root, sys.executable, "tools"), "checkout", "cost.unit")
    assert not (root / "tools/__pycache__").exists()
    # Ignored, and never compared with its source.
    laid = write(root, "results/laid.py", _LOADED)
    cache = importlib.util.cache_from_source(str(root / "tools/loaded.py"))
    py_compile.compile(str(laid), cache, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    assert said(collected(root, sys.executable, "tools"), "checkout", "cost.unit")
    assert not (root / "ran").exists()


def test_evidence_and_what_the_trusted_branch_ignores_may_lie_there(root: Path) -> None:
    _tool(root)
    write(root, "catalog/evidence/collected/prometheus.jsonl", "")
    write(root, "results/trivy.json", "{}")
    assert said(collected(root, "python3", "tools"), "checkout", "cost.unit")


def test_a_catalog_within_a_larger_repository_is_held_to_all_of_it(root: Path) -> None:
    # The evidence of the part is no change; what lies beside the part is one.
    part = root / "part"
    service(part)
    service(part, "pay")
    write(part, "pagerworthy.toml", "#\n")
    program(part, _FINE)
    write(part, "catalog/evidence/manual.jsonl", "")
    trust(root)
    write(part, "catalog/evidence/manual.jsonl", "\n")
    assert said(collected(part), "checkout", "cost.unit")
    write(root, "lib/loaded.py", _LOADED)
    assert "not run: lib/" in refused(part)


def test_the_settings_do_not_say_which_branch_is_trusted() -> None:
    assert set(ExecSettings.__struct_fields__) == {"command", "keys", "timeout"}
    assert "trusted" not in CollectSettings.__struct_fields__


def test_files_that_a_command_is_given_count_too(root: Path) -> None:
    program(root, RAN, "scripts/gather.sh")
    assert "scripts/gather.sh is not in the trusted branch" in refused(root, "/bin/sh", "scripts/gather.sh")
    assert "scripts/gather.sh is not in the trusted branch" in refused(root, "/bin/sh", "--file=scripts/gather.sh")
    assert "scripts/gather.sh is not in the trusted branch" in refused(root, "/bin/sh", str(root / "scripts/gather.sh"))
    (root.parent / "link").symlink_to(root / "scripts/gather.sh")
    assert "by a link" in refused(root, "/bin/sh", "../link")
    trust(root)
    collected(root, "/bin/sh", "scripts/gather.sh")
    assert (root / "ran").exists()


def test_the_interpreter_of_an_environment_in_the_repository_is_not_trusted_and_said(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(root, RAN, ".venv/bin/sh")
    write(root, ".gitignore", ".venv\n")
    trust(root)
    monkeypatch.setenv("PATH", f"{root}/.venv/bin", prepend=os.pathsep)
    told = refused(root, "sh", "collect/ours")
    assert "sh is .venv/bin/sh here, which no branch has" in told
    assert "write the absolute path of one outside of this repository, such as /usr/bin/sh" in told
    assert not collected(root, "/usr/bin/sh", "collect/ours")[0].failed


def test_what_is_older_than_the_trusted_branch_may_run(root: Path) -> None:
    commit(root, "2026-11-03")
    git(root, "update-ref", "refs/remotes/origin/main", "HEAD")
    git(root, "checkout", "-q", "HEAD~1")
    assert not collected(root)[0].failed


def test_without_a_repository_nothing_runs(tmp_path: Path) -> None:
    root = tmp_path / "plain"
    service(root)
    service(root, "pay")
    program(root, RAN)
    assert "no branch is trusted" in refused(root)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (ExecSettings(command=(), keys=("cost.unit",)), "no command"),
        (ExecSettings(command=("",), keys=("cost.unit",)), "no command"),
        (ExecSettings(command=("x",), keys=()), "no keys"),
        (ExecSettings(command=("x",), keys=("cost.unti",)), "did you mean cost.unit"),
        (ExecSettings(command=("x",), keys=("cost.unit",), timeout=0), "timeout"),
        (ExecSettings(command=("x",), keys=("cost.unit",), timeout=1e9), "timeout"),
    ],
)
def test_wrong_settings_are_refused(tmp_path: Path, settings: ExecSettings, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        open_collector(Surroundings(tmp_path, CollectSettings(exec={"x": settings}), {}, Deadline(5), Wire()))


def test_without_a_command_nothing_is_set_up(tmp_path: Path) -> None:
    assert open_collector(Surroundings(tmp_path, CollectSettings(), {}, Deadline(5), Wire())) is None
