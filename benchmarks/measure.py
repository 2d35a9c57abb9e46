"""Runs whole processes, and takes their time, CPU time and peak memory."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_KIB_PER_MIB = 1024


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds from start to end, the peak of resident memory in MiB of its largest process, and the seconds
    of processors that it and its children had, which a busy machine changes less."""

    seconds: float
    peak: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Measured:
    """Several runs of the same thing."""

    runs: tuple[Run, ...]

    @property
    def seconds(self) -> float:
        """The median."""
        return statistics.median(run.seconds for run in self.runs)

    @property
    def spread(self) -> tuple[float, float]:
        """The fastest and the slowest."""
        return min(run.seconds for run in self.runs), max(run.seconds for run in self.runs)

    @property
    def peak(self) -> float:
        """The largest."""
        return max(run.peak for run in self.runs)


@dataclass(frozen=True, slots=True)
class Contender:
    """Something to run: `prepare` is not part of what is measured."""

    command: Sequence[str | Path]
    folder: Path
    prepare: Callable[[], None] = lambda: None
    environ: Mapping[str, str] | None = None


def run(contender: Contender) -> Run:
    """Runs it once, to its end. Raises RuntimeError, with what it said, for an exit code other than 0."""
    contender.prepare()
    # What still waits to be written to disk would be paid by whoever runs next.
    os.sync()
    log = contender.folder / ".benchmark.log"
    with log.open("wb") as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            [str(part) for part in contender.command],
            cwd=contender.folder,
            env=os.environ | (contender.environ or {}),
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        tail = log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"{contender.command[0]} ended with {process.returncode}:\n{tail}")
    log.unlink()
    return Run(seconds, usage.ru_maxrss / _KIB_PER_MIB, usage.ru_utime + usage.ru_stime)


def interleaved(contenders: Mapping[str, Contender], rounds: int) -> dict[str, Measured]:
    """Runs all of them in turn, `rounds` times, so that a busy minute of the machine meets them all."""
    runs: dict[str, list[Run]] = {name: [] for name in contenders}
    for number in range(rounds):
        for name, contender in contenders.items():
            done = run(contender)
            runs[name].append(done)
            told = f"{done.seconds:.2f} s, {done.cpu:.2f} s of CPU, {done.peak:.0f} MiB"
            print(f"round {number + 1}: {name}: {told}", file=sys.stderr)
    return {name: Measured(tuple(found)) for name, found in runs.items()}
