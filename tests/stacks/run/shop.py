"""A repository with stacks of its own in the stand-in's cloud, and what a test asks of it."""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pagerworthy.project import Project
from pagerworthy.stacks.program import Cloud
from pagerworthy.stacks.run.freeze import Freezes
from pagerworthy.stacks.run.orders import Orders
from pagerworthy.stacks.run.places import place_of
from pagerworthy.stacks.run.preflight import Ready, prepare
from pagerworthy.stacks.run.result import Visit
from pagerworthy.stacks.run.run import bring_up, preview, tear_down
from pagerworthy.stacks.run.schedule import Step
from pagerworthy.stacks.run.visit import Visitor
from tests.stacks.run.tiny import Tiny, declare, inputs
from tests.stacks.standin import StandIn

ROOT = Path(__file__).parents[3]


class Quiet:
    """A watcher that only remembers the order in which stacks started."""

    def __init__(self) -> None:
        self.order: list[str] = []

    def planned(self, steps: Sequence[Step]) -> None: ...

    def again(self, stacks: Sequence[str]) -> None: ...

    def started(self, stack: str) -> None:
        self.order.append(stack)

    def ended(self, visit: Visit) -> None: ...

    def tick(self) -> None: ...


class Shop:
    """One repository and its run; a test may make several of the same folder, as two people would."""

    def __init__(self, cloud: StandIn, root: Path) -> None:
        self.cloud = cloud
        self.root = root
        self.watcher = Quiet()

    @property
    def environment(self) -> dict[str, str]:
        return self.cloud.environment

    def ready(self) -> Ready:
        found = prepare(place_of(Project(root=self.root), self.environment, self.cloud.endpoint), self.environment)
        assert isinstance(found, Ready), found
        return found

    def visitor(self, freezes: Freezes | None = None, **orders: Any) -> Visitor:
        given = Orders(**{"timeout": 120.0, "patience": 60.0, **orders})
        return Visitor(self.ready(), Cloud(emulator=self.cloud.endpoint), declare, given, freezes=freezes)

    def up(self, *stacks: Tiny, freezes: Freezes | None = None, **orders: Any) -> dict[str, Visit]:
        return _by_service(bring_up(self.visitor(freezes, **orders), inputs(*stacks), 2, self.watcher))

    def preview(self, *stacks: Tiny, **orders: Any) -> dict[str, Visit]:
        return _by_service(preview(self.visitor(**orders), inputs(*stacks), 2, self.watcher))

    def destroy(self, gone: Sequence[Tiny], every: Sequence[Tiny] = (), **orders: Any) -> dict[str, Visit]:
        """Destroys stacks, of a catalog that has all of `every`."""
        known = {each.stack: each for each in inputs(*(every or gone))}
        asks = {each.stack: each.asks() for each in gone}
        return _by_service(tear_down(self.visitor(**orders), asks, known, 2, self.watcher))

    def start(self, *stacks: Tiny, **options: Any) -> "subprocess.Popen[str]":
        """The same `up` as a process of its own, which a test may kill."""
        given = {"stacks": [_plain(each) for each in stacks], "root": str(self.root), **options}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.stacks.run.driver", json.dumps(given), self.cloud.endpoint],
            cwd=ROOT,
            env={**self.environment, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def topics(self) -> list[str]:
        found = self.cloud.boto("sns").list_topics()["Topics"]
        return sorted(each["TopicArn"].rpartition(":")[2] for each in found)

    def tags(self, queue: str) -> Mapping[str, str]:
        """What a queue's stack holds on to; nothing where there is no queue."""
        sqs = self.cloud.boto("sqs")
        urls = sqs.list_queues(QueueNamePrefix=queue).get("QueueUrls", [])
        return sqs.list_queue_tags(QueueUrl=urls[0]).get("Tags", {}) if urls else {}

    def creates_of(self, name: str) -> int:
        """How often the cloud was asked to create something of this logical name, since the stand-in started."""
        return sum(each.name == name for each in self.cloud.calls("create", "begin"))

    def created(self, name: str) -> int:
        """How often the cloud has created something of this logical name, since the stand-in started."""
        return sum(each.name == name for each in self.cloud.calls("create"))

    def engines(self) -> list[str]:
        """The command lines of engines that are at work for this repository."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.root) in str((entry / "cwd").readlink()) and b"pulumi" in (entry / "cmdline").read_bytes():
                    found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
            except OSError:
                continue
        return found


def _by_service(visits: Sequence[Visit]) -> dict[str, Visit]:
    return {visit.stack.partition(".")[0]: visit for visit in visits}


def _plain(stack: Tiny) -> dict[str, Any]:
    import msgspec

    found: dict[str, Any] = msgspec.to_builtins(stack)
    return found
