"""Everything that is to be known about repositories, page after page."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from pagerworthy.collect.github.answers import Deployment, MainBranch, Merged, PageInfo, Repository, Rule
from pagerworthy.collect.github.batches import Asker, Seen
from pagerworthy.collect.github.places import Place
from pagerworthy.collect.github.queries import Wanted, first_of, next_of

# How far back is looked for a rollback; everything else needs less.
LOOK_BACK = dt.timedelta(days=180)
RECENT = dt.timedelta(days=90)
# So many pages of a connection are read at most: 2,000 deployments or pull requests of one repository.
_PAGES = 20
_T = TypeVar("_T")


@dataclass(slots=True)
class Known:
    """What is known of a repository; `whole` has the connections that were read as far back as they have to be."""

    first: Repository
    faults: dict[str, str]
    digest: str
    merges: list[Merged] = field(default_factory=list)
    deployments: list[Deployment] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)

    @property
    def branch(self) -> MainBranch | None:
        return self.first.default_branch_ref


def read(asker: Asker, places: Mapping[Place, frozenset[str]], as_of: dt.datetime) -> dict[Place, Known | str]:
    """What is known of each repository, or why nothing is."""
    found: dict[Place, Known | str] = {}
    wanted: list[Wanted] = []
    all_of_it = [Wanted(place, names) for place, names in places.items()]
    for asked, seen in asker.repositories(all_of_it, lambda batch: first_of(batch, as_of - RECENT)):
        found[asked.place] = _known(seen)
        wanted += _taken(found[asked.place], asked, seen, as_of)
    for _ in range(_PAGES - 1):
        if not wanted:
            break
        further: list[Wanted] = []
        for asked, seen in asker.repositories(wanted, next_of):
            known = found[asked.place]
            if isinstance(seen.found, str) and isinstance(known, Known):
                # A connection that breaks off is not known, however much of it was read.
                for name in _names(asked):
                    known.faults.setdefault(name, seen.found)
            further += _taken(known, asked, seen, as_of)
        wanted = further
    return found


def _known(seen: Seen) -> Known | str:
    if isinstance(seen.found, str):
        return seen.found
    return Known(seen.found, dict(seen.faults), seen.digest)


def _taken(known: Known | str, asked: Wanted, seen: Seen, as_of: dt.datetime) -> list[Wanted]:
    """Adds what a page says to what is known, and says which pages are wanted next."""
    if isinstance(known, str) or isinstance(seen.found, str):
        return []
    for name, reason in seen.faults.items():
        known.faults.setdefault(name, reason)
    page = seen.found
    merges = deployments = rules = None
    if page.pull_requests:
        new = there(page.pull_requests.nodes)
        known.merges += new
        merges = _next(known, "pullRequests", page.pull_requests.page_info, _is_past(new, as_of - RECENT, _updated))
    if page.deployments:
        made = there(page.deployments.nodes)
        known.deployments += made
        past = _is_past(made, as_of - LOOK_BACK, _created)
        deployments = _next(known, "deployments", page.deployments.page_info, past)
    if page.default_branch_ref and page.default_branch_ref.rules:
        of_rules = page.default_branch_ref.rules
        known.rules += there(of_rules.nodes)
        rules = _next(known, "rules", of_rules.page_info, past=False)
    if merges is deployments is rules is None:
        return []
    return [Wanted(asked.place, asked.environments, merges, deployments, rules)]


def _next(known: Known, name: str, info: PageInfo, past: bool) -> str | None:
    """The cursor of the next page; None where there is none, or none that is needed."""
    if past or not info.has_next_page:
        known.whole.add(name)
        return None
    return info.end_cursor or None


def _names(asked: Wanted) -> Iterable[str]:
    each = {"pullRequests": asked.merges, "deployments": asked.deployments, "rules": asked.rules}
    return [name for name, cursor in each.items() if cursor is not None]


def there(nodes: Sequence[_T | None] | None) -> list[_T]:
    """The nodes of a connection that may be seen."""
    return [node for node in nodes or () if node is not None]


def _is_past(page: Sequence[_T], start: dt.datetime, moment: Callable[[_T], dt.datetime]) -> bool:
    """Whether the page, the newest first, reaches beyond the start."""
    return bool(page) and moment(page[-1]) < start


def _updated(merged: Merged) -> dt.datetime:
    return merged.updated_at


def _created(deployment: Deployment) -> dt.datetime:
    return deployment.created_at
