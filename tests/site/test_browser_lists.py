"""Lists, menus and drawings in a real browser: what a reader needs is on the screen, on a phone as well."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from pagerworthy.site import Theme, plan, write
from tests.site.browser import PHONE
from tests.site.world import many


@pytest.mark.parametrize("kind", ["services.html", "teams/shop.html"])
def test_a_phone_shows_who_holds_each_pager(site: Path, open_page: Any, kind: str) -> None:
    page: Page = open_page(f"file://{site}/{kind}", width=PHONE).page
    for row in page.locator("table.rows tbody tr").all():
        said = row.locator("th .narrow")
        assert "pager: " in said.inner_text()
        box = said.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE
        # What stands under the name takes no column of its own.
        assert not row.locator("td:nth-child(4)").is_visible()


def test_a_phone_shows_the_owner_in_rows_that_a_filter_drew(site: Path, open_page: Any) -> None:
    page: Page = open_page(f"file://{site}/services.html?q=cart", width=PHONE).page
    assert "tier 1, pager: sre, Shop" in page.locator("#services tbody th").first.inner_text()


@pytest.mark.parametrize("width", [320, PHONE, 700])
def test_no_entry_of_the_menu_is_cut(site: Path, open_page: Any, width: int) -> None:
    page: Page = open_page(f"file://{site}/index.html", width=width).page
    edges = [link.bounding_box() for link in page.locator(".top nav a").all()]
    assert len(edges) == 8
    assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in edges)


@pytest.mark.parametrize(("kind", "middle"), [("graph.html", ".whole"), ("services/cart.html", ".own")])
def test_a_wide_drawing_starts_in_its_middle(site: Path, open_page: Any, kind: str, middle: str) -> None:
    page: Page = open_page(f"file://{site}/{kind}", width=PHONE).page
    frame, part = page.locator("div.drawn").bounding_box(), page.locator(middle).first.bounding_box()
    assert frame
    assert part
    assert page.evaluate("document.querySelector('div.drawn').scrollWidth") > PHONE
    assert abs(part["x"] + part["width"] / 2 - frame["x"] - frame["width"] / 2) < 4


def test_a_search_that_finds_nothing_says_so_and_shows_the_way_back(site: Path, open_page: Any) -> None:
    page: Page = open_page(f"file://{site}/services.html").page
    assert not page.locator("#none").is_visible()
    page.locator("#f-q").fill("there is no such thing")
    expect(page.locator("#none")).to_be_visible()
    assert "0 of 18 services" in page.locator("#count").inner_text()
    page.get_by_role("button", name="show all").click()
    expect(page.locator("#services tbody tr")).to_have_count(18)
    assert not page.locator("#none").is_visible()


def test_the_worst_come_first_until_a_reader_sorts(site: Path, open_page: Any) -> None:
    page: Page = open_page(f"file://{site}/services.html").page
    verdicts = page.locator("#services tbody td:nth-child(2)")
    first = verdicts.all_inner_texts()
    urgent = sum(each in {"hand-back", "freeze"} for each in first)
    assert urgent
    assert set(first[:urgent]) <= {"hand-back", "freeze"}
    page.get_by_role("button", name="Service").click()
    labels = page.locator("#services tbody th a").all_inner_texts()
    assert labels == sorted(labels, key=str.lower)


def test_a_defer_is_found_with_and_without_its_cause(site: Path, open_page: Any) -> None:
    found = {}
    for wanted in ("defer", "defer: not ready", "defer: too early", "defer: not asked"):
        page: Page = open_page(f"file://{site}/services.html?verdict={wanted}").page
        found[wanted] = page.locator("#services tbody tr").count()
    assert found["defer"] == sum(amount for cause, amount in found.items() if cause != "defer")
    assert found["defer"]


def test_the_head_of_a_long_list_stays_in_sight(theme: Theme, tmp_path: Path, open_page: Any) -> None:
    planned = plan(many(60), theme)
    write(planned, tmp_path / "out", processes=1)
    page: Page = open_page(f"file://{tmp_path}/out/services.html").page
    page.evaluate("window.scrollTo(0, 1500)")
    box = page.locator("#services thead th").first.bounding_box()
    assert box
    assert 0 <= box["y"] < 5
