"""A real Prometheus keeps what the simulation promises: everything is 100 times as fast as in production.

A small exporter counts requests; an outage is scripted, and then it dies. Times are those of Prometheus's own samples,
so that a busy machine, on which they are asked for late, changes nothing.
"""

import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import msgspec
import pytest

from pagerworthy.catalog import Alert
from pagerworthy.slo.rules import RuleFile, as_yaml
from pagerworthy.slo.simulate import Case, Shown, Stage, case_of, scenarios, show
from pagerworthy.slo.simulate.play import episodes, play
from tests.servers import Server, running
from tests.slo.promtool import group, objective
from tests.tools import require_tool

_FASTER = 100
_EVENTS_A_SECOND = 50
_PAGE, _NO_DATA = "ShopBurns", "ShopAvailabilityNoData"
_CONFIGURATION = """\
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [rules.yaml]
scrape_configs:
- job_name: shop
  static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


class Exporter:
    """Counts as many events a second as time has passed; while it is `failing`, all of them are bad."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._since, self._total, self._bad, self._failing = time.time(), 0.0, 0.0, False
        exporter = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                text = exporter.text().encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def text(self) -> str:
        with self._lock:
            self._count()
            total, bad = int(self._total), int(self._bad)
        return f'requests_total{{service="shop"}} {total}\nbad_total{{service="shop"}} {bad}\n'

    def turn(self, *, failing: bool) -> float:
        """From now on; returns when that was."""
        with self._lock:
            self._count()
            self._failing = failing
            return self._since

    def die(self) -> float:
        """Answers no more; returns since when. Does nothing where it is dead already."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
        return time.time()

    def _count(self) -> None:
        now = time.time()
        added = (now - self._since) * _EVENTS_A_SECOND
        self._since = now
        self._total += added
        self._bad += added if self._failing else 0


class Prometheus:
    """A server, asked by its HTTP interface."""

    def __init__(self, server: Server) -> None:
        self.address = f"{server.address}/api/v1"
        self.process, self.log = server.process, server.log

    def ask(self, path: str, **parameters: str) -> dict[str, list[dict[str, object]]]:
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        with urllib.request.urlopen(f"{self.address}/{path}{query}", timeout=20) as answer:  # noqa: S310
            return json.load(answer)["data"]  # type: ignore[no-any-return]

    def firing(self, name: str) -> bool:
        alerts = self.ask("alerts")["alerts"]
        return any(each["state"] == "firing" and each["labels"]["alertname"] == name for each in alerts)  # type: ignore[index]

    def moments(self, series: str) -> list[float]:
        """When there was a sample of the one series, in seconds of Unix time."""
        (found,) = self.ask("query", query=f"{series}[10m]")["result"]
        return [float(moment) for moment, _ in found["values"]]  # type: ignore[attr-defined]

    def wait(self, until: Callable[[], bool], seconds: float, what: str) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()
            try:
                if until():
                    return
            except (urllib.error.URLError, TimeoutError):
                pass
            time.sleep(0.2)
        pytest.fail(f"{what}: not within {seconds:.0f} s\n{self.log.read_text()}")


@pytest.fixture
def exporter() -> Iterator[Exporter]:
    made = Exporter()
    try:
        yield made
    finally:
        made.die()


@pytest.fixture
def case(tmp_path) -> Case:
    """An objective as its alerts see it, and its rules in `rules.yaml`."""
    page = Alert(name=_PAGE, severity="page", slo="availability", for_="2s")
    slow = objective(objective=99, alerts=(page,))
    quick = msgspec.structs.replace(slow, period=slow.period.scaled(_FASTER))
    held = 15 * 60 // _FASTER
    rules = group(quick)
    hurried = tuple(
        msgspec.structs.replace(rule, hold=f"{held}s") if rule.hold == "15m" else rule for rule in rules.rules
    )
    assert sum(rule.hold == f"{held}s" for rule in hurried) == 1
    file = RuleFile(name="", source="", groups=(msgspec.structs.replace(rules, rules=hurried),))
    (tmp_path / "rules.yaml").write_text(as_yaml(file), encoding="utf-8")
    return msgspec.structs.replace(case_of(quick), silent_for=held)


@pytest.fixture
def promised(case) -> dict[str, Shown]:
    """What each scenario is to show."""
    return {scenario.name: show(case, scenario, 1) for scenario in scenarios(case)}


@pytest.fixture
def prometheus(tmp_path, exporter, case) -> Iterator[Prometheus]:
    (tmp_path / "prometheus.yml").write_text(_CONFIGURATION.format(port=exporter.port), encoding="utf-8")
    command = [
        require_tool("prometheus"),
        f"--config.file={tmp_path / 'prometheus.yml'}",
        f"--storage.tsdb.path={tmp_path / 'data'}",
        "--log.level=warn",
    ]
    with running(command, tmp_path / "log") as server:
        yield Prometheus(server)


def test_a_real_server_pages_and_stops_within_what_was_promised(prometheus, exporter, case, promised):
    total, silence = promised["total"], promised["no-data"]
    page = f'ALERTS{{alertname="{_PAGE}",alertstate="firing"}}'
    no_data = f'ALERTS{{alertname="{_NO_DATA}",alertstate="firing",data="stopped"}}'
    ratio = "slo:sli_error:ratio_rate3s"

    prometheus.wait(lambda: bool(prometheus.ask("query", query=ratio)["result"]), 30, "the first recorded ratio")
    time.sleep(6)
    assert not prometheus.firing(_PAGE)
    assert total.page.after is not None
    assert total.page.stops is not None
    assert silence.no_data.after is not None

    failed = exporter.turn(failing=True)
    prometheus.wait(lambda: prometheus.firing(_PAGE), total.page.after + 20, "the page")
    mended = exporter.turn(failing=False)
    prometheus.wait(lambda: not prometheus.firing(_PAGE), total.page.stops + 20, "the end of the page")
    paged = prometheus.moments(page)
    died = exporter.die()
    prometheus.wait(lambda: prometheus.firing(_NO_DATA), silence.no_data.after + 20, "the alert on missing data")
    silent = prometheus.moments(no_data)

    # Where the simulation has a scrape and an evaluation at one moment, there they are apart, and seldom on time.
    scraped = prometheus.moments("up")
    slack = sum(map(_longest_gap, (scraped, prometheus.moments("slo:objective:ratio"))))
    assert failed < paged[0] <= failed + total.page.after + slack
    assert mended - slack <= paged[-1] < mended + total.page.stops + slack
    assert died < silent[0] <= died + silence.no_data.after + slack
    assert not prometheus.firing(_PAGE)
    # After so short a past a page comes sooner than was promised after a long one, and no sooner than that.
    stage = Stage(1, before=round(failed - scraped[0]), outage=round(mended - failed), after=60)
    ((begun, ended),) = episodes(play(case, scenarios(case)[0], stage, "closed").page)
    assert ended is not None
    assert paged[0] - failed == pytest.approx(begun - stage.before, abs=slack)
    assert paged[-1] - mended == pytest.approx(ended - 1 - stage.over, abs=slack)


def _longest_gap(moments: list[float]) -> float:
    return max(after - before for before, after in pairwise(moments))
