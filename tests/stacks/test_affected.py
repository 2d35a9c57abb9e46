"""Which stacks a change alters: exactly those, whatever was changed."""

import datetime as dt
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pagerworthy.catalog import Data, Dependency, ServiceSpec
from pagerworthy.cli.app import app
from pagerworthy.graph import DependencyGraph
from pagerworthy.stacks import affected as module
from pagerworthy.stacks.affected import affected
from pagerworthy.stacks.commits import changed_since
from pagerworthy.stacks.images import ImageOwners
from pagerworthy.stacks.inputs import StackInputs, digest
from pagerworthy.stacks.near import near
from pagerworthy.stacks.render import Rendered, RenderedResource
from tests.stacks.demo import ROOT, demo, edited, holds, stacks_of
from tests.tools import require_tool

replace = msgspec.structs.replace


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with the demo in its first commit."""
    require_tool("git")
    copy = tmp_path / "shop"
    shutil.copytree(ROOT / "catalog", copy / "catalog", ignore=shutil.ignore_patterns("evidence"))
    shutil.copy(ROOT / "pagerworthy.toml", copy)
    git(copy, "init", "-q", "-b", "main")
    git(copy, "add", ".")
    git(copy, "commit", "-q", "-m", "the shop")
    return copy


def run(root: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--root", str(root), "affected", *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value or 0), result.stdout


def names(root: Path, *arguments: str) -> list[str]:
    return run(root, "--since", "HEAD", "--format", "names", *arguments)[1].split()


def edit(root: Path, service: str, old: str, new: str) -> None:
    path = root / "catalog" / "services" / f"{service}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_nothing_changed_nothing_differs(root: Path) -> None:
    assert names(root) == []
    assert run(root, "--since", "HEAD") == (0, "no stack differs from HEAD\n")


def test_what_no_stack_follows_from_affects_none(root: Path) -> None:
    edit(root, "quote", "description:", "description: Better than before,")
    (root / "catalog" / "runbooks" / "ad-cpu.md").write_text("# Anew\n")
    assert names(root) == []


def test_an_edge_is_the_callers_business(root: Path) -> None:
    new = "  dependencies:\n    - {service: currency, criticality: soft, fallback: Prices in dollars.}\n"
    edit(root, "ad", "  dependencies:\n", new)
    assert names(root) == ["ad.production", "ad.staging"]
    answer = json.loads(run(root, "staging", "--since", "HEAD", "--format", "json")[1])
    holds(answer, "affected.schema.json")
    differences = {each["name"]: each["change"] for each in answer["stacks"][0]["differences"]}
    assert differences["to-currency-egress"] == differences["to-currency-ingress"] == "create"


def test_a_port_is_the_business_of_all_callers(root: Path) -> None:
    edit(root, "currency", "port: 7001", "port: 7002")
    callers = {"checkout", "currency", "frontend"}
    assert set(names(root, "staging")) == {f"{name}.staging" for name in callers}


def test_a_new_service_and_one_that_goes(root: Path) -> None:
    services = root / "catalog" / "services"
    new = (services / "quote.yaml").read_text().replace("name: quote\n", "name: estimate\n", 1)
    (services / "estimate.yaml").write_text(new)
    (services / "load-generator.yaml").unlink()
    answer = json.loads(run(root, "production", "--since", "HEAD", "--format", "json")[1])
    changes = {each["service"]: each["change"] for each in answer["stacks"]}
    assert (changes["estimate"], changes["load-generator"]) == ("create", "delete")


def test_of_an_entry_that_cannot_be_read_nobody_knows_what_follows(root: Path) -> None:
    edit(root, "currency", "tier: ", "tier: often # ")
    edit(root, "quote", "tier: ", "tier: 4 # ")
    code, said = run(root, "staging", "--since", "HEAD", "--format", "json")
    answer = json.loads(said)
    unknown = {each["stack"] for each in answer["not_compared"]}
    assert code == 1
    assert unknown == {f"{name}.staging" for name in ("checkout", "currency", "frontend")}
    assert {each["stack"] for each in answer["stacks"]} == {"quote.staging"}


def test_a_stack_that_cannot_be_rendered_hides_no_other(root: Path) -> None:
    edit(root, "currency", "port: 7001", "port: 7002")
    edit(root, "cart", 'version: "9.0"', 'version: "1.0"')
    code, said = run(root, "staging", "--since", "HEAD", "--format", "json")
    answer = json.loads(said)
    holds(answer, "affected.schema.json")
    assert code == 1
    assert [each["stack"] for each in answer["not_compared"]] == ["cart.staging"]
    assert "currency.staging" in {each["stack"] for each in answer["stacks"]}


def test_a_release_is_the_business_of_its_own_stack(root: Path) -> None:
    (root / "stacks").mkdir()
    (root / "stacks" / "Pulumi.quote.staging.yaml").write_text("config:\n  pagerworthy:version: v1.4.2\n")
    assert names(root) == ["quote.staging"]
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "release quote")
    assert names(root) == []
    assert run(root, "--since", "HEAD~1", "--format", "names")[1].split() == ["quote.staging"]


def test_what_git_ignores_counts_as_a_run_reads_it(root: Path) -> None:
    (root / ".gitignore").write_text("estimate.yaml\nstacks/\n/catalog/evidence/\n")
    path = root / "catalog" / "services" / "quote.yaml"
    path.with_name("estimate.yaml").write_text(path.read_text().replace("name: quote", "name: estimate", 1))
    (root / "stacks" / "venv").mkdir(parents=True)
    (root / "stacks" / "venv" / "Pulumi.cart.staging.yaml").write_text("config: {}\n")
    (root / "stacks" / "Pulumi.quote.staging.yaml").write_text("config:\n  pagerworthy:version: v1.4.2\n")
    (root / "catalog" / "evidence" / "collected").mkdir(parents=True)
    (root / "catalog" / "evidence" / "collected" / "cart.jsonl").write_text("{}\n")
    assert names(root, "staging") == ["estimate.staging", "quote.staging"]
    assert set(changed_since(root, "HEAD")) == {
        "catalog/services/estimate.yaml",
        "stacks/Pulumi.quote.staging.yaml",
    }


def test_the_settings_of_stacks_are_the_platforms_business(root: Path) -> None:
    file = root / "pagerworthy.toml"
    text = file.read_text()
    file.write_text(text.replace("Astronomy Shop", "Shop"))
    assert names(root) == []
    file.write_text(f'{text}\n[stacks]\nrepository = "acme/shop"\nbackend = "s3://states"\n')
    assert names(root) == ["platform.production", "platform.staging"]
    git(root, "commit", "-q", "-a", "-m", "trust the repository")
    assert names(root) == []
    file.unlink()
    assert names(root) == ["platform.production", "platform.staging"]


def test_what_settings_meant_that_cannot_be_read_nobody_knows(root: Path) -> None:
    file = root / "pagerworthy.toml"
    text = file.read_text()
    file.write_text(f"{text}\n[stacks]\nbackend = 1\n")
    git(root, "commit", "-q", "-a", "-m", "break it")
    file.write_text(f'{text}\n[stacks]\nrepository = "acme/shop"\n')
    code, said = run(root, "staging", "--since", "HEAD", "--format", "json")
    (unknown,) = json.loads(said)["not_compared"]
    assert (code, unknown["stack"]) == (1, "platform.staging")
    assert unknown["reason"] == "pagerworthy.toml at HEAD: the settings of stacks cannot be read"


def test_whose_data_is_lost_comes_first_in_every_form(root: Path) -> None:
    edit(root, "product-catalog", "type: postgres", "type: mysql")
    edit(root, "product-catalog", 'version: "18.4"', 'version: "8.4"')
    # One resource more than fits, of names that come before.
    edit(root, "product-catalog", "port: 3550", "port: 3551")
    asked = ("staging", "--since", "HEAD")
    answer = json.loads(run(root, *asked, "--format", "json")[1])
    holds(answer, "affected.schema.json")
    (stack,) = [each for each in answer["stacks"] if each["service"] == "product-catalog"]
    # The engine alone would do, and so would the instance under another name.
    assert [(each["name"], each["what"]) for each in stack["losses"] if each["what"] == "postgres"]
    said = run(root, *asked)[1].splitlines()
    assert said[0] == "DATA IS LOST by this change:"
    assert said[1].startswith("  ± product-catalog.staging replaces astronomy-db (postgres): its data is lost")
    block = said[said.index("~ product-catalog.staging") :]
    assert block[1].startswith("    ± astronomy-db (aws:rds/instance:Instance): ")
    assert said[-1].startswith("+ created")
    page = run(root, *asked, "--format", "markdown")[1]
    assert page.startswith("> [!CAUTION]\n> **Data is lost by this change:**\n> - product-catalog.staging replaces")
    assert "| creates | changes | replaces | deletes |" in page


def test_a_queue_that_goes_takes_its_messages_and_a_new_one_takes_nothing(root: Path) -> None:
    jobs = "  resources:\n    jobs: {type: queue}\n"
    edit(root, "quote", "spec:\n", f"spec:\n{jobs}")
    assert "DATA IS LOST" not in run(root, "staging", "--since", "HEAD")[1]
    git(root, "commit", "-qam", "with a queue")
    edit(root, "quote", jobs, "")
    said = run(root, "staging", "--since", "HEAD")[1]
    assert "  - quote.staging deletes jobs (queue): its messages are lost\n" in said
    # A stack whose entry is gone is deleted by nobody unasked.
    (root / "catalog" / "services" / "quote.yaml").unlink()
    said = run(root, "staging", "--since", "HEAD")[1]
    assert "its messages are lost, once somebody runs `pagerworthy destroy staging --orphans`" in said


def test_the_pagers_holder_alone_moves_the_alarms(root: Path) -> None:
    decisions = root / "catalog" / "decisions"
    text = (decisions / "ad-2026-09-10-hand-back.yaml").read_text()
    later = text.replace("ad-2026-09-10", "ad-2026-11-19").replace("2026-09-10", "2026-11-19")
    (decisions / "ad-2026-11-19-shadow.yaml").write_text(
        later.replace("hand-back", "shadow").replace("name: ad-2026-11-19-hand-back", "name: ad-2026-11-19-shadow")
    )
    answer = json.loads(run(root, "production", "--since", "HEAD", "--format", "json")[1])
    assert [each["stack"] for each in answer["stacks"]] == ["ad.production"]
    types = {each["type"] for each in answer["stacks"][0]["differences"]}
    assert types <= {"aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"}
    assert types


@pytest.mark.parametrize("reference", ["no-such-branch", "--output=/tmp/x", "-p", "HEAD~99", "\x00", ""])
def test_a_commit_that_is_not_there(root: Path, reference: str) -> None:
    with pytest.raises(Exception, match=r"no commit|cannot be started"):
        run(root, "--since", reference)
    assert not Path("/tmp/x").exists()  # noqa: S108


_EDITS: dict[str, Any] = {
    "port": lambda spec: replace(spec, compute=replace(spec.compute, port=1234)) if spec.compute else spec,
    "owner": lambda spec: replace(spec, owner="platform" if spec.owner != "platform" else "payments"),
    "regulated": lambda spec: replace(spec, data=Data(classification="restricted", regulations=("sox",))),
    "free": lambda spec: replace(spec, data=None),
    "elsewhere": lambda spec: replace(spec, environments=("staging",)),
    "nowhere": lambda spec: replace(spec, environments=()),
    "alone": lambda spec: replace(spec, dependencies=()),
    "without": lambda spec: replace(spec, resources={}),
    "outside": lambda spec: replace(spec, compute=replace(spec.compute, type="external")) if spec.compute else spec,
    "tier": lambda spec: replace(spec, tier=4),
    "promises": lambda spec: replace(spec, slos=spec.slos[:1]),
    "needs": lambda spec: replace(
        spec,
        dependencies=(*spec.dependencies, Dependency(resource="cart/valkey", criticality="soft", fallback="none")),
    ),
}


def _digest_alone(inputs: StackInputs) -> Rendered:
    resource = RenderedResource(type="digest", name="all", inputs={"digest": digest(inputs)})
    return Rendered(stack=inputs.stack, digest=digest(inputs), resources=(resource,), outputs={})


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(service=st.sampled_from(sorted(demo().services)), what=st.sampled_from(sorted(_EDITS)))
def test_looking_at_what_was_touched_finds_all_that_differs(
    monkeypatch: pytest.MonkeyPatch, service: str, what: str
) -> None:
    monkeypatch.setattr(module, "render", _digest_alone)
    catalogs = (demo(), edited(demo(), service, _EDITS[what]))
    then, now = (stacks_of(each) for each in catalogs)
    everything = list(affected(then, now, None))
    around = near(map(ImageOwners, catalogs), {service})
    assert list(affected(then, now, around)) == everything
    # A graph of these alone says the same of them.
    parts = [DependencyGraph.about(each, around) for each in catalogs]
    then, now = (stacks_of(each, graph=part) for each, part in zip(catalogs, parts, strict=True))
    assert list(affected(then, now, around)) == everything


def test_time_alone_can_move_a_pager() -> None:
    before = stacks_of(demo(), as_of=dt.datetime(2026, 6, 24, tzinfo=dt.UTC))
    after = stacks_of(demo(), as_of=dt.datetime(2026, 6, 26, tzinfo=dt.UTC))
    assert before.service("cart").page != after.service("cart").page


def test_the_spec_of_a_service_is_what_is_edited() -> None:
    assert all(isinstance(each(demo().services["cart"].spec), ServiceSpec) for each in _EDITS.values())
