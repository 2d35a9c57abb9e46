"""Markdown of strangers: readable, and inert."""

import time
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.site import read_documents
from pagerworthy.site.markdown import render

PAGES = {"catalog/runbooks/a.md": "runbooks/a.html", "catalog/runbooks/deep/b.md": "runbooks/deep/b.html"}
ALLOWED = {
    *("p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "a", "em", "strong", "s", "code", "pre", "blockquote"),
    *("hr", "br", "div", "table", "thead", "tbody", "tr", "th", "td"),
}
PIECES = st.sampled_from(
    [
        *("# ", "## ", "#### ", "- ", "1. ", "> ", "```\n", "`", "*", "**", "~~", "|", "\n", "\n\n", "---\n", "    "),
        *("<script>", "</script>", "<b onclick=x>", "<!--", "]]>", "<a href='javascript:x'>", "&lt;", "&#106;"),
        *("[a](javascript:x)", "[b](data:text/html,x)", "[c](JaVaScRiPt:x)", "[d](//evil)", "[e](a.md)", "[f](/etc)"),
        *("![i](https://e.com/x.png)", "![i](javascript:x)", "[g]: javascript:x\n", "[g]", "<https://e.com>", "text"),
        *(
            "<javascript:x>",
            "[h](\tjavascript:x)",
            "[[x](https://a.b)](https://c.d)",
            "![a [b](https://c.d)](https://e.f)",
        ),
    ]
)


class _Checker(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert name in {"href", "id", "class", "role", "aria-label", "tabindex", "scope", "start"}, name
            if name == "href":
                parts = urlsplit(value or "")
                assert parts.scheme in {"http", "https", ""}, value
                assert parts.scheme or not (parts.netloc or parts.path.startswith("/")), value


@given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
def test_whatever_is_written_only_known_tags_and_web_links_come_out(text: str) -> None:
    checker = _Checker()
    checker.feed(str(render(text, "catalog/runbooks/deep/b.md", PAGES).body))
    checker.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[x](a.md)", '<a href="../runbooks/a.html">x</a>'),
        ("[x](deep/b.md)", '<a href="../runbooks/deep/b.html">x</a>'),
        ("[x](catalog/runbooks/a.md)", '<a href="../runbooks/a.html">x</a>'),
        ("[x](https://e.com/a)", '<a href="https://e.com/a">x</a>'),
        ("[x](missing.md)", "<p>x</p>"),
        ("[x](../../../etc/passwd)", "<p>x</p>"),
        ("![x](https://e.com/a.png)", '<a href="https://e.com/a.png">x</a>'),
        ("![x](javascript:alert)", "![x](javascript:alert)"),
        ("<b>x</b>", "&lt;b&gt;x&lt;/b&gt;"),
    ],
)
def test_links_lead_to_our_pages_or_to_the_web(text: str, expected: str) -> None:
    assert expected in render(text, "catalog/runbooks/a.md", PAGES).body


def test_the_title_is_taken_out_and_headings_skip_no_level() -> None:
    document = render("# Top\n\n#### Four\n\n## Two\n\n### Three\n\n## Two\n", "catalog/runbooks/a.md", PAGES)
    assert document.title == "Top"
    assert [(heading.anchor, heading.text) for heading in document.headings] == [
        ("s-four", "Four"),
        ("s-two", "Two"),
        ("s-two-2", "Two"),
    ]
    assert "<h3" in document.body
    assert "<h4" not in document.body


def test_headings_that_repeat_have_anchors_of_their_own() -> None:
    body = str(render("# T\n\n## A\n\n## A 2\n\n## A\n\n## A\n", "catalog/runbooks/a.md", {}).body)
    assert [part.split('"')[0] for part in body.split('id="')[1:]] == ["s-a", "s-a-2", "s-a-3", "s-a-4"]


def test_thousands_of_headings_with_one_name_take_no_longer_than_others() -> None:
    start = time.process_time()
    headings = render("# a\n" * 10_000, "catalog/runbooks/a.md", {}).headings
    assert time.process_time() - start < 8
    assert headings[-1].anchor == "s-a-9999"


class _Pages(Mapping[str, str]):
    """Pages of which only single ones may be asked for."""

    def __getitem__(self, path: str) -> str:
        return PAGES[path]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("all pages were looked at")

    def __len__(self) -> int:
        return len(PAGES)


def test_no_document_looks_at_all_pages() -> None:
    document = render("`a.md` [x](a.md) `nothing` *y*", "catalog/runbooks/other.md", _Pages())
    assert str(document.body).count('href="../runbooks/a.html"') == 2


@pytest.mark.parametrize(("size", "shown"), [(128 * 1024, True), (128 * 1024 + 1, False)])
def test_a_runbook_that_check_refuses_for_its_size_is_not_shown(tmp_path: Path, size: int, shown: bool) -> None:
    path = "catalog/runbooks/large.md"
    (tmp_path / "catalog/runbooks").mkdir(parents=True)
    (tmp_path / path).write_bytes(b"[" * size)
    assert (path in read_documents(tmp_path, [path])) is shown
