"""What runs leave alone, on the demo's catalog; no engine is needed."""

import datetime as dt
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import click
import msgspec
import pytest
from click.testing import CliRunner

from pagerworthy.catalog import load
from pagerworthy.cli.app import app
from pagerworthy.cli.destroy import _announce
from pagerworthy.cli.stack_options import Opened
from pagerworthy.cli.stack_run import Limits, Session, emulator_option, frozen_here, orphans, services_of, untouched
from pagerworthy.codes import problem
from pagerworthy.graph import DependencyGraph
from pagerworthy.problem import Problem, Where
from pagerworthy.project import Project
from pagerworthy.stacks import EnvironmentStacks
from pagerworthy.stacks.inputs import Ask
from pagerworthy.stacks.losses import Loss
from pagerworthy.stacks.refusals import unread_environments
from pagerworthy.stacks.run.preflight import Ready
from pagerworthy.stacks.run.progress import LEGEND
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.state import Record, StackState
from pagerworthy.stacks.run.values import Shift
from pagerworthy.stacks.run.watch import Change
from tests.stacks.demo import AS_OF, ROOT, stacks_of


def opened(root: Path, problems: Sequence[Problem] = ()) -> tuple[Opened, EnvironmentStacks]:
    loaded = load(root, cache=False)
    found = Opened(
        Project(root=root), loaded.catalog, (*loaded.problems, *problems), DependencyGraph.of(loaded.catalog), AS_OF
    )
    return found, stacks_of(loaded.catalog)


def ready(*stacks: str) -> Ready:
    return cast("Ready", SimpleNamespace(backend=SimpleNamespace(stacks=lambda: stacks)))


def broken(tmp_path: Path, service: str, content: str) -> Path:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    (tmp_path / "catalog" / "services" / f"{service}.yaml").write_text(content)
    return tmp_path


def test_a_stack_without_an_entry_is_an_orphan_and_nothing_else_is(tmp_path: Path) -> None:
    there = ready("cart.production", "platform.production", "old.production", "old.staging")
    assert orphans(there, *opened(ROOT)) == ["old.production"]
    # An entry that cannot be read is still there.
    unread = opened(broken(tmp_path, "cart", "apiVersion: pagerworthy/v1\nkind: Service\nspec: [\n"))
    assert "cart" in unread[0].catalog.unreadable
    assert orphans(there, *unread) == ["old.production"]


def test_what_follows_from_an_entry_that_cannot_be_read_stays_as_it_is(tmp_path: Path) -> None:
    found, stacks = opened(broken(tmp_path, "cart", "apiVersion: pagerworthy/v1\nkind: Service\nspec: [\n"))
    left = untouched(found, stacks, services_of(stacks, ()))
    assert {visit.outcome for visit in left.values()} == {Outcome.KEPT}
    # The platform has what cart needs of it; checkout and frontend have rules that lead to cart.
    assert {"platform.production", "checkout.production", "frontend.production"} <= left.keys()
    assert "ad.production" not in left
    assert "cart" in left["checkout.production"].message


def test_a_refused_entry_stops_its_own_stack() -> None:
    file = opened(ROOT)[0].catalog.file_of("Service", "cart")
    refusal = problem("PW702", "no task of this size", Where(file=file), "write another")
    found, stacks = opened(ROOT, [refusal])
    left = untouched(found, stacks, services_of(stacks, ()))
    assert left["cart.production"].outcome is Outcome.FAILED
    assert left["cart.production"].message == "PW702: no task of this size"
    assert "checkout.production" not in left
    assert "cart.production" not in untouched(found, stacks, services_of(stacks, ["ad"]))


def test_a_hard_circle_fails_for_those_in_it(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    path = tmp_path / "catalog" / "services" / "currency.yaml"
    text = path.read_text()
    assert "dependencies:" in text
    path.write_text(
        text.replace("dependencies:", "dependencies:\n    - {service: checkout, criticality: hard, protocol: grpc}", 1)
    )
    found, stacks = opened(tmp_path)
    left = untouched(found, stacks, services_of(stacks, ()))
    assert {"checkout.production", "currency.production"} <= left.keys()
    assert "a hard cycle cannot come up" in left["checkout.production"].message
    assert "ad.production" not in left


@pytest.mark.parametrize(("environment", "holds"), [("production", True), ("staging", False)])
def test_only_production_is_frozen(environment: str, *, holds: bool) -> None:
    found, _ = opened(ROOT)
    assessed = cast("Any", SimpleNamespace(catalog=found.catalog, as_of=AS_OF, scores=SimpleNamespace(scorecards=())))
    assert ("cart" in frozen_here(found, assessed, environment, ["cart"])) is holds


def test_services_are_named_as_they_are_called() -> None:
    _, stacks = opened(ROOT)
    assert services_of(stacks, ()) == ("platform", *stacks.services)
    assert services_of(stacks, ("cart", "platform", "cart")) == ("cart", "platform")
    with pytest.raises(click.UsageError, match="did you mean cart"):
        services_of(stacks, ("carts",))


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("up", "productoin"), "did you mean production"),
        (("up", "production", "--break-glass", "why"), "always recorded"),
        (("up", "production", "--emulator", "somewhere"), "write one like http://127.0.0.1:5000"),
        (("up", "production", "--timeout", "soon"), "write 90s, 45m or 2h"),
        (("destroy", "production", "cart", "--orphans"), "name none beside it"),
    ],
)
def test_wrong_usage_says_what_to_write(arguments: Sequence[str], says: str) -> None:
    result: Any = CliRunner().invoke(app, ["--root", str(ROOT), *arguments], standalone_mode=False)
    assert says in str(result.exception)


def test_what_to_do_next_is_named_whole(capsys: pytest.CaptureFixture[str]) -> None:
    limits = Limits(None, 1, 1, "http://127.0.0.1:5000", None)
    place = cast("Ready", SimpleNamespace(command=SimpleNamespace(engines=None)))

    def said(operation: str, outcome: Outcome, *follow: str) -> list[str]:
        session = Session(operation, "staging", limits, place, ["cart"])
        session.follow = follow
        change = Change("aws:sqs/queue:Queue", "jobs", "update", "", (), (Shift("delaySeconds", "1", "2"),))
        stopped = cast("Any", SimpleNamespace(signal=0))
        visits = [Visit("cart.staging", outcome, (change,))]
        session._tell(visits, dt.datetime(2026, 11, 22, tzinfo=dt.UTC), 1, stopped, ["old.staging"], detail=True)
        return capsys.readouterr().out.splitlines()

    lines = said("preview", Outcome.PLANNED, "--plans", "plans")
    assert lines[-1] == "next: `pagerworthy up staging cart --plans plans --emulator http://127.0.0.1:5000` does it"
    assert "         delaySeconds: 1 -> 2" in lines
    assert LEGEND in lines
    lines = said("drift", Outcome.DRIFTED)
    assert lines[-1].startswith("next: `pagerworthy up staging cart --refresh --emulator http://127.0.0.1:5000`")


def test_what_destroy_would_lose_is_said_in_the_order_of_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    lost = (Loss("delete", "points", "postgres", "its data is"),)
    states = {
        "cart.staging": StackState("cart.staging", {}, Record(), resources=2, losses=lost),
        "platform.staging": StackState("platform.staging", {}, Record(), resources=1),
        "safe.staging": StackState("safe.staging", {}, Record(), protected=("urn",), resources=1, losses=lost),
    }
    platform = Ask("platform.staging", "vpc_id")
    _announce(states, {"cart.staging": (platform,), "platform.staging": (), "safe.staging": (platform,)}, {})
    assert capsys.readouterr().out.splitlines() == [
        "cart.staging: 2 resources",
        "  DATA IS LOST: deletes points (postgres): its data is lost",
        "safe.staging: 1 resource, 1 of them protected: it stays",
        "platform.staging: 1 resource",
    ]


@pytest.mark.parametrize("wrong", ["  [\n", "kind: Environment\n", ""])
def test_an_environment_that_cannot_be_read_is_not_gone(tmp_path: Path, wrong: str) -> None:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    (tmp_path / "pagerworthy.toml").write_text((ROOT / "pagerworthy.toml").read_text())
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@b.c", "commit", "-qm", "1"],
    ):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    (tmp_path / "catalog/environments/staging.yaml").write_text(wrong)
    for asked in (["destroy", "staging", "--orphans", "--yes"], ["destroy", "staging"], ["up", "production"]):
        result = CliRunner().invoke(app, ["--root", str(tmp_path), *asked])
        assert result.exit_code == 2
        assert "staging.yaml cannot be read: which environments there are is not known" in result.output, asked
    result = CliRunner().invoke(
        app, ["--root", str(tmp_path), "affected", "--since", "HEAD", "--format", "json"], standalone_mode=False
    )
    assert result.return_value == 1
    assert "staging is not compared: which environments there are is not known" in result.output
    assert '"stacks": []' in result.output


@pytest.mark.parametrize("command", ["up", "destroy"])
def test_what_is_deployed_is_judged_by_what_holds_now(command: str) -> None:
    result = CliRunner().invoke(app, ["--root", str(ROOT), command, "production", "--as-of", "2026-11-01"])
    assert result.exit_code == 2
    assert "--as-of is for rehearsals" in result.output


def test_a_freeze_decided_since_the_fixed_moment_holds() -> None:
    found, _ = opened(ROOT)
    decision = next(each for each in found.catalog.decisions if each.spec.service == "cart")
    freeze = msgspec.structs.replace(
        decision,
        spec=msgspec.structs.replace(
            decision.spec, action="freeze", time=dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5)
        ),
    )
    catalog = msgspec.structs.replace(found.catalog, decisions=(*found.catalog.decisions, freeze))
    scores = SimpleNamespace(scorecards=())
    assessed = cast("Any", SimpleNamespace(catalog=catalog, as_of=AS_OF, scores=scores))
    assert frozen_here(found, assessed, "production", ["cart", "ad"]).keys() == {"cart"}
    assert frozen_here(found, assessed, "staging", ["cart", "ad"]) == {}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:0",
        "http://127.0.0.1:",
        "http://999.0.0.1",
        "http://[",
        "http://[::g]:80",
        "http://a:b:c",
        "http://:80",
        "http://a..b",
        "http://a//",
        "http://a/path",
        "http://a?b",
        "http://user@a",
        "ftp://a",
        "http://a\n",
        "http://\u0661",
    ],
)
def test_what_is_no_address_of_an_emulator_is_said_before_anything_is_looked_at(address: str) -> None:
    for asked in (("outputs", "staging"), ("up", "staging")):
        done = CliRunner().invoke(app, ["--root", str(ROOT), *asked, "--emulator", address])
        assert done.exit_code == 2
        assert "is no address of an emulator: write one like http://127.0.0.1:5000" in done.output


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:5000", "http://LocalStack:4566/", "https://[::1]:5000", "http://moto_1.test"]
)
def test_an_address_of_an_emulator_is_taken_as_it_is_written(address: str) -> None:
    @click.command()
    @emulator_option
    def taken(emulator: str) -> None:
        click.echo(emulator)

    assert CliRunner().invoke(taken, ["--emulator", address]).output == f"{address.rstrip('/')}\n"
    assert CliRunner().invoke(taken, []).output == "\n"


def test_nothing_is_known_to_be_gone_while_nobody_can_look_into_a_folder(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    there = ready("cart.production", "old.production")
    (tmp_path / "catalog/services/cart.yaml").rename(tmp_path / "catalog/services/cart.yml")
    assert orphans(there, *opened(tmp_path)) == ["old.production"]
    left = untouched(opened(tmp_path)[0], opened(tmp_path)[1], ("platform", "checkout"))
    assert {left[name].outcome for name in ("platform.production", "checkout.production")} == {Outcome.KEPT}
    (tmp_path / "catalog/services/cart.yml").rename(tmp_path / "catalog/services/cart.yaml")
    assert not untouched(opened(tmp_path)[0], opened(tmp_path)[1], ("platform", "checkout"))
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "catalog/services/more").symlink_to(tmp_path / "elsewhere")
    assert orphans(there, *opened(tmp_path)) == []
    left = untouched(opened(tmp_path)[0], opened(tmp_path)[1], ("platform", "checkout"))
    assert left["platform.production"].outcome is Outcome.KEPT
    assert "catalog/services/more cannot be read" in left["platform.production"].message


@pytest.mark.parametrize("file", ["old.yml", "old.yaml", "old"])
def test_an_environment_whose_file_is_not_read_is_not_gone(file: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    found, _ = opened(tmp_path)
    assert unread_environments(found.catalog, found.problems) == ()
    (tmp_path / "catalog/environments" / file).symlink_to(tmp_path)
    found, _ = opened(tmp_path)
    assert unread_environments(found.catalog, found.problems) == (f"catalog/environments/{file}",)
    (tmp_path / "catalog/environments" / file).unlink()
    (tmp_path / "catalog/environments/old.yml").write_text("kind: Environment")
    found, _ = opened(tmp_path)
    assert unread_environments(found.catalog, found.problems) == ("catalog/environments/old.yml",)


def test_a_folder_of_environments_that_is_not_read_may_have_any(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/environments").symlink_to(ROOT / "catalog/environments")
    loaded = load(tmp_path, cache=False)
    assert unread_environments(loaded.catalog, loaded.problems) == ("catalog/environments",)
