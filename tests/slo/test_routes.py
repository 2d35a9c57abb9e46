"""`pagerworthy rules routes`, judged by amtool and by a real Alertmanager."""

import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from pagerworthy.catalog import load
from pagerworthy.cli.app import app
from pagerworthy.graph import DependencyGraph
from pagerworthy.handover import pager_at
from pagerworthy.slo.integrations import integrations
from pagerworthy.slo.routes import as_configuration, plan_routes
from tests.servers import running
from tests.tools import require_tool

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(ROOT / "catalog", tmp_path / "repository/catalog")
    shutil.copy(ROOT / "pagerworthy.toml", tmp_path / "repository")
    return tmp_path / "repository"


def run(root: Path, *options: str) -> Result:
    return CliRunner().invoke(app, ["--root", str(root), "rules", "routes", *options], standalone_mode=False)


def written(root: Path, folder: Path, name: str = "alertmanager.yaml") -> Path:
    done = run(root, "--out", str(folder / name))
    assert done.return_value == 0, done.output
    return folder / name


def receivers(file: Path, **labels: str) -> list[str]:
    command = [str(require_tool("amtool")), "config", "routes", "test", "--config.file", str(file)]
    done = subprocess.run(
        [*command, *(f"{key}={value}" for key, value in labels.items())], capture_output=True, text=True, check=True
    )
    return done.stdout.strip().split(",")


@pytest.mark.parametrize("kind", ["pagerduty", "opsgenie", "slack"])
def test_amtool_accepts_the_demo_with_every_integration(kind, root, tmp_path):
    settings = root / "pagerworthy.toml"
    settings.write_text(settings.read_text().replace('kind = "pagerduty"', f'kind = "{kind}"'))
    command = [str(require_tool("amtool")), "check-config", str(written(root, tmp_path))]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_webhook_is_reached_by_the_address_in_its_file():
    """Files with addresses came with Alertmanager 0.26, later than Debian's."""
    catalog = load(ROOT).catalog
    plan = plan_routes(catalog, DependencyGraph.of(catalog), NOW)
    assert integrations(plan, "webhook", "keys")["page-sre"] == {"webhook_configs": [{"url_file": "keys/page-sre"}]}


def test_the_pages_of_each_service_reach_whoever_holds_its_pager(root, tmp_path):
    file = written(root, tmp_path)
    catalog = load(root).catalog
    held = set()
    for name, service in catalog.services.items():
        decisions = [decision for decision in catalog.decisions if decision.spec.service == name]
        holder = pager_at(decisions, NOW).holder
        owner = f"page-{service.spec.owner}"
        expected = {"dev": [owner], "shadow": [owner, "ticket-sre"], "sre": ["page-sre"], "shared": ["page-sre", owner]}
        assert receivers(file, service=name, severity="page") == expected[holder], name
        held.add(holder)
    assert {"dev", "shadow", "sre"} <= held


def test_tickets_and_alerts_of_unknown_severity_are_heard_too(root, tmp_path):
    file = written(root, tmp_path)
    assert receivers(file, service="checkout", severity="ticket") == ["ticket-sre"]
    assert receivers(file, service="ad", severity="ticket") == ["ticket-discovery"]
    assert receivers(file, service="ad") == ["ticket-discovery"]
    assert receivers(file, service="no-such") == ["unknown-service"]
    assert receivers(file, alertname="Watchdog") == ["dead-man"]


def test_a_decision_moves_the_routes_of_its_service_and_nothing_else(root, tmp_path):
    before = yaml.safe_load(written(root, tmp_path).read_text())
    decision = (root / "catalog/decisions/ad-2026-09-10-hand-back.yaml").read_text()
    (root / "catalog/decisions/checkout-2026-11-19-hand-back.yaml").write_text(
        decision.replace("ad-2026-09-10", "checkout-2026-11-19")
        .replace("service: ad\n", "service: checkout\n")
        .replace("time: 2026-09-10", "time: 2026-11-19")
    )
    after = yaml.safe_load(written(root, tmp_path).read_text())
    moved = [new for old, new in zip(before["route"]["routes"], after["route"]["routes"], strict=True) if old != new]
    assert [route["matchers"] for route in moved] == [['service="checkout"']]
    assert receivers(tmp_path / "alertmanager.yaml", service="checkout", severity="page") == ["page-ordering"]
    assert before["inhibit_rules"] == after["inhibit_rules"]


def test_a_shared_pager_rings_for_both(root, tmp_path):
    acceptance = root / "catalog/decisions/checkout-2026-06-11-accept.yaml"
    text = acceptance.read_text()
    acceptance.write_text(text.replace("  pager: sre\n", "  pager: shared\n"))
    file = written(root, tmp_path)
    assert receivers(file, service="checkout", severity="page") == ["page-sre", "page-ordering"]


def test_without_an_sre_team_the_owner_hears(root, tmp_path):
    team = root / "catalog/teams/sre.yaml"
    team.write_text(team.read_text().replace("role: sre", "role: platform"))
    file = written(root, tmp_path)
    assert receivers(file, service="checkout", severity="page") == ["page-ordering"]


def test_an_own_configuration_is_kept_and_filled_in(root, tmp_path):
    (root / "alerting").mkdir()
    (root / "alerting/alertmanager.yaml").write_text(
        "global: {resolve_timeout: 7m}\n"
        "route: {receiver: page-sre}\n"
        "receivers:\n- name: page-sre\n  slack_configs: [{api_url_file: /keys/slack, channel: '#night'}]\n"
        "- name: dead-man\n  webhook_configs: [{url: 'http://127.0.0.1:9/heartbeat'}]\n- name: spare\n"
    )
    settings = root / "pagerworthy.toml"
    settings.write_text(settings.read_text() + 'base = "alerting/alertmanager.yaml"\n')
    done = run(root)
    assert "dead-man" not in done.stderr
    config = yaml.safe_load(done.stdout)
    assert config["global"] == {"resolve_timeout": "7m"}
    by_name = {receiver["name"]: receiver for receiver in config["receivers"]}
    assert by_name["page-sre"]["slack_configs"][0]["channel"] == "#night"
    assert "spare" in by_name
    assert "pagerduty_configs" in by_name["page-discovery"]
    assert len(by_name) == len(config["receivers"])


@pytest.mark.parametrize(
    ("base", "says"),
    [
        (None, "cannot be read"),
        ("- a list\n", "is no mapping"),
        ("a: [\n", "error[PW0"),
        ("a: &a [*a]\n", "error[PW0"),
    ],
)
def test_an_own_configuration_that_is_wrong_is_refused(base, says, root, tmp_path):
    if base is not None:
        (root / "base.yaml").write_text(base)
    settings = root / "pagerworthy.toml"
    settings.write_text(settings.read_text() + 'base = "base.yaml"\n')
    done = run(root, "--out", str(tmp_path / "out.yaml"))
    assert done.return_value == 2
    assert says in done.stderr
    assert not (tmp_path / "out.yaml").exists()


def test_a_receiver_that_would_tell_nobody_is_a_problem(root):
    settings = root / "pagerworthy.toml"
    settings.write_text(settings.read_text().replace('kind = "pagerduty"\n', ""))
    done = run(root)
    assert done.return_value == 2
    assert "PW505" in done.stderr
    assert "page-assistant" in done.stderr


def test_a_broken_entry_is_said_and_its_alerts_are_heard(root, tmp_path):
    entry = root / "catalog/services/cart.yaml"
    entry.write_text(entry.read_text().replace("tier:", "teir:").replace("owner:", "ownr:"))
    done = run(root, "--out", str(tmp_path / "out.yaml"))
    assert done.return_value == 1
    assert "catalog/services/cart.yaml cannot be read" in done.stderr
    assert receivers(tmp_path / "out.yaml", service="cart", severity="page") == ["unknown-service"]
    assert receivers(tmp_path / "out.yaml", service="checkout", severity="page") == ["page-sre"]


def test_a_broken_entry_of_a_known_owner_keeps_its_route(root, tmp_path):
    before = yaml.safe_load(written(root, tmp_path).read_text())["route"]
    entry = root / "catalog/services/cart.yaml"
    entry.write_text(entry.read_text().replace("tier:", "teir:"))
    done = run(root, "--out", str(tmp_path / "out.yaml"))
    assert done.return_value == 1
    assert "cart: its entry cannot be read: catalog/services/cart.yaml:" in done.stderr
    assert yaml.safe_load((tmp_path / "out.yaml").read_text())["route"] == before


def test_a_broken_decision_stops(root, tmp_path):
    decision = root / "catalog/decisions/ad-2026-09-10-hand-back.yaml"
    decision.write_text(decision.read_text().replace("action:", "acton:"))
    done = run(root, "--out", str(tmp_path / "out.yaml"))
    assert done.return_value == 2
    assert not (tmp_path / "out.yaml").exists()


def test_the_same_catalog_gives_the_same_bytes_and_is_written_once(root, tmp_path):
    file = written(root, tmp_path)
    before = file.stat().st_mtime_ns
    assert "unchanged" in run(root, "--out", str(file)).output
    assert file.stat().st_mtime_ns == before
    assert written(root, tmp_path, "again.yaml").read_bytes() == file.read_bytes()


@pytest.fixture
def alertmanager(root, tmp_path) -> Iterator[str]:
    """The address of a server with the demo's routes; its receivers tell nobody."""
    catalog = load(root).catalog
    plan = plan_routes(catalog, DependencyGraph.of(catalog), NOW)
    file = tmp_path / "alertmanager.json"
    file.write_text(json.dumps(as_configuration(plan, {}, {})))
    command = [require_tool("alertmanager"), f"--config.file={file}", f"--storage.path={tmp_path / 'data'}"]
    with running([*command, "--cluster.listen-address="], tmp_path / "log") as server:
        yield server.address


def ask(address: str, path: str, body: object = None) -> object:
    """Asks the server."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 -- of this machine
        f"{address}/api/v2/{path}", data=data, headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- of this machine
        text = answer.read()
        return json.loads(text) if text else None


def test_a_page_silences_tickets_of_what_needs_the_service_and_no_page(alertmanager):
    """Checkout needs cart and payment; frontend needs checkout; email only degrades checkout."""
    alerts = {
        "cart page": {"service": "cart", "severity": "page", "slo": "availability"},
        "cart ticket": {"service": "cart", "severity": "ticket", "slo": "availability"},
        "cart no data": {"service": "cart", "severity": "ticket", "slo": "availability", "data": "stopped"},
        "checkout ticket": {"service": "checkout", "severity": "ticket", "slo": "availability"},
        "checkout page": {"service": "checkout", "severity": "page", "slo": "latency"},
        "email page": {"service": "email", "severity": "page", "slo": "availability"},
        "payment ticket": {"service": "payment", "severity": "ticket", "slo": "availability"},
        "frontend page": {"service": "frontend", "severity": "page", "slo": "availability"},
        "shipping ticket": {"service": "shipping", "severity": "ticket", "slo": "availability"},
    }
    ask(alertmanager, "alerts", [{"labels": {"alertname": name} | labels} for name, labels in alerts.items()])
    silenced: set[str] = set()
    for _ in range(100):
        found = ask(alertmanager, "alerts")
        assert isinstance(found, list)
        silenced = {each["labels"]["alertname"] for each in found if each["status"]["inhibitedBy"]}
        if len(found) == len(alerts) and silenced:
            break
        time.sleep(0.1)
    assert silenced == {"cart ticket", "checkout ticket"}
