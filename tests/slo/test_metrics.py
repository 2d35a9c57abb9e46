"""Which metrics a query names: at the borders of names, never within them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.metrics import is_machine_metric, metric_names

NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,20}", fullmatch=True).filter(
    lambda name: (
        name not in {"by", "without", "on", "ignoring", "group_left", "group_right"}
        and name not in {"and", "or", "unless", "offset", "bool", "atan2", "inf", "nan"}
    )
)
# Each holds a query in which `{}` is the only metric.
FRAMES = st.sampled_from(
    [
        "{}",
        "sum(rate({}[5m]))",
        "sum by (up, node_cpu) (rate({}[$window]))",
        "sum(rate({}[5m:1m])) without(instance, go_version)",
        "{} == bool 1",
        "avg_over_time({}[1d] offset 5m) > 1e9",
        "histogram_quantile(0.9, {}) # node_load1 is another matter",
        'label_replace({}, "node_cpu", "$1", "up", "(.*)")',
        "{} @ end()",
        "(({}))",
    ]
)
MATCHERS = st.sampled_from(
    ["", "{}", '{job="up"}', "{up='1',cpu!~\"node_.*\"}", '{service="a}b",go_version=~`x"y`}', '{code!~"5..",}']
)


@given(NAMES, FRAMES, MATCHERS)
def test_a_metric_is_found_wherever_it_stands_and_nothing_else_is(name: str, frame: str, matchers: str) -> None:
    metric = name + matchers
    assert metric_names(frame.replace("{}", metric)) == {name}


@given(st.text())
def test_any_text_is_read_to_its_end(text: str) -> None:
    for name in metric_names(text):
        assert name in text


@given(NAMES, NAMES)
def test_a_name_is_never_judged_by_what_stands_in_its_middle(before: str, name: str) -> None:
    """`mongo_requests_total` has `go_` in it, and `group` has `up`."""
    if "cpu" in f"{before}x{name}" or "memory" in f"{before}x{name}":
        return
    assert not is_machine_metric(f"shop{before}x{name}")


@pytest.mark.parametrize(
    "query",
    [
        "sum(rate(mongo_requests_total[5m]))",
        "sum(rate(cargo_parcels_total[5m]))",
        "sum(rate(order_process_total[5m])) / sum(rate(order_start_total[5m]))",
        'sum by (cpu) (rate(group{state="up"}[5m]))',
        "backup_orders_total",
        'rate(http_server_requests_total{node_name="a", process_name="b"}[5m])',
        "process_orders_total",
        "job:http_requests:rate5m",
    ],
)
def test_what_counts_requests(query: str) -> None:
    assert metric_names(query)
    assert not any(map(is_machine_metric, metric_names(query)))


@pytest.mark.parametrize(
    "query",
    [
        "up",
        "avg_over_time(up[5m])",
        'up{job="checkout"} == 1',
        "min(up) by (job) or vector(0)",
        '{__name__="up"}',
        '{__name__=~"node_.*", job="x"}',
        '{"process_cpu_seconds_total"}',
        "1 - avg(rate(node_cpu_seconds_total{mode='idle'}[5m]))",
        "instance:node_load1:avg",
        "go_goroutines",
        "jvm_memory_used_bytes",
        "process_resident_memory_bytes",
        "app_cpu_usage",
        "worker_memory_bytes",
        "kube_pod_status_ready",
    ],
)
def test_what_describes_machines(query: str) -> None:
    assert any(map(is_machine_metric, metric_names(query)))


@pytest.mark.parametrize("query", ["vector(1)", "1", "", '"up"', "# up", "time()"])
def test_what_names_no_metric(query: str) -> None:
    assert metric_names(query) == frozenset()
