"""The order in which stacks come up, also as matrices for CI."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.cli.app import app
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.run.schedule import steps_of
from pagerworthy.stacks.run.waves import Order, order_of, stages_of
from tests.stacks.demo import ROOT, demo, holds, stacks_of


def waves(*arguments: str, root: Path = ROOT) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["--root", str(root), "waves", *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value or 0), result.stdout, result.stderr


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_all_that_a_service_needs_comes_before_it_or_it_is_visited_again(environment: str) -> None:
    code, said, _ = waves(environment, "--format", "json")
    document = json.loads(said)
    holds(document, "waves.schema.json")
    found = document["waves"]
    stacks = stacks_of(demo(), environment)
    assert code == 0
    assert sorted(name for wave in found for name in wave) == sorted(stacks.services)
    at = {name: number for number, wave in enumerate(found) for name in wave}
    for name in stacks.services:
        inputs: ServiceInputs = stacks.service(name)
        for need in inputs.needs:
            if need.owner and need.owner != name:
                assert at[need.owner] < at[name] or (not need.hard and name in document["again"])


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_it_is_the_order_of_up(environment: str) -> None:
    stacks = stacks_of(demo(), environment)
    order = order_of(stacks)
    up = [step for step in steps_of({each.stack: each.asks() for each in stacks.inputs()}) if step.wave > 1]
    at = {f"{name}.{environment}": number for number, wave in enumerate(order.waves, start=2) for name in wave}
    assert {step.stack: step.wave for step in up} == at
    assert [step.stack for step in up if step.later] == [
        step.stack for step in up if step.stack.rpartition(".")[0] in order.again
    ]


@pytest.mark.parametrize("runners", ["1", "3", "256"])
@pytest.mark.parametrize("most", ["1", "2", "8", "100"])
def test_a_matrix_has_every_service_once_and_no_more_jobs_than_runners(runners: str, most: str) -> None:
    _, said, _ = waves("production", "--format", "github", "--runners", runners, "--most", most)
    lines = dict(line.split("=", 1) for line in said.splitlines())
    count = int(lines.pop("waves"))
    assert count <= int(most)
    assert sorted(lines) == sorted(f"wave_{number}" for number in range(1, count + 1))
    services = []
    for value in lines.values():
        jobs = json.loads(value)["include"]
        assert 1 <= len(jobs) <= int(runners)
        services += [name for job in jobs for name in job["services"].split() if not job["name"].startswith("again")]
    assert sorted(services) == sorted(stacks_of(demo()).services)


NAMES = st.lists(st.lists(st.integers(0, 999), min_size=1, max_size=5), max_size=12)


@given(NAMES, st.integers(1, 4), st.one_of(st.none(), st.integers(1, 6)), st.booleans())
def test_stages_keep_the_order(sizes: list[list[int]], runners: int, most: int | None, circle: bool) -> None:
    whole = tuple(tuple(f"s{at:02}-{n}" for n in range(len(wave))) for at, wave in enumerate(sizes))
    again = whole[0][:1] if circle and whole else ()
    stages = stages_of(Order(whole, again), runners, most)
    assert most is None or len(stages) <= most
    if most is None:
        assert len(stages) == len(whole) + bool(again)
    assert all(1 <= len(stage.shares) <= runners and all(stage.shares) for stage in stages)
    first = [stage for stage in stages if stage.name != "again"]
    # Each once; what a later wave has is in a later stage, or with all of its stage on one runner.
    place = {name: at for at, stage in enumerate(first) for share in stage.shares for name in share}
    assert len(place) == sum(len(share) for stage in first for share in stage.shares)
    assert sorted(place) == sorted(name for wave in whole for name in wave)
    for one in whole:
        for two in whole[whole.index(one) + 1 :]:
            for before, after in ((before, after) for before in one for after in two):
                assert place[before] < place[after] or len(first[place[before]].shares) == 1
    # One run that does everything visits again by itself.
    assert [name for stage in stages[len(first) :] for share in stage.shares for name in share] == (
        [] if most == 1 else list(again)
    )


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    shutil.copy(ROOT / "pagerworthy.toml", tmp_path)
    return tmp_path


def test_what_cannot_be_read_is_named_and_the_rest_has_its_order(repository: Path) -> None:
    (repository / "catalog" / "services" / "cart.yaml").write_text("apiVersion: pagerworthy/v1\nspec: [\n")
    code, said, complaint = waves("production", "--format", "json", root=repository)
    placed = [name for wave in json.loads(said)["waves"] for name in wave]
    assert (code, "checkout" in placed, "cart" in placed) == (1, True, False)
    assert "cart is in no wave" in complaint


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_hard_cycle_is_no_order_and_nothing_is_printed(repository: Path, form: str) -> None:
    path = repository / "catalog" / "services" / "currency.yaml"
    hard = "dependencies:\n    - {service: checkout, criticality: hard, protocol: grpc}"
    path.write_text(path.read_text().replace("dependencies:", hard, 1))
    code, said, complaint = waves("production", "--format", form, root=repository)
    assert (code, said) == (2, "")
    assert "a hard cycle has no order: " in complaint
    assert "currency" in complaint
