"""A service that several labels name, and a server that has no names at all."""

import json
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import load
from pagerworthy.collect import Deadline, Surroundings, gather
from pagerworthy.collect.prometheus import open_collector
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import KEYS, Record
from pagerworthy.evidence.collectors import Context
from pagerworthy.evidence.keys import Value
from pagerworthy.project import CollectSettings, PrometheusSettings
from tests.collect.server import Asked, Reply, serving
from tests.evidence.world import AS_OF, service, start, write

DAY = 86_400
STORE = "  resources: {db: {type: postgres, size: small}}\n"
RUNBOOK = "  runbooks: [{title: Down, path: catalog/runbooks/shop.md, alerts: [Down]}]\n"
ALIASES = ("checkoutservice", "checkout", "checkout-v2")
# What a query says, by a part of it, one number for each of the three labels; and the key and value that come of it.
SAID: Sequence[tuple[str, tuple[float, ...], Value]] = [
    ("ssl_earliest", (60 * DAY, 5 * DAY, 90 * DAY), KEYS["cert.expiry"].value(days_left=5.0)),
    ("limit_used", (0.1, 0.99, 0.5), KEYS["capacity.limits"].value(highest=0.99, which="limit-1")),
    ("replicas_at_maximum", (0.2, 0.9, 0.0), KEYS["capacity.autoscaler"].value(at_maximum=0.9)),
    ("deploy_errors", (1.0, 7.0, 2.0), KEYS["deploys.errors"].value(worst_ratio=7.0)),
    ("storage_free", (300, 20, 100), KEYS["capacity.storage"].value(days_left=20.0)),
    ("span_metrics", (100, 20, 3), KEYS["traces.stream"].value(spans_24h=123)),
    ("avg_over_time(up", (1.0, 0.5, 0.9), KEYS["targets.up"].value(up=0.5)),
    ("count_over_time(probe", (100, 100, 100), KEYS["probe.runs"].value(runs_24h=300, success=0.5)),
    ("sum_over_time(probe", (100, 0, 50), KEYS["probe.runs"].value(runs_24h=300, success=0.5)),
]


def collected(root: Path, labels: Sequence[int], metrics: Sequence[str] = ()) -> dict[str, Record]:
    """What is said of checkout, by a server that gives the labels in this order."""

    def say(asked: Asked) -> Reply:
        if asked.path.endswith("/values"):
            return Reply(body=json.dumps({"status": "success", "data": list(metrics)}).encode())
        query = asked.query.get("query", "")
        numbers = next((numbers for part, numbers, _ in SAID if part in query), ())
        more = AS_OF.timestamp() if "ssl_" in query else 0
        result = [
            {
                "metric": {"service": ALIASES[each], "limit": f"limit-{each}", "store": "db"},
                "value": [0, str(numbers[each] + more)],
            }
            for each in labels
            if numbers
        ]
        kind = "matrix" if "range" in asked.path else "vector"
        data = {"resultType": kind, "result": result} if "query" in asked.path else {"groups": []}
        return Reply(body=json.dumps({"status": "success", "data": data}).encode())

    settings = CollectSettings(prometheus=PrometheusSettings(names=dict.fromkeys(ALIASES, "checkout")))
    with serving(say) as server:
        variables = {"PAGERWORTHY_PROMETHEUS_URL": server.url}
        collector = open_collector(Surroundings(root, settings, variables, Deadline(60), Wire()))
        assert collector is not None
        (found,) = gather([collector], Context(load(root).catalog, root, AS_OF, settings), Deadline(60))
    assert not found.failed
    return {each.key: each for each in found.records}


@pytest.mark.parametrize("labels", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_the_worst_counts_of_what_several_labels_say_in_whatever_order(labels: tuple[int, ...], tmp_path: Path) -> None:
    root = start(tmp_path / "root")
    service(root, "checkout", STORE)
    found = collected(root, labels)
    for _, _, wanted in SAID:
        (key,) = (name for name, key in KEYS.items() if isinstance(wanted, key.value) and name in found)
        assert not found[key].failed, found[key].failed
        assert msgspec.json.decode(found[key].value, type=KEYS[key].value) == wanted


def test_a_server_without_any_metric_says_of_none_that_it_is_gone(tmp_path: Path) -> None:
    root = start(tmp_path / "root")
    service(root, "checkout", RUNBOOK)
    write(root, "catalog/runbooks/shop.md", "Look at `shop_requests_total`.\n")
    assert "no metric at all" in collected(root, ())["runbook.mentions"].failed
    there = collected(root, (), ["up"])["runbook.mentions"]
    assert msgspec.json.decode(there.value) == {"broken": ["shop_requests_total"]}
