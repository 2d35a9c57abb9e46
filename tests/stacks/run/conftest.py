"""A cloud and an engine for the tests of runs."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pagerworthy.project import Project
from pagerworthy.stacks.run.preflight import Ready, prepare
from pagerworthy.stacks.run.result import Visit
from pagerworthy.stacks.run.schedule import Step
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
