"""Objectives of native histograms count what a real Prometheus has in them."""

import json
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

from pagerworthy.catalog import Sli
from pagerworthy.slo.indicator import bad_rate, error_ratio, good_and_total, total_rate
from tests.servers import running
from tests.slo.native import write_request
from tests.tools import require_tool

# 250 ms is 2 to the power of -2: the upper bound of a bucket, so that nothing is interpolated.
SLI = Sli(histogram="request_seconds", selector='service="shop"', below="250ms", native=True)
_STEP, _STEPS = 15, 40


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("native")
    (folder / "prometheus.yaml").write_text("global: {}\n")
    command = [
        require_tool("prometheus"),
        f"--config.file={folder}/prometheus.yaml",
        f"--storage.tsdb.path={folder}/data",
        "--web.enable-remote-write-receiver",
        "--enable-feature=native-histograms",
    ]
    with running(command, folder / "log") as server:
        yield f"{server.address}/api/v1"


@pytest.fixture(scope="module")
def moment(address: str) -> int:
    """Writes ten minutes of two instances, and says when the last sample is, in seconds of Unix time.

    In each step the first answers 30 requests within 250 ms and 10 within a second; the second 50, all in time.
    """
    now = int(time.time()) - 1
    for instance, fast, slow in (("a", 30, 10), ("b", 50, 0)):
        labels = {"__name__": "request_seconds", "service": "shop", "instance": instance}
        samples = [
            ((now - (_STEPS - n) * _STEP) * 1000, {-3: n * (fast - 5), -2: n * 5, 0: n * slow})
            for n in range(1, _STEPS + 1)
        ]
        request = urllib.request.Request(  # noqa: S310 -- our own server
            f"{address}/write",
            write_request(labels, samples),
            {
                "Content-Encoding": "snappy",
                "Content-Type": "application/x-protobuf",
                "X-Prometheus-Remote-Write-Version": "0.1.0",
            },
        )
        urllib.request.urlopen(request, timeout=20).close()  # noqa: S310
    return now


def value(address: str, query: str, at: int) -> float:
    parameters = urllib.parse.urlencode({"query": query, "time": at})
    with urllib.request.urlopen(f"{address}/query?{parameters}", timeout=20) as answer:  # noqa: S310
        (found,) = json.load(answer)["data"]["result"]
    return float(found["value"][1])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(error_ratio(SLI, "5m"), 10 / 90, id="error ratio"),
        pytest.param(bad_rate(SLI, "5m"), 10 / _STEP, id="bad events a second"),
        pytest.param(total_rate(SLI, "5m"), 90 / _STEP, id="events a second"),
        pytest.param(good_and_total(SLI, "5m")[0], 80 / _STEP, id="good events a second"),
        pytest.param(good_and_total(SLI, "5m")[1], 90 / _STEP, id="all events a second"),
    ],
)
def test_what_is_recorded_is_what_was_counted(address: str, moment: int, query: str, expected: float) -> None:
    assert value(address, query, moment) == pytest.approx(expected, rel=1e-9)


def test_a_bound_inside_a_bucket_is_interpolated(address: str, moment: int) -> None:
    # Of those between half a second and one, some are taken to be within 750 ms: how many differs between versions.
    inside = Sli(histogram="request_seconds", selector='service="shop"', below="750ms", native=True)
    assert 3 / 90 < value(address, error_ratio(inside, "5m"), moment) < 6 / 90
