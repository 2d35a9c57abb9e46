"""Markdown of strangers: readable, and inert."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
