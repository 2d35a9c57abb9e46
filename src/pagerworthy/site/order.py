"""Which services come first in a list: those with most to work on."""

from pagerworthy.site.index import Row

# The cause of a `defer` stands behind a colon.
_URGENT = {
    "hand-back": 0,
    "freeze": 1,
    "not scored": 2,
    "accept-with-conditions": 2,
    "accept": 3,
    "defer: not ready": 4,
}
_LAST = 5


def needs_work(row: Row) -> bool:
    """Whether something has to be done about the service now."""
    return not row.met or row.mark in {"bad", "warn"} or row.budget_mark in {"bad", "warn"}


def urgency(row: Row) -> tuple[bool, int, int, int, str]:
    """Sorts what needs work before the rest, both by verdict, tier, and how many criteria are open."""
    return not needs_work(row), _URGENT.get(row.verdict, _LAST), row.tier, -row.open, row.name
