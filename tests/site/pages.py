"""Reads pages as strictly as a person who writes HTML by hand would want: what a browser forgives is a mistake here."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "link", "br", "hr", "img", "input", "rect"}
BLOCKS = {"p", "ul", "ol", "dl", "div", "table", "section", "details", "h1", "h2", "h3", "form", "header", "nav", "pre"}


@dataclass
class PageReader(HTMLParser):
    """What a page has: ids, links, headings, and what is wrong with its markup."""

    ids: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    tags: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    title: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.wrong.append(f"<{tag}> has an attribute twice")
        values = dict(attrs)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.wrong.append(f"<{tag}> has {name}")
            if name in {"href", "src", "action"} and (value or "").strip().lower().startswith(
                ("javascript:", "data:", "vbscript:", "//", "/")
            ):
                self.wrong.append(f"<{tag}> leads to {value}")
        if tag in BLOCKS and "p" in self.open:
            self.wrong.append(f"<{tag}> in a paragraph, line {self.getpos()[0]}")
        if tag == "a" and "a" in self.open:
            self.wrong.append(f"a link in a link, line {self.getpos()[0]}")
        if tag == "script" and not values.get("src"):
            self.wrong.append("a script in the page")
        if tag == "style":
            self.wrong.append("styles in the page")
        if values.get("id") is not None:
            self.ids.append(values["id"] or "")
        if tag == "a" and values.get("href"):
            self.links.append(values["href"] or "")
        if tag in {"script", "img"} and values.get("src"):
            self.loads.append(values["src"] or "")
        if tag == "link" and values.get("href"):
            self.loads.append(values["href"] or "")
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.wrong.append(f"</{tag}> closes <{self.open[-1] if self.open else 'nothing'}>, line {self.getpos()[0]}")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "title" and "svg" not in self.open:
            self.title += data


def read_page(path: Path) -> PageReader:
    """Reads a page to its end."""
    reader = PageReader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.close()
    if reader.open:
        reader.wrong.append(f"not closed: {reader.open}")
    return reader


# One page of each kind, from the site's root.
KINDS = (
    "index.html",
    "services.html",
    "services/cart.html",
    "services/mail.html",
    "scorecards/cart.html",
    "teams.html",
    "teams/shop.html",
    "systems.html",
    "systems/store.html",
    "criteria.html",
    "criteria/monitoring-3.html",
    "graph.html",
    "stacks.html",
    "stacks/production.html",
    "decisions.html",
    "runbooks/cart-slow.html",
    "postmortems/lost-carts.html",
    "404.html",
)
