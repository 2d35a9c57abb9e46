"""The whole demo, brought up once for all tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stacks.standin import StandIn
from tests.stacks.whole.shop import Shop
from tests.tools import require_tool


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    require_tool("pulumi")
    home: Path = tmp_path_factory.mktemp("whole")
    with StandIn(home / "cloud", region="eu-west-1") as cloud:
        found = Shop(cloud, home / "shop")
        found.first = found.up()
        yield found
