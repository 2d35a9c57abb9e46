"""Who stands behind changes, as histories show it: what counts as another person, and what is left not known."""

from pathlib import Path

import pytest

from pagerworthy.catalog import Person
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors.git_people import People
from tests.evidence.world import URL, collect, commit, git, owned, start, value, write

APPROVALS = ("checkout", "git.approvals", "")
DAY = "2026-11-10"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return owned(tmp_path / "root")


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A repository whose older changes nobody approved."""
    folder = start(tmp_path / "code")
    commit(folder, "2026-01-01")
    commit(folder, "2026-08-01")
    return folder


def approvals(root: Path, **paths: str) -> Record:
    return collect("git", root, checkouts={URL: "../code"}, paths=paths)[APPROVALS]


def said(root: Path) -> tuple[object, object]:
    """Changes, and those whose approver was their author."""
    found = value(approvals(root))
    return found["changes"], found["self_approved"]


def trailers(*lines: str) -> str:
    return "Change\n\nText.\n\n" + "\n".join(lines) + "\n"


def merge(code: Path, author: str, email: str, message: str = "Merge", *, branch: str = "side") -> None:
    """Merges a branch on a day, as GitHub does: the author is who merges."""
    who = {
        "GIT_AUTHOR_NAME": author,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_AUTHOR_DATE": f"{DAY}T12:00:00+0000",
        "GIT_COMMITTER_NAME": "GitHub",
        "GIT_COMMITTER_EMAIL": "noreply@github.com",
        "GIT_COMMITTER_DATE": f"{DAY}T12:00:00+0000",
    }
    git(code, "merge", "-q", "--no-ff", "-m", message, branch, extra=who)


def branch(code: Path, *authors: tuple[str, str], name: str = "side", message: str = "Work") -> None:
    """A branch off main with a commit of each author."""
    git(code, "checkout", "-q", "-b", name)
    for number, (author, email) in enumerate(authors):
        write(code, f"{name}-{number}", "x")
        commit(code, "2026-11-09", message, author=author, email=email)
    git(code, "checkout", "-q", "main")


@pytest.mark.parametrize(
    ("lines", "own"),
    [
        (["Reviewed-by: Cy <cy@example.com>"], 0.0),
        (["approved-by: cy@example.com"], 0.0),
        (["Approved-by: @cy"], 0.0),
        (["Reviewed-by: Ada <other@example.com>", "Reviewed-by: Cy <cy@example.com>"], 0.0),
        (["Reviewed-by: Ada <ada@example.com>"], 1.0),
        (["Reviewed-by: Somebody Else <ADA@example.com>"], 1.0),
        (["Approved-by: ada <ada@private.example>"], 1.0),
        (["Co-authored-by: Cy <cy@example.com>", "Reviewed-by: Cy <cy@example.com>"], 1.0),
    ],
)
def test_a_trailer_names_who_approved(root: Path, code: Path, lines: list[str], own: float) -> None:
    commit(code, DAY, trailers(*lines))
    assert said(root) == (1.0, own)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["Co-authored-by: Cy <cy@example.com>"],
        ["Signed-off-by: Cy <cy@example.com>"],
        ["Reviewed-by: copilot[bot] <1+copilot[bot]@users.noreply.github.com>"],
        ["Reviewed-by: Review Bot <review@example.com>"],
        ["Reviewed-by: -"],
        ["Reviewed-by: none"],
        ["Reviewed-by: <>"],
    ],
)
def test_silence_is_neither_yes_nor_no(root: Path, code: Path, lines: list[str]) -> None:
    commit(code, DAY, trailers("Reviewed-by: Cy <cy@example.com>"))
    commit(code, DAY, trailers(*lines))
    assert "does not show who approved 1 of 2 changes" in approvals(root).failed
    # What is certainly wrong stays so, whatever else is not known.
    commit(code, DAY, trailers("Reviewed-by: Ada <ada@example.com>"))
    assert said(root) == (3.0, 1.0)


def test_who_merges_what_others_wrote_stands_behind_it(root: Path, code: Path) -> None:
    branch(code, ("Ada", "ada@example.com"), ("Bo", "bo@example.com"))
    merge(code, "Cy", "cy@example.com")
    assert said(root) == (1.0, 0.0)


@pytest.mark.parametrize(
    ("author", "email"),
    [
        ("Bo", "bo@elsewhere.example"),
        ("Merge bot", "merge@example.com"),
        ("GitHub", "noreply@github.com"),
    ],
)
def test_an_author_or_a_machine_that_merges_shows_nothing(root: Path, code: Path, author: str, email: str) -> None:
    branch(code, ("Ada", "ada@example.com"), ("Bo", "bo@example.com"))
    merge(code, author, email)
    assert "1 of 1 changes" in approvals(root).failed
    # Unless the merge says who approved it.
    branch(code, ("Ada", "ada@example.com"), name="next")
    merge(code, author, email, trailers("Approved-by: Cy <cy@example.com>"), branch="next")
    assert "1 of 2 changes" in approvals(root).failed


def test_what_an_earlier_merge_brought_is_no_part_of_the_next(root: Path, code: Path) -> None:
    branch(code, ("Ada", "ada@example.com"))
    merge(code, "Cy", "cy@example.com")
    git(code, "checkout", "-q", "side")
    write(code, "more", "x")
    commit(code, DAY, author="Bo", email="bo@example.com")
    git(code, "checkout", "-q", "main")
    merge(code, "Ada", "ada@example.com")
    assert said(root) == (2.0, 0.0)


def test_an_author_without_a_name_may_be_anybody(root: Path, code: Path) -> None:
    tree, head = git(code, "rev-parse", "HEAD^{tree}"), git(code, "rev-parse", "HEAD")
    text = f"tree {tree}\nparent {head}\nauthor  <> 1794312000 +0000\ncommitter  <> 1794312000 +0000\n\n"
    text += trailers("Reviewed-by: Cy <cy@example.com>")
    git(code, "reset", "-q", "--soft", git(code, "hash-object", "-t", "commit", "-w", "--stdin", data=text.encode()))
    assert "1 of 1 changes" in approvals(root).failed


def test_reviews_of_each_commit_of_a_branch_count(root: Path, code: Path) -> None:
    branch(code, ("Ada", "ada@example.com"), message=trailers("Reviewed-by: Cy <cy@example.com>"))
    merge(code, "Ada", "ada@example.com")
    assert said(root) == (1.0, 0.0)


def test_an_approval_by_an_author_of_the_branch_alone_is_none(root: Path, code: Path) -> None:
    branch(code, ("Ada", "ada@example.com"))
    merge(code, "Ada", "ada@example.com", trailers("Approved-by: Ada <ada@example.com>"))
    assert said(root) == (1.0, 1.0)


def test_a_person_of_the_catalog_is_one_under_all_names(root: Path, code: Path) -> None:
    # Bo is bo-b at GitHub, as the team's entry says.
    commit(
        code,
        DAY,
        trailers("Reviewed-by: Bo <bo@private.example>"),
        author="B.",
        email="7+bo-b@users.noreply.github.com",
    )
    assert said(root) == (1.0, 1.0)


def test_people_are_joined_over_several_entries() -> None:
    people = People(
        [Person(name="Ada", github="ada-l"), Person(name="A. Lovelace", email="a@x"), Person(name="Ada", email="a@x")]
    )
    assert people.who("A. Lovelace", "").called >= {"ada", "@ada-l", "a@x"}
    assert people.who("Bo", "b@x").called == {"bo", "b@x"}
    assert not people.written("???").is_person


def test_a_merge_that_brings_nothing_is_no_change(root: Path, code: Path) -> None:
    commit(code, DAY, trailers("Reviewed-by: Cy <cy@example.com>"))
    git(code, "branch", "side")
    commit(code, DAY, trailers("Reviewed-by: Cy <cy@example.com>"))
    git(code, "checkout", "-q", "side")
    merge(code, "Ada", "ada@example.com", branch="main")
    git(code, "checkout", "-q", "main")
    merge(code, "Ada", "ada@example.com", branch="side")
    assert said(root) == (2.0, 0.0)


def test_what_lies_above_a_change_came_after_it_whatever_its_date(root: Path, code: Path) -> None:
    commit(code, "2026-11-01", trailers("Reviewed-by: Cy <cy@example.com>"))
    commit(code, "1999-01-01", trailers("Reviewed-by: Ada <ada@example.com>"))
    commit(code, "2099-01-01", trailers("Reviewed-by: Cy <cy@example.com>"))
    commit(code, "2026-11-02", trailers("Reviewed-by: Cy <cy@example.com>"))
    assert said(root) == (4.0, 1.0)
    # What is on top and dated later has not happened yet.
    commit(code, "2099-01-01")
    assert said(root) == (4.0, 1.0)


def test_without_a_change_nothing_is_known(root: Path, code: Path) -> None:
    assert approvals(root).failed == "no change in the last 90 days"
    commit(code, "2099-01-01", trailers("Reviewed-by: Cy <cy@example.com>"))
    assert approvals(root).failed == "no change in the last 90 days"


def test_a_whole_history_of_the_last_days_counts_with_its_root(root: Path, tmp_path: Path) -> None:
    code = start(tmp_path / "code")
    commit(code, DAY, trailers("Reviewed-by: Cy <cy@example.com>"))
    assert said(root) == (1.0, 0.0)


def test_only_changes_under_a_service_s_folder_count(root: Path, code: Path) -> None:
    write(code, "src/cart/a", "x")
    commit(code, DAY, trailers("Reviewed-by: Ada <ada@example.com>"))
    write(code, "src/checkout/a", "x")
    commit(code, DAY, trailers("Reviewed-by: Cy <cy@example.com>"))
    git(code, "checkout", "-q", "-b", "side")
    write(code, "src/checkout/b", "x")
    commit(code, DAY)
    git(code, "checkout", "-q", "main")
    merge(code, "Cy", "cy@example.com")
    assert said(root) == (3.0, 1.0)
    assert value(approvals(root, checkout="src/checkout")) == {"changes": 2.0, "self_approved": 0.0}
