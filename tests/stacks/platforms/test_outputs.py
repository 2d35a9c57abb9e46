"""What a platform gives the stacks after it."""

import pytest

from pagerworthy.stacks.outputs import LISTS, PLATFORM_KEYS, topic_key
from tests.stacks.platforms.made import PRODUCTION, RECEIVERS, STAGING, platform

# What only some environments have, or only people read.
_WITHOUT = {"regulated_key_arn", "zone_id"}


def test_every_key_and_a_topic_for_every_receiver() -> None:
    outputs = platform(PRODUCTION, regulated=True).outputs
    assert {*PLATFORM_KEYS, *map(topic_key, RECEIVERS)} <= outputs.keys()
    for key, value in outputs.items():
        assert value, key
        assert isinstance(value, list) == (key in {*LISTS, "zone_name_servers"}), key


def test_what_an_environment_has_not_is_not_there_rather_than_empty() -> None:
    outputs = platform(STAGING).outputs
    assert {*PLATFORM_KEYS} - outputs.keys() == _WITHOUT
    assert all(outputs.values())


@pytest.mark.parametrize("zones", [1, 2, 3, 6])
def test_lists_have_one_element_for_each_zone_and_two_at_the_least(zones: int) -> None:
    from msgspec.structs import replace

    outputs = platform(replace(PRODUCTION, region="us-east-1", zones=zones)).outputs
    for key in LISTS:
        value = outputs[key]
        assert isinstance(value, list)
        assert len(value) == max(2, zones)
        assert len(set(value)) == len(value)
