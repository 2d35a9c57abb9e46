"""`python -m benchmarks.collect [SERVICES]`: what it costs to ask one Prometheus for a whole catalog.

The server, which answers for every service, is another process: what is printed is the collector's own.
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from pagerworthy.collect import Deadline, Surroundings
from pagerworthy.collect.prometheus import open_collector
from pagerworthy.collect.surroundings import Wire
from pagerworthy.collect.transport import Answer, Bounds, Request, Take, Transport
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings
from tests.collect.synthetic_prometheus import AS_OF, catalog


def main(services: int) -> None:
    """Asks once, and prints questions, records, CPU time, and by how much the memory grew."""
    made = catalog(services)
    # Reading the catalog is not what is measured.
    list(made.services.values())
    command = [sys.executable, "-m", "tests.collect.synthetic_prometheus", str(services)]
    with (
        tempfile.TemporaryDirectory() as folder,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server,
    ):
        root, settings = Path(folder), CollectSettings()
        said = server.stdout.readline() if server.stdout else ""
        variables = {"PAGERWORTHY_PROMETHEUS_URL": said.strip()}
        wire = _Counting()
        collector = open_collector(Surroundings(root, settings, variables, Deadline(600), wire))
        if collector is None:
            raise RuntimeError("the server has said no address")
        before, began = _peak(), time.process_time()
        records = sum(1 for _ in collector.collect(Context(made, root, AS_OF, settings)))
        seconds = time.process_time() - began
        print(
            f"{services:,} services: {wire.asked} queries, {records:,} records, {seconds:.1f} s of the collector's"
            f" own CPU, {_peak() - before:.0f} MiB beside the catalog"
        )
        if server.stdin:
            server.stdin.close()


class _Counting(Wire):
    def __init__(self) -> None:
        self.asked = 0

    def carry(self, source: str, live: Callable[[], Transport]) -> Transport:
        self._under = super().carry(source, live)
        return self

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        self.asked += 1
        return self._under.send(request, bounds, deadline, take)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
