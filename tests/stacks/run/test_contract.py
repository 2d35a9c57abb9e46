"""What runs promise beside order: peers, freezes, plans, secrets, drift, removal; through the real engine."""

import shutil
from pathlib import Path

import pytest

from pagerworthy.stacks.program import Cloud
from pagerworthy.stacks.run.backend import CommandBackend
from pagerworthy.stacks.run.freeze import Freezes
from pagerworthy.stacks.run.inline import seed_mark
from pagerworthy.stacks.run.orders import Orders
from pagerworthy.stacks.run.places import make_project
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.run import bring_up
from pagerworthy.stacks.run.visit import Visitor
from tests.stacks.run.shop import Shop
from tests.stacks.run.tiny import Tiny, declare, inputs
from tests.stacks.standin import Fault

CART = Tiny("cart")
A, B = Tiny("a", soft=("b",)), Tiny("b", hard=("a",))


def test_a_missing_or_secret_output_stops_whoever_needs_it(shop: Shop) -> None:
    asking = Tiny("checkout", hard=("cart",), asks_for="valkey.arn")
    found = shop.up(CART, asking, Tiny("ads", hard=("checkout",)))
    assert found["cart"].outcome is Outcome.CHANGED
    assert found["checkout"].outcome is Outcome.FAILED
    assert found["checkout"].message == "cart.staging has no output 'valkey.arn'"
    assert found["checkout"].help == f"`pagerworthy up staging cart --emulator {shop.cloud.endpoint}`"
    assert found["ads"].outcome is Outcome.SKIPPED
    nosy = Tiny("nosy", hard=("vault",), asks_for="password")
    found = shop.up(Tiny("vault", secret=True), nosy)
    assert found["nosy"].message == "vault.staging has no output 'password'"
    assert shop.topics() == ["cart-news", "vault-news"]


def test_a_circle_of_soft_edges_comes_up_in_one_run_and_goes_down_in_one(shop: Shop) -> None:
    found = shop.up(A, B)
    assert shop.watcher.order == ["a.staging", "b.staging", "a.staging"]
    assert (found["a"].visits, found["b"].visits) == (2, 1)
    assert set(shop.tags("a-queue")) == {"of-b"}
    assert {visit.outcome for visit in shop.up(A, B).values()} == {Outcome.UNCHANGED}

    # One that stays lets go of what it holds softly.
    gone = shop.destroy([Tiny("b", hard=("a",))], [A, B])
    assert {name: visit.outcome for name, visit in gone.items()} == {"a": Outcome.CHANGED, "b": Outcome.DESTROYED}
    assert (shop.topics(), dict(shop.tags("a-queue"))) == (["a-news"], {})
    shop.up(A, B)
    assert {visit.outcome for visit in shop.destroy([A, B]).values()} == {Outcome.DESTROYED}
    assert shop.topics() == []
    assert list(shop.visitor().backend.stacks()) == []


def test_what_is_protected_stays_and_so_does_what_it_needs(shop: Shop) -> None:
    platform, orders = Tiny("platform"), Tiny("orders", hard=("platform",), protect=True)
    mail = Tiny("mail", hard=("platform",))
    shop.up(platform, orders, mail)
    gone = shop.destroy([platform, orders, mail])
    assert {name: visit.outcome for name, visit in gone.items()} == {
        "mail": Outcome.DESTROYED,
        "orders": Outcome.FAILED,
        "platform": Outcome.SKIPPED,
    }
    assert gone["orders"].message == "it is protected: news, queue"
    assert shop.topics() == ["orders-news", "platform-news"]


def test_a_service_that_left_the_catalog_loses_nothing(shop: Shop) -> None:
    shop.up(CART, Tiny("checkout", hard=("cart",)))
    found = shop.up(CART)
    assert set(found) == {"cart"}
    assert shop.topics() == ["cart-news", "checkout-news"]
    # What it asked for is remembered, so that it goes before what it holds on to.
    state = shop.visitor().backend.read("checkout.staging")
    assert state is not None
    assert state.record.asks == ("cart.staging",)


def test_a_freeze_holds_back_what_runs_and_nothing_else(shop: Shop) -> None:
    broken: list[tuple[str, str]] = []
    frozen = Freezes({"cart": "frozen by decision on 2026-11-18"})
    glass = Freezes({"cart": "frozen by decision on 2026-11-18"}, lambda service, why: broken.append((service, why)))
    # Where nothing runs, there is nothing to freeze: this is how a lost environment is built up again.
    assert shop.up(Tiny("cart", task="shop:1"), freezes=frozen)["cart"].outcome is Outcome.CHANGED

    def image() -> str:
        ecs = shop.cloud.boto("ecs")
        running = ecs.describe_services(cluster="cart", services=["cart"])["services"][0]["taskDefinition"]
        found = ecs.describe_task_definition(taskDefinition=running)["taskDefinition"]
        return str(found["containerDefinitions"][0]["image"])

    def pager() -> list[str]:
        (alarm,) = shop.cloud.boto("cloudwatch").describe_alarms(AlarmNames=["cart-saturation"])["MetricAlarms"]
        return [each.rpartition(":")[2] for each in alarm["AlarmActions"]]

    new = Tiny("cart", topics=("news", "alarms"), task="shop:2")
    preview = shop.visitor(frozen).preview(inputs(new)[0])
    assert any("would be held back" in note for note in preview.notes)
    for _ in range(2):
        held = shop.up(new, freezes=frozen)["cart"]
        assert held.outcome is Outcome.HELD
        assert "frozen by decision on 2026-11-18: service, task" in held.message
        assert shop.topics() == ["cart-alarms", "cart-news"]
        assert image() == "shop:1"
        # What watches the running task is infrastructure: the pager moves while the task stays.
        assert pager() == ["cart-alarms"]
    assert shop.up(new, freezes=glass)["cart"].outcome is Outcome.CHANGED
    assert broken == [("cart", "frozen by decision on 2026-11-18")]
    assert image() == "shop:2"


def test_a_freeze_takes_nothing_from_what_runs_on(shop: Shop) -> None:
    shop.up(Tiny("cart", topics=("extra", "news"), task="shop:1"))
    frozen = Freezes({"cart": "frozen by decision on 2026-11-18"})
    less = Tiny("cart", topics=("news",), task="shop:2")
    for _ in range(2):
        held = shop.up(less, freezes=frozen)["cart"]
        assert held.outcome is Outcome.HELD
        assert "extra" in held.message
        assert shop.topics() == ["cart-extra", "cart-news"]
    assert shop.up(less)["cart"].outcome is Outcome.CHANGED
    assert shop.topics() == ["cart-news"]


def test_a_freeze_holds_back_what_only_the_cloud_tells(shop: Shop) -> None:
    shop.up(Tiny("cart", task="shop:1"))
    ecs = shop.cloud.boto("ecs")

    def count() -> int:
        return int(ecs.describe_services(cluster="cart", services=["cart"])["services"][0]["desiredCount"])

    # Somebody has stopped the service by hand, which the state does not say.
    ecs.update_service(cluster="cart", service="cart", desiredCount=0)
    held = shop.up(Tiny("cart", task="shop:1"), freezes=Freezes({"cart": "frozen by decision"}), refresh=True)["cart"]
    assert (held.outcome, count()) == (Outcome.HELD, 0)
    assert shop.up(Tiny("cart", task="shop:1"), refresh=True)["cart"].outcome is Outcome.CHANGED
    assert count() == 1


def test_a_freeze_of_what_is_new_holds_back_what_depends_on_it(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi_aws.ecs.service import Service

    shop.up(Tiny("cart", task="shop:1"))
    make = Service.__init__
    monkeypatch.setattr(Service, "__init__", lambda self, _, **rest: make(self, "renamed", **rest))
    new = Tiny("cart", topics=("news", "alarms"), task="shop:1")
    held = shop.up(new, freezes=Freezes({"cart": "frozen by decision"}))["cart"]
    assert held.outcome is Outcome.HELD, held
    assert held.message.endswith(": renamed, service, and what depends on them")
    assert shop.topics() == ["cart-alarms", "cart-news"]
    monkeypatch.undo()
    # The state can still be read, and so the stack be brought up.
    assert shop.up(new)["cart"].outcome is Outcome.CHANGED


def test_drift_is_found_taken_over_and_put_right(shop: Shop) -> None:
    shop.up(Tiny("cart", says="hello"))
    sqs = shop.cloud.boto("sqs")
    url = sqs.get_queue_url(QueueName="cart-queue")["QueueUrl"]
    sqs.tag_queue(QueueUrl=url, Tags={"says": "goodbye"})
    drift = shop.visitor().drift("cart.staging")
    assert (drift.outcome, [(each.name, each.operation) for each in drift.changes]) == (
        Outcome.DRIFTED,
        [("queue", "update")],
    )
    # Nothing it follows from has changed, so that only looking tells.
    assert shop.up(Tiny("cart", says="hello"))["cart"].outcome is Outcome.UNCHANGED
    assert shop.tags("cart-queue") == {"says": "goodbye"}
    assert shop.visitor().refresh("cart.staging").outcome is Outcome.REFRESHED
    assert shop.up(Tiny("cart", says="hello"))["cart"].outcome is Outcome.CHANGED
    assert shop.tags("cart-queue") == {"says": "hello"}
    assert shop.visitor().drift("cart.staging").outcome is Outcome.UNCHANGED


def test_a_plan_holds_until_what_it_rests_on_changes(shop: Shop, tmp_path: Path) -> None:
    plans = tmp_path / "plans"
    shop.up(CART)
    one, two = Tiny("cart", says="one"), Tiny("cart", says="two")
    planned = shop.preview(one, plans=plans)["cart"]
    assert (planned.outcome, shop.tags("cart-queue")) == (Outcome.PLANNED, {})
    assert [each.name for each in planned.changes] == ["queue"]
    done = shop.up(one, plans=plans)["cart"]
    assert (done.outcome, done.notes) == (Outcome.CHANGED, ())
    shop.preview(one, plans=plans)
    shop.preview(two, plans=plans)
    three = Tiny("cart", says="three")
    done = shop.up(three, plans=plans)["cart"]
    assert (done.outcome, done.changes) == (Outcome.FAILED, ())
    assert "is outdated" in done.message
    assert shop.tags("cart-queue") == {"says": "one"}
    assert shop.up(two, plans=plans)["cart"].outcome is Outcome.CHANGED
    # A plan holds once.
    assert shop.up(one, plans=plans)["cart"].outcome is Outcome.FAILED


def test_secrets_are_nowhere_in_plain_text(shop: Shop, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    report, plans = tmp_path / "report.json", tmp_path / "plans"
    shop.preview(Tiny("vault", secret=True), plans=plans)
    run = shop.start(Tiny("vault", secret=True), report=str(report))
    said, _ = run.communicate(timeout=60)
    assert run.returncode == 0, said
    ready = shop.ready()
    folder = ready.place.work_folder("vault.staging")
    seed = ready.command.run(["config", "get", "pagerworthy:seed", "--stack", "vault.staging"], str(folder), {})
    secret = seed.stdout.strip().encode()
    assert len(secret) == 64
    found = [path for path in tmp_path.rglob("*") if path.is_file() and secret in path.read_bytes()]
    assert (found, secret in said.encode()) == ([], False)
    assert shop.up(Tiny("vault", secret=True))["vault"].outcome is Outcome.UNCHANGED
    state = ready.backend.read("vault.staging")
    assert state is not None
    assert (state.secret, "password" in state.outputs) == (("password",), False)
    # A machine that has only the backend finds the same seed, and changes nothing.
    shutil.rmtree(folder)
    by_hand = tmp_path / "stacks" / "Pulumi.vault.staging.yaml"
    by_hand.parent.mkdir()
    by_hand.write_text("config: {pagerworthy:version: v1.4.2, other: {secure: v1:abc}}")
    shop.up(Tiny("vault", secret=True, says="new"))
    again = ready.command.run(["config", "get", "pagerworthy:seed", "--stack", "vault.staging"], str(folder), {})
    assert again.stdout.strip().encode() == secret
    # What people have set in `stacks/` is known to the engine, but for what only they can open.
    version = ready.command.run(["config", "get", "version", "--stack", "vault.staging"], str(folder), {})
    assert version.stdout.strip() == "v1.4.2"
    # And whoever works there by hand finds everything.
    shop.up(Tiny("vault", secret=True, says="newer"))
    project = folder / "Pulumi.yaml"
    (by_hand.parent / "Pulumi.yaml").write_text(project.read_text())
    ready.command.run(["config", "refresh", "--force", "--stack", "vault.staging"], str(by_hand.parent), {})
    assert "seed" in by_hand.read_text()
    assert "v1.4.2" in by_hand.read_text()


def test_the_seed_of_the_backend_wins_over_an_older_one_that_is_here(shop: Shop) -> None:
    ready = shop.ready()
    folder = ready.place.work_folder("vault.staging")
    config = folder / "Pulumi.vault.staging.yaml"

    def seed() -> str:
        return ready.command.run(
            ["config", "get", "pagerworthy:seed", "--stack", "vault.staging"], str(folder), {}
        ).stdout

    vault = Tiny("vault", secret=True)
    shop.up(vault)
    stale, old = config.read_bytes(), seed()
    shop.destroy([vault])
    shop.up(vault)
    new = seed()
    assert new != old
    # As on a machine that has slept through both.
    config.write_bytes(stale)
    assert seed() == old
    assert shop.up(Tiny("vault", secret=True, says="hello"))["vault"].outcome is Outcome.CHANGED
    assert seed() == new


def test_a_seed_that_was_never_used_stays(shop: Shop) -> None:
    from pagerworthy.stacks.run.engine import StackEngine
    from pagerworthy.stacks.run.seeds import Seed

    ready = shop.ready()
    engine = StackEngine(ready.place, ready.command, "vault.staging", timeout=60, grace=1)
    engine.prepare(exists=False, seed=Seed.MAKE)
    config = engine.folder / "Pulumi.vault.staging.yaml"
    made = config.read_bytes()
    assert b"pagerworthy:seed" in made
    engine.prepare(exists=True, seed=Seed.MAKE)
    assert config.read_bytes() == made


def test_a_preview_from_nothing_stands_in_for_what_is_not_there(shop: Shop) -> None:
    found = shop.preview(CART, Tiny("checkout", hard=("cart",)))
    assert {visit.outcome for visit in found.values()} == {Outcome.PLANNED}
    assert found["checkout"].notes == ("with stand-ins for outputs of cart.staging, which they do not have yet",)
    assert shop.topics() == []
    # Not even an empty stack is left, nor any file of one.
    assert list(shop.visitor().backend.stacks()) == []
    assert not [path for path in shop.root.rglob("*") if "cart.staging" in path.name]


def test_a_lost_answer_is_no_success(shop: Shop) -> None:
    dropped = shop.cloud.fault(Fault("drop", name="news", call="create", outputs=("arn",)))
    found = shop.up(CART, Tiny("checkout", hard=("cart",)))
    shop.cloud.heal(dropped)
    assert found["checkout"].outcome in {Outcome.FAILED, Outcome.SKIPPED}
    assert "checkout-news" not in shop.topics()


def test_any_backend_tells_the_same_of_a_stack(shop: Shop) -> None:
    shop.up(CART, Tiny("vault", secret=True, hard=("cart",), protect=True))
    ready = shop.ready()
    asked = CommandBackend(ready.place, ready.command)
    assert asked.stacks() == ready.backend.stacks() == ["cart.staging", "vault.staging"]
    for stack in ("cart.staging", "vault.staging", "other.staging"):
        assert asked.read(stack) == ready.backend.read(stack)


def test_a_lost_seed_is_found_in_the_past_or_refused_and_never_made_anew(shop: Shop, tmp_path: Path) -> None:
    vault = Tiny("vault", secret=True)
    assert shop.up(vault)["vault"].outcome is Outcome.CHANGED
    ready = shop.ready()
    pulumi = ready.command.within(120)
    folder = ready.place.work_folder("vault.staging")

    def seed() -> str:
        return pulumi.run(["config", "get", "pagerworthy:seed", "--stack", "vault.staging"], str(folder), {}).stdout

    def without_seed(*command: str) -> None:
        """As by hand in stacks/, with a configuration that has none."""
        make_project(tmp_path / "stacks")
        (tmp_path / "stacks" / "Pulumi.vault.staging.yaml").write_text(
            "\n".join(
                each for each in (folder / "Pulumi.vault.staging.yaml").read_text().splitlines() if "salt" in each
            )
        )
        pulumi.run([*command, "--stack", "vault.staging", "--yes"], str(tmp_path / "stacks"), {})
        shutil.rmtree(folder)

    state = ready.backend.read("vault.staging")
    assert state is not None
    first = seed()
    assert state.record.seed == seed_mark("vault.staging", first.strip())
    without_seed("refresh")
    assert shop.up(Tiny("vault", secret=True, says="hello"))["vault"].outcome is Outcome.CHANGED
    assert seed() == first

    # Where all that was is gone, too, nobody makes another one.
    without_seed("refresh")
    for path in shop.root.glob(".pagerworthy/*/state/.pulumi/history/**/*.history.json*"):
        if '"pagerworthy:seed"' in path.read_text():
            path.unlink()
    lost = shop.up(Tiny("vault", secret=True, says="again"))["vault"]
    assert lost.outcome is Outcome.FAILED
    assert lost.message == "no configuration has the seed that the passwords of vault.staging are made from"
    assert "pulumi config set --secret pagerworthy:seed -s vault.staging" in lost.help
    # One that is not it is noticed.
    set_it = ["config", "set", "--secret", "pagerworthy:seed", "--stack", "vault.staging"]
    pulumi.run(set_it, str(folder), {}, given="another")
    other = shop.up(Tiny("vault", secret=True, says="again"))["vault"]
    assert "the seed of vault.staging is not the one that its passwords were made from" in other.message
    # As that says: by hand, in stacks/.
    pulumi.run(set_it, str(tmp_path / "stacks"), {}, given=first.strip())
    pulumi.run(["refresh", "--stack", "vault.staging", "--yes"], str(tmp_path / "stacks"), {})
    assert shop.up(Tiny("vault", secret=True, says="again"))["vault"].outcome is Outcome.CHANGED


def test_what_failed_stops_what_needs_it_in_later_runs_too(shop: Shop) -> None:
    checkout, ads = Tiny("checkout", hard=("cart",)), Tiny("ads", hard=("checkout",))
    shop.up(CART, checkout, ads)
    denied = shop.cloud.fault(Fault("deny", stack="cart.*", call="create"))
    assert shop.up(Tiny("cart", says="hello"))["cart"].outcome is Outcome.FAILED
    # As on another runner of CI, whose run does not visit the cart; a look in between changes nothing of it.
    shop.visitor().refresh("cart.staging")
    changed = Tiny("checkout", hard=("cart",), says="hello")
    found = shop.up(changed, ads)
    assert found["checkout"].outcome is Outcome.SKIPPED
    assert found["checkout"].message == "the last update of cart.staging did not succeed"
    assert found["checkout"].help.startswith("`pagerworthy up staging cart")
    assert (found["checkout"].blocked_by, found["ads"].blocked_by) == ("cart.staging", "checkout.staging")
    # What asks softly of it goes on, and so does everybody once it has come up.
    assert shop.up(Tiny("mail", soft=("cart",)))["mail"].outcome is Outcome.CHANGED
    shop.cloud.heal(denied)
    shop.up(Tiny("cart", says="hello"))
    assert shop.up(changed)["checkout"].outcome is Outcome.CHANGED


def test_those_of_a_hard_circle_that_are_refused_keep_nobody_else_from_an_order(shop: Shop) -> None:
    one, two = Tiny("one", hard=("two",)), Tiny("two", hard=("one",))
    refused = {each.stack: Visit(each.stack, Outcome.FAILED, message="a hard cycle") for each in (one, two)}
    visitor = Visitor(shop.ready(), Cloud(emulator=shop.cloud.endpoint), declare, Orders(), refused=refused)
    found = bring_up(visitor, inputs(one, two, Tiny("three", hard=("one",))), 2, shop.watcher)
    assert {visit.stack: visit.outcome for visit in found} == {
        "one.staging": Outcome.FAILED,
        "two.staging": Outcome.FAILED,
        "three.staging": Outcome.SKIPPED,
    }
