"""Stacks: `up` beside a shell loop of `pulumi up`, on a stand-in for AWS; `render` and `affected` by themselves."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks.measure import Contender, Measured
from benchmarks.peers import BIN
from benchmarks.small_services import ENVIRONMENT, REGION, generate_small
from benchmarks.table import Row, shown
from tests.stacks.standin import StandIn
from tests.tools import find_tool

_ROOT = Path(__file__).parents[1]
_GIT = ("git", "-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
Measure = Callable[[dict[str, Contender]], dict[str, Measured]]


class Rehearsal:
    """A repository of small services, and a cloud of its own in which one contender brings them up."""

    def __init__(self, cloud: StandIn, root: Path, stacks: int) -> None:
        self.cloud = cloud
        self.root = root
        shutil.rmtree(root, ignore_errors=True)
        generate_small(root, stacks)
        shutil.copytree(_ROOT / "stacks", root / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
        self._done = 0

    @property
    def environ(self) -> dict[str, str]:
        """What an engine has to know of the cloud, and where Python and caches are."""
        path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
        return {**self.cloud.settings, "PATH": path, "XDG_CACHE_HOME": str(self.root.with_name("cache"))}

    def waves(self) -> list[str]:
        """All stacks, in the order that `pagerworthy waves` says."""
        said = subprocess.run(
            [BIN / "pagerworthy", "waves", ENVIRONMENT, "--format", "json"],
            cwd=self.root,
            env=os.environ | self.environ,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        names = [name for wave in json.loads(said)["waves"] for name in wave]
        return [f"{name}.{ENVIRONMENT}" for name in ("platform", *names)]

    def empty(self) -> None:
        """Empties the cloud, and forgets all states."""
        self.cloud.reset()
        for folder in (self.root / ".pagerworthy", self.cloud.home / "state"):
            shutil.rmtree(folder, ignore_errors=True)
        (self.cloud.home / "state").mkdir()
        for stack in self.waves():
            # As a person would have it lie there; Pulumi adds to it what the stack's secrets need.
            config = f"config:\n  pagerworthy:emulator: {self.cloud.endpoint}\n"
            (self.root / "stacks" / f"Pulumi.{stack}.yaml").write_text(config, encoding="utf-8")

    def changes(self) -> int:
        """How many changes the cloud has seen since this was asked last."""
        before, self._done = self._done, len(self.cloud.changes())
        return self._done - before


def up_rows(folder: Path, count: int, rounds: int, measure: Measure) -> Iterator[Row]:
    """`up` of so many stacks, from nothing and once more, beside a loop of `pulumi up` over the same programs."""
    whats = (f"`up`, {count} new stacks", f"`up`, {count} stacks, none changed")
    goals = ("1.8 times faster", "10 times faster")
    if find_tool("pulumi") is None:
        from pagerworthy.stacks.run.preflight import INSTALL

        for what, goal in zip(whats, goals, strict=True):
            yield Row(what, "skipped", f"no `pulumi` on the PATH: `{INSTALL}`", goal, met=None)
        return
    with ExitStack() as clouds:
        ours, loop = (
            Rehearsal(
                clouds.enter_context(StandIn(folder / name / "cloud", region=REGION)), folder / name / "shop", count
            )
            for name in ("up", "loop")
        )
        found = measure(
            {
                "up, new": Contender(_up(ours), ours.root, ours.empty, ours.environ),
                "loop, new": Contender(_loop(loop, new=True), loop.root, loop.empty, loop.environ),
            }
        )
        _same_work(ours, loop, at_least=count * rounds)
        found |= measure(
            {
                "up, again": Contender(_up(ours), ours.root, environ=ours.environ),
                "loop, again": Contender(_loop(loop, new=False), loop.root, environ=loop.environ),
            }
        )
        _same_work(ours, loop, at_least=0)
    for what, goal, run, least in zip(whats, goals, ("new", "again"), (1.8, 10), strict=True):
        ratio = found[f"loop, {run}"].seconds / found[f"up, {run}"].seconds
        peer = f"{count} times `pulumi up`: {shown(found[f'loop, {run}'])}, {ratio:.1f} times as long"
        yield Row(what, shown(found[f"up, {run}"]), peer, goal, met=ratio >= least)


def _up(shop: Rehearsal) -> list[str | Path]:
    return [BIN / "pagerworthy", "up", ENVIRONMENT, "--emulator", shop.cloud.endpoint]


def _loop(shop: Rehearsal, *, new: bool) -> list[str | Path]:
    """A shell's loop over `stacks/`, as its README says it; a stack that is not there yet is first made."""
    begin = 'pulumi stack init --no-select "$stack"; ' if new else ""
    once = f'{begin}pulumi up --yes --skip-preview --stack "$stack"'
    return ["sh", "-euc", f"cd stacks; for stack in {shlex.join(shop.waves())}; do {once}; done"]


def _same_work(ours: Rehearsal, loop: Rehearsal, *, at_least: int) -> None:
    """Holds that both have changed as much in the cloud. Raises RuntimeError."""
    mine, theirs = ours.changes(), loop.changes()
    if mine != theirs or mine < at_least or (at_least == 0 and mine):
        raise RuntimeError(f"`up` has changed {mine} resources, and the loop {theirs}")


def render_row(out: Path, measured: Measured) -> Row:
    """What `render` took for the stacks that lie in `out`."""
    counts = [len(json.loads(path.read_bytes())["resources"]) for path in out.glob("*.json")]
    what = f"`render`, {len(counts):,} stacks with {sum(counts):,} resources, nothing cached"
    return Row(what, shown(measured), "", "under 60 s", measured.seconds < 60)


class Edited:
    """A copy of a generated catalog as a git repository, of which one entry is changed, each time another one."""

    def __init__(self, source: Path, root: Path) -> None:
        self.root = root
        self.service = ""
        self._edits = 0
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(source, root, ignore=shutil.ignore_patterns(".git", "evidence"))
        self._git("init", "--quiet")
        self._commit()

    def edit(self) -> None:
        """Gives a service that runs in production twice the memory, on top of a commit."""
        self._commit()
        files = sorted((self.root / "catalog" / "services").iterdir())
        turned = [*files[self._edits * 97 % len(files) :], *files]
        file = next(each for each in turned if "    memory: 1024\n" in each.read_text(encoding="utf-8"))
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("    memory: 1024\n", "    memory: 2048\n"), encoding="utf-8")
        self.service = file.stem
        self._edits += 1

    def hold(self) -> None:
        """Holds that the edited service's stack is what is found. Raises RuntimeError."""
        said = subprocess.run(
            [BIN / "pagerworthy", "affected", "--since", "HEAD", "--format", "names"],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
        if f"{self.service}.production" not in said or any(not each.startswith(f"{self.service}.") for each in said):
            raise RuntimeError(f"memory of {self.service} was changed, and `affected` says: {' '.join(said)}")

    def _commit(self) -> None:
        self._git("add", "--all")
        self._git("commit", "--quiet", "--allow-empty", "--message", "Go on")

    def _git(self, *arguments: str) -> None:
        subprocess.run([*_GIT, *arguments], cwd=self.root, check=True)
