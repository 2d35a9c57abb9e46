"""Plans the site: which files there are, from what each follows, and how each is made. Pure: nothing is read here."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

import msgspec

from pagerworthy import __version__
from pagerworthy.scoring import Scorecard
from pagerworthy.scoring.sight import Gain, gains_of
from pagerworthy.site import api, documents, links, words
from pagerworthy.site.badge import badge
from pagerworthy.site.feed import feed_of, site_url
from pagerworthy.site.index import Index, index_of
from pagerworthy.site.pages.criteria import criteria_page, criterion_page
from pagerworthy.site.pages.decisions import decisions_page, postmortem_page, runbook_page
from pagerworthy.site.pages.gathered import ServiceInput, service_input
from pagerworthy.site.pages.graph import graph_data, graph_page
from pagerworthy.site.pages.group import groups_pages, system_page, team_page
from pagerworthy.site.pages.overview import overview_page
from pagerworthy.site.pages.page import Chrome, LostPage, Page
from pagerworthy.site.pages.scorecard import Judged, by_area, scorecard_page
from pagerworthy.site.pages.service import service_page
from pagerworthy.site.pages.services import services_data, services_pages
from pagerworthy.site.pages.stacks import data_path, environment_pages, stack_rows, stacks_data, stacks_page
from pagerworthy.site.pages.unreadable import unreadable_pages
from pagerworthy.site.past_documents import history_doc
from pagerworthy.site.render import Theme
from pagerworthy.site.shared import Shared, asked_of
from pagerworthy.site.source import SiteInput
from pagerworthy.site.stack_documents import stacks_doc


@dataclass(frozen=True, slots=True)
class Planned:
    """A file of the site: its path, a digest of all that it follows from, and how its content is made.

    With a `template`, `make` returns the page's context; without one, the content itself.
    """

    path: str
    digest: str
    template: str
    make: Callable[[], object]


@dataclass(frozen=True, slots=True)
class SitePlan:
    """All files, by path, each path once; and what they are rendered with."""

    files: tuple[Planned, ...]
    theme: Theme
    chrome: Chrome


class _Planner:
    """Makes planned files; what all of them follow from goes into each digest."""

    def __init__(self, *common: object) -> None:
        self._encoder = msgspec.msgpack.Encoder(enc_hook=str)
        self._common = hashlib.sha256(self._encoder.encode(common))

    def digest(self, *parts: object) -> str:
        total = self._common.copy()
        for part in parts:
            total.update(part if isinstance(part, bytes) else self._encoder.encode(part))
        return total.hexdigest()[:32]

    def page(self, template: str, context: Page) -> Planned:
        return Planned(context.path, self.digest(context), template, lambda: context)

    def whole(self, path: str, content: bytes) -> Planned:
        return Planned(path, self.digest(content), "", lambda: content)


def plan(source: SiteInput, theme: Theme) -> SitePlan:
    """What the site consists of. The same input always gives the same plan, whatever the machine or the day."""
    index = index_of(source)
    url = site_url(source.settings.url)
    chrome = Chrome(
        title=source.settings.title,
        notice=source.settings.notice,
        as_of=index.clock.today.isoformat(),
        url=url,
    )
    shared = Shared(
        clock=index.clock,
        criteria=index.criteria,
        asked=asked_of(source.criteria, source.policy),
        policy=source.policy,
        teams={name: team.metadata.label for name, team in source.catalog.teams.items()},
        broken=index.broken,
    )
    planner = _Planner(
        __version__, theme.digest, chrome, source.policy, source.criteria, shared.teams, index.clock.today
    )
    files = [
        *_pages(index, shared, planner),
        *_environments(index, planner),
        *_documents(index, shared, planner),
        *_services(index, shared, planner),
        *_data(index, planner),
        *(planner.whole(f"assets/{name}", content) for name, content in theme.assets.items()),
    ]
    files.extend(_discovery(files, url, planner))
    return SitePlan(tuple(sorted(files, key=lambda file: file.path)), theme, chrome)


def _pages(index: Index, shared: Shared, planner: _Planner) -> Iterator[Planned]:
    yield planner.page("overview.html", overview_page(index, shared))
    for listing in services_pages(index):
        yield planner.page("services.html", listing)
    for unreadable in unreadable_pages(index, shared):
        yield planner.page("unreadable.html", unreadable)
    for name in index.source.catalog.teams:
        yield planner.page("team.html", team_page(index, name))
    for name in index.source.catalog.systems:
        yield planner.page("system.html", system_page(index, name))
    for groups in groups_pages(index):
        yield planner.page("groups.html", groups)
    yield planner.page("criteria.html", criteria_page(index))
    for criterion in index.criteria.values():
        yield planner.page("criterion.html", criterion_page(index, criterion))
    yield planner.page("graph.html", graph_page(index))
    yield planner.page("stacks.html", stacks_page(index))
    yield planner.page("decisions.html", decisions_page(index, shared))
    base = urlsplit(site_url(index.source.settings.url)).path
    lost = LostPage(path="404.html", title="Not found", section="", about="There is no such page.", base=base)
    yield planner.page("404.html", lost)


def _environments(index: Index, planner: _Planner) -> Iterator[Planned]:
    for name, inventory in index.inventories.items():
        rows = stack_rows(index, inventory)
        for listing in environment_pages(index, name, rows):
            yield planner.page("environment.html", listing)
        yield planner.whole(data_path(name), stacks_data(rows))


def _documents(index: Index, shared: Shared, planner: _Planner) -> Iterator[Planned]:
    """Runbooks and post-mortems; a page is keyed by its text and by who uses it, and rendered when it is written."""
    source = index.source
    places = source.catalog.places.get("Postmortem", {})
    pages = {path: links.document(path) for path in source.documents if path.startswith("catalog/runbooks/")}
    pages |= {path: f"postmortems/{name}.html" for name, path in places.items() if path in source.documents}
    # Once for all: each page may link to any other, and a thousand pages times a thousand names is much.
    known = planner.digest(sorted(pages))
    uses: dict[str, list[str]] = {}
    for name, service in source.catalog.services.items():
        for path in dict.fromkeys(runbook.path for runbook in service.spec.runbooks if runbook.path):
            uses.setdefault(path, []).append(name)
    for path in sorted(pages):
        if not path.startswith("catalog/runbooks/"):
            continue
        users = [
            (service.metadata, service.spec.oncall, service.spec.owner, service.spec.runbooks)
            for service in (source.catalog.services[name] for name in uses.get(path, ()))
        ]
        owners = [source.catalog.teams.get(user[2]) for user in users]
        digest = planner.digest(source.documents[path], users, owners, known)
        yield Planned(pages[path], digest, "runbook.html", partial(runbook_page, index, path, pages, uses))
    for postmortem in source.catalog.postmortems:
        path = places.get(postmortem.name, "")
        labels = [index.refs[each].label for each in postmortem.spec.services if each in index.refs]
        digest = planner.digest(source.documents.get(path, ""), postmortem, labels, known)
        make = partial(postmortem_page, index, shared, path, postmortem.name, pages)
        yield Planned(f"postmortems/{postmortem.name}.html", digest, "postmortem.html", make)


def _services(index: Index, shared: Shared, planner: _Planner) -> Iterator[Planned]:
    judge = _Judge(shared)
    for name, card in index.cards.items():
        found = service_input(index, name)
        digest = planner.digest(found.stamp())
        yield Planned(links.service(name), digest, "service.html", partial(_service, found, judge, shared))
        yield Planned(links.scorecard(name), digest, "scorecard.html", partial(_scorecard, found, judge, shared))
        yield Planned(f"api/v1/services/{name}.json", digest, "", partial(_service_json, found, judge, shared))
        state = words.told(card.verdict, found.service.spec)
        yield Planned(f"badges/{name}.svg", planner.digest((name, state, card.rung)), "", partial(badge, card, state))


class _Judge:
    """The results of a scorecard by area, and what would add to them; those of the last one stay.

    Two pages in a row are made of the former, a page and a document of the latter.
    """

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._last: tuple[Scorecard, list[Judged]] | None = None
        self._gains: tuple[Scorecard, tuple[Gain, ...]] | None = None

    def __call__(self, card: Scorecard) -> list[Judged]:
        if self._last is None or self._last[0] is not card:
            self._last = (card, by_area(card, self._shared))
        return self._last[1]

    def gains(self, found: ServiceInput) -> tuple[Gain, ...]:
        """What each further source would make known of the service."""
        card, shared = found.card, self._shared
        if self._gains is None or self._gains[0] is not card:
            gains = gains_of(found.service, card, shared.criteria, found.evidence, shared.clock.as_of)
            self._gains = (card, gains)
        return self._gains[1]


def _service(found: ServiceInput, judge: _Judge, shared: Shared) -> Page:
    return service_page(found, judge(found.card), judge.gains(found), shared)


def _scorecard(found: ServiceInput, judge: _Judge, shared: Shared) -> Page:
    return scorecard_page(found.service, found.card, judge(found.card), found.evidence, shared)


def _service_json(found: ServiceInput, judge: _Judge, shared: Shared) -> bytes:
    return api.encode(documents.service_doc(found, judge.gains(found), shared))


def _data(index: Index, planner: _Planner) -> Iterator[Planned]:
    yield planner.whole("data/services.js", services_data(index))
    yield planner.whole("data/nodes.js", graph_data(index))
    teams, systems = documents.groups_docs(index)
    found = {
        "services": documents.services_doc(index),
        "teams": teams,
        "systems": systems,
        "criteria": documents.criteria_doc(index),
        "decisions": documents.decisions_doc(index),
        "graph": documents.graph_doc(index),
        "stacks": stacks_doc(index),
        "history": history_doc(index.source.past),
    }
    paths = [f"api/v1/{name}.json" for name in found]
    yield planner.whole("api/v1/index.json", api.encode(documents.index_doc(index, paths)))
    for path, document in zip(paths, found.values(), strict=True):
        yield planner.whole(path, api.encode(document))
    for name in api.DOCUMENTS:
        schema = msgspec.json.format(msgspec.json.encode(api.schema_of(name)), indent=2)
        yield planner.whole(f"api/v1/schemas/{name}.schema.json", schema + b"\n")
    feed = feed_of(index)
    yield Planned("feed.xml", planner.digest(feed), "feed.xml", lambda: feed)


def _discovery(files: Sequence[Planned], url: str, planner: _Planner) -> Iterator[Planned]:
    """What search engines read; it needs the site's address."""
    if not url:
        return
    pages = sorted(file.path for file in files if file.path.endswith(".html") and file.path != "404.html")
    yield planner.whole("robots.txt", f"User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n".encode())
    addresses = tuple(url + path.removesuffix("index.html") for path in pages[:_SITEMAP])
    yield Planned("sitemap.xml", planner.digest(addresses), "sitemap.xml", lambda: addresses)


# The most that the sitemap protocol allows in one file.
_SITEMAP = 50_000
