"""Service levels on a service's page: what is promised, and what is left of each error budget."""

from typing import NamedTuple

from pagerworthy.catalog import Service, Slo
from pagerworthy.evidence import SubjectEvidence
from pagerworthy.evidence.keys import SloBudget
from pagerworthy.site import words
from pagerworthy.site.index import budget_mark

BAR = 200


class Level(NamedTuple):
    """An objective: words, and a bar of `spent` of 200 units, 0 where the budget is not known; `used` says how much."""

    name: str
    description: str
    objective: str
    window: str
    good: str
    mark: str
    left: str
    spent: int
    used: str
    known: bool
    seen: str


def levels_of(service: Service, evidence: SubjectEvidence, clock: words.Clock) -> tuple[Level, ...]:
    """The objectives of a service, in the order of its entry."""
    known = evidence.get("slo.budget", {})
    found = []
    for slo in service.spec.slos:
        each = known.get(slo.name)
        base = (slo.name, slo.description or _says(slo), f"{words.number(slo.objective)} %", slo.window)
        if each is None:
            found.append(Level(*base, "", "unk", words.NOT_KNOWN, 0, "", False, ""))
        elif not isinstance(each.value, SloBudget):
            why = f"not known: {each.record.source} failed: {each.record.failed}"
            found.append(Level(*base, "", "unk", why, 0, "", False, clock.when(each.record.time)))
        else:
            value = each.value
            left = f"{words.percent(value.remaining)} left" if value.remaining > 0 else "spent"
            if value.remaining < 0:
                left = f"overspent by {words.percent(-value.remaining)}"
            spent = round(min(max(1 - value.remaining, 0), 1) * BAR)
            used = f"{words.percent(max(1 - value.remaining, 0))} spent"
            good = f"{words.number(round(value.compliance, 4))} %"
            found.append(
                Level(*base, good, budget_mark(value.remaining), left, spent, used, True, clock.when(each.record.time))
            )
    return tuple(found)


def _says(slo: Slo) -> str:
    """What the objective asks for, where its entry does not say it in words."""
    if slo.sli.below:
        return f"faster than {slo.sli.below}"
    return slo.kind
