"""The list of services: pages of rows that need no script, and the data that the script filters."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from pagerworthy.catalog import Catalog
from pagerworthy.site import links
from pagerworthy.site.index import Index, Row
from pagerworthy.site.order import urgency
from pagerworthy.site.pages.page import Link, Page

# Rows a page without scripts shows; the page stays under 40 KB.
PAGE_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicesPage(Page):
    """The context of `services.html`: `number` of `pages`, and the rows that stand in the page itself."""

    rows: tuple[Row, ...]
    total: int
    number: int
    pages: int
    before: Link
    after: Link
    first: bool
    unreadable: tuple[Link, ...]


def services_pages(index: Index) -> Iterator[ServicesPage]:
    """The first page carries search and filters; all have their rows without a script, the most urgent first."""
    rows = tuple(sorted(index.rows.values(), key=urgency))
    pages = max(-(-len(rows) // PAGE_ROWS), 1)
    for number in range(1, pages + 1):
        yield ServicesPage(
            path=_path(number),
            title="Services" if number == 1 else f"Services, page {number} of {pages}",
            section="services",
            about="All services: owner, tier, pager holder, verdict, rung, budget and what blocks.",
            rows=rows[(number - 1) * PAGE_ROWS : number * PAGE_ROWS],
            total=len(rows),
            number=number,
            pages=pages,
            before=Link(f"Page {number - 1}", _path(number - 1) if number > 1 else ""),
            after=Link(f"Page {number + 1}", _path(number + 1) if number < pages else ""),
            first=number == 1,
            unreadable=unreadable_links(index, index.source.catalog.unreadable),
        )


def unreadable_words(index: Index) -> str:
    """`, 1 unreadable,` wherever services are counted; empty where all can be read."""
    lost = len(index.source.catalog.unreadable)
    return f", {lost:,} unreadable," if lost else ""


def unreadable_links(index: Index, names: Iterable[str]) -> tuple[Link, ...]:
    """The services whose entries cannot be read, with the addresses of their pages from the site's root."""
    return tuple(Link(index.source.catalog.unreadable[name].label, links.service(name)) for name in names)


def _path(number: int) -> str:
    return "services.html" if number == 1 else f"list/{number}.html"


def services_data(index: Index) -> bytes:
    """The rows of all services as a classic script, because a page opened from a file system may not fetch.

    `window.pagerworthy.services = {columns, teams, rows}`: each row has the values of `columns`, in their order; rows
    stand as in the pages.
    """
    catalog: Catalog = index.source.catalog
    columns = Row._fields
    return script_data(
        "services",
        {
            "columns": columns,
            "teams": {name: team.metadata.label for name, team in catalog.teams.items()},
            "rows": [tuple(row) for row in sorted(index.rows.values(), key=urgency)],
        },
    )


def script_data(name: str, data: object) -> bytes:
    """A script that sets `window.pagerworthy.<name>` to the data, inert whatever its texts say."""
    encoded = msgspec.json.encode(data, enc_hook=str).decode()
    for character, escape in _ESCAPES:
        encoded = encoded.replace(character, escape)
    return f"(window.pagerworthy=window.pagerworthy||{{}}).{name}={encoded};\n".encode()


# In JSON these characters stand in texts only, so that replacing them is safe.
_ESCAPES: Sequence[tuple[str, str]] = (
    ("<", "\\u003c"),
    (">", "\\u003e"),
    ("&", "\\u0026"),
    ("\N{LINE SEPARATOR}", "\\u2028"),
    ("\N{PARAGRAPH SEPARATOR}", "\\u2029"),
)
