"""What a service of a catalog can promise: which parts count, and what is said of them."""

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pagerworthy.catalog import Catalog, Resource, Sli, Slo
from pagerworthy.catalog.kept_promises import surely_kept
from pagerworthy.graph import Ceiling, ceilings
from tests.graph.catalogs import catalog, catalogs, need, provider, service

REDIS = {"db": Resource(type="redis")}


def ceiling_of(name: str, *services, survived=None) -> Ceiling:
    return ceilings(catalog(*services), survived).of(name)


def of_all(drawn: Catalog) -> dict[str, Ceiling]:
    every = ceilings(drawn)
    return {name: every.of(name) for name in drawn.services}


def test_a_ceiling_is_the_product_of_independent_hard_promises():
    services = (
        service("web", need("cart"), need("ad", "soft"), provider("stripe", 99.0), slo=99.5),
        service("cart", slo=99.9),
        service("ad", slo=1.0),
    )
    found = ceiling_of("web", *services)
    assert found.percent == pytest.approx(99.9 * 99.0 / 100)
    assert (found.limiting, found.path) == ("external:stripe", ("web", "external:stripe"))
    assert (found.promise, found.is_broken, found.unpromised) == (99.5, True, ())
    every = ceilings(catalog(*services))
    factors = every.factors("web")
    assert [(each.node, each.own, each.promise) for each in factors.series] == [
        ("external:stripe", 99.0, 99.0),
        ("cart", 99.9, 99.9),
    ]
    assert (factors.choices, factors.alternatives, factors.unknown) == (100, (), ())
    assert every.broken() == ["web"]


def test_what_a_promise_covers_counts_once_for_all_that_need_it():
    found = ceiling_of(
        "web",
        service("web", need("cart"), need("ad")),
        service("cart", need("store"), slo=99.9),
        service("ad", need("store"), slo=99.9),
        service("store", slo=99.95),
    )
    assert found.percent == pytest.approx(99.9 * 99.9 / 99.95)


def test_of_services_without_a_promise_the_needs_limit_and_they_are_listed():
    services = (service("web", need("cart")), service("cart", need("pay")), service("pay", provider("stripe", 98.0)))
    found = ceiling_of("web", *services)
    assert (found.percent, found.path) == (98.0, ("web", "cart", "pay", "external:stripe"))
    assert found.unpromised == ("cart",)
    assert ceilings(catalog(*services)).factors("web").unknown == ("cart", "pay")


def test_where_nothing_is_known_the_ceiling_is_not_known():
    found = ceiling_of("web", service("web", need("cart"), need("gone"), provider("who")), service("cart"))
    assert (found.percent, found.limiting, found.is_broken) == (None, "", False)
    assert found.unpromised == ("cart", "external:who", "gone")


def test_without_a_hard_dependency_there_is_no_limit_and_own_resources_are_none():
    found = ceiling_of("web", service("web", need("web/db"), resources=REDIS))
    assert (found.percent, found.path, found.unpromised) == (100.0, (), ())


def test_a_resource_is_promised_by_its_owner_and_only_once():
    cart = service("cart", slo=99.9, resources=REDIS)
    alone = ceiling_of("web", service("web", need("cart/db")), cart)
    assert (alone.percent, alone.path) == (99.9, ("web", "cart/db", "cart"))
    both = ceiling_of("web", service("web", need("cart/db"), need("cart")), cart)
    assert (both.percent, both.path) == (99.9, ("web", "cart"))


@pytest.mark.parametrize("target", ["cart/db", "cart/lost", "gone/db"])
def test_of_a_resource_without_an_owner_that_promises_nothing_is_known(target):
    slo = None if target == "cart/db" else 99.9
    found = ceiling_of(
        "web", service("web", need(target)), service("cart", provider("far", 50.0), slo=slo, resources=REDIS)
    )
    assert (found.percent, found.unpromised) == (None, (target,))


def test_what_one_entry_tells_of_a_provider_holds_for_another_that_does_not():
    services = (
        service("web", provider("stripe")),
        service("aa", provider("stripe", 99.0)),
        service("bb", provider("stripe", 98.0)),
        service("all", need("aa"), need("bb"), need("web")),
    )
    every = of_all(catalog(*services))
    assert {name: every[name].percent for name in ("web", "aa", "bb")} == {"web": 98.0, "aa": 99.0, "bb": 98.0}
    # Whatever breaks the stronger contract breaks the weaker one.
    assert every["all"].percent == 98.0
    assert every["all"].path == ("all", "bb", "external:stripe")


def test_of_alternatives_one_is_enough_and_what_they_share_limits():
    def either(*targets: str):
        return [need(target, any_of="payment") for target in targets]

    pair = (service("aa", need("net"), slo=90.0), service("bb", need("net"), slo=80.0), service("net", slo=99.0))
    found = ceiling_of("web", service("web", *either("aa", "bb")), *pair)
    assert found.percent == pytest.approx(99.0 * (1 - (1 - 90 / 99) * (1 - 80 / 99)))
    alone = ceiling_of("web", service("web", *either("aa")), *pair)
    assert alone.percent == 90.0
    unknown = ceiling_of("web", service("web", *either("aa", "cc")), service("cc"), *pair)
    assert (unknown.percent, unknown.unpromised) == (None, ("cc",))


def test_what_a_drill_survived_does_not_limit_unless_an_alternative_was_there():
    services = (
        service(
            "web", need("cart"), need("pay"), need("aa", any_of="x"), need("bb", any_of="x"), provider("far", 99.5)
        ),
        service("cart", slo=99.0),
        service("pay", slo=99.9),
        service("aa", slo=90.0),
        service("bb", slo=90.0),
    )
    before = ceiling_of("web", *services)
    after = ceiling_of("web", *services, survived={"web": {"cart", "far", "aa", "bb"}})
    assert before.percent == pytest.approx(99.0 * 0.999 * 0.995 * 0.99)
    assert after.percent == pytest.approx(99.9 * 0.99)


def test_in_a_hard_circle_the_least_promise_holds_for_all():
    for first in ("aa", "zz"):
        found = ceiling_of(
            "mm", service("mm", need(first), provider("far", 90.0)), service(first, need("mm"), provider("far"))
        )
        assert (found.percent, found.unpromised) == (90.0, (first,))
        found = ceiling_of("mm", service("mm", need(first), slo=99.0), service(first, need("mm"), slo=98.0))
        assert (found.percent, found.path, found.is_broken) == (98.0, ("mm", first), True)


def test_only_availability_objectives_are_promises_of_availability():
    slow = service("cart")
    latency = Slo(name="latency", objective=50.0, window="30d", sli=Sli(histogram="h", below="1s"))
    slow = msgspec.structs.replace(slow, spec=msgspec.structs.replace(slow.spec, slos=(latency,)))
    assert ceiling_of("web", service("web", need("cart")), slow).percent is None


def test_there_is_no_ceiling_of_what_is_no_service():
    with pytest.raises(KeyError):
        ceiling_of("gone", service("web", need("gone")))


@given(catalogs(), st.data())
def test_another_hard_dependency_never_raises_a_ceiling(drawn, data):
    name = data.draw(st.sampled_from(sorted(drawn.services)))
    target = data.draw(st.sampled_from([*drawn.services, "external:new"]))
    before = of_all(drawn)[name]
    one = drawn.services[name]
    more = msgspec.structs.replace(
        one, spec=msgspec.structs.replace(one.spec, dependencies=(*one.spec.dependencies, need(target)))
    )
    after = of_all(catalog(*(more if s.name == name else s for s in drawn.services.values())))[name]
    assert (after.percent or 100) <= (before.percent or 100)


@given(catalogs(), st.data())
def test_a_lower_promise_never_raises_a_ceiling(drawn, data):
    promising = sorted(name for name, s in drawn.services.items() if s.spec.slos)
    assume(promising)
    one = drawn.services[data.draw(st.sampled_from(promising))]
    lower = msgspec.structs.replace(one.spec.slos[0], objective=50.0)
    less = msgspec.structs.replace(one, spec=msgspec.structs.replace(one.spec, slos=(lower,)))
    before = of_all(drawn)
    after = of_all(catalog(*(less if s.name == one.name else s for s in drawn.services.values())))
    for name, ceiling in after.items():
        old = before[name].percent
        assert (ceiling.percent is None) == (old is None)
        assert ceiling.percent is None or old is None or ceiling.percent <= old


@given(catalogs())
def test_what_is_proved_in_a_hurry_is_so(drawn):
    if surely_kept(drawn.ties):
        assert ceilings(drawn).broken() == []


@pytest.mark.parametrize(
    ("promise", "needs", "plain"),
    [
        (99.9, [need("cart")], True),
        (99.9, [need("cart"), need("cart", "soft")], True),
        (99.91, [need("cart")], False),
        (99.8, [need("cart"), provider("stripe", 99.9)], True),
        (99.9, [need("cart"), provider("stripe", 99.9)], False),
        (99.9, [need("gone"), need("ad")], True),
        (98.0, [need("shelf")], True),
        (98.1, [need("shelf")], False),
        (98.1, [provider("stripe")], False),
        (99.9, [need("cart/db")], True),
        (99.99, [need("cart/db")], False),
        (99.9, [need("cart", any_of="x"), need("ad", any_of="x")], False),
    ],
)
def test_what_is_plain_to_see_is_seen(promise, needs, plain):
    others = (
        service("cart", slo=99.9, resources=REDIS),
        service("ad"),
        service("shelf", provider("stripe")),
        service("other", provider("stripe", 98.0)),
    )
    assert surely_kept(catalog(service("web", *needs, slo=promise), *others).ties) is plain


@given(catalogs(acyclic=True))
def test_on_the_way_to_what_limits_each_step_allows_more(drawn):
    every = of_all(drawn)
    assert ceilings(drawn).broken() == [name for name, ceiling in every.items() if ceiling.is_broken]
    for name, ceiling in every.items():
        assert not ceiling.path or ceiling.path[0] == name
        for step in ceiling.path[1:-1]:
            assert step not in every or (every[step].percent or 0) >= (ceiling.percent or 0)
