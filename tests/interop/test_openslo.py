"""OpenSLO out and in again: nothing is lost on either way, and what an entry says goes before what was kept."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pagerworthy.catalog import Metadata, Service, ServiceSpec, Sli, Slices, Slo
from pagerworthy.interop import SHARED, Promises, checked, dumped, export_openslo, read_openslo
from pagerworthy.interop.openslo.kept import unit
from pagerworthy.interop.openslo.patch import Difference, applied, differences
from pagerworthy.problem import Severity
from tests.interop import examples

_CALM = settings(max_examples=60, suppress_health_check=list(HealthCheck))
_LABELS = st.sampled_from(['job="a"', 'code!~"5..",path=~"/a|/b"', "region='x y'"])
_METRICS = st.sampled_from(["requests_total", "errors:total", "a_b"])
_LINES = st.sampled_from(["Orders", "no", "12:30", "0o17", "1e3", "a: b #c", "'", '"', "ü\U0001f600", "x" * 300, "- a"])
_BELOW = st.sampled_from(["300ms", "1s", "1000ms", "60s", "1m", "2500ms"])


@st.composite
def _slis(draw: st.DrawFn) -> Sli:
    metric, other, labels = draw(_METRICS), draw(_METRICS), draw(_LABELS)
    some, every = f"sum(rate({metric}{{{labels},ok='1'}}[$window]))", f"sum(rate({other}{{{labels}}}[$window]))"
    slices = draw(
        st.none()
        | st.builds(
            Slices, length=st.sampled_from(["1m", "2m", "5m"]), target=st.none() | st.sampled_from([95.0, 99.9, 100.0])
        )
    )
    form: Sli = draw(
        st.sampled_from(
            [
                Sli(good=some, total=every),
                Sli(bad=f"{some}\n+ sum(rate(other_total[$window])) # timeouts", total=every),
                Sli(ratio=f"avg_over_time({metric}{{{labels}}}[$window])"),
                Sli(probe=metric, selector=labels),
                Sli(probe=metric),
                Sli(histogram="d_seconds", selector=labels, below=draw(_BELOW)),
                Sli(histogram="d_milliseconds", below=draw(_BELOW)),
                Sli(histogram="d_seconds", native=True, selector=labels, below=draw(_BELOW)),
            ]
        )
    )
    return msgspec.structs.replace(form, slices=slices)


_SLOS = st.builds(
    Slo,
    name=st.from_regex(r"\A[a-z][a-z0-9]{1,6}(-[a-z0-9]{1,9}){0,3}\Z").filter(lambda name: len(name) <= 40),
    objective=st.sampled_from([99.9, 99.0, 99.95, 50.0, 0.1, 99.999]) | st.integers(1, 99999).map(lambda n: n / 1000),
    window=st.sampled_from(["7d", "14d", "28d", "30d", "90d", "calendar-week", "calendar-month", "calendar-quarter"]),
    sli=_slis(),
    title=st.just("") | _LINES,
    category=st.sampled_from(["", "latency", "freshness"]),
    description=st.just("") | _LINES,
    min_events=st.none() | st.integers(0, 100),
)


def _service(slos: list[Slo], name: str = "checkout", openslo: dict[str, Any] | None = None) -> Service:
    spec = ServiceSpec(owner="payments", system="shop", tier=1, phase="design", slos=tuple(slos))
    extensions = {"openslo": openslo} if openslo else {}
    return Service(
        apiVersion="pagerworthy/v1",
        metadata=Metadata(name=name, title="Checkout", description="Sells"),
        spec=msgspec.structs.replace(spec, extensions=extensions),
    )


def _exported(services: list[Service], *, quiet: bool = True) -> list[dict[str, Any]]:
    exported = export_openslo((service, f"catalog/services/{service.name}.yaml") for service in services)
    assert not quiet or exported.problems == ()
    return [document for documents in exported.documents.values() for document in documents]


def _imported(text: str, folder: Path) -> tuple[Promises, ...]:
    path = folder / "exported.yaml"
    path.write_text(text, encoding="utf-8")
    found = read_openslo([path])
    assert [each for each in found.problems if each.severity is Severity.ERROR] == []
    return found.services


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("openslo")


@_CALM
@given(st.lists(_SLOS, min_size=1, max_size=4, unique_by=lambda slo: slo.name))
def test_what_is_exported_is_read_as_it_was(folder: Path, slos: list[Slo]) -> None:
    text = dumped(_exported([_service(slos)]))
    (found,) = _imported(text, folder)
    assert list(found.slos) == slos
    again = _service(list(found.slos), openslo=found.openslo)
    assert dumped(_exported([again])) == text


@_CALM
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab~/1", max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab~/1", max_size=3), inner, max_size=3),
    ).map(lambda value: {"a": value}),
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab~/1", max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab~/1", max_size=3), inner, max_size=3),
    ).map(lambda value: {"a": value}),
)
def test_differences_make_one_of_the_other(first: Any, second: Any) -> None:
    found = differences(first, second)
    assert applied(first, found, str) == (second, ())
    assert not differences(first, first)
    # What was noted holds in a file, too.
    kept = msgspec.json.decode(msgspec.json.encode(found), type=list[Difference])
    assert applied(first, kept, str) == (second, ())


@st.composite
def _documents(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A document of kind SLO as other tools write it, in the one of several spellings that export chooses."""
    labels = st.dictionaries(
        st.sampled_from(["team", "env", "a.b/c"]), st.sampled_from(["x", ["x", "y"], "no"]), min_size=1
    )
    metadata: dict[str, Any] = {
        "name": draw(st.sampled_from(["checkout-orders", "orders", "9-lives", "a" * 63, "Orders.v2"]))
    }
    for key, values in (
        ("displayName", st.just("12:30")),
        ("labels", labels),
        ("annotations", st.just({"a.b/c~d": "e"})),
    ):
        if draw(st.booleans()):
            metadata[key] = draw(values)
    source = {"type": "Prometheus", **draw(st.sampled_from([{}, {"metricSourceRef": "far"}]))}
    query = draw(st.sampled_from(["sum(a_total{b='c'})", "sum(rate(a_total[{{.window}}]))", "sum(rate(a_total[5m]))"]))
    good = {
        "metricSource": {**source, "spec": {"query": query, **draw(st.sampled_from([{}, {"queryType": "promql"}]))}}
    }
    total = {"metricSource": {**source, "spec": {"query": "sum(rate(all_total[{{.window}}]))"}}}
    threshold = draw(st.booleans())
    metric: dict[str, Any] = {
        "ratioMetric": draw(
            st.sampled_from(
                [
                    {"counter": True, "good": good, "total": total},
                    {"counter": True, "bad": good, "total": total},
                    {"rawType": "failure", "raw": total},
                    {"rawType": "success", "raw": good},
                ]
            )
        )
    }
    if threshold:
        metric = {"thresholdMetric": {"metricSource": {**source, "spec": {"query": "sum(a)"}}}}
    sli = {"metadata": {"name": "an-sli", **draw(st.sampled_from([{}, {"labels": {"a": "b"}}]))}, "spec": metric}
    method = draw(st.sampled_from(["Occurrences", "Timeslices", "RatioTimeslices"]))
    objectives = []
    for target in draw(st.lists(st.sampled_from([0.5, 0.9, 0.995, 0.99999]), min_size=1, max_size=3)):
        objective: dict[str, Any] = {"target": target}
        if draw(st.booleans()):
            objective["displayName"] = draw(st.sampled_from(["Goal", "goal", "1"]))
        if threshold:
            objective |= {"op": "lt", "value": 0.25}
        if method != "Occurrences":
            objective["timeSliceWindow"] = "1m"
        if method == "Timeslices":
            objective["timeSliceTarget"] = 0.95
        objectives.append(objective)
    start = {"startTime": "2022-08-01 00:00:00", "timeZone": "Etc/UTC"}
    window = draw(
        st.sampled_from(
            [
                {"duration": "4w", "isRolling": True},
                {"duration": "1M", "isRolling": True},
                {"duration": "1M", "isRolling": False, "calendar": start},
                {"duration": "1w", "isRolling": False, "calendar": start},
            ]
        )
    )
    spec: dict[str, Any] = {
        "service": draw(st.sampled_from(["checkout", "Checkout", "check_out"])),
        "timeWindow": [window],
        "budgetingMethod": method,
        "objectives": objectives,
    }
    if draw(st.booleans()):
        spec["description"] = draw(st.sampled_from(["one line", "two\nlines\n", "long " * 200]))
    if draw(st.booleans()):
        spec["alertPolicies"] = [{"alertPolicyRef": "pages"}]
    head = {"apiVersion": "openslo/v1"}
    slo = {**head, "kind": "SLO", "metadata": metadata, "spec": spec}
    if draw(st.booleans()):
        spec["indicatorRef"] = "an-sli"
        return [{**head, "kind": "SLI", **sli}, slo]
    spec["indicator"] = sli
    return [slo]


@_CALM
@given(_documents())
def test_what_other_tools_say_is_given_back(folder: Path, documents: list[dict[str, Any]]) -> None:
    found = _imported(dumped(documents), folder)
    back = [
        document
        for document in _exported([examples.service_of(each) for each in found])
        if document["kind"] != "Service"
    ]
    assert back == documents


@pytest.mark.parametrize("name", ["everything-kept", "forms-of-slis", "windows", "references-outside"])
def test_whole_files_are_given_back(name: str) -> None:
    path = examples.FOLDER / "openslo" / "good" / f"{name}.yaml"
    found = checked(read_openslo([path]))
    back = _exported([examples.service_of(promises) for promises in found.services])
    known = {(each["kind"], each["metadata"]["name"]): each for each in back}
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
        if document["metadata"]["name"] == "nobody-needs-it":
            continue
        for window in document["spec"].get("timeWindow", ()):
            window.setdefault("isRolling", "calendar" not in window)
        assert known[document["kind"], document["metadata"]["name"]] == document


def _kept() -> tuple[Service, dict[str, Any]]:
    path = examples.FOLDER / "openslo" / "good" / "everything-kept.yaml"
    (promises,) = checked(read_openslo([path])).services
    return examples.service_of(promises), promises.openslo


def _changed(service: Service, **fields: Any) -> Service:
    """The service, of which the first SLO has other fields."""
    first, *rest = service.spec.slos
    slos = (msgspec.structs.replace(first, **fields), *rest)
    return msgspec.structs.replace(service, spec=msgspec.structs.replace(service.spec, slos=slos))


def test_what_the_entry_says_goes_before_what_was_kept() -> None:
    service, _ = _kept()
    (document,) = [
        each for each in _exported([_changed(service, objective=99.9)]) if each["metadata"]["name"] == "web-shop-orders"
    ]
    assert document["spec"]["objectives"][0]["target"] == 0.999
    assert document["metadata"]["labels"] == {"journey": "buy"}


def test_kept_query_is_left_out_when_the_entry_has_another() -> None:
    service, _ = _kept()
    sli = Sli(good="sum(rate(b_total{ok='1'}[$window]))", total="sum(rate(b_total[$window]))")
    slos = [
        msgspec.structs.replace(slo, sli=msgspec.structs.replace(sli, slices=slo.sli.slices))
        for slo in service.spec.slos
    ]
    changed = msgspec.structs.replace(service, spec=msgspec.structs.replace(service.spec, slos=tuple(slos)))
    exported = export_openslo([(changed, "catalog/services/web-shop.yaml")])
    (sli_document,) = [each for each in exported.documents["web-shop"] if each["kind"] == "SLI"]
    source = sli_document["spec"]["ratioMetric"]["good"]["metricSource"]
    assert source["spec"]["query"] == "sum(rate(b_total{ok='1'}[{{.window}}]))"
    assert {each.code for each in exported.problems} == {"PW615"}
    assert all("has changed since" in each.message for each in exported.problems)


def test_objectives_that_no_longer_fit_together_are_written_alone() -> None:
    service, _ = _kept()
    exported = export_openslo([(_changed(service, window="7d"), "f.yaml")])
    names = [each["metadata"]["name"] for each in exported.documents["web-shop"] if each["kind"] == "SLO"]
    assert names == ["web-shop-orders-goal", "web-shop-orders-contract", "refunds"]
    assert [each.code for each in exported.problems] == ["PW615"]


def test_slo_that_got_another_name_is_named_in_a_problem() -> None:
    service, _ = _kept()
    exported = export_openslo([(_changed(service, name="buys"), "f.yaml")])
    (problem,) = exported.problems
    assert (problem.code, problem.where.path) == ("PW615", "spec.extensions.openslo.slos[0]")
    assert "orders-goal" in problem.message


@pytest.mark.parametrize(
    "openslo",
    [
        {"slos": 1},
        {"slos": [{"slos": ["a"], "differs": [{"at": "/spec", "is": 1}]}]},
        {"slos": [{"slos": ["a"], "differs": [{"at": "/spec/objectives/7/target", "is": 1}]}]},
        {"slos": [{"slos": ["a"], "differs": [{"at": "/spec/objectives/x", "is": 1}]}]},
        {"slos": [{"slos": ["a"], "differs": [{"at": "/metadata/name/x", "is": 1}]}]},
        {"slos": [{"slos": ["a"]}, {"slos": ["a"]}]},
        {"documents": [{"kind": "DataSource"}]},
        {"documents": [{"kind": []}]},
        {"service": {"metadata": 1}},
    ],
)
def test_nonsense_that_is_kept_is_left_out_with_a_problem(openslo: dict[str, Any]) -> None:
    slo = Slo(name="aa", objective=99, window="30d", sli=Sli(ratio="avg_over_time(a[$window])"))
    text = msgspec.json.encode(openslo).replace(b'["a"]', b'["aa"]')
    plain = _exported([_service([slo])])
    exported = export_openslo([(_service([slo], openslo=msgspec.json.decode(text)), "f.yaml")])
    assert list(exported.documents["checkout"]) == plain
    assert {each.code for each in exported.problems} == {"PW615"}


def test_what_several_services_keep_is_written_once(tmp_path: Path) -> None:
    path = examples.FOLDER / "openslo" / "good" / "everything-kept.yaml"
    text = path.read_text(encoding="utf-8").replace("name: refunds", "name: refunds, labels: {a: b}")
    text = text.replace(
        "spec:\n  service: web-shop\n  indicatorRef: orders\n  timeWindow: [{duration: 1Q",
        "spec:\n  service: other\n  indicatorRef: orders\n  timeWindow: [{duration: 1Q",
    )
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    services = [examples.service_of(promises) for promises in read_openslo([tmp_path / "a.yaml"]).services]
    exported = export_openslo((service, "f") for service in services)
    assert exported.problems == ()
    assert [(each["kind"], each["metadata"]["name"]) for each in exported.documents[SHARED]] == [
        ("DataSource", "thanos"),
        ("SLI", "orders"),
    ]
    assert set(exported.documents) == {SHARED, "other", "web-shop"}


def test_two_documents_of_one_name_are_a_problem() -> None:
    sli = Sli(ratio="avg_over_time(a[$window])")
    first = _service([Slo(name="api-errors", objective=99, window="30d", sli=sli)], "cart")
    second = _service([Slo(name="errors", objective=90, window="30d", sli=sli)], "cart-api")
    exported = export_openslo([(first, "a.yaml"), (second, "b.yaml")])
    assert [(each.code, each.severity, each.where.file) for each in exported.problems] == [
        ("PW618", Severity.ERROR, "b.yaml")
    ]


def test_thresholds_and_queries_stand_and_fall_together() -> None:
    places = ["/spec/indicator/spec/ratioMetric", "/spec/objectives/0/op", "/spec/objectives/2/value"]
    assert {unit(place) for place in places} == {"indicator"}
    assert unit("/spec/objectives/0/displayName") != unit("/spec/objectives/1/displayName")


def test_annotation_that_says_something_else_is_left_out(folder: Path) -> None:
    slo = Slo(name="fast", objective=99, window="30d", sli=Sli(histogram="d_seconds", below="1s"))
    text = dumped(_exported([_service([slo])])).replace("d_seconds_count", "d_seconds_sum")
    (found,) = _imported(text, folder)
    assert found.slos[0].sli.form == "good"
    for other in ("'[1]'", "'{'", "'[]'", "'[{\"sli\":1}]'", "'[{\"nme\":1}]'"):
        (found,) = _imported(
            "\n".join(
                f"    pagerworthy/slos: {other}" if "pagerworthy/slos" in line else line
                for line in dumped(_exported([_service([slo])])).splitlines()
            ),
            folder,
        )
        assert found.slos[0].sli.form == "good"
