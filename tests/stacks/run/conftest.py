"""A cloud and an engine for the tests of runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stacks.run.shop import Shop
from tests.stacks.standin import StandIn
from tests.tools import require_tool


@pytest.fixture(scope="package")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIn]:
    require_tool("pulumi")
    with StandIn(tmp_path_factory.mktemp("cloud")) as found:
        yield found


@pytest.fixture
def shop(cloud: StandIn, tmp_path: Path) -> Iterator[Shop]:
    cloud.heal()
    yield Shop(cloud, tmp_path)
    cloud.reset()
