"""`python -m benchmarks`: prints a Markdown table of what was measured, and says on stderr how far it is."""

import argparse
import compileall
import functools
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import pagerworthy
from benchmarks import peers
from benchmarks.catalog import generate
from benchmarks.evidence import generate_evidence
from benchmarks.measure import Contender, Measured, interleaved
from benchmarks.sloth import sloth_command
from benchmarks.table import Row, shown, table

PAGERWORTHY = peers.BIN / "pagerworthy"
# So many of the generated services have 3,000 objectives, two each from acceptance on.
_SERVICES_FOR_RULES = 1_880
# Of so many thousandths of the generated services, a tenth of all are rendered: some have nothing in the cloud.
_SERVICES_FOR_RENDER = 114
_ALL = ("check", "check_again", "score", "site", "rules", "up", "render", "affected")


class Bench:
    """The measurements, on catalogs that are generated once."""

    def __init__(self, folder: Path, services: int, rounds: int, stacks: int) -> None:
        self.folder = folder
        self.rounds = rounds
        self.services = services
        self.stacks = stacks
        self.peaks: dict[str, float] = {}
        self._edits = 0

    def check(self) -> Iterator[Row]:
        """Every entry and what entries say of each other, with nothing kept from before."""
        schema = peers.bundled_schema(self.folder)
        contenders = {
            "check": self._ours(self.large, "check", cold=True),
            "check-jsonschema": Contender(peers.check_jsonschema(schema, self.large), self.large),
        }
        if script := peers.node_script(schema, self.large, self.folder):
            contenders["node"] = Contender(script, self.large)
        found = self._measured(contenders)
        ours, peer = found["check"], found["check-jsonschema"]
        what = f"`check`, {self.services:,} services, nothing cached"
        share = ours.seconds / peer.seconds
        yield Row(what, shown(ours), f"check-jsonschema: {shown(peer)}", "1/30 of its time", share <= 1 / 30)
        if "node" in found:
            met = ours.seconds <= found["node"].seconds
            yield Row(what, shown(ours), f"ajv and js-yaml: {shown(found['node'])}", "no slower", met)
        else:
            yield Row(what, shown(ours), "ajv and js-yaml: not measured, no Node here", "no slower", met=False)

    def check_again(self) -> Iterator[Row]:
        """The same after an edit, with what the last run kept."""
        self._warm(self.large, "check")
        found = self._measured({"check again": self._ours(self.large, "check", prepare=self._edit)})
        ours = found["check again"]
        yield Row("`check`, one entry changed", shown(ours), "", "under 0.5 s", ours.seconds < 0.5)

    def score(self) -> Iterator[Row]:
        """All criteria, for all services and for a tenth of them."""
        small = self._catalog(self.services // 10)
        contenders = {
            "score, all": self._ours(self.large, "score", "--format", "json", cold=True),
            "score, a tenth": self._ours(small, "score", "--format", "json", cold=True),
        }
        for root in (small, self.large):
            self._warm(root, "check")
        contenders["score again"] = self._ours(self.large, "score", "--format", "json")
        found = self._measured(contenders)
        ours, tenth, again = (found[name] for name in ("score, all", "score, a tenth", "score again"))
        ratio = ours.seconds / tenth.seconds
        yield Row("`score`, all criteria, nothing cached", shown(ours), "", "under 8 s", ours.seconds < 8)
        yield Row("`score`, entries read before", shown(again), "", "under 8 s", again.seconds < 8)
        what = f"`score`, {self.services:,} services beside {self.services // 10:,}"
        yield Row(what, f"{ratio:.1f} times", f"{shown(tenth)} for a tenth", "at most 10 times", ratio <= 10)

    def site(self) -> Iterator[Row]:
        """The whole site from nothing, beside Hugo with as many pages of the same size."""
        out = self.folder / "public"
        build = ("site", "build", "--out", out)
        self._warm(self.large, *build)
        sizes = [path.stat().st_size for path in sorted(out.rglob("*.html"))]
        command = peers.hugo_site(self.folder, sizes, self.large)
        hugo = self.folder / "hugo"
        found = self._measured(
            {
                "site build": self._ours(self.large, *build, cold=True, prepare=lambda: _remove(out)),
                "hugo": Contender(command, hugo, prepare=lambda: _remove(hugo / "public")),
            }
        )
        written = [path.stat().st_size for path in (hugo / "public").rglob("*.html")]
        _say(f"ours: {len(sizes):,} pages, {sum(sizes) / 1e6:.0f} MB")
        _say(f"Hugo's: {len(written):,} pages, {sum(written) / 1e6:.0f} MB")
        if len(written) != len(sizes) or not 0.9 < sum(written) / sum(sizes) < 1.1:
            raise RuntimeError("Hugo has not rendered as many pages of the same size")
        ours, peer = found["site build"], found["hugo"]
        what = f"`site build`, {len(sizes):,} pages, {sum(sizes) / 1e6:.0f} MB, nothing cached"
        met = ours.seconds <= peer.seconds
        yield Row(what, shown(ours), f"Hugo {metadata.version('hugo')}: {shown(peer)}", "no slower", met)
        self._warm(self.large, *build)
        again = self._measured({"site again": self._ours(self.large, *build, prepare=self._edit)})["site again"]
        yield Row("`site build`, one entry changed", shown(again), "", "under 2 s", again.seconds < 2)

    def rules(self) -> Iterator[Row]:
        """Prometheus rules of some 3,000 objectives, beside Sloth with the same ones."""
        root, out = self.folder / "catalog-rules", self.folder / "rules"
        generate(root, _SERVICES_FOR_RULES)
        build = ("rules", "build", "--out", out)
        contenders = {"rules build": self._ours(root, *build, cold=True, prepare=lambda: _remove(out))}
        if found_sloth := sloth_command(root, self.folder):
            command, count = found_sloth
            contenders["sloth"] = Contender(command, self.folder)
            _say(f"{count:,} objectives")
        found = self._measured(contenders)
        ours = found["rules build"]
        what = "`rules build`, 3,000 objectives, nothing cached"
        if "sloth" in found:
            met = ours.seconds <= found["sloth"].seconds / 2
            yield Row(what, shown(ours), f"Sloth: {shown(found['sloth'])}", "half of its time", met)
        else:
            yield Row(what, shown(ours), "Sloth: not measured, it is not here", "half of its time", met=False)
        self._warm(root, *build)
        edited = {"rules again": self._ours(root, *build, prepare=lambda: self._change_objective(root))}
        again = self._measured(edited)["rules again"]
        yield Row("`rules build`, one entry changed", shown(again), "", "under 0.5 s", again.seconds < 0.5)

    def up(self) -> Iterator[Row]:
        """Stacks brought up from nothing and once more, beside as many times `pulumi up`."""
        from benchmarks.stacks import up_rows

        yield from up_rows(self.folder, self.stacks, self.rounds, self._measured)

    def render(self) -> Iterator[Row]:
        """What stacks are to be, as files."""
        from benchmarks.stacks import render_row

        root, out = self.folder / "catalog-render", self.folder / "rendered"
        generate(root, self.services * _SERVICES_FOR_RENDER // 1000)
        command = ("render", "production", "--out", out)
        ours = self._ours(root, *command, cold=True, prepare=lambda: _remove(out))
        yield render_row(out, self._measured({"render": ours})["render"])

    def affected(self) -> Iterator[Row]:
        """The stacks that one changed entry alters."""
        from benchmarks.stacks import Edited

        edited = Edited(self.large, self.folder / "catalog-affected")
        command = ("affected", "--since", "HEAD")
        self._warm(edited.root, *command)
        contenders = {
            "affected": self._ours(edited.root, *command, prepare=edited.edit),
            "affected, cold": self._ours(edited.root, *command, cold=True, prepare=edited.edit),
        }
        found = self._measured(contenders)
        edited.hold()
        ours, cold = found["affected"], found["affected, cold"]
        what = f"`affected`, one entry of {self.services:,} changed"
        yield Row(what, shown(ours), "", "under 3 s", ours.seconds < 3)
        yield Row(f"{what}, nothing cached", shown(cold), "", "under 3 s", cold.seconds < 3)

    def memory(self) -> Iterator[Row]:
        """The most that any of our processes above had in memory."""
        if self.peaks:
            name, peak = max(self.peaks.items(), key=lambda item: item[1])
            yield Row("peak memory", f"{peak / 1024:.2f} GiB ({name})", "", "under 1.5 GiB", peak < 1.5 * 1024)

    @functools.cached_property
    def large(self) -> Path:
        """The catalog of all services."""
        return self._catalog(self.services)

    def _catalog(self, count: int) -> Path:
        root = self.folder / f"catalog-{count}"
        planned = generate(root, count)
        records = generate_evidence(root, planned)
        edges = sum(len(each.targets) for each in planned)
        _say(f"{count:,} services, {edges:,} edges, {records:,} records of evidence in {root}")
        return root

    def _ours(
        self,
        root: Path,
        *arguments: str | Path,
        cold: bool = False,
        prepare: Callable[[], None] = lambda: None,
    ) -> Contender:
        cache = self.folder / ("cache-cold" if cold else "cache")

        def ready() -> None:
            if cold:
                _remove(cache)
            prepare()

        return Contender([PAGERWORTHY, *arguments], root, ready, {"XDG_CACHE_HOME": str(cache)})

    def _warm(self, root: Path, *arguments: str | Path) -> None:
        interleaved({f"warm up for {arguments[0]}": self._ours(root, *arguments)}, 1)

    def _measured(self, contenders: dict[str, Contender]) -> dict[str, Measured]:
        found = interleaved(contenders, self.rounds)
        for name, contender in contenders.items():
            if contender.command[0] == PAGERWORTHY:
                self.peaks[name] = max(self.peaks.get(name, 0), found[name].peak)
        return found

    def _change_objective(self, root: Path) -> None:
        """Changes the objectives of one entry, each time of another one."""
        files = [file for file in sorted((root / "catalog" / "services").iterdir()) if "slos:" in file.read_text()]
        file = files[self._edits * 97 % len(files)]
        self._edits += 1
        file.write_text(file.read_text().replace("  slos:", f"  # changed {self._edits} times\n  slos:", 1))
        file.write_text(re.sub(r"objective: \S+", f"objective: {90 + self._edits / 100}", file.read_text(), count=1))

    def _edit(self) -> None:
        """Changes one entry, each time another one."""
        files = sorted((self.large / "catalog" / "services").iterdir())
        file = files[self._edits * 97 % len(files)]
        self._edits += 1
        text = file.read_text()
        file.write_text(text.replace("  description: ", f"  description: Changed {self._edits} times. ", 1))


def main() -> None:
    """Parses arguments, measures, prints."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--services", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each; the median counts")
    parser.add_argument("--stacks", type=int, default=50, help="so many are brought up")
    parser.add_argument("--only", nargs="+", choices=_ALL, default=())
    parser.add_argument("--keep", type=Path, help="work in this folder, and keep it")
    options = parser.parse_args()
    # As pip does when it installs: a checkout may stand where Python writes no bytecode, and compile anew each time.
    compileall.compile_dir(Path(pagerworthy.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory(prefix="pagerworthy-bench-") as temporary:
        bench = Bench((options.keep or Path(temporary)).resolve(), options.services, options.rounds, options.stacks)
        names = [*(options.only or _ALL), "memory"]
        rows = [row for name in names for row in getattr(bench, name)()]
    for line in table(rows, options.services, options.rounds):
        print(line)


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
