"""What goes wrong in runs through the real engine: no orphan, no duplicate, no lost output."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from pagerworthy.stacks.run.result import Outcome
from tests.stacks.run.shop import Shop
from tests.stacks.run.tiny import Tiny
from tests.stacks.standin import Fault

CART = Tiny("cart", topics=("news", "slow"))
NEXT = Tiny("checkout", hard=("cart",))


def wait_until(condition, seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.1)


def engine_of(shop: Shop) -> int:
    """The process of the engine that is at work."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str(shop.root) in str((entry / "cwd").readlink()) and b" up " in (
                entry / "cmdline"
            ).read_bytes().replace(b"\0", b" "):
                return int(entry.name)
        except OSError:
            continue
    raise AssertionError("no engine is at work")


def test_an_engine_that_is_killed_in_the_middle_is_seen_and_nothing_is_created_twice(shop: Shop) -> None:
    # The cloud has made the topic, and nobody hears of it.
    hanging = shop.cloud.fault(Fault("hang", name="slow", call="create", after=True))
    before, others = shop.creates_of("slow"), shop.created("news")
    run = shop.start(CART, NEXT)
    wait_until(lambda: shop.created("news") == others + 1)
    wait_until(lambda: shop.creates_of("slow") == before + 1)
    time.sleep(0.5)
    os.kill(engine_of(shop), signal.SIGKILL)
    said, _ = run.communicate(timeout=60)
    shop.cloud.heal(hanging)
    assert run.returncode == 1
    assert "an engine ended in the middle of creating slow (aws:sns/topic:Topic)" in said
    assert "skipped" in said

    second = shop.up(CART, NEXT)
    assert second["cart"].outcome is Outcome.FAILED
    assert "nobody knows whether it happened" in second["cart"].message
    assert "pagerworthy refresh staging cart --clear-pending" in second["cart"].help
    assert second["checkout"].outcome is Outcome.SKIPPED
    assert shop.creates_of("slow") == before + 1

    # A person has looked, deleted what was half there, and says so.
    shop.cloud.boto("sns").delete_topic(TopicArn="arn:aws:sns:eu-central-1:123456789012:cart-slow")
    cleared = shop.visitor(clear_pending=True).refresh("cart.staging")
    assert cleared.outcome is Outcome.REFRESHED
    assert cleared.notes == ("dropped from the state: creating slow (aws:sns/topic:Topic)",)
    third = shop.up(CART, NEXT)
    assert {visit.outcome for visit in third.values()} == {Outcome.CHANGED}
    assert shop.topics() == ["cart-news", "cart-slow", "checkout-news"]
    assert shop.creates_of("slow") == before + 2


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_run_that_is_told_to_stop_ends_what_it_has_begun(
    shop: Shop, tmp_path: Path, number: signal.Signals, code: int
) -> None:
    slow = shop.cloud.fault(Fault("delay", name="slow", call="create", seconds=4))
    before = shop.creates_of("slow")
    report = tmp_path / "report.json"
    run = shop.start(CART, NEXT, report=str(report))
    wait_until(lambda: shop.creates_of("slow") == before + 1)
    run.send_signal(number)
    said, _ = run.communicate(timeout=60)
    shop.cloud.heal(slow)
    assert run.returncode == code
    assert "stopping" in said
    found = json.loads(report.read_text())
    assert found["finished"] is False
    assert {row["stack"]: row["outcome"] for row in found["stacks"]} == {
        "cart.staging": "interrupted",
        "checkout.staging": "not-started",
    }
    assert shop.engines() == []
    # What had begun has ended and is known, so that the next run goes on where this one stopped.
    again = shop.up(CART, NEXT)
    assert all(visit.outcome.is_well for visit in again.values())
    assert shop.topics() == ["cart-news", "cart-slow", "checkout-news"]
    assert shop.creates_of("slow") == before + 1


def test_a_run_that_is_killed_leaves_no_engine_and_the_next_one_sees_what_is_open(shop: Shop) -> None:
    hanging = shop.cloud.fault(Fault("hang", name="slow", call="create", after=True))
    before = shop.creates_of("slow")
    run = shop.start(CART)
    wait_until(lambda: shop.creates_of("slow") == before + 1)
    time.sleep(0.5)
    run.kill()
    run.communicate(timeout=60)
    wait_until(lambda: not shop.engines(), 20)
    shop.cloud.heal(hanging)
    again = shop.up(CART)
    assert again["cart"].outcome is Outcome.FAILED
    assert "creating slow" in again["cart"].message
    assert shop.creates_of("slow") == before + 1


def test_an_engine_that_hangs_is_ended_and_its_lock_goes_with_it(shop: Shop) -> None:
    hanging = shop.cloud.fault(Fault("hang", name="slow", call="create"))
    found = shop.up(CART, NEXT, timeout=8.0, grace=1.0)
    assert found["cart"].outcome is Outcome.FAILED
    assert "took longer than 8 s" in found["cart"].message
    assert found["checkout"].outcome is Outcome.SKIPPED
    assert shop.engines() == []
    assert not list(shop.root.glob(".pagerworthy/*/state/.pulumi/locks/**/*.json"))
    shop.cloud.heal(hanging)


def test_two_runs_at_once_do_the_work_once(shop: Shop) -> None:
    slow = shop.cloud.fault(Fault("delay", name="news", call="create", seconds=2))
    # What has begun, since calls of an engine that was killed before may end only now.
    before = len(shop.cloud.calls("create", "begin"))
    runs = [shop.start(CART, NEXT) for _ in range(2)]
    said = [run.communicate(timeout=120)[0] for run in runs]
    shop.cloud.heal(slow)
    assert [run.returncode for run in runs] == [0, 0], said
    assert len(shop.cloud.calls("create", "begin")) == before + 4
    assert shop.topics() == ["cart-news", "cart-slow", "checkout-news"]
