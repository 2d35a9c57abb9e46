"""What a visit makes of its inputs before any engine starts."""

from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from pagerworthy.stacks.outputs import LISTS
from pagerworthy.stacks.program import Cloud
from pagerworthy.stacks.run.preflight import Ready
from pagerworthy.stacks.run.visit import Orders, Visitor
from pagerworthy.stacks.zones import zones_of
from tests.stacks.run.tiny import SPEC, Tiny, declare, inputs


@pytest.mark.parametrize("zones", [1, 3])
def test_what_stands_in_for_subnets_is_as_many_as_the_network_makes(zones: int) -> None:
    nothing = SimpleNamespace(backend=SimpleNamespace(read=lambda _: None), place=None, command=None)
    visitor = Visitor(cast("Ready", nothing), Cloud(), declare, Orders())
    spec = msgspec.structs.replace(SPEC, zones=zones)
    key = min(LISTS)
    (given,) = inputs(Tiny("cart", hard=("platform",), asks_for=key, spec=spec))
    values, absent = visitor._given_or_announced(given)
    subnets = values.values["platform.staging"][key]
    assert isinstance(subnets, list)
    assert (len(subnets), absent) == (len(zones_of(spec)), ("platform.staging",))
