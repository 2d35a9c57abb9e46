"""Who carries a service's pager: a pure function of the decisions up to a moment."""

import datetime as dt
from collections.abc import Iterable

import msgspec

from pagerworthy.catalog import Action, Condition, Decision, PagerHolder


class Pager(msgspec.Struct, frozen=True):
    """A service's pager at a moment.

    `since` is when the holder took it, None for a team that always had it. `agreed` is the last agreement of the three
    parties on tier and service levels. `freezes` are the moments of all freezes so far. `conditions` are those of the
    acceptance that is in force.
    """

    holder: PagerHolder = "dev"
    since: dt.datetime | None = None
    frozen: bool = False
    agreed: Decision | None = None
    acceptance: Decision | None = None
    shadow_since: dt.datetime | None = None
    last: Decision | None = None
    freezes: tuple[dt.datetime, ...] = ()

    @property
    def lifted(self) -> tuple[dt.datetime, ...]:
        """The freezes that are over."""
        return self.freezes[:-1] if self.frozen else self.freezes

    @property
    def conditions(self) -> tuple[Condition, ...]:
        return self.acceptance.spec.conditions if self.acceptance else ()


# The holder after each action that moves the pager.
_HOLDER_AFTER: dict[Action, PagerHolder] = {
    "shadow": "shadow",
    "accept": "sre",
    "accept-with-conditions": "sre",
    "hand-back": "dev",
}


def pager_at(decisions: Iterable[Decision], moment: dt.datetime) -> Pager:
    """The pager of one service after all of its decisions not later than `moment`, in order of time and name."""
    pager = Pager()
    for decision in sorted(decisions, key=lambda each: (each.spec.time, each.name)):
        if decision.spec.time <= moment:
            pager = _after(pager, decision)
    return pager


def _after(pager: Pager, decision: Decision) -> Pager:
    spec = decision.spec
    replace = msgspec.structs.replace
    pager = replace(pager, last=decision)
    holder = _HOLDER_AFTER.get(spec.action, pager.holder)
    if spec.pager and holder == "sre":
        holder = spec.pager
    if holder != pager.holder:
        pager = replace(pager, holder=holder, since=spec.time)
    match spec.action:
        case "agree":
            return replace(pager, agreed=decision)
        case "shadow":
            return replace(pager, shadow_since=spec.time)
        case "accept" | "accept-with-conditions":
            return replace(pager, acceptance=decision)
        case "freeze":
            return replace(pager, frozen=True, freezes=(*pager.freezes, spec.time))
        case "resume":
            return replace(pager, frozen=False)
        case "hand-back":
            return replace(pager, acceptance=None, shadow_since=None, frozen=False)
        case _:
            return pager
