"""The order in which stacks come up, also as matrices for CI."""

import json

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.stacks.inputs import ServiceInputs
from tests.stacks.demo import ROOT, demo, holds, stacks_of


def waves(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["--root", str(ROOT), "waves", *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value or 0), result.stdout, result.stderr


@pytest.mark.parametrize("environment", ["production", "staging"])
def test_every_service_comes_after_all_that_it_needs_hard(environment: str) -> None:
    code, said, _ = waves(environment, "--format", "json")
    holds(json.loads(said), "waves.schema.json")
    found = json.loads(said)["waves"]
    stacks = stacks_of(demo(), environment)
    assert code == 0
    assert sorted(name for wave in found for name in wave) == sorted(stacks.services)
    at = {name: number for number, wave in enumerate(found) for name in wave}
    for name in stacks.services:
        inputs: ServiceInputs = stacks.service(name)
        for need in inputs.needs:
            if need.hard and need.owner and need.owner != name:
                assert at[need.owner] < at[name]


@pytest.mark.parametrize("runners", ["1", "3", "256"])
def test_a_matrix_has_every_service_once_and_no_more_jobs_than_runners(runners: str) -> None:
    _, said, _ = waves("production", "--format", "github", "--runners", runners)
    lines = dict(line.split("=", 1) for line in said.splitlines())
    count = int(lines.pop("waves"))
    assert sorted(lines) == [f"wave_{number}" for number in range(1, count + 1)]
    services = []
    for value in lines.values():
        jobs = json.loads(value)["include"]
        assert 1 <= len(jobs) <= int(runners)
        services += [name for job in jobs for name in job["services"].split()]
    assert sorted(services) == sorted(stacks_of(demo()).services)


def test_a_workflow_with_too_few_jobs_is_told() -> None:
    code, _, complaint = waves("production", "--format", "github", "--most", "3")
    assert (code, "add jobs to it" in complaint) == (1, True)
