"""Releases and lead times out of real tags: which count, when they were made, and what cannot be known."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors.git_graph import GraphCommit
from pagerworthy.evidence.collectors.git_lead import waits
from pagerworthy.evidence.collectors.git_tags import Release, ReleaseTags, Tag
from tests.evidence.world import AS_OF, URL, collect, commit, git, owned, service, start, value, write

RELEASES = ("checkout", "git.releases", "")
LEAD = ("checkout", "git.lead", "")
HERE = {URL: "../code"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return owned(tmp_path / "root")


@pytest.fixture
def code(tmp_path: Path) -> Path:
    return start(tmp_path / "code")


def tag(folder: Path, name: str, day: str, at: str = "HEAD") -> None:
    """A tag with an object of its own, made on a day at noon."""
    who = {"GIT_COMMITTER_NAME": "R", "GIT_COMMITTER_EMAIL": "r@x", "GIT_COMMITTER_DATE": f"{day}T12:00:00+0000"}
    git(folder, "tag", "-a", "-m", "x", name, at, extra=who)


def seen(
    root: Path, *, paths: Mapping[str, str] | None = None, tags: Mapping[str, str] | None = None
) -> dict[tuple[str, str, str], Record]:
    return collect("git", root, checkouts=HERE, paths=paths, tags=tags)


def test_releases_are_counted_and_lead_is_to_the_first_that_has_a_commit(root: Path, code: Path) -> None:
    for day, name in (("2026-05-01", "v0.9.0"), ("2026-10-01", ""), ("2026-10-02", "v1.0.0"), ("2026-11-01", "")):
        commit(code, day)
        if name:
            tag(code, name, day)
    tag(code, "v1.1.0", "2026-11-04")
    tag(code, "v1.1.1", "2026-11-10")
    commit(code, "2026-11-15")
    tag(code, "v1.2.0", "2026-11-19")
    commit(code, "2026-11-18")
    found = seen(root)
    # v1.1.1 is on the commit of v1.1.0: nothing new was released.
    assert value(found[RELEASES]) == {"age_days": 0.0, "releases_90d": 3.0, "per_week": 0.5}
    # 24, 0, 72 and 96 hours; one waits.
    assert value(found[LEAD]) == {"median_hours": 48.0, "commits": 4.0, "waiting_days": 1.0}
    assert found[LEAD].strength == found[RELEASES].strength == "observed"


def test_a_light_tag_counts_from_its_commit_and_carries_less(root: Path, code: Path) -> None:
    commit(code, "2026-10-01")
    git(code, "tag", "v1.0.0")
    found = seen(root)
    assert value(found[RELEASES])["age_days"] == 49.0
    assert value(found[LEAD])["median_hours"] == 0.0
    assert found[LEAD].strength == found[RELEASES].strength == "linked"


def test_a_light_tag_of_long_ago_may_have_been_made_yesterday(root: Path, code: Path) -> None:
    commit(code, "2026-03-01")
    git(code, "tag", "v1.0.0")
    commit(code, "2026-11-01")
    tag(code, "v1.1.0", "2026-11-02")
    found = seen(root)
    assert value(found[LEAD]) == {"median_hours": 24.0, "commits": 1.0, "waiting_days": 0.0}
    assert found[LEAD].strength == "linked"
    # With a dated release that has the same commit, it no longer matters.
    tag(code, "v1.0.1", "2026-03-02", "v1.0.0")
    assert seen(root)[LEAD].strength == "observed"


def test_who_stops_releasing_is_not_less_known(root: Path, code: Path) -> None:
    commit(code, "2026-01-01")
    tag(code, "v1.0.0", "2026-01-02")
    commit(code, "2026-06-01")
    found = seen(root)
    assert value(found[RELEASES]) == {"age_days": 321.0, "releases_90d": 0.0, "per_week": 0.0}
    assert value(found[LEAD]) == {"median_hours": 171 * 24 + 20.0, "commits": 0.0, "waiting_days": 171.0}
    assert found[LEAD].strength == "linked"


def test_without_a_tag_of_a_version_releases_are_not_known(root: Path, code: Path) -> None:
    commit(code, "2026-11-01")
    assert "no tag looks like a version" in seen(root)[RELEASES].failed
    for name in ("latest", "stable", "1.2.3-rc1", "v2.0.0-beta.2", "1.2b3", "17", "cart-1.2", "v1.x", "nightly-2026"):
        tag(code, name, "2026-11-02")
    found = seen(root)
    assert "[collect.tags]" in found[RELEASES].failed
    assert "[collect.tags]" in found[LEAD].failed
    commit(code, "2026-01-01")
    tag(code, "v1", "2026-11-02")
    assert value(seen(root)[RELEASES])["releases_90d"] == 1.0


@pytest.mark.parametrize(
    "name",
    [
        "v1.2.3",
        "1.2",
        "V2",
        "v1.2.3-hotfix.1",
        "1.2.3.Final",
        "v1.2.3+build.5",
        "2026-11-02",
        "20261102.1",
        "release/1.2.3",
        "release-2026-11-02",
        "checkout-1.2.3",
        "checkout/v1.2.3",
        "release/checkout/1.2",
        "@shop/checkout@1.2.3",
        "Checkout_v3",
    ],
)
def test_these_look_like_versions(name: str) -> None:
    time = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)
    found, _ = ReleaseTags([Tag(name, "c", time, time)]).of("checkout", "", AS_OF)
    assert [each.time for each in found] == [time]


def test_the_settings_say_how_tags_are_written(root: Path, code: Path) -> None:
    commit(code, "2026-11-01")
    tag(code, "deploy-a", "2026-11-02")
    tag(code, "v1.0.0", "2026-11-05")
    for tags, hours in (
        ({URL: "deploy-*"}, 24.0),
        ({"*": "deploy-[a-c]"}, 24.0),
        ({"*": "deploy-*", URL: "v*"}, 96.0),
        ({URL: ""}, 96.0),
    ):
        assert value(seen(root, tags=tags)[LEAD])["median_hours"] == hours
    assert "no tag" in seen(root, tags={URL: "{service}-*"})[LEAD].failed


def test_services_that_share_a_repository_have_their_own_tags_and_folders(root: Path, code: Path) -> None:
    service(root, "cart")
    commit(root, "2026-11-01")
    for name, day in (("cart", "2026-11-01"), ("checkout", "2026-11-03"), ("cart", "2026-11-05")):
        write(code, f"src/{name}/{day}", "x\n")
        commit(code, day, author="Ada" if name == "cart" else "Somebody", email=f"{name}@x")
    tag(code, "checkout-1.0.0", "2026-11-09")
    tag(code, "cart-7.0.0", "2026-11-11", "HEAD~1")
    found = seen(root)
    assert value(found[RELEASES])["releases_90d"] == 1.0
    assert "[collect.paths]" in found[LEAD].failed
    assert "[collect.paths]" in found["cart", "git.lead", ""].failed
    found = seen(root, paths={"cart": "src/cart", "checkout": "src/checkout"})
    assert value(found[LEAD]) == {"median_hours": 144.0, "commits": 1.0, "waiting_days": 0.0}
    # The first of cart's came with cart-7.0.0; the second is in a tag of checkout's alone, and waits.
    assert value(found["cart", "git.lead", ""]) == {"median_hours": 240.0, "commits": 1.0, "waiting_days": 14.0}
    assert value(found["checkout", "git.activity", ""])["commits_90d"] == 1.0
    assert value(found["cart", "git.activity", ""])["commits_90d"] == 2.0
    for gone in ("src/gone", "../root", "/etc", "a\0b"):
        assert "in the checkout" in seen(root, paths={"checkout": gone})[LEAD].failed


def test_strange_tags_neither_count_nor_stop_the_others(root: Path, code: Path) -> None:
    write(code, "größe \udcff", "x")
    commit(code, "2026-11-01")
    tag(code, "v9.9.1", "2026-11-02", "HEAD^{tree}")
    tag(code, "v9.9.2", "2026-11-02", git(code, "hash-object", "-w", "--stdin", data=b"x"))
    git(code, "tag", "v9.9.3", git(code, "rev-parse", "HEAD^{tree}"))
    tag(code, "v1.0.0", "2026-11-03")
    tag(code, "v9.9.4", "2026-11-02", "v1.0.0")
    tag(code, "v2.0.0-größe\u202e", "2026-11-02")
    tag(code, "v" + "1" * 240, "2026-11-02")
    tag(code, "v3.0.0", "2099-01-01")
    git(code, "update-ref", "--create-reflog", "refs/tags/v4.0.0", _commit(code, "A <a@b> 1 +0000", "x"))
    git(code, "update-ref", "refs/tags/v5.0.0", _commit(code, "A <a@b> 1 +0000", "A <a@b> -86400 +0000"))
    found = seen(root)
    assert value(found[RELEASES])["releases_90d"] == 1.0
    assert value(found[LEAD])["median_hours"] == 48.0


def test_a_tag_is_no_older_than_its_commit_and_a_date_ahead_hides_nothing(root: Path, code: Path) -> None:
    commit(code, "2026-11-01")
    tag(code, "v1.0.0", "1999-01-01")
    assert value(seen(root)[RELEASES])["age_days"] == 18.0
    for _ in range(3):
        commit(code, "2099-01-01")
    commit(code, "2026-11-01")
    tag(code, "v1.1.0", "2026-11-11")
    found = seen(root)
    assert value(found[LEAD])["median_hours"] == 120.0
    assert found[LEAD].strength == "linked"


def test_a_moment_of_the_past_knows_no_later_release(root: Path, code: Path) -> None:
    commit(code, "2026-09-01")
    tag(code, "v1.0.0", "2026-09-03")
    commit(code, "2026-10-01")
    tag(code, "v1.1.0", "2026-11-01")
    found = collect("git", root, checkouts=HERE, as_of=dt.datetime(2026, 10, 11, 12, tzinfo=dt.UTC))
    assert value(found[RELEASES]) == {"age_days": 38.0, "releases_90d": 1.0, "per_week": 0.0}
    assert value(found[LEAD]) == {"median_hours": 48.0, "commits": 1.0, "waiting_days": 10.0}


def test_parents_that_only_a_clone_believes_in_change_nothing(root: Path, code: Path) -> None:
    commit(code, "2026-10-01")
    first = git(code, "rev-parse", "HEAD")
    commit(code, "2026-11-01")
    tag(code, "v1.0.0", "2026-11-02")
    honest = value(seen(root)[LEAD])
    assert honest["commits"] == 2.0
    write(code, ".git/info/grafts", git(code, "rev-parse", "HEAD") + "\n")
    assert value(seen(root)[LEAD]) == honest
    (code / ".git/info/grafts").unlink()
    git(code, "replace", "--graft", "HEAD")
    assert git(code, "log", "--format=%H").count("\n") == 0
    assert value(seen(root)[LEAD]) == honest
    git(code, "cat-file", "-e", first)


def test_a_submodule_is_a_line_in_a_tree_and_no_repository_to_visit(root: Path, code: Path, tmp_path: Path) -> None:
    other = start(tmp_path / "other")
    commit(other, "2026-11-01")
    tag(other, "v9.0.0", "2026-11-02")
    commit(code, "2026-11-01")
    git(code, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(other), "vendor")
    git(code, "config", "submodule.recurse", "true")
    commit(code, "2026-11-02")
    tag(code, "v1.0.0", "2026-11-03")
    assert value(seen(root)[LEAD]) == {"median_hours": 36.0, "commits": 2.0, "waiting_days": 0.0}


_MOMENTS = st.integers(min_value=0, max_value=200).map(lambda days: AS_OF - dt.timedelta(days=days))


@given(data=st.data())
def test_lead_is_what_asking_each_tag_for_all_its_ancestors_says(data: st.DataObject) -> None:
    """One pass hands on what a walk for each tag would find, on any graph."""
    size = data.draw(st.integers(1, 12))
    commits = []
    for at in range(size):
        # Children come before their parents, which have higher numbers.
        older = st.integers(at + 1, size - 1) if at + 1 < size else st.nothing()
        parents = data.draw(st.lists(older, max_size=2, unique=True)) if at + 1 < size else []
        commits.append(GraphCommit(str(at), tuple(map(str, parents)), data.draw(_MOMENTS), ()))
    tagged = data.draw(st.lists(st.integers(0, size - 1), unique=True, max_size=4))
    releases = [Release(str(at), data.draw(_MOMENTS), data.draw(st.booleans())) for at in tagged]
    found = waits(commits, releases, AS_OF)

    by_name = {each.name: each for each in commits}

    def ancestors(name: str) -> set[str]:
        return {name}.union(*(ancestors(parent) for parent in by_name[name].parents))

    hours, waiting = [], []
    for each in commits:
        if len(each.parents) > 1:
            continue
        assert each.time is not None
        times = [release.time for release in releases if each.name in ancestors(release.commit)]
        if not times:
            waiting.append((AS_OF - each.time) / dt.timedelta(hours=1))
        elif min(times) >= AS_OF - dt.timedelta(days=90) and each.time <= min(times) + dt.timedelta(days=1):
            hours.append(max((min(times) - each.time) / dt.timedelta(hours=1), 0.0))
    assert (sorted(found.hours), sorted(found.waiting)) == (sorted(hours), sorted(waiting))


def _commit(folder: Path, author: str, committer: str) -> str:
    tree = git(folder, "rev-parse", "HEAD^{tree}")
    text = f"tree {tree}\nauthor {author}\ncommitter {committer}\n\nx\n"
    return git(folder, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=text.encode())
