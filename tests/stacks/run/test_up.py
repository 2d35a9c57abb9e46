"""Runs through the real engine: order, nothing twice, what fails and what goes on."""

from pagerworthy.stacks.run.result import Outcome
from tests.stacks.run.shop import Shop
from tests.stacks.run.tiny import Tiny
from tests.stacks.standin import Fault

PLATFORM = Tiny("platform")
CART = Tiny("cart", hard=("platform",))
SHOP = (PLATFORM, CART, Tiny("checkout", hard=("cart", "platform")))


def test_an_environment_comes_up_in_order_and_then_there_is_nothing_to_do(shop: Shop) -> None:
    first = shop.up(*SHOP)
    assert {name: visit.outcome for name, visit in first.items()} == dict.fromkeys(first, Outcome.CHANGED)
    assert shop.watcher.order == ["platform.staging", "cart.staging", "checkout.staging"]
    assert shop.topics() == ["cart-news", "checkout-news", "platform-news"]
    assert set(shop.tags("checkout-queue")) == {"of-cart", "of-platform"}

    calls = len(shop.cloud.calls())
    second = shop.up(*SHOP)
    assert {visit.outcome for visit in second.values()} == {Outcome.UNCHANGED}
    # No engine was started: nothing was asked of the cloud.
    assert len(shop.cloud.calls()) == calls
    assert max(visit.seconds for visit in second.values()) < 0.5

    third = shop.up(PLATFORM, Tiny("cart", hard=("platform",), says="hello"), SHOP[2])
    assert {name: visit.outcome for name, visit in third.items()} == {
        "platform": Outcome.UNCHANGED,
        "cart": Outcome.CHANGED,
        "checkout": Outcome.UNCHANGED,
    }
    assert [(each.name, each.operation) for each in third["cart"].changes] == [("queue", "update")]


def test_a_denial_in_the_first_wave_stops_what_needs_it_and_nothing_else(shop: Shop) -> None:
    denied = shop.cloud.fault(Fault("deny", stack="cart.*", call="create"))
    stacks = (PLATFORM, CART, Tiny("checkout", hard=("cart",)), Tiny("ads", soft=("cart",)), Tiny("mail"))
    first = shop.up(*stacks)
    assert {name: visit.outcome for name, visit in first.items()} == {
        "platform": Outcome.CHANGED,
        "mail": Outcome.CHANGED,
        "cart": Outcome.FAILED,
        "checkout": Outcome.SKIPPED,
        "ads": Outcome.CHANGED,
    }
    assert "AccessDenied" in first["cart"].message
    assert first["checkout"].blocked_by == "cart.staging"
    assert first["ads"].waiting == ("cart.staging:news.arn",)
    shop.cloud.heal(denied)
    again = shop.up(*stacks)
    assert {name: visit.outcome for name, visit in again.items()} == {
        "platform": Outcome.UNCHANGED,
        "mail": Outcome.UNCHANGED,
        "cart": Outcome.CHANGED,
        "checkout": Outcome.CHANGED,
        "ads": Outcome.CHANGED,
    }
    assert set(shop.tags("ads-queue")) == {"of-cart"}
    assert shop.topics() == ["ads-news", "cart-news", "checkout-news", "mail-news", "platform-news"]
