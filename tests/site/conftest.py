"""The site of the small world, written once, and what the tests look at it with."""

from pathlib import Path

import pytest

from pagerworthy.site import SitePlan, Theme, plan, read_theme, write
from tests.site.browser import address, browser, open_page
from tests.site.world import world

__all__ = ["address", "browser", "open_page", "planned", "site", "theme"]


@pytest.fixture(scope="session")
def theme() -> Theme:
    return read_theme(None)


@pytest.fixture(scope="session")
def planned(theme: Theme) -> SitePlan:
    return plan(world(), theme)


@pytest.fixture(scope="session")
def site(planned: SitePlan, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "public"
    write(planned, folder, processes=1)
    return folder
