"""`python -m benchmarks`: prints a Markdown table of what was measured, and says on stderr how far it is."""

import argparse
import compileall
import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pagerworthy
from benchmarks import peers
from benchmarks.catalog import EDGES, generate
from benchmarks.evidence import generate_evidence
from benchmarks.measure import Contender, Measured, interleaved
from benchmarks.sloth import sloth_command

PAGERWORTHY = peers.BIN / "pagerworthy"
# So many of the generated services have 3,000 objectives, two each from acceptance on.
_SERVICES_FOR_RULES = 1_880
_ALL = ("check", "check_again", "score", "site", "rules")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    what: str
    ours: str
    peer: str
    goal: str
    met: bool


class Bench:
    """The measurements, on catalogs that are generated once."""

    def __init__(self, folder: Path, services: int, rounds: int) -> None:
        self.folder = folder
        self.rounds = rounds
        self.services = services
        self.large = self._catalog(services)
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
        yield Row(what, _time(ours), f"check-jsonschema: {_time(peer)}", "1/30 of its time", share <= 1 / 30)
        if "node" in found:
            met = ours.seconds <= found["node"].seconds
            yield Row(what, _time(ours), f"ajv and js-yaml: {_time(found['node'])}", "no slower", met)
        else:
            yield Row(what, _time(ours), "ajv and js-yaml: not measured, no Node here", "no slower", met=False)

    def check_again(self) -> Iterator[Row]:
        """The same after an edit, with what the last run kept."""
        self._warm(self.large, "check")
        found = self._measured({"check again": self._ours(self.large, "check", prepare=self._edit)})
        ours = found["check again"]
        yield Row("`check`, one entry changed", _time(ours), "", "under 0.5 s", ours.seconds < 0.5)

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
        yield Row("`score`, all criteria, nothing cached", _time(ours), "", "under 8 s", ours.seconds < 8)
        yield Row("`score`, entries read before", _time(again), "", "under 8 s", again.seconds < 8)
        what = f"`score`, {self.services:,} services beside {self.services // 10:,}"
        yield Row(what, f"{ratio:.1f} times", f"{_time(tenth)} for a tenth", "at most 10 times", ratio <= 10)

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
        yield Row(what, _time(ours), f"Hugo {metadata.version('hugo')}: {_time(peer)}", "no slower", met)
        self._warm(self.large, *build)
        again = self._measured({"site again": self._ours(self.large, *build, prepare=self._edit)})["site again"]
        yield Row("`site build`, one entry changed", _time(again), "", "under 2 s", again.seconds < 2)

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
            yield Row(what, _time(ours), f"Sloth: {_time(found['sloth'])}", "half of its time", met)
        else:
            yield Row(what, _time(ours), "Sloth: not measured, it is not here", "half of its time", met=False)
        self._warm(root, *build)
        edited = {"rules again": self._ours(root, *build, prepare=lambda: self._change_objective(root))}
        again = self._measured(edited)["rules again"]
        yield Row("`rules build`, one entry changed", _time(again), "", "under 0.5 s", again.seconds < 0.5)

    def memory(self) -> Iterator[Row]:
        """The most that any of our processes above had in memory."""
        if self.peaks:
            name, peak = max(self.peaks.items(), key=lambda item: item[1])
            yield Row("peak memory", f"{peak / 1024:.2f} GiB ({name})", "", "under 1.5 GiB", peak < 1.5 * 1024)

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
    parser.add_argument("--only", nargs="+", choices=_ALL, default=())
    parser.add_argument("--keep", type=Path, help="work in this folder, and keep it")
    options = parser.parse_args()
    # As pip does when it installs: a checkout may stand where Python writes no bytecode, and compile anew each time.
    compileall.compile_dir(Path(pagerworthy.__file__).parent, quiet=1)
    with tempfile.TemporaryDirectory(prefix="pagerworthy-bench-") as temporary:
        bench = Bench((options.keep or Path(temporary)).resolve(), options.services, options.rounds)
        names = [*(options.only or _ALL), "memory"]
        rows = [row for name in names for row in getattr(bench, name)()]
    for line in table(rows, options.services, options.rounds):
        print(line)


def table(rows: list[Row], services: int, rounds: int) -> Iterator[str]:
    """The rows as Markdown, with what they were measured on."""
    yield f"Medians of {rounds} runs of whole processes, peer and product in turn (fastest to slowest in brackets), on"
    yield f"{os.cpu_count()} cores of {platform.machine()} ({platform.system()}, Python {platform.python_version()});"
    yield f"{services:,} services with {services * EDGES:,} edges."
    yield ""
    yield "| what | Pagerworthy | beside it | goal | met |"
    yield "|---|---|---|---|---|"
    for row in rows:
        yield f"| {row.what} | {row.ours} | {row.peer} | {row.goal} | {'yes' if row.met else '**no**'} |"


def _time(measured: Measured) -> str:
    fastest, slowest = measured.spread
    return f"{measured.seconds:.2f} s ({fastest:.2f} to {slowest:.2f})"


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    main()
