"""The source `pulumi` on states that the real engine has just made, and those that are recorded of it.

`PAGERWORTHY_RECORD=1 pytest tests/collect/test_pulumi_engine.py` records them anew.
"""

import json
import lzma
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.collect import till
from tests.stacks.standin import StandIn
from tests.tools import require_tool

_GIT = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
STAGES = ("up", "looked", "opened")
# Of a state this is recorded neither: where this machine has its files, secrets, encrypted as they are, and what takes
# much room and is read by nobody.
_LEFT_OUT = frozenset(
    {
        "__defaults",
        "aliases",
        "assumeRolePolicy",
        "ciphertext",
        "config",
        "containerDefinitions",
        "dashboardBody",
        "definition",
        "dependencies",
        "environment",
        "initErrors",
        "inputs",
        "modified",
        "parent",
        "policy",
        "propertyDependencies",
        "provider",
        "secrets_providers",
        "sourcePosition",
        "stackTrace",
        "tags",
        "tagsAll",
    }
)


class Till:
    """The repository, brought up in the stand-in's cloud."""

    def __init__(self, cloud: StandIn, root: Path) -> None:
        self.cloud = cloud
        self.root = till.make(root)
        for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "the till"]):
            subprocess.run(["git", *_GIT, *arguments], cwd=root, check=True, capture_output=True)
        self.stages: dict[str, dict[str, str]] = {}

    def run(self, *arguments: str, report: str = "") -> None:
        environment = {key: value for key, value in self.cloud.environment.items() if key != "PULUMI_BACKEND_URL"}
        more = ["--report", report] if report else []
        done = subprocess.run(
            [sys.executable, "-m", "pagerworthy", *arguments, "--emulator", self.cloud.endpoint, *more],
            cwd=self.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"

    def keep(self, stage: str) -> None:
        """Remembers the files of the backend and of the report, as a recording has them."""
        (state,) = (self.root / ".pagerworthy").glob("rehearsal-*/state")
        files = {}
        for folder in ("stacks", "history"):
            for file in sorted((state / ".pulumi" / folder).glob("**/*.json")):
                files[f".pagerworthy/state/{file.relative_to(state)}"] = _lean(json.loads(file.read_text()))
        files[".pagerworthy/state/.pulumi/meta.yaml"] = (state / ".pulumi/meta.yaml").read_text()
        report = json.loads((self.root / till.REPORT).read_text())
        files[till.REPORT] = json.dumps({**report, "emulator": "recorded"})
        self.stages[stage] = files

    def open_a_door(self) -> None:
        """Somebody lets the world in by hand."""
        ec2 = self.cloud.boto("ec2")
        groups = {each["GroupName"]: each["GroupId"] for each in ec2.describe_security_groups()["SecurityGroups"]}
        door = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ec2.authorize_security_group_ingress(GroupId=groups["production/cards"], IpPermissions=[door])


def _lean(document: Any) -> str:
    def of(value: Any) -> Any:
        if isinstance(value, dict):
            found = {key: of(each) for key, each in value.items() if key not in _LEFT_OUT}
            if "pulumi.flag.refresh" in value.get("environment", {}):
                found["environment"] = {"pulumi.flag.refresh": "set"}
            return found
        return [of(each) for each in value] if isinstance(value, list) else value

    return json.dumps(of(document))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    require_tool("pulumi")
    home = tmp_path_factory.mktemp("till")
    with StandIn(home / "cloud") as cloud:
        found = Till(cloud, home / "till")
        (found.root / "reports").mkdir()
        found.run("up", till.ENVIRONMENT)
        found.run("drift", till.ENVIRONMENT, report=till.REPORT)
        found.keep("up")
        found.run("up", till.ENVIRONMENT, "--refresh")
        found.run("drift", till.ENVIRONMENT, report=till.REPORT)
        found.keep("looked")
        found.open_a_door()
        found.run("refresh", till.ENVIRONMENT)
        found.run("drift", till.ENVIRONMENT, report=till.REPORT)
        found.keep("opened")
        if os.environ.get("PAGERWORTHY_RECORD"):
            till.RECORDED.write_bytes(lzma.compress(json.dumps(found.stages, sort_keys=True).encode()))
        yield found


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_recorded_says_what_the_engine_says_today(
    stage: str, shop: Till, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till.restore(till.make(tmp_path / "recorded"), stage)
    fresh = till.make(tmp_path / "fresh")
    monkeypatch.setattr(till, "recorded", lambda: shop.stages)
    till.restore(fresh, stage)
    then, now = (till.said(till.collect(tmp_path / each)) for each in ("recorded", "fresh"))
    for found in (then, now):
        for value in found.values():
            if isinstance(value, dict):
                value.pop("updated", None)
    assert {key: _kind(value) for key, value in then.items()} == {key: _kind(value) for key, value in now.items()}


def _kind(value: Any) -> Any:
    """A value; of a reason that it is one, since it names a moment."""
    return "a reason" if isinstance(value, str) else value


def test_states_are_read_as_the_engine_leaves_them(shop: Till, tmp_path: Path) -> None:
    """Nothing is changed in them but the cloud that they say they are of."""
    (state,) = (shop.root / ".pagerworthy").glob("rehearsal-*/state")
    copy = shutil.copytree(state, tmp_path / "state")
    found = till.said(till.collect(shop.root, backend=copy.as_uri()))
    assert all("is of http://127.0.0.1:" in str(found[name, "stack.live"]) for name in till.SERVICES)
    for file in copy.glob(".pulumi/stacks/pagerworthy/*.json"):
        file.write_text(file.read_text().replace(shop.cloud.endpoint, ""))
    found = till.said(till.collect(shop.root, backend=copy.as_uri()))
    # What they were brought up from names the emulator, too.
    assert found["cards", "stack.live"]["behind"] == ["production"]
    assert found["cards", "stack.live"]["missing"] == found["cards", "stack.live"]["unfinished"] == []
    assert found["cards", "audit.logs"] == {"retention_days": 400}
    assert found["cards", "traffic.crossings"] == {"paths": ["0.0.0.0/0 to cards:22"]}
