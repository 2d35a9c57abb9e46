"""A stand-in for Pulumi's `aws` plugin: each resource is made with boto3 on a moto server of its own.

    with StandIn(tmp_path) as cloud:
        subprocess.run(["pulumi", "up", "--yes", "--stack", "dev"], env=cloud.environment)
        cloud.boto("sns").list_topics()

It runs as a process of its own, serves any number of engines at once, and ends with its `with` block. Everything
that it knows of AWS is in `services/`; a type, property or setting that it does not know is an error.
"""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from tests.stacks.standin.faults import Fault, write_faults
from tests.stacks.standin.journal import Call, read_journal
from tests.tools import find_tool

__all__ = ["ACCOUNT", "REGION", "Call", "Fault", "StandIn"]

ACCOUNT = "123456789012"
REGION = "eu-central-1"
_ROOT = Path(__file__).parents[3]


class StandIn:
    """A cloud, an engine's plugin for it, and the settings for a Pulumi of its own, all under `home`."""

    def __init__(self, home: Path, *, region: str = REGION) -> None:
        self.home = home.resolve()
        self.region = region
        self.endpoint = ""
        self.port = 0
        self._process: subprocess.Popen[str] | None = None
        self._faults: list[Fault] = []
        self._clients: dict[tuple[str, str], Any] = {}

    def __enter__(self) -> "StandIn":
        self.home.mkdir(parents=True, exist_ok=True)
        for folder in ("state", "pulumi", "tmp"):
            (self.home / folder).mkdir(exist_ok=True)
        ready = self.home / "ready.json"
        ready.unlink(missing_ok=True)
        self._write_faults()
        environment = {**os.environ, "PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": ""}
        with (self.home / "standin.log").open("w") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.stacks.standin.serve", str(self.home)],
                cwd=_ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__(None, None, None)
                raise RuntimeError(f"the stand-in did not start:\n{(self.home / 'standin.log').read_text()}")
            time.sleep(0.02)
        found = json.loads(ready.read_text())
        self.port, self.endpoint = found["port"], found["endpoint"]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for client in self._clients.values():
            client.close()
        self._clients.clear()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    # What an engine needs.

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a `pulumi` that uses this cloud, and no setting or state of whoever runs the tests."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PULUMI_", "AWS_"))}
        pulumi = find_tool("pulumi")
        places = [str(Path(sys.executable).parent), *([str(pulumi.parent)] if pulumi else [])]
        return {
            **kept,
            **self.settings,
            "PATH": os.pathsep.join([*places, kept.get("PATH", "")]),
        }

    @property
    def settings(self) -> dict[str, str]:
        """Of that environment, what is to be added to another one (`monkeypatch.setenv`, `env_vars`)."""
        return {
            "PULUMI_DEBUG_PROVIDERS": f"aws:{self.port}",
            "PULUMI_BACKEND_URL": (self.home / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "rehearsal",
            "PULUMI_HOME": str(self.home / "pulumi"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK": "true",
            "AWS_REGION": self.region,
            "TMPDIR": str(self.home / "tmp"),
        }

    # What is in the cloud.

    def boto(self, service: str, region: str = "") -> Any:
        """boto3's client of a service of this cloud."""
        key = (service, region or self.region)
        if key not in self._clients:
            import boto3
            from botocore.config import Config

            self._clients[key] = boto3.client(
                service,
                region_name=key[1],
                endpoint_url=self.endpoint,
                aws_access_key_id="test",
                aws_secret_access_key="test",  # noqa: S106 -- moto asks for none
                config=Config(s3={"addressing_style": "path"}),
            )
        return self._clients[key]

    def emulated(self, kind: str) -> dict[str, Any]:
        """What the stand-in keeps itself of a kind (`mq:Broker`), by id: moto has no operations for it."""
        things = json.loads((self.home / "emulated.json").read_text(encoding="utf-8"))
        found: dict[str, Any] = things.get(kind, {})
        return found

    def holdings(self, *services: str) -> dict[str, list[str]]:
        """The names of all that the cloud holds, by kind, beside what is in every empty account.

        Asked of its APIs, so that nothing that the stand-in forgot can hide; of all services or of those named as
        boto3 names them. Empty when nothing is left.
        """
        from tests.stacks.standin.inventory import inventory

        found = dict(inventory(self.boto, frozenset(services), ACCOUNT))
        things = json.loads((self.home / "emulated.json").read_text(encoding="utf-8"))
        found.update({f"emulated {kind}": sorted(ids) for kind, ids in things.items() if ids})
        return found

    def reset(self) -> None:
        """Empties the cloud and takes back all faults. The state of stacks and the journal are kept."""
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        reset = urllib.request.Request(f"{self.endpoint}/moto-api/reset", method="POST")  # noqa: S310 -- our own server
        urllib.request.urlopen(reset).close()  # noqa: S310
        self._process.stdin.write("reset\n")
        self._process.stdin.flush()
        self._process.stdout.readline()
        self.heal()

    # What goes wrong.

    def fault(self, fault: Fault) -> Fault:
        """Lets something go wrong from now on; returns it under a key of its own, to be taken back by `heal`."""
        kept = replace(fault, key=fault.key or f"fault-{time.monotonic_ns()}")
        self._faults.append(kept)
        self._write_faults()
        return kept

    def heal(self, *faults: Fault) -> None:
        """Takes these faults back, or all; calls that hang because of them go on."""
        gone = {each.key for each in faults}
        self._faults = [each for each in self._faults if faults and each.key not in gone]
        self._write_faults()

    def _write_faults(self) -> None:
        write_faults(self.home / "faults.json", tuple(self._faults))

    # What was asked.

    def calls(self, call: str = "", phase: str = "done") -> list[Call]:
        """The calls so far, in order: those of one sort (`create`), or all; `phase` may be empty for every phase."""
        return [
            each
            for each in read_journal(self.home / "journal.jsonl")
            if call in ("", each.call) and phase in ("", each.phase)
        ]

    def creates(self) -> dict[str, int]:
        """How often each URN was created in the cloud."""
        return dict(Counter(each.urn for each in self.calls("create")))

    def changes(self) -> list[Call]:
        """The calls that changed the cloud."""
        return [each for each in self.calls() if each.call in {"create", "update", "delete"}]

    def wait_for(self, call: str, name: str, phase: str = "begin", *, stack: str = "", seconds: float = 60) -> Call:
        """Waits until a call for a resource of this logical name has begun (or ended). Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for each in self.calls(call, phase):
                if each.name == name and stack in ("", each.stack):
                    return each
            time.sleep(0.05)
        raise TimeoutError(f"no {call} of {name} has reached {phase} in {seconds} s")
