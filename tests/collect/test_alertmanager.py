"""The Alertmanager collector against a real Alertmanager."""

import datetime as dt
import json
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import Catalog, load
from pagerworthy.collect import Deadline, Surroundings
from pagerworthy.collect.alertmanager import open_collector
from pagerworthy.collect.replay import RecordingWire, ReplayingWire
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import KEYS, Record
from pagerworthy.evidence.collectors import Context
from pagerworthy.graph import DependencyGraph
from pagerworthy.project import AlertmanagerSettings, CollectSettings
from pagerworthy.slo.routes import as_configuration, needed, plan_routes
from tests.servers import running
from tests.tools import require_tool

ROOT = Path(__file__).parents[2]
NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(ROOT / "catalog", folder / "catalog")
    return load(folder).catalog


def configuration(catalog: Catalog) -> dict[str, object]:
    """Our own, with receivers that would tell somebody at an address with a key."""
    plan = plan_routes(catalog, DependencyGraph.of(catalog), NOW)
    reach = {name: {"webhook_configs": [{"url": "http://127.0.0.1:9/key-0123456789"}]} for name in needed(plan)}
    return as_configuration(plan, reach, {})


@contextmanager
def serving(folder: Path, written: dict[str, object]) -> Iterator[str]:
    file = folder / "alertmanager.json"
    file.write_text(json.dumps(written))
    command = [
        require_tool("alertmanager"),
        f"--config.file={file}",
        f"--storage.path={folder / 'data'}",
        "--cluster.listen-address=",
    ]
    with running(command, folder / "log") as server:
        yield server.address


def post(address: str, path: str, body: object) -> None:
    request = urllib.request.Request(  # noqa: S310 -- of this machine
        f"{address}/api/v2/{path}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10):  # noqa: S310 -- of this machine
        pass


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[dict[str, object]], str]]:
    with ExitStack() as stack:
        yield lambda written: stack.enter_context(serving(tmp_path, written))


def collected(
    catalog: Catalog, address: str, settings: AlertmanagerSettings | None = None, wire: Wire | None = None
) -> dict[tuple[str, str], Record]:
    whole = CollectSettings(alertmanager=settings or AlertmanagerSettings())
    variables = {"PAGERWORTHY_ALERTMANAGER_URL": address}
    opened = open_collector(Surroundings(ROOT, whole, variables, Deadline(60), wire or Wire()))
    assert opened is not None
    return {(each.subject, each.key): each for each in opened.collect(Context(catalog, ROOT, NOW, whole))}


def value(record: Record) -> dict[str, object]:
    assert not record.failed, record.failed
    msgspec.json.decode(record.value, type=KEYS[record.key].value)
    return json.loads(bytes(record.value))  # type: ignore[no-any-return]


def test_pages_reach_the_holder_by_our_own_routes(catalog: Catalog, start: Callable[..., str]) -> None:
    found = collected(catalog, start(configuration(catalog)))
    assert {each.subject for each in found.values()} == set(catalog.services)
    assert value(found["checkout", "alert.route"]) == {"receiver": "page-sre", "holder": "sre", "reaches_holder": True}
    holders = set()
    for name in catalog.services:
        route = value(found[name, "alert.route"])
        assert route["reaches_holder"], (name, route)
        holders.add(route["holder"])
    assert {"dev", "shadow", "sre"} <= holders


def test_an_old_route_is_found_out(catalog: Catalog, start: Callable[..., str]) -> None:
    written = configuration(catalog)
    for branch in written["route"]["routes"]:  # type: ignore[index]
        if branch["matchers"] == ['service="checkout"']:
            branch["routes"][0]["receiver"] = "unknown-service"
            break
    found = collected(catalog, start(written))
    route = value(found["checkout", "alert.route"])
    assert route == {"receiver": "unknown-service", "holder": "sre", "reaches_holder": False}


def test_a_receiver_that_tells_nobody_is_not_reached(catalog: Catalog, start: Callable[..., str]) -> None:
    written = configuration(catalog)
    for receiver in written["receivers"]:  # type: ignore[attr-defined]
        if receiver["name"] == "page-sre":
            del receiver["webhook_configs"]
    found = collected(catalog, start(written))
    assert not value(found["checkout", "alert.route"])["reaches_holder"]


def test_receivers_may_have_names_of_their_own(catalog: Catalog, start: Callable[..., str]) -> None:
    written = json.loads(json.dumps(configuration(catalog)).replace('"page-sre"', '"oncall-sre"'))
    address = start(written)
    found = collected(catalog, address)
    assert "no receiver page-sre" in found["checkout", "alert.route"].failed
    found = collected(catalog, address, AlertmanagerSettings(receivers={"page-sre": "oncall-sre"}))
    assert value(found["checkout", "alert.route"])["reaches_holder"]


def test_silences_and_muted_times_make_it_unknown(catalog: Catalog, start: Callable[..., str]) -> None:
    written = configuration(catalog)
    written["time_intervals"] = [{"name": "weekends", "time_intervals": [{"weekdays": ["saturday", "sunday"]}]}]
    for branch in written["route"]["routes"]:  # type: ignore[index]
        if branch["matchers"] == ['service="cart"']:
            branch["routes"][0]["mute_time_intervals"] = ["weekends"]
    address = start(written)
    now = dt.datetime.now(dt.UTC)
    silence = {
        "matchers": [{"name": "service", "value": "check.*", "isRegex": True, "isEqual": True}],
        "startsAt": (now - dt.timedelta(seconds=5)).isoformat(),
        "endsAt": (now + dt.timedelta(hours=1)).isoformat(),
        "createdBy": "somebody",
        "comment": "maintenance",
    }
    post(address, "silences", silence)
    found = collected(catalog, address)
    assert "a silence hides" in found["checkout", "alert.route"].failed
    assert "muted at times" in found["cart", "alert.route"].failed
    assert value(found["payment", "alert.route"])["reaches_holder"]


def test_the_dead_mans_switch_is_heard_once_it_fires(catalog: Catalog, start: Callable[..., str]) -> None:
    address = start(configuration(catalog))
    assert value(collected(catalog, address)["checkout", "rules.deadman"]) == {"active": False}
    ends = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=4)
    post(address, "alerts", [{"labels": {"alertname": "Watchdog"}, "endsAt": ends.isoformat()}])
    for _ in range(100):
        found = collected(catalog, address)
        if value(found["checkout", "rules.deadman"])["active"]:
            return
        time.sleep(0.1)
    pytest.fail("it is not heard")


def test_keys_of_receivers_are_in_no_recording(catalog: Catalog, start: Callable[..., str], tmp_path: Path) -> None:
    address = start(configuration(catalog))
    folder = tmp_path / "recorded"
    live = collected(catalog, address, wire=RecordingWire(folder, NOW))
    kept = "".join(file.read_text() for file in folder.rglob("*.json"))
    assert "webhook_configs" in kept
    assert "key-0123456789" not in kept
    assert collected(catalog, address, wire=ReplayingWire(folder)) == live


def test_a_hidden_text_with_quotes_leaves_the_rest_readable(catalog: Catalog, start: Callable[..., str]) -> None:
    # Alertmanager itself gives each receiver of PagerDuty an address that is a template with quotes.
    written = configuration(catalog)
    for receiver in written["receivers"]:  # type: ignore[attr-defined]
        if receiver["name"] == "page-sre":
            receiver["pagerduty_configs"] = [{"routing_key": "key-0123456789"}]
    found = collected(catalog, start(written))
    assert value(found["checkout", "alert.route"])["reaches_holder"]
