"""What `pagerworthy.toml` may say about the site."""

from pathlib import Path

import pytest

from pagerworthy.project import SETTINGS_FILE, ProjectError, open_project


@pytest.mark.parametrize(
    "line",
    [
        'url = "javascript:alert(1)"',
        'url = "https://a.example/\\u0001"',
        'url = "https://a.example/ b"',
        'url = "catalog.example.com"',
        'url = "http://["',
        'title = "a\\u0001b"',
        'notice = "a\\uFFFEb"',
    ],
)
def test_what_would_break_the_feed_or_a_link_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / SETTINGS_FILE).write_text(f"[site]\n{line}\n", encoding="utf-8")
    with pytest.raises(ProjectError, match=r"^site\.") as raised:
        open_project(tmp_path)
    assert raised.value.problem.code == "PW502"


@pytest.mark.parametrize("line", ['url = "https://a.example/x"', 'title = "Café \U0001f600"', 'notice = "a\\nb"'])
def test_what_does_no_harm_is_taken(tmp_path: Path, line: str) -> None:
    (tmp_path / SETTINGS_FILE).write_text(f"[site]\n{line}\n", encoding="utf-8")
    assert open_project(tmp_path).root == tmp_path.resolve()
