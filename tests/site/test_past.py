"""The past on pages: trends, when and why a verdict changed, and what a history that is none comes to."""

import dataclasses
import datetime as dt
import html
import itertools
import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.history import NO_PAST, Past, Turned, told, turns
from pagerworthy.history.model import DAYS, Day, encode, service_file
from pagerworthy.site import SiteInput, SitePlan, Theme, plan, write
from pagerworthy.site.moves import moved, moves_of
from tests.site.pages import read_page
from tests.site.past import NIGHT, MemoryShelf, files_of, past_of
from tests.site.world import AS_OF, HOSTILE, world

ROOT = Path(__file__).parents[2]
HEADING = 'id="verdicts"'


def text(site: Path, path: str) -> str:
    return (site / path).read_text(encoding="utf-8")


def pages(planned: SitePlan, *paths: str) -> SitePlan:
    return dataclasses.replace(planned, files=tuple(file for file in planned.files if file.path in paths))


def built(source: SiteInput, theme: Theme, out: Path, *paths: str) -> Path:
    write(pages(plan(source, theme), *paths), out, processes=1)
    return out


def test_a_service_page_says_when_and_why_in_the_words_of_the_command(site: Path) -> None:
    content = html.unescape(re.sub(r"</?code>", "`", text(site, "services/cart.html")))
    lines = past_of(files_of(AS_OF, HOSTILE), AS_OF).lines("cart")
    said = [told(turn) for turn in turns(lines) if turn.is_turn]
    assert len(said) == 3
    for each in said:
        assert each.says[:150] in content
        assert each.why[:150] in content
        assert all(change[:150] in content for change in each.changes)
    assert "Score 40.0 on 2026-11-10, 61.5 now; lowest 30.0 on 2026-11-14." in content


def test_the_line_of_a_score_holds_each_value_until_the_next(site: Path) -> None:
    section = text(site, "services/cart.html").partition(HEADING)[2]
    points = [tuple(map(float, each.split(","))) for each in section.partition('points="')[2].partition('"')[0].split()]
    assert points[0][0] == 0
    assert points[-1][0] == 200
    assert all(a[0] == b[0] or a[1] == b[1] for a, b in itertools.pairwise(points))


def test_the_overview_says_what_changed_this_week_and_how_it_was(site: Path) -> None:
    content = text(site, "index.html").partition('id="over-time"')[2].partition("</section>")[0]
    assert "In the last 7 days: better for 2 services, 1 service new, 1 service gone." in content
    assert '<a href="services/cart.html">Cart</a> <b class="m bad">freeze</b>' in content
    assert "10 snapshots in the branch of tests." in content
    assert "5 lines are no history, and left out." in content
    assert "1 is of after the moment that is judged, and left out." in content


def test_a_team_is_told_of_its_own_changes_alone(site: Path) -> None:
    content = text(site, "teams/shop.html")
    assert "better for 2 services." in content


def test_a_criterion_has_its_values_as_a_table_too(site: Path) -> None:
    section = text(site, "criteria/monitoring-3.html").partition('id="stand"')[2]
    assert "0 % passed on 2026-11-10" in section
    assert section.count('<th scope="row">2026-11-') == 11


@pytest.mark.parametrize("path", ["services/mail.html"])
def test_what_is_no_history_is_said_and_the_page_is_there(site: Path, path: str) -> None:
    section = text(site, path).partition(HEADING)[2].partition("</section>")[0]
    assert "5 lines are no history, and left out." in section
    assert read_page(site / path).wrong == []


def test_machines_read_the_same(site: Path) -> None:
    days = json.loads(text(site, "api/v1/history.json"))
    assert len(days["days"]) == 10
    assert [each["as_of"] for each in days["days"]] == sorted(each["as_of"] for each in days["days"])
    assert days["left_out"]
    document = json.loads(text(site, "api/v1/services/cart.json"))
    assert [(each["before"], each["verdict"]) for each in document["history"]][-1][1] == "freeze"
    assert json.loads(text(site, "api/v1/services/lonely.json"))["history"] == []
    assert document["gains"]


def test_without_a_history_the_overview_says_how_to_begin_and_no_other_page_does(theme: Theme, tmp_path: Path) -> None:
    source = dataclasses.replace(world(), past=NO_PAST)
    write(plan(source, theme), tmp_path, processes=1)
    saying = {page.name for page in tmp_path.rglob("*.html") if "pagerworthy snapshot" in page.read_text("utf-8")}
    assert saying == {"index.html"}
    assert HEADING not in text(tmp_path, "services/cart.html")
    assert "passed on" not in text(tmp_path, "criteria/monitoring-3.html")
    assert json.loads(text(tmp_path, "api/v1/history.json")) == {"source": "", "left_out": [], "days": []}


def test_a_history_that_cannot_be_read_is_said(theme: Theme, tmp_path: Path) -> None:
    source = dataclasses.replace(world(), past=Past(wrong="the branch x cannot be read: see what `git fsck` says."))
    content = text(built(source, theme, tmp_path, "index.html"), "index.html")
    assert "the branch x cannot be read" in content


def test_a_new_line_of_one_service_writes_the_pages_of_that_one_alone(theme: Theme) -> None:
    files = files_of(AS_OF, HOSTILE)
    more = {**files, service_file("cart"): files[service_file("cart")] * 2}
    before, after = (
        {file.path: file.digest for file in plan(dataclasses.replace(world(), past=past_of(each, AS_OF)), theme).files}
        for each in (files, more)
    )
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {"services/cart.html", "scorecards/cart.html", "api/v1/services/cart.json"}


def test_the_history_is_read_once_and_only_for_what_is_written(theme: Theme, tmp_path: Path) -> None:
    shelf = MemoryShelf(files_of(AS_OF, HOSTILE))
    source = dataclasses.replace(world(), past=Past(shelf, AS_OF))
    write(plan(source, theme), tmp_path, processes=1)
    assert sorted(shelf.read) == [DAYS, service_file("cart"), service_file("mail")]
    shelf.read.clear()
    write(plan(source, theme), tmp_path, processes=1)
    assert shelf.read == []


def test_there_and_back_within_the_week_is_no_change() -> None:
    days = [
        Day(as_of=AS_OF - 3 * NIGHT, turned=(Turned("a", "keep", "freeze"), Turned("b", "defer", "accept"))),
        Day(as_of=AS_OF - 2 * NIGHT, turned=(Turned("a", "freeze", "keep"), Turned("b", "accept", "keep"))),
        Day(as_of=AS_OF - 9 * NIGHT, turned=(Turned("c", "keep", "freeze"),)),
    ]
    found = moved(past_of({DAYS: encode(days)}, AS_OF), AS_OF)
    assert found is not None
    assert list(found.values()) == [Turned("b", "defer", "keep")]
    assert moves_of(found.values(), {}).says == "In the last 7 days: better for 1 service."
    assert moves_of((), {}).says == "No verdict has changed in 7 days."


def test_who_hands_a_pager_back_has_lost() -> None:
    for before, after in (("keep", "defer"), ("hand-back", "defer"), ("keep", "freeze"), ("accept", "defer")):
        assert "worse for 1" in moves_of([Turned("a", before, after)], {}).says
        assert "better for 1" in moves_of([Turned("a", after, before)], {}).says


def test_years_of_nights_stay_a_small_page(theme: Theme, tmp_path: Path) -> None:
    verdicts = ("accept", "keep", "defer", "freeze")
    days = [
        Day(
            as_of=AS_OF - number * NIGHT,
            verdicts={each: (number * 7 + place * 5) % 20 for place, each in enumerate(verdicts)},
            turned=tuple(Turned(f"s-{place}", "keep", "freeze") for place in range(200)),
        )
        for number in range(2_000)
    ]
    past = past_of({DAYS: encode(days[::-1])}, AS_OF)
    assert len(past.days) == 400
    assert past.days[-1].as_of == AS_OF
    assert past.days[0].as_of == AS_OF - dt.timedelta(days=399)
    source = dataclasses.replace(world(), past=past)
    content = built(source, theme, tmp_path, "index.html")
    assert (content / "index.html").stat().st_size < 40_000
    assert "And 188 more." in text(content, "index.html")


def test_the_demo_draws_what_is_recorded_and_its_verdicts_follow_its_decisions(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    for name in ("catalog", "scoring"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "pagerworthy.toml", root)
    done = CliRunner().invoke(app, ["--root", str(root), "site", "build"], catch_exceptions=False)
    assert done.exit_code == 0
    assert not done.stderr
    assert "19 snapshots in the recorded folder catalog/history." in text(root, "public/index.html")
    page = text(root, "public/services/recommendation.html")
    # The decisions of 22 October and 5 November: deployments stop, and go on.
    assert "freeze, was keep" in page
    assert "keep, was freeze" in page
