"""The benchmark's catalog: valid, of the promised size, and always the same. No test asserts a time."""

import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.catalog import AS_OF, EDGES, generate
from benchmarks.evidence import generate_evidence
from benchmarks.measure import Contender, interleaved, run
from benchmarks.small_services import ENVIRONMENT, generate_small
from benchmarks.table import Row, table
from benchmarks.yaml_text import dump
from pagerworthy.catalog import check, load
from pagerworthy.evidence import KEYS, read_evidence
from pagerworthy.graph import DependencyGraph, deploy_order
from pagerworthy.project import data_folder, open_project
from pagerworthy.scoring import load_rubric
from pagerworthy.stacks import PLATFORM
from pagerworthy.stacks.environments import open_environment
from pagerworthy.stacks.run.preflight import INSTALL
from pagerworthy.stacks.run.schedule import steps_of
from tests.tools import require_tool

COUNT = 60


def _generate(root: Path) -> dict[str, bytes]:
    generate_evidence(root, generate(root, COUNT))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("large")
    _generate(root)
    return root


def test_it_is_always_the_same(large: Path, tmp_path: Path) -> None:
    before = {path.relative_to(large).as_posix(): path.read_bytes() for path in large.rglob("*") if path.is_file()}
    assert _generate(tmp_path) == before


def test_it_has_no_problems(large: Path) -> None:
    loaded = load(large, cache=False)
    assert not loaded.problems
    criteria = frozenset(path.stem for path in data_folder("scoring").glob("criteria/*/*.yaml"))
    assert not check(loaded.catalog, large, as_of=AS_OF, criteria=criteria)
    assert open_project(large).settings.scoring.as_of == AS_OF


def test_it_has_so_many_services_and_five_edges_for_each(large: Path) -> None:
    catalog = load(large, cache=False).catalog
    assert len(catalog.services) == COUNT
    declared = [len(service.spec.dependencies) for service in catalog.services.values()]
    assert declared == [EDGES] * COUNT
    assert DependencyGraph.of(catalog)


def test_it_is_varied(large: Path) -> None:
    specs = [service.spec for service in load(large, cache=False).catalog.services.values()]
    assert {spec.tier for spec in specs} == {1, 2, 3, 4}
    assert len({spec.phase for spec in specs}) >= 6
    assert len({spec.engagement for spec in specs}) == 4
    kinds = {(each.kind, each.criticality) for spec in specs for each in spec.dependencies}
    assert {("service", "hard"), ("service", "soft"), ("resource", "soft"), ("external", "soft")} <= kinds


def test_its_evidence_can_be_read(large: Path) -> None:
    services = load(large, cache=False).catalog.services
    evidence = read_evidence(large, [large / "catalog" / "evidence"], as_of=AS_OF, subjects=services)
    assert not evidence.problems
    seen = {key for subject in evidence.subjects.values() for key in subject}
    assert seen == set(KEYS)


def test_the_rubric_of_a_generated_catalog_is_the_shipped_one(large: Path) -> None:
    assert load_rubric(large).rubric


scalars = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\u2028\u2029\ufeff")
)
values = st.recursive(
    scalars | st.integers(-999, 999) | st.booleans() | st.dates(),
    lambda inner: (
        st.lists(scalars | st.dictionaries(st.sampled_from("abc"), inner, min_size=1), min_size=1)
        | st.dictionaries(st.sampled_from("abc"), inner, min_size=1)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from("abc"), values, min_size=1))
def test_what_is_written_is_what_is_read(document) -> None:
    assert yaml.safe_load(dump(document)) == document


def test_a_run_takes_time_and_memory(tmp_path: Path) -> None:
    prepared = []
    contender = Contender([sys.executable, "-c", "pass"], tmp_path, lambda: prepared.append(1))
    found = interleaved({"a": contender, "b": contender}, 2)
    assert len(prepared) == 4
    for measured in found.values():
        assert len(measured.runs) == 2
        assert measured.spread[0] <= measured.seconds <= measured.spread[1]
        assert measured.seconds > 0
        assert measured.peak > 1


def test_a_run_that_fails_is_not_a_result(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="broken"):
        run(Contender([sys.executable, "-c", "raise SystemExit('broken')"], tmp_path))


def test_what_misses_its_goal_is_said_so() -> None:
    rows = [Row("check", "1 s", "2 s", "no slower", met=True), Row("site", "2 s", "1 s", "no slower", met=False)]
    lines = list(table(rows, 10, 3))
    assert lines[-2:] == ["| check | 1 s | 2 s | no slower | yes |", "| site | 2 s | 1 s | no slower | **no** |"]


def test_what_was_not_measured_is_said_so() -> None:
    assert list(table([Row("up", "skipped", "", "faster", met=None)], 10, 3))[-1].endswith("| not measured |")


def test_small_services_have_so_many_stacks_and_none_is_visited_twice(tmp_path: Path) -> None:
    generate_small(tmp_path, 12)
    loaded = load(tmp_path, cache=False)
    assert not loaded.problems
    assert not check(loaded.catalog, tmp_path, as_of=AS_OF)
    graph = DependencyGraph.of(loaded.catalog)
    stacks = open_environment(tmp_path, loaded.catalog, graph, ENVIRONMENT, AS_OF)
    assert len(stacks.stacks()) == 12
    steps = steps_of({each.stack: each.asks() for each in stacks.inputs()})
    assert max(step.wave for step in steps) == 5
    # The loop goes by `pagerworthy waves`, which knows hard dependencies only: soft ones have to be earlier there, too.
    waves = {name: number for number, wave in enumerate(deploy_order(graph).waves) for name in wave}
    for step in steps:
        for other in (*step.hard, *step.soft):
            service = other.partition(".")[0]
            assert service == PLATFORM or waves[service] < waves[step.stack.partition(".")[0]]


def test_without_an_engine_the_rows_of_up_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stacks = pytest.importorskip("benchmarks.stacks")
    monkeypatch.setattr(stacks, "find_tool", lambda name: None)
    rows = list(stacks.up_rows(tmp_path, 3, 1, lambda contenders: pytest.fail("something was measured")))
    assert [row.met for row in rows] == [None, None]
    assert all(INSTALL in row.peer for row in rows)


def test_an_edit_of_the_benchmark_changes_the_stacks_of_one_service(large: Path, tmp_path: Path) -> None:
    require_tool("git")
    stacks = pytest.importorskip("benchmarks.stacks")
    edited = stacks.Edited(large, tmp_path / "edited")
    edited.edit()
    first = edited.service
    edited.hold()
    edited.edit()
    assert edited.service != first
    edited.hold()
