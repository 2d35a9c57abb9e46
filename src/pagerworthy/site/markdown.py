"""Renders the Markdown of strangers: no HTML of theirs, links to the web or to our own pages only, no images."""

import html
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from pagerworthy.site import links
from pagerworthy.site.pages.page import Heading

_NOT_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Document:
    """A rendered document; `title` is its first heading of the first level, which `body` leaves out."""

    title: str
    body: Markup
    headings: tuple[Heading, ...]


def render(text: str, path: str, pages: Mapping[str, str]) -> Document:
    """Renders the Markdown of the file at `path`; `pages` maps paths of documents to their pages.

    Headings start at the second level and skip none. A link to another document leads to its page; a link that is
    neither that nor a web address is shown as text. An image is shown as a link with its description.
    """
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    title = _take_title(tokens)
    headings = _level(tokens)
    for token in tokens:
        if token.children is not None:
            token.children = _inert(token.children, path, pages)
    body = _Renderer(parser).render(tokens, parser.options, {})
    return Document(title=title, body=Markup(body), headings=headings)  # noqa: S704 -- rendered with html off


def _take_title(tokens: list[Token]) -> str:
    if tokens and tokens[0].type == "heading_open" and tokens[0].tag == "h1":
        title = _plain(tokens[1].children or ())
        del tokens[:3]
        return title
    return ""


def _plain(tokens: Sequence[Token]) -> str:
    return "".join(
        token.content if token.type in {"text", "code_inline"} else " "
        for token in tokens
        if not token.type.endswith(("_open", "_close"))
    ).strip()


def _level(tokens: list[Token]) -> tuple[Heading, ...]:
    """Gives headings consecutive levels from the second on, and an anchor each."""
    found: list[Heading] = []
    taken: set[str] = set()
    # How often each base was used: thousands of headings with one name must not be counted from one each time.
    used: dict[str, int] = {}
    above: list[int] = []
    for position, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        written = int(token.tag[1])
        while above and above[-1] >= written:
            above.pop()
        above.append(written)
        tag = f"h{min(len(above) + 1, 6)}"
        token.tag = tokens[position + 2].tag = tag
        text = _plain(tokens[position + 1].children or ())
        base = _NOT_ID.sub("-", text.lower()).strip("-")[:60] or "section"
        anchor, again = f"s-{base}", used.get(base, 1)
        while anchor in taken:
            again += 1
            anchor = f"s-{base}-{again}"
        used[base] = again
        taken.add(anchor)
        token.attrSet("id", anchor)
        if tag == "h2":
            found.append(Heading(anchor, text))
    return tuple(found)


def _inert(tokens: list[Token], path: str, pages: Mapping[str, str]) -> list[Token]:
    kept: list[Token] = []
    open_links: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            href = _href(str(token.attrGet("href") or ""), path, pages)
            open_links.append(bool(href))
            if href:
                token.attrs = {"href": href}
                kept.append(token)
        elif token.type == "link_close":
            if open_links.pop():
                kept.append(token)
        elif token.type == "code_inline" and not any(open_links) and (page := _named(token.content, path, pages)):
            href = links.up(links.document(path)) + page
            kept += [Token("link_open", "a", 1, attrs={"href": href}), token, Token("link_close", "a", -1)]
        elif token.type == "image":
            kept.extend(_image(token, inside=any(open_links)))
        else:
            kept.append(token)
    return kept


def _named(name: str, path: str, pages: Mapping[str, str]) -> str:
    """The page of the document that `name` is the file of, from the same folder or the root; empty where none is."""
    beside = posixpath.join(posixpath.dirname(path), name) if "/" not in name else name
    return next((pages[each] for each in (beside, name) if each != path and each in pages), "")


def _image(token: Token, *, inside: bool) -> list[Token]:
    source = links.safe(str(token.attrGet("src") or ""))
    text = Token("text", "", 0, content=token.content or source or "image")
    if not source or inside:
        return [text]
    return [Token("link_open", "a", 1, attrs={"href": source}), text, Token("link_close", "a", -1)]


def _href(href: str, path: str, pages: Mapping[str, str]) -> str:
    if links.safe(href):
        return href
    target, _, fragment = href.partition("#")
    if not target:
        return f"#s-{_NOT_ID.sub('-', fragment.lower()).strip('-')}" if fragment else ""
    if ":" in target or target.startswith("/"):
        return ""
    resolved = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    page = pages.get(resolved) or pages.get(target)
    return links.up(links.document(path)) + page if page else ""


class _Renderer(RendererHTML):
    """The library's renderer, with tables in a frame that scrolls and code that can be reached by keyboard."""

    def __init__(self, parser: MarkdownIt) -> None:
        super().__init__(parser)

    def table_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return '<div class="scroll" role="region" aria-label="Table" tabindex="0"><table>\n'

    def table_close(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return "</table></div>\n"

    def th_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return '<th scope="col">'

    def td_open(self, _tokens: Sequence[Token], _idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return "<td>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.code_block(tokens, idx, options, env)

    def code_block(self, tokens: Sequence[Token], idx: int, _options: OptionsDict, _env: EnvType) -> str:
        return f'<pre tabindex="0"><code>{html.escape(tokens[idx].content)}</code></pre>\n'
