"""What holds of every page: well-formed, reachable, small, and inert whatever strangers write."""

import itertools
import posixpath
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.site.pages import KINDS, read_page

_40_KB = 40_000


def html(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_every_kind_of_page_is_written(site: Path) -> None:
    assert [path for path in KINDS if not (site / path).is_file()] == []


def test_pages_are_well_formed(site: Path) -> None:
    wrong = {page.relative_to(site).as_posix(): read_page(page).wrong for page in html(site)}
    assert {page: problems for page, problems in wrong.items() if problems} == {}


def test_ids_are_unique(site: Path) -> None:
    for page in html(site):
        ids = read_page(page).ids
        assert len(ids) == len(set(ids)), page


def test_headings_start_with_one_first_level_and_skip_none(site: Path) -> None:
    for page in html(site):
        levels = read_page(page).headings
        assert levels[0] == 1, page
        assert levels.count(1) == 1, page
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), (page, levels)


def test_titles_are_unique_and_say_where_one_is(site: Path) -> None:
    titles = [read_page(page).title for page in html(site)]
    assert all(title.endswith("The shop") for title in titles)
    assert len(titles) == len(set(titles))


def test_every_internal_link_and_anchor_resolves(site: Path) -> None:
    anchors = {page.relative_to(site).as_posix(): set(read_page(page).ids) for page in html(site)}
    broken = []
    for page in html(site):
        here = page.relative_to(site).as_posix()
        reader = read_page(page)
        for link in (*reader.links, *reader.loads):
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in {"http", "https"}, link
                continue
            target = posixpath.normpath(posixpath.join(posixpath.dirname(here), parts.path)) if parts.path else here
            found = (site / target).is_file() and (not parts.fragment or parts.fragment in anchors[target])
            if not found:
                broken.append((here, link))
    assert broken == []


def test_every_page_can_be_reached_from_the_overview(site: Path) -> None:
    seen = {"index.html"}
    waiting = ["index.html"]
    while waiting:
        here = waiting.pop()
        for link in read_page(site / here).links:
            parts = urlsplit(link)
            target = posixpath.normpath(posixpath.join(posixpath.dirname(here), parts.path))
            if not parts.scheme and target.endswith(".html") and target not in seen:
                seen.add(target)
                waiting.append(target)
    missing = {page.relative_to(site).as_posix() for page in html(site)} - seen
    # A runbook that no entry names is published all the same.
    assert missing == {"404.html", "runbooks/deep/er.html"}


@pytest.mark.parametrize("text", ["<script>window", "<img src=x", "<b>bold", '="javascript:', '="data:'])
def test_what_strangers_write_is_text(site: Path, text: str) -> None:
    for page in html(site):
        assert text not in page.read_text(encoding="utf-8"), page


def test_templates_do_not_run_what_strangers_write(site: Path) -> None:
    content = (site / "services/mail.html").read_text(encoding="utf-8")
    assert "{{7*7}}" in content


def test_pages_are_small(site: Path) -> None:
    sizes = {page.relative_to(site).as_posix(): page.stat().st_size for page in html(site)}
    assert {page: size for page, size in sizes.items() if size >= _40_KB} == {}


def test_styles_and_scripts_are_small(site: Path) -> None:
    assert (site / "assets/site.css").stat().st_size < 20_000
    assert sum(script.stat().st_size for script in (site / "assets").glob("*.js")) < 40_000


def test_unknown_is_said_in_words(site: Path) -> None:
    service = (site / "services/cart.html").read_text(encoding="utf-8")
    assert "not known: prometheus failed" in service


def test_a_broken_entry_is_on_the_overview_and_the_rest_is_published(site: Path) -> None:
    overview = (site / "index.html").read_text(encoding="utf-8")
    assert "1 file could not be read as written" in overview
    assert "catalog/services/broken.yaml:3:5" in overview


def test_the_service_page_answers_first_who_is_called(site: Path) -> None:
    content = (site / "services/cart.html").read_text(encoding="utf-8")
    assert content.index("who is on call now") < content.index('id="next"') < content.index('id="scorecard"')
    assert "SRE has carried the pager since 2026-06-01" in content
    assert "deployments frozen" in content
