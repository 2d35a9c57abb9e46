"""Planning is pure, and what has not changed keeps its digest."""

import dataclasses
import datetime as dt
import os
from pathlib import Path

import msgspec
import pytest

from pagerworthy.site import SitePlan, Theme, plan, render
from tests.site.world import entries, many, world


def digests(planned: SitePlan) -> dict[str, str]:
    return {file.path: file.digest for file in planned.files}


def test_the_same_input_gives_the_same_plan(theme: Theme) -> None:
    assert digests(plan(world(), theme)) == digests(plan(world(), theme))


def test_the_order_of_files_does_not_matter(theme: Theme) -> None:
    assert digests(plan(world(entries()[::-1]), theme)) == digests(plan(world(entries()), theme))


def test_each_path_is_planned_once(planned: SitePlan) -> None:
    paths = [file.path for file in planned.files]
    assert paths == sorted(set(paths))


def test_one_changed_entry_changes_few_pages(theme: Theme) -> None:
    source = many(300)
    before = digests(plan(source, theme))
    name = "s-299"
    service = source.catalog.services[name]
    metadata = msgspec.structs.replace(service.metadata, description="Something else")
    changed = {**source.catalog.services, name: msgspec.structs.replace(service, metadata=metadata)}
    catalog = msgspec.structs.replace(source.catalog, services=changed)
    after = digests(plan(dataclasses.replace(source, catalog=catalog), theme))
    assert {path for path in after if after[path] != before[path]} == {
        f"services/{name}.html",
        f"scorecards/{name}.html",
        f"api/v1/services/{name}.json",
    }


def test_the_time_of_day_changes_no_page_of_a_service(theme: Theme) -> None:
    source = world()
    later = msgspec.structs.replace(source.scores, as_of=source.scores.as_of + dt.timedelta(hours=3))
    before, after = digests(plan(source, theme)), digests(plan(dataclasses.replace(source, scores=later), theme))
    changed = {path for path in after if after[path] != before[path]}
    assert changed
    assert not [path for path in changed if path.startswith(("services/", "scorecards/", "badges/"))]


def test_the_next_day_changes_pages_that_say_ages(theme: Theme) -> None:
    source = world()
    later = msgspec.structs.replace(source.scores, as_of=source.scores.as_of + dt.timedelta(days=1))
    before, after = digests(plan(source, theme)), digests(plan(dataclasses.replace(source, scores=later), theme))
    assert before["services/cart.html"] != after["services/cart.html"]


def test_a_theme_that_differs_changes_every_page(theme: Theme) -> None:
    other = dataclasses.replace(theme, digest="other")
    before, after = digests(plan(world(), theme)), digests(plan(world(), other))
    assert all(before[path] != after[path] for path in before)


def test_code_that_differs_changes_every_page(theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    assert render.read_theme(None).digest == theme.digest
    monkeypatch.setattr(render, "_code", lambda: {"plan.py": b"another"})
    assert render.read_theme(None).digest != theme.digest


def test_search_engines_are_told_only_where_the_address_is_known(theme: Theme) -> None:
    assert "sitemap.xml" not in digests(plan(world(), theme))
    known = digests(plan(world(url="https://catalog.example.com/shop"), theme))
    assert {"sitemap.xml", "robots.txt"} <= set(known)


def test_a_big_catalog_keeps_its_pages_small(theme: Theme) -> None:
    from pagerworthy.site.render import Renderer

    planned = plan(many(1500), theme)
    renderer = Renderer(planned.theme, planned.chrome)
    big = {}
    for file in planned.files:
        if file.template.endswith(".html") and not file.path.startswith(("services/s-1", "scorecards/s-1")):
            size = len(renderer.render(file.template, file.make()))
            if size >= 40_000:
                big[file.path] = size
    assert big == {}


def test_a_name_that_is_no_text_is_no_part_of_the_theme(theme: Theme, tmp_path: Path) -> None:
    (tmp_path / "site/assets").mkdir(parents=True)
    try:
        (tmp_path / "site/assets" / os.fsdecode(b"\xff.js")).write_text("x")
    except OSError:
        pytest.skip("this file system has no such names")
    assert render.read_theme(tmp_path).digest == theme.digest
