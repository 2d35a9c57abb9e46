"""The page of a service whose entry cannot be read: who is called, what to read, and what is wrong with the entry."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from pagerworthy.site import links, words
from pagerworthy.site.index import Index, Ref
from pagerworthy.site.pages.gathered import Around, around
from pagerworthy.site.pages.history import History, history_of
from pagerworthy.site.pages.page import Link, Page
from pagerworthy.site.pages.service import CallLine, RunbookLine, blast_words, calls_of, contacts_of, holder_words
from pagerworthy.site.shared import Shared


class Wrong(NamedTuple):
    """A problem of a file, and how to mend it."""

    place: str
    code: str
    message: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadablePage(Page):
    """The context of `unreadable.html`."""

    name: str
    description: str
    file: str
    wrong: tuple[Wrong, ...]
    owner: Link
    lead: str
    holder_words: str
    frozen: bool
    calls: tuple[CallLine, ...]
    contacts: tuple[Link, ...]
    runbooks: tuple[RunbookLine, ...]
    blast: tuple[str, ...]
    blast_first: tuple[Ref, ...]
    needed_by: tuple[Around, ...]
    more_needed_by: tuple[Ref, ...]
    needed_by_rest: int
    history: History


def unreadable_pages(index: Index, shared: Shared) -> Iterator[UnreadablePage]:
    """The contexts of all such pages, by name."""
    for name in index.source.catalog.unreadable:
        yield _page(index, name, shared)


def _page(index: Index, name: str, shared: Shared) -> UnreadablePage:
    source = index.source
    lost, pager = source.catalog.unreadable[name], index.pagers[name]
    team = source.catalog.teams.get(lost.owner)
    owner = team.metadata.label if team else lost.owner or "its owner, whom the entry does not tell,"
    needed_by, more, count = around(index, source.graph.needed_by(name), down=False)
    blast = index.blast(name)
    return UnreadablePage(
        path=links.service(name),
        title=lost.label,
        section="services",
        about=f"The entry of {lost.label} cannot be read.",
        name=name,
        description=lost.description,
        file=lost.file,
        wrong=tuple(wrong_with(index, lost.file)),
        owner=Link(
            team.metadata.label if team else lost.owner or "not known", _UP + links.team(lost.owner) if team else ""
        ),
        lead=team.spec.lead if team else "",
        holder_words=holder_words(pager.holder, index.clock.when(pager.since) if pager.since else "", owner),
        frozen=pager.frozen,
        calls=calls_of(lost.oncall or (team.spec.oncall if team else None)),
        contacts=contacts_of(team),
        runbooks=tuple(
            RunbookLine(
                runbook.title,
                _UP + links.document(runbook.path) if runbook.path in source.documents else links.safe(runbook.url),
                words.listed(runbook.alerts, 4),
            )
            for runbook in lost.runbooks
        ),
        blast=blast_words(lost.label, blast),
        blast_first=blast.first,
        needed_by=needed_by,
        more_needed_by=more,
        needed_by_rest=count - len(needed_by) - len(more),
        history=history_of(
            index.decisions.get(name, ()), index.waivers.get(name, ()), index.postmortems.get(name, ()), (), shared
        ),
    )


_UP = "../"


def wrong_with(index: Index, file: str) -> Iterator[Wrong]:
    """The problems of one file."""
    for problem in index.source.problems:
        where = problem.where
        if where.file == file:
            place = f"{file}:{where.line}:{where.column}" if where.line else file
            yield Wrong(place, problem.code, problem.message, problem.help)
