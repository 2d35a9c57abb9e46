"""Public names: what an entry's name is in each environment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.cloud import lies_in, name_in
from tests.stacks.demo import demo, stacks_of

LABEL = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True)
NAME = st.lists(LABEL, min_size=2, max_size=5).map(".".join)


@pytest.mark.parametrize(
    ("name", "domain", "expected"),
    [
        ("shop.example.com", "shop.example.com", "shop.example.com"),
        ("shop.example.com", "staging.shop.example.com", "staging.shop.example.com"),
        ("api.shop.example.com", "staging.shop.example.com", "api.staging.shop.example.com"),
        ("api.shop.example.com", "shop.staging-example.com", "api.shop.staging-example.com"),
        # Written for staging alone, and in its domain already.
        ("try.staging.shop.example.com", "staging.shop.example.com", "try.staging.shop.example.com"),
        # Nobody's: refused by whoever asks whether it lies in the domain.
        ("shop.example.org", "staging.shop.example.com", "shop.example.org"),
        ("notshop.example.com", "staging.shop.example.com", "notshop.example.com"),
        ("shop.example.com", "", "shop.example.com"),
    ],
)
def test_the_environments_domain_takes_the_place_of_productions(name: str, domain: str, expected: str) -> None:
    assert name_in(name, domain, ["shop.example.com"]) == expected


def test_of_several_productions_the_closest_counts() -> None:
    production = ["example.com", "shop.example.com"]
    assert name_in("api.shop.example.com", "staging.example.net", production) == "api.staging.example.net"
    assert name_in("www.example.com", "staging.example.net", production) == "www.staging.example.net"


@given(name=NAME, domain=NAME, production=st.lists(NAME, max_size=3))
def test_a_name_is_in_the_domain_or_as_it_was_and_stays_so(name: str, domain: str, production: list[str]) -> None:
    found = name_in(name, domain, production)
    assert lies_in(found, domain) or found == name
    assert name_in(found, domain, production) == found
    if any(lies_in(name, each) for each in production):
        assert lies_in(found, domain)


def test_the_demos_shop_has_another_name_in_staging() -> None:
    for environment, name in (("production", "shop.example.com"), ("staging", "staging.shop.example.com")):
        assert stacks_of(demo(), environment).service("frontend-proxy").resources["shop"].domain == name
