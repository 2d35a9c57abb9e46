"""The Prometheus collector against a real Prometheus whose past is known."""

import datetime as dt
import json
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import load
from pagerworthy.collect import Deadline, Surroundings
from pagerworthy.collect.prometheus import PrometheusCollector, open_collector
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import KEYS, Record
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings, PrometheusSettings
from pagerworthy.slo import objectives_of
from pagerworthy.slo.rules import RuleFile, Texts, as_yaml, common_file, group_of
from tests.collect.prometheus_server import serving_past
from tests.evidence.world import service, start, write

_DAY = 86_400
_EVERY = 60
SLO = """\
    - name: {name}
      objective: {objective}
      window: {window}
      sli: {{bad: 'sum(rate(bad_total[$window]))', total: 'sum(rate(requests_total[$window]))'}}
"""
RUNBOOK = """\
# Shop is down
Look at `sum(rate(requests_total{service="shop"}[5m]))` and at `gone_requests_total`, then at `shop/orders` and
`shop/basket`.
"""


def _entry(root: Path, name: str, *, slos: str = "", more: str = "") -> None:
    service(root, name, more=(f"  slos:\n{slos}" if slos else "") + more)


@pytest.fixture(scope="module")
def as_of() -> dt.datetime:
    return dt.datetime.fromtimestamp(time.time() // 3600 * 3600 - 3600, dt.UTC)


@pytest.fixture(scope="module")
def root(as_of: dt.datetime, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = start(tmp_path_factory.mktemp("prometheus") / "root")
    runbook = write(made, "catalog/runbooks/shop.md", RUNBOOK).relative_to(made)
    _entry(
        made,
        "shop",
        slos=SLO.format(name="availability", objective=99, window="7d")
        + SLO.format(name="silent", objective=99, window="7d")
        + SLO.format(name="changed", objective=99.5, window="7d")
        + "    - {name: probed, objective: 99, window: 7d, sli: {probe: probe_success, selector: 'service=\"shop\"'}}\n"
        + "    - {name: fresh, objective: 99, window: 7d, sli: {ratio: 'avg_over_time(probe_success[$window])'}}\n",
        more=f"  capacity: {{forecast: {{peak: 12, by: {as_of.date()}}}}}\n"
        f"  runbooks: [{{title: Down, path: {runbook}, alerts: [ShopAvailabilityBurnPage]}}]\n"
        "  dependencies:\n"
        "    - {service: pay, criticality: hard}\n"
        "    - {resource: pay/ledger, criticality: hard}\n"
        "    - {external: bank, criticality: hard, url: 'https://api.bank.example/v1'}\n"
        "    - {service: idle, criticality: hard}\n"
        "  monitoring:\n"
        "    probes: [{name: front, interval: 1m}]\n"
        "    alerts: [{name: AllDown, severity: page}, {name: Unloaded, severity: page}]\n"
        "    dashboards: [{title: Shop, url: 'https://grafana.example.com/d/pagerworthy-service-shop/shop'}]\n"
        "  compute: {type: external, zones: 3, replicas: {min: 3, max: 6}}\n"
        "  resources: {orders: {type: postgres, size: small}, edge: {type: edge, domain: shop.example.com}}\n",
    )
    _entry(
        made,
        "pay",
        slos=SLO.format(name="availability", objective=99, window="30d"),
        more="  resources: {ledger: {type: postgres, size: small}}\n",
    )
    _entry(made, "idle")
    return made


def _rules(root: Path) -> dict[str, str]:
    """Of shop, and not of pay; one objective of shop was another when they were made."""
    shop = load(root).catalog.services["shop"]
    groups = []
    for objective in objectives_of(shop):
        slo = objective.slo
        if slo.name == "changed":
            slo = msgspec.structs.replace(slo, objective=99.0)
        groups.append(group_of(msgspec.structs.replace(objective, slo=slo), Texts()))
    file = RuleFile(name="", source="", groups=tuple(groups))
    bare = {
        "groups": [
            {
                "name": "bare",
                "rules": [
                    {"alert": "Bare", "expr": "vector(0) > 1", "labels": {"service": "pay", "severity": "page"}},
                    {"alert": "AllDown", "expr": "vector(0) > 1", "labels": {"severity": "page"}},
                ],
            }
        ]
    }
    return {"shop.yaml": as_yaml(file), "common.yaml": as_yaml(common_file()), "bare.yaml": json.dumps(bare)}


def _past(now: float) -> dict[str, list[tuple[float, float]]]:
    week = [now - 7 * _DAY + step * _EVERY for step in range(1, 7 * _DAY // _EVERY + 1)]
    lately = [now - 600, now - 300, now]

    def ids(slo: str, more: str = "") -> str:
        return f'{{sloth_id="shop-{slo}",sloth_service="shop",sloth_slo="{slo}"{more}}}'

    five, all_week = ',sloth_window="5m"', ',sloth_window="1w"'
    bad_day = (now - 4 * _DAY, now - 3 * _DAY)
    past: dict[str, list[tuple[float, float]]] = {
        f"slo:objective:ratio{ids('availability')}": [(moment, 0.99) for moment in week],
        f"slo:objective:ratio{ids('silent')}": [(moment, 0.99) for moment in lately],
        f"slo:objective:ratio{ids('changed')}": [(moment, 0.99) for moment in lately],
        f"slo:objective:ratio{ids('probed')}": [(moment, 0.99) for moment in lately],
        f"slo:objective:ratio{ids('fresh')}": [(moment, 0.99) for moment in lately],
        f"slo:sli_total:rate5m{ids('availability', five)}": [(moment, 10.0) for moment in week],
        f"slo:sli_bad:rate5m{ids('availability', five)}": [
            (moment, 0.5 if bad_day[0] < moment <= bad_day[1] else 0.0) for moment in week
        ],
        f"slo:sli_error:ratio_rate5m{ids('probed', five)}": [(moment, 0.1) for moment in week[-1440:]],
        f"slo:sli_error:ratio_rate5m{ids('fresh', five)}": [(moment, 0.0) for moment in week[-1440:]],
        f"slo:sli_error:ratio_rate5m{ids('availability', five)}": [(moment, 0.0) for moment in lately],
        f"slo:sli_error:ratio_rate1w{ids('availability', all_week)}": [(moment, 0.05 / 7) for moment in lately],
        f"slo:period_error_budget_remaining:ratio{ids('availability')}": [(moment, 0.28) for moment in lately],
        f"slo:current_burn_rate:ratio{ids('availability')}": [(moment, 0.0) for moment in lately],
        'requests_total{service="shop"}': [(moment, moment - now + _DAY) for moment in lately],
        'traces_span_metrics_calls_total{service_name="shop"}': [(now - _DAY, 0), (now - 60, 5000)],
        'probe_success{service="shop"}': [(moment, float(moment % 6000 >= 600)) for moment in week[-1440:]],
        'up{service="shop",job="one"}': [(moment, 1.0) for moment in week[-1440:]],
        'up{service="shop",job="two"}': [(moment, float(moment > now - _DAY / 2)) for moment in week[-1440:]],
        'ALERTS{alertname="ShopDown",alertstate="firing",service="shop",severity="critical"}': [(now, 1.0)],
        'ALERTS{alertname="ShopSlow",alertstate="firing",service="shop",severity="warning",pod="a"}': [(now, 1.0)],
        'ALERTS{alertname="ShopSlow",alertstate="firing",service="shop",severity="warning",pod="b"}': [(now, 1.0)],
        'ALERTS{alertname="ShopSoon",alertstate="pending",service="shop",severity="page"}': [(now, 1.0)],
        'ALERTS{alertname="ShopOnce",alertstate="firing",service="shop",severity="page"}': [(now - 3600, 1.0)],
        'probe_ssl_earliest_cert_expiry{service="shop"}': [(now - 60, now + 20 * _DAY)],
        'service:limit_used:ratio{service="shop",limit="connections"}': [(now - 60, 0.4)],
        'service:limit_used:ratio{service="shop",limit="memory"}': [(now - 3600, 0.7), (now - 60, 0.3)],
        'service:utilisation:ratio{service="shop"}': [(now - 60, 0.5)],
        'service:deploy_errors:ratio{service="shop"}': [(now - 3 * _DAY, 1.5), (now - 60, 1.0)],
        'service:storage_free:bytes{service="shop",store="orders"}': [
            (now - 3 * _DAY, 13e9),
            (now - 2 * _DAY, 12e9),
            (now - _DAY, 11e9),
            (now, 10e9),
        ],
        'kube_horizontalpodautoscaler_status_desired_replicas{horizontalpodautoscaler="shop"}': [
            (moment, 6.0 if moment > now - 3600 else 3.0) for moment in week[-1440:]
        ],
        'kube_horizontalpodautoscaler_spec_max_replicas{horizontalpodautoscaler="shop"}': [
            (moment, 6.0) for moment in week[-1440:]
        ],
    }
    graph = "traces_service_graph_request_total"
    for client, server, kind in (
        ("shop", "pay", ""),
        ("shop", "ledger", "database"),
        ("shop", "api.bank.example", "virtual_node"),
        ("shop", "mystery", "virtual_node"),
        ("user", "shop", "virtual_node"),
    ):
        name = f'{graph}{{client="{client}",server="{server}",connection_type="{kind}"}}'
        past[name] = [(now - _DAY, 0.0), (now - _DAY + 60, 10.0), (now - 60, 90.0)]
    return past


@pytest.fixture(scope="module")
def address(root: Path, as_of: dt.datetime, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("server")
    rules = _rules(root)
    with serving_past(folder, _past(as_of.timestamp()), rules=rules, interval=1) as url:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with urllib.request.urlopen(f"{url}/api/v1/rules", timeout=20) as answer:  # noqa: S310
                groups = json.load(answer)["data"]["groups"]
            if all(rule["health"] != "unknown" for group in groups for rule in group["rules"]):
                break
            time.sleep(0.2)
        yield url


def collector(root: Path, address: str, settings: PrometheusSettings | None = None) -> PrometheusCollector:
    whole = CollectSettings(prometheus=settings or PrometheusSettings())
    variables = {"PAGERWORTHY_PROMETHEUS_URL": address}
    opened = open_collector(Surroundings(root, whole, variables, Deadline(120), Wire()))
    assert isinstance(opened, PrometheusCollector)
    return opened


@pytest.fixture(scope="module")
def found(root: Path, as_of: dt.datetime, address: str) -> dict[tuple[str, str, str], Record]:
    context = Context(load(root).catalog, root, as_of, CollectSettings())
    records = list(collector(root, address).collect(context))
    keys = [(each.subject, each.key, each.item) for each in records]
    assert len(keys) == len(set(keys))
    return dict(zip(keys, records, strict=True))


def value(record: Record) -> dict[str, object]:
    assert not record.failed, record.failed
    msgspec.json.decode(record.value, type=KEYS[record.key].value)
    return json.loads(bytes(record.value))  # type: ignore[no-any-return]


Found = dict[tuple[str, str, str], Record]


def test_events_are_counted_as_often_as_they_are_recorded(found: Found) -> None:
    events = value(found["shop", "slo.events", "availability"])
    # Rules are evaluated each second here, and a sample of each minute is all there is.
    assert events["total"] == pytest.approx(10 * 7 * 1440, rel=0.001)
    assert events["good"] == pytest.approx(10 * 7 * 1440 - 0.5 * 1440, rel=0.001)
    assert events["days"] == 7


def test_an_sli_without_events_has_none_and_is_not_perfect(found: Found) -> None:
    assert value(found["shop", "slo.events", "silent"]) == {"good": 0, "total": 0, "days": 0}
    assert "no event" in found["shop", "slo.budget", "silent"].failed
    assert "no event" in found["shop", "slo.burndown", "silent"].failed


def test_what_is_not_recorded_is_not_known(found: Found) -> None:
    for key in ("slo.events", "slo.budget", "slo.burndown"):
        assert "rules build" in found["pay", key, "availability"].failed


def test_budgets_are_those_of_the_entry(found: Found) -> None:
    budget = value(found["shop", "slo.budget", "availability"])
    assert budget["compliance"] == pytest.approx(100 * (1 - 0.05 / 7))
    assert budget["remaining"] == pytest.approx(1 - 5 / 7)
    burndown = value(found["shop", "slo.burndown", "availability"])
    assert burndown["days"] == [7, 6, 5, 4, 3, 2, 1, 0]
    assert burndown["remaining"] == pytest.approx([1, 1, 1, 1] + [1 - 5 / 7] * 4, abs=0.001)


def test_the_events_of_a_probe_are_its_runs(found: Found) -> None:
    events = value(found["shop", "slo.events", "probed"])
    assert events == {"total": 1440, "good": pytest.approx(1440 * 0.9), "days": 1}


def test_an_sli_that_counts_no_events_has_one_in_five_minutes(found: Found) -> None:
    events = value(found["shop", "slo.events", "fresh"])
    assert events["total"] == pytest.approx(1440 / 300, rel=0.001)
    assert events["days"] == 1


def test_rules_are_seen_with_what_they_were_made_from(found: Found) -> None:
    fine = {"loaded": True, "healthy": True, "absent_data": True}
    assert value(found["shop", "rules.slo", "availability"]) == fine
    assert value(found["shop", "rules.slo", "probed"]) == fine
    assert value(found["shop", "rules.slo", "changed"]) == fine | {"loaded": False}
    assert not any(value(found["pay", "rules.slo", "availability"]).values())


def test_paging_rules_name_runbooks_or_are_named(found: Found) -> None:
    shop = value(found["shop", "rules.paging", ""])
    assert (shop["pages"], shop["without_runbook"]) == (5, [])
    assert value(found["pay", "rules.paging", ""]) == {"pages": 1, "without_runbook": ["Bare"], "names": ["Bare"]}
    assert value(found["idle", "rules.paging", ""]) == {"pages": 0, "without_runbook": [], "names": []}


def test_rules_that_page_are_named_as_they_are_loaded_and_not_as_the_entry_has_them(found: Found) -> None:
    named = value(found["shop", "rules.paging", ""])["names"]
    assert isinstance(named, list)
    assert {"AllDown", "ShopAvailabilityBurnPage"} <= set(named)
    assert "Unloaded" not in named
    assert "Bare" not in named


def test_calls_are_named_as_the_catalog_does(found: Found) -> None:
    assert value(found["shop", "traffic.callees", ""]) == {"names": ["bank", "mystery", "pay", "pay/ledger"]}
    assert value(found["pay", "traffic.callees", ""]) == {"names": []}
    assert "no graph" in found["idle", "traffic.callees", ""].failed


@pytest.mark.parametrize(
    ("key", "item", "expected"),
    [
        ("traces.stream", "", {"spans_24h": pytest.approx(5000, rel=0.01)}),
        ("probe.runs", "", {"runs_24h": 1440, "success": pytest.approx(0.9, abs=0.01)}),
        ("targets.up", "", {"up": pytest.approx(0.75, abs=0.001)}),
        ("cert.expiry", "", {"days_left": pytest.approx(20)}),
        ("capacity.limits", "", {"highest": 0.7, "which": "memory"}),
        ("capacity.headroom", "", {"utilisation_zone_lost": 0.75}),
        ("capacity.autoscaler", "", {"at_maximum": pytest.approx(1 / 24, abs=0.001)}),
        ("capacity.storage", "orders", {"days_left": pytest.approx(10)}),
        ("deploys.errors", "", {"worst_ratio": 1.5}),
    ],
)
def test_a_series_is_the_services_that_its_label_names(
    key: str, item: str, expected: dict[str, object], found: Found
) -> None:
    assert value(found["shop", key, item]) == expected
    assert ("pay", key, item) not in found


def test_alerts_are_firing_now_and_not_soon_or_once(found: Found) -> None:
    assert value(found["shop", "alerts.firing", ""]) == {"pages": ["ShopDown"], "tickets": ["ShopSlow"]}
    assert value(found["pay", "alerts.firing", ""]) == {"pages": [], "tickets": []}


def test_records_say_what_was_asked_and_answered(found: Found, as_of: dt.datetime) -> None:
    for record in found.values():
        assert record.time == as_of
        assert record.query
        assert record.response.startswith("sha256:")


def test_panels_of_our_own_dashboards_are_counted(found: Found) -> None:
    # Of five objectives with five panels each, one has data in all; two have the ratio alone.
    url = "https://grafana.example.com/d/pagerworthy-service-shop/shop"
    assert value(found["shop", "dashboard.panels", url]) == {"panels": 25, "empty": 18}


def test_a_panel_needs_the_series_that_its_queries_name(root: Path) -> None:
    from pagerworthy.collect.prometheus.panels import NEEDS
    from pagerworthy.slo.dashboards import service_dashboard

    shop = load(root).catalog.services["shop"]
    board = json.loads(service_dashboard(shop, Texts(), ()))
    drawn = []
    for panel in board["panels"]:
        for inner in [panel, *panel.get("panels", ())]:
            queries = [target["expr"] for target in inner.get("targets") or ()]
            if queries:
                drawn.append(queries)
    needed = [each for _ in objectives_of(shop) for each in NEEDS]
    assert len(drawn) == len(needed)
    for queries, series in zip(drawn, needed, strict=True):
        for name in series:
            assert any(name in query for query in queries), (queries, series)


def test_what_a_runbook_names_is_looked_for(found: Found) -> None:
    assert value(found["shop", "runbook.mentions", "catalog/runbooks/shop.md"]) == {
        "broken": ["gone_requests_total", "shop/basket"]
    }


def test_a_forecast_is_held_beside_the_peak_of_its_day(found: Found) -> None:
    assert value(found["shop", "capacity.forecast", ""]) == {"error": pytest.approx(0.2)}
    assert ("pay", "capacity.forecast", "") not in found
