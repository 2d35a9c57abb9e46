"""The overview: who holds the pagers, what needs a decision now, how ready we are, and how much we really know."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pagerworthy.handover import Pager, PagerHolder
from pagerworthy.problem import Problem, Severity
from pagerworthy.scoring import Scorecard, Verdict
from pagerworthy.site import links, words
from pagerworthy.site.index import BUDGET_AT_RISK, Index, budget_mark
from pagerworthy.site.pages.criteria import Share, areas_of, share_of
from pagerworthy.site.pages.history import SOON, Event, event_of, labels_of
from pagerworthy.site.pages.page import Page
from pagerworthy.site.pages.services import unreadable_words
from pagerworthy.site.pages.verdicts import Standing, standing_of
from pagerworthy.site.shared import Shared

_MOST = 12
_RECENT = 6
_BAR = 400


class Held(NamedTuple):
    """How many pagers a holder has; `width` of 400 in the bar."""

    holder: str
    says: str
    amount: int
    x: int
    width: int
    href: str


class Notice(NamedTuple):
    """A service and what is to be decided or done about it."""

    service: str
    label: str
    about: str
    mark: str
    word: str
    text: str


class Notices(NamedTuple):
    """The most urgent notices of one sort; `more` are left out, `href` leads to all where a view shows them."""

    title: str
    none: str
    notices: tuple[Notice, ...]
    total: int
    more: int
    href: str


class TierRow(NamedTuple):
    """A tier: how many of its services stand where they must, on each rung, and their verdicts."""

    tier: int
    services: int
    met: int
    rungs: tuple[int, ...]
    verdicts: tuple[int, ...]


class AreaRow(NamedTuple):
    """An area of the rubric over all services."""

    id: str
    title: str
    share: Share


class Unread(NamedTuple):
    """A problem of a file that was left out."""

    place: str
    code: str
    message: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage(Page):
    """The context of `overview.html`."""

    summary: str
    services: int
    held: tuple[Held, ...]
    notices: tuple[Notices, ...]
    tiers: tuple[TierRow, ...]
    verdicts: tuple[words.State, ...]
    rungs: tuple[str, ...]
    standing: Standing
    coverage: str
    coverage_words: str
    share: Share
    areas: tuple[AreaRow, ...]
    events: tuple[Event, ...]
    labels: tuple[tuple[str, str], ...]
    unread_files: int
    unread: tuple[Unread, ...]
    unread_more: int
    digests: tuple[tuple[str, str], ...]
    as_of: str


def overview_page(index: Index, shared: Shared) -> OverviewPage:
    """The context of the overview."""
    source = index.source
    cards = index.cards
    # A pager is carried by decision, whether the entry can be read or not.
    held = Counter(pager.holder for pager in index.pagers.values())
    told = _told(index, cards)
    unread = [each for each in source.problems if each.severity is Severity.ERROR]
    total = share_of(list(index.tallies.values()))
    coverage = 1 - total.unknown / total.due if total.due else 0.0
    blind = sum(card.coverage < 0.5 for card in cards.values())
    sre = held["sre"] + held["shared"]
    events = tuple(event_of(each, shared) for each in reversed(source.catalog.decisions[-_RECENT:]))
    return OverviewPage(
        path="index.html",
        title=source.settings.title,
        section="overview",
        about="Who holds which pager, what needs a decision, and how ready the services are.",
        summary=f"{words.count(len(cards), 'service')}{unreadable_words(index)} "
        f"of {words.count(len(source.catalog.teams), 'team')}. "
        f"SRE carries {words.count(sre, 'pager')}, alone or shared.",
        services=len(cards),
        held=tuple(_held(held)),
        notices=(_decide(index), _budgets(index), _expiring(index)),
        tiers=tuple(_tiers(index)),
        verdicts=tuple(state for state in words.TOLD_VERDICTS if told[state]),
        rungs=tuple(words.rung_word(rung) for rung in words.RUNG_ORDER),
        standing=standing_of(index),
        coverage=words.percent(coverage),
        coverage_words=f"{words.count(blind, 'service')} of {len(cards):,} below half",
        share=total,
        areas=tuple(AreaRow(area.id, area.title, area.share) for area in areas_of(index)),
        events=events,
        labels=labels_of(index, [event.service for event in events]),
        unread_files=len({each.where.file for each in unread}),
        unread=tuple(_unread(each) for each in unread[:_MOST]),
        unread_more=max(len(unread) - _MOST, 0),
        digests=(
            ("catalog", source.scores.digests.catalog),
            ("rubric", source.scores.digests.rubric),
            ("evidence", source.scores.digests.evidence),
        ),
        as_of=f"{source.scores.as_of:%Y-%m-%dT%H:%M:%SZ}",
    )


def _label(index: Index, name: str) -> str:
    return index.refs[name].label if name in index.pagers else name


def _held(held: Counter[PagerHolder]) -> Iterator[Held]:
    total = sum(held.values())
    x = 0
    so_far = 0
    for holder in words.HOLDER_ORDER:
        amount = held[holder]
        so_far += amount
        end = round(_BAR * so_far / total) if total else 0
        yield Held(holder, words.HOLDERS[holder], amount, x, end - x, links.view(holder=holder))
        x = end


def _unread(problem: Problem) -> Unread:
    where = problem.where
    place = f"{where.file}:{where.line}:{where.column}" if where.line else where.file
    return Unread(place, problem.code, problem.message, problem.help)


def wanted(card: Scorecard, pager: Pager, engagement: str) -> str:
    """What people have to decide because the rubric concludes something else than they recorded; or nothing."""
    last = pager.last.spec.action if pager.last else ""
    match card.verdict:
        case Verdict.HAND_BACK:
            return "the contract says to hand the pager back"
        case Verdict.FREEZE if not pager.frozen:
            return "the contract says to freeze deployments"
        case Verdict.KEEP if pager.frozen:
            return "frozen, but no limit is broken any more: resume?"
        case Verdict.ACCEPT if engagement != "dev" and pager.holder in {"dev", "shadow"}:
            return f"ready for SRE; the last decision was {last}" if last else "ready for SRE; nobody has decided yet"
        case Verdict.ACCEPT_WITH_CONDITIONS if engagement != "dev" and pager.holder in {"dev", "shadow"}:
            return f"ready with conditions; the last decision was {last}" if last else "ready with conditions"
        case _:
            return ""


_URGENCY = {Verdict.HAND_BACK: 0, Verdict.FREEZE: 1, Verdict.KEEP: 2, Verdict.ACCEPT: 3}


def _decide(index: Index) -> Notices:
    found = []
    for name, card in index.cards.items():
        spec = index.source.catalog.services[name].spec
        pager = index.pagers[name]
        text = wanted(card, pager, spec.engagement)
        if not text and pager.frozen:
            text = "deployments are frozen"
        if text:
            found.append((_URGENCY.get(card.verdict, 4), spec.tier, name, text))
    found.sort()
    notices = [_not_judged(index, name) for name in index.source.catalog.unreadable]
    count = len(notices) + len(found)
    for _, tier, name, text in found[:_MOST]:
        state = words.told(index.cards[name].verdict, index.source.catalog.services[name].spec)
        notices.append(Notice(name, _label(index, name), f"tier {tier}", state.mark, state.word, words.sentence(text)))
    return _notices("Needs a decision", "Every verdict is what was last decided.", notices[:_MOST], count, "")


def _not_judged(index: Index, name: str) -> Notice:
    """What stands in place of a verdict while the entry cannot be read; a freeze stays in force."""
    lost = index.source.catalog.unreadable[name]
    frozen = "deployments are frozen; " if index.pagers[name].frozen else ""
    return Notice(name, lost.label, "", "unk", "not judged", words.sentence(frozen + lost.why))


def _budgets(index: Index) -> Notices:
    """Budgets at risk or spent; and then those that nobody knows while SRE carries the pager."""
    found: list[tuple[float, int, str]] = []
    unseen: list[tuple[int, str]] = []
    for name, row in index.rows.items():
        lowest = index.budgets.get(name)
        if lowest is not None and lowest < BUDGET_AT_RISK:
            found.append((lowest, row.tier, name))
        elif lowest is None and row.holder in {"sre", "shared"}:
            unseen.append((row.tier, name))
    found.sort()
    unseen.sort()
    notices = []
    for lowest, tier, name in found[:_MOST]:
        mark = budget_mark(lowest)
        text = f"{words.percent(lowest)} of its error budget is left." if lowest > 0 else "An error budget is spent."
        notices.append(
            Notice(name, _label(index, name), f"tier {tier}", mark, "at risk" if mark == "warn" else "spent", text)
        )
    for tier, name in unseen[: _MOST - len(notices)]:
        promises = bool(index.source.catalog.services[name].spec.slos)
        text = "No record says what is left of its error budget." if promises else "It promises no service level."
        text += " SRE carries its pager all the same."
        notices.append(Notice(name, _label(index, name), f"tier {tier}", "unk", "not known", text))
    return _notices(
        "Budgets at risk",
        "Every error budget of which SRE carries the pager is known, and no known one is below "
        f"{words.percent(BUDGET_AT_RISK)}.",
        notices,
        len(found) + len(unseen),
        links.view(budget="risk") if found else links.view(budget="unknown"),
    )


def _expiring(index: Index) -> Notices:
    """Waivers, attestations, conditions and actions that end within thirty days, or have ended."""
    clock = index.clock
    teams = index.source.catalog.teams
    found: list[tuple[int, str, str, str]] = []
    for waiver in index.source.catalog.waivers:
        spec = waiver.spec
        left = -clock.days(spec.expires)
        if left <= SOON:
            verb = "expired" if left < 0 else "expires"
            found.append(
                (left, spec.service, "waiver", f"Waiver of {spec.criterion} {verb} {clock.when(spec.expires)}.")
            )
    for attestations in index.attestations.values():
        for said in (each.spec for each in attestations):
            left = -clock.days(said.until)
            if left <= SOON:
                verb = "ended" if left < 0 else "ends"
                text = f"Attestation of {said.attests} by {said.by.name} {verb} {clock.when(said.until)}."
                found.append((left, said.service, "attestation", text))
    for name, pager in index.pagers.items():
        for condition in pager.conditions:
            left = -clock.days(condition.due)
            if left <= SOON and not (condition.done and condition.done <= clock.today):
                verb = "was due" if left < 0 else "is due"
                text = f"{condition.text.rstrip('.')}: {verb} {clock.when(condition.due)}."
                found.append((left, name, "condition", text))
    for postmortem in index.source.catalog.postmortems:
        for action in postmortem.spec.actions:
            left = -clock.days(action.due)
            if left < 0 and not (action.done and action.done <= clock.today):
                owner = teams[action.owner].metadata.label if action.owner in teams else action.owner
                text = f"{action.text.rstrip('.')} ({owner}): was due {clock.when(action.due)}."
                found.append((left, postmortem.spec.services[0] if postmortem.spec.services else "", "action", text))
    found.sort()
    notices = []
    for left, name, what, text in found[:_MOST]:
        known = name in index.pagers
        late = left < 0
        notices.append(
            Notice(
                name if known else "",
                _label(index, name),
                what,
                "bad" if late else "warn",
                _LATE.get(what, "overdue") if late else "soon",
                text,
            )
        )
    return _notices("Expires or overdue", f"Nothing ends within {SOON} days.", notices, len(found), "decisions.html")


# What has an end, and is not to be done by it.
_LATE = {"waiver": "expired", "attestation": "stale"}


def _notices(title: str, none: str, notices: list[Notice], total: int, href: str) -> Notices:
    return Notices(title, none, tuple(notices), total, total - len(notices), href)


def _told(index: Index, cards: Mapping[str, Scorecard]) -> Counter[words.State]:
    """How many of these services have each verdict, as it is told."""
    services = index.source.catalog.services
    return Counter(words.told(card.verdict, services[name].spec) for name, card in cards.items())


def _tiers(index: Index) -> Iterator[TierRow]:
    services = index.source.catalog.services
    by_tier: dict[int, dict[str, Scorecard]] = {}
    for name, card in index.cards.items():
        by_tier.setdefault(services[name].spec.tier, {})[name] = card
    present = _told(index, index.cards)
    for tier, cards in sorted(by_tier.items()):
        rungs = Counter(card.rung for card in cards.values())
        told = _told(index, cards)
        yield TierRow(
            tier,
            len(cards),
            sum(card.rung >= card.required_rung for card in cards.values()),
            tuple(rungs[rung] for rung in words.RUNG_ORDER),
            tuple(told[state] for state in words.TOLD_VERDICTS if present[state]),
        )
