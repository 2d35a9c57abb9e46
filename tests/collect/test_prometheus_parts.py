"""A server of which one answer is wrong: what rests on it is not known, and all else is."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from pagerworthy.collect import Gathered, SourceError, Surroundings, gather
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.prometheus import open_collector
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import KEYS
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings, PrometheusSettings
from tests.collect.server import Asked, Reply, serving
from tests.collect.synthetic_prometheus import AS_OF, answer, catalog
from tests.collect.world import QUICK, Limited

SERVICES = 3
Wrong = Callable[[bytes], Reply]


def gathered(root: Path, part: str, wrong: Wrong) -> Gathered:
    """What is brought while every question that has `part` in it is answered wrongly."""

    def say(asked: Asked) -> Reply:
        body = b"".join(answer(asked.path, {name: [value] for name, value in asked.query.items()}, SERVICES))
        hit = part in asked.path or part in asked.query.get("query", "")
        return wrong(body) if hit else Reply(body=body)

    settings = CollectSettings()
    with serving(say) as server:
        variables = {"PAGERWORTHY_PROMETHEUS_URL": server.url}
        deadline = Deadline(60)
        collector = open_collector(Limited(root, settings, variables, deadline, Wire(), limits=QUICK))
        assert collector is not None
        (found,) = gather([collector], Context(catalog(SERVICES), root, AS_OF, settings), deadline)
    for each in found.records:
        if not each.failed:
            msgspec.json.decode(each.value, type=KEYS[each.key].value)
    assert not found.failed
    return found


def replaced(before: bytes, after: bytes) -> Wrong:
    return lambda body: Reply(body=body.replace(before, after))


LEVELS = {"slo.events", "slo.budget", "slo.burndown"}
RULES = {"rules.slo", "rules.paging"}
FAILING = [
    ("sum_over_time(slo:sli_bad", lambda _: Reply(422, b'{"status":"error","error":"too many samples"}'), LEVELS),
    ("sum_over_time(slo:sli_bad", replaced(b'"matrix"', b'"vector"'), LEVELS),
    ("query_range", replaced(b'"success"', b'"error"'), LEVELS),
    ("query_range", replaced(b"]}}", b""), LEVELS),
    ("traces_service_graph", replaced(b'"success"', b'"success","warnings":["a store is away"]'), {"traffic.callees"}),
    ("traces_service_graph", replaced(b'"success"', b'"success","isPartial":true'), {"traffic.callees"}),
    ("rules", lambda _: Reply(404), RULES | {"slo.events"}),
    ("rules", lambda _: Reply(body=b'{"status":"success","data":{"groups":[]}}'), RULES | {"slo.events"}),
    ("rules", replaced(b'"interval":30', b'"interval":"often"'), RULES | {"slo.events"}),
    ("limit_used", replaced(b'"0.5"', b'"-7"'), {"capacity.limits"}),
    ("slo:sli_error:ratio_calendar", replaced(b'"0.0005"', b'"1.5"'), {"slo.budget"}),
    ("slo:sli_error:ratio_calendar", replaced(b'"0.0005"', b'"NaN"'), {"slo.budget"}),
    ("slo:sli_error:ratio_calendar", replaced(b'"0.0005"', b'"+Inf"'), {"slo.budget"}),
]


@pytest.mark.parametrize(("part", "wrong", "keys"), FAILING)
def test_one_wrong_answer_hides_nothing_else(part: str, wrong: Wrong, keys: set[str], tmp_path: Path) -> None:
    found = gathered(tmp_path, part, wrong)
    assert {each.key for each in found.records if each.failed} == keys
    assert {each.key for each in found.records if not each.failed} >= {"cert.expiry", "deploys.errors"}


def test_names_that_nobody_knows_are_nothing_and_none_hides_in_a_record(tmp_path: Path) -> None:
    found = gathered(tmp_path, "traces_service_graph", replaced(b'"server":"service-00001"', b'"server":"a\\u0007b"'))
    (mine,) = (each for each in found.records if each.key == "traffic.callees" and each.subject == "service-00000")
    assert msgspec.json.decode(mine.value) == {"names": ["a\ufffdb"]}
    assert {each.subject for each in found.records} == {f"service-{number:05d}" for number in range(SERVICES)}


@pytest.mark.parametrize(
    "settings", [PrometheusSettings(label='a="'), PrometheusSettings(queries={"slo.budget": "vector(1)"})]
)
def test_settings_that_mean_nothing_are_said(settings: PrometheusSettings, tmp_path: Path) -> None:
    whole = CollectSettings(prometheus=settings)
    variables = {"PAGERWORTHY_PROMETHEUS_URL": "http://127.0.0.1:9"}
    with pytest.raises(SourceError, match=r"\[collect.prometheus\]"):
        open_collector(Surroundings(tmp_path, whole, variables, Deadline(5), Wire()))


def test_an_own_query_goes_before_ours(tmp_path: Path) -> None:
    asked: list[str] = []

    def say(one: Asked) -> Reply:
        asked.append(one.query.get("query", ""))
        body = b"".join(answer(one.path, {name: [value] for name, value in one.query.items()}, SERVICES))
        return Reply(body=body)

    own = PrometheusSettings(label="app", queries={"capacity.headroom": "max by ($label) (my_utilisation)"})
    with serving(say) as server:
        settings = CollectSettings(prometheus=own)
        variables = {"PAGERWORTHY_PROMETHEUS_URL": server.url}
        collector = open_collector(Surroundings(tmp_path, settings, variables, Deadline(60), Wire()))
        assert collector is not None
        list(collector.collect(Context(catalog(SERVICES), tmp_path, AS_OF, settings)))
    assert "max by (app) (my_utilisation)" in asked
    assert not [each for each in asked if "$label" in each]


PROBED = """\
    - {{name: {name}, objective: 99, window: 7d, sli: {{probe: probe_success, selector: '{selector}'}}}}
"""


def test_probes_are_told_apart_by_their_selectors(tmp_path: Path) -> None:
    from pagerworthy.catalog import load
    from pagerworthy.collect.prometheus.runs import Runs
    from pagerworthy.collect.prometheus.server import Numbers
    from pagerworthy.slo import objectives_of
    from tests.evidence.world import service, start

    selectors = {
        "one": 'job="blackbox",instance="a"',
        "both": 'job="blackbox"',
        "none": 'instance="c"',
        "pattern": 'instance=~"b|c"',
    }
    slos = "".join(PROBED.format(name=name, selector=selector) for name, selector in selectors.items())
    service(start(tmp_path), "shop", more=f"  slos:\n{slos}")
    asked = []

    class Told:
        def vector(self, query: str, *labels: str) -> Numbers:
            asked.append((query, labels))
            return Numbers(query, {("a", "blackbox"): 10.0, ("b", "blackbox"): 5.0, ("a", "other"): 1.0})

    runs = Runs.of(Told(), objectives_of(load(tmp_path).catalog.services["shop"]))  # type: ignore[arg-type]
    assert asked == [("sum by (instance, job) (count_over_time(probe_success[7d]))", ("instance", "job"))]
    assert runs.counts == {"shop-one": 10, "shop-both": 15, "shop-pattern": 5}


def test_runs_that_cannot_be_asked_for_are_not_known(tmp_path: Path) -> None:
    from pagerworthy.catalog import load
    from pagerworthy.collect.prometheus.runs import Runs
    from pagerworthy.collect.prometheus.server import Numbers
    from pagerworthy.slo import objectives_of
    from tests.evidence.world import service, start

    service(start(tmp_path), "shop", more="  slos:\n" + PROBED.format(name="one", selector='instance="a"'))

    class Broken:
        def vector(self, query: str, *labels: str) -> Numbers:
            raise SourceError("it is away")

    runs = Runs.of(Broken(), objectives_of(load(tmp_path).catalog.services["shop"]))  # type: ignore[arg-type]
    assert runs == Runs(failed="it is away")


def test_where_no_alert_fires_not_even_one_that_always_does_none_is_known(tmp_path: Path) -> None:
    empty = b'{"status":"success","data":{"resultType":"vector","result":[]}}'
    found = gathered(tmp_path, "ALERTS", lambda _: Reply(body=empty))
    assert {each.key for each in found.records if each.failed} == {"alerts.firing"}
