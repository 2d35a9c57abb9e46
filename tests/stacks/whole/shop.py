"""A copy of the demo's repository, brought up in the stand-in's cloud through the command line and the real engine."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from pagerworthy.stacks import EnvironmentStacks
from tests.stacks.demo import AS_OF, ROOT, stacks_of
from tests.stacks.standin import StandIn

ENVIRONMENT = "staging"
_GIT = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")


class Shop:
    """The repository in `root`, and the commands that are run in it."""

    def __init__(self, cloud: StandIn, root: Path) -> None:
        self.cloud = cloud
        self.root = root
        # The stacks of the report of the first `up`.
        self.first: dict[str, dict[str, Any]] = {}
        shutil.copytree(ROOT / "catalog", root / "catalog")
        shutil.copytree(ROOT / "stacks", root / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pagerworthy.toml", root)
        (root / ".gitignore").write_text(".pagerworthy/\n")
        self.git("init", "-q", "-b", "main")
        self.commit("the shop")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *_GIT, *arguments], cwd=self.root, check=True, capture_output=True)

    def commit(self, message: str) -> None:
        self.git("add", ".")
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """What a command of ours prints; fails where it ends with another code."""
        environment = {key: value for key, value in self.cloud.environment.items() if key != "PULUMI_BACKEND_URL"}
        done = subprocess.run(
            [sys.executable, "-m", "pagerworthy", *arguments],
            cwd=self.root,
            env={**environment, "COLUMNS": "160"},
            capture_output=True,
            text=True,
            check=False,
            timeout=1800,
        )
        assert done.returncode in codes, f"{done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def up(self, *more: str) -> dict[str, dict[str, Any]]:
        """The stacks of the report of an `up`, by name.

        Some services of the demo are frozen, for good reasons: the glass is broken for them, and 1 is no failure.
        """
        glass = ("--break-glass", "a rehearsal", "--record", str(self.root.parent / "glass.jsonl"))
        emulator = ("--emulator", self.cloud.endpoint)
        self.run("up", ENVIRONMENT, *emulator, *glass, "--report", str(self._file), *more)
        return {each["stack"]: each for each in self.report()["stacks"]}

    @property
    def _file(self) -> Path:
        return self.root.parent / "run.json"

    def report(self) -> dict[str, Any]:
        """The report of the last run."""
        found: dict[str, Any] = json.loads(self._file.read_text())
        return found

    def began(self) -> dict[str, float]:
        """When the first resource of each stack was created, as the stand-in's journal says."""
        found: dict[str, float] = {}
        for call in self.cloud.calls("create", "begin"):
            found.setdefault(call.stack, call.time)
        return found

    def deployed(self) -> dict[str, float]:
        """When the service of each stack was first there, by stack."""
        found: dict[str, float] = {}
        for call in self.cloud.calls("create"):
            if call.type == "aws:ecs/service:Service":
                found.setdefault(call.stack, call.time)
        return found

    def groups(self) -> dict[str, str]:
        """What each security group of a service or of its resources is of (`cart`, `cart/valkey`), by its id."""
        said = self.run("outputs", ENVIRONMENT, "--emulator", self.cloud.endpoint, "--format", "json")
        found = {}
        for stack in json.loads(said)["stacks"]:
            service = stack["stack"].removesuffix(f".{ENVIRONMENT}")
            for key, value in stack["outputs"].items():
                resource, _, what = key.rpartition(".")
                if what == "security_group_id":
                    found[value] = f"{service}/{resource}" if resource else service
        return found

    def hand_back(self, service: str) -> None:
        """SRE gives a pager back, by a decision of the day before the demo's moment."""
        decisions = self.root / "catalog" / "decisions"
        parties = yaml.safe_load(next(iter(sorted(decisions.glob(f"{service}-*.yaml")))).read_text())["spec"]["parties"]
        name = f"{service}-2026-11-19-hand-back"
        spec = {"service": service, "action": "hand-back", "time": "2026-11-19T09:00:00Z", "parties": parties}
        spec["reason"] = "It pages for what nobody notices."
        entry = {"apiVersion": "pagerworthy/v1", "kind": "Decision", "metadata": {"name": name}, "spec": spec}
        (decisions / f"{name}.yaml").write_text(yaml.safe_dump(entry, sort_keys=False))

    def affected(self) -> dict[str, dict[str, Any]]:
        """The stacks that differ from the last commit, by name."""
        said = self.run("affected", ENVIRONMENT, "--since", "HEAD", "--format", "json")
        return {each["stack"]: each for each in json.loads(said)["stacks"]}

    def pulumi(self, stack: str, *arguments: str) -> str:
        """What Pulumi itself prints, run in `stacks/` on the states of the rehearsal."""
        (state,) = (self.root / ".pagerworthy").glob("rehearsal-*/state")
        done = subprocess.run(
            ["pulumi", *arguments, "--stack", stack, "--non-interactive"],
            cwd=self.root / "stacks",
            env={
                **self.cloud.environment,
                "PULUMI_BACKEND_URL": state.as_uri(),
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def stacks(self) -> EnvironmentStacks:
        """What the environment's stacks follow from, as the repository says now."""
        from pagerworthy.catalog import load

        return stacks_of(load(self.root).catalog, ENVIRONMENT, AS_OF)
