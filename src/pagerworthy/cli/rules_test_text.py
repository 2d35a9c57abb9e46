"""What `rules test` says to people: a table for all objectives that behave alike."""

import textwrap
from collections.abc import Iterator, Sequence

from pagerworthy.slo.simulate import Heard, Rehearsal, Shown

_WIDTH = 100
_HEADS = ("scenario", "must", "page", "stops", "ticket", "stops", "no data", "stops", "pages", "false", "")
_MUST = {
    "page": "page",
    "ticket": "ticket",
    "no-page": "not page",
    "no-alert": "be silent",
    "no-data": "no data",
    "any": "",
}
_WHY = {
    "missed": "MISSED: nobody hears of it",
    "false-page": "FALSE PAGE: nobody is needed",
    "false-ticket": "FALSE TICKET: the budget lasts",
    "stuck": "STUCK: the page does not stop",
    "late-page": "pages when it is over",
    "ok": "",
}


def lines(found: Sequence[Rehearsal]) -> Iterator[str]:
    """All tables, and then how many objectives are not as they must be."""
    for rehearsal in found:
        yield from _table(rehearsal)
        yield ""
    if found:
        yield "Times are after the first bad event, and of what stops, after the last one."
    yield _summary(found)


def _table(rehearsal: Rehearsal) -> Iterator[str]:
    first = rehearsal.objectives[0]
    yield from textwrap.wrap(", ".join(each.id for each in rehearsal.objectives), _WIDTH)
    held = [
        f"{kind} held back for {_duration(int(seconds))}"
        for kind, seconds in (("page", rehearsal.case.page_for), ("ticket", rehearsal.case.ticket_for))
        if seconds
    ]
    yield "; ".join([f"{first.slo.objective:.12g} % over {first.slo.window}", *held])
    rows = [_HEADS, *(_row(shown) for shown in rehearsal.shown)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    for row in rows:
        yield "  " + "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _row(shown: Shown) -> tuple[str, ...]:
    alerts = [text for heard in (shown.page, shown.ticket, shown.no_data) for text in _times(heard)]
    counts = (str(shown.pages or "-"), str(shown.false_pages or "-"))
    return (shown.scenario, _MUST[shown.expected], *alerts, *counts, _WHY[shown.verdict])


def _times(heard: Heard) -> tuple[str, str]:
    if heard.after is None:
        return "-", "-"
    return _duration(heard.after), "-" if heard.stops is None else _duration(heard.stops)


def _duration(seconds: int) -> str:
    """`3h41m`; what is more than two days in days and hours."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [(days, "d"), (hours, "h"), (minutes, "m"), (rest, "s")]
    return "".join(f"{amount}{unit}" for amount, unit in parts if amount) or "0"


def _summary(found: Sequence[Rehearsal]) -> str:
    count = sum(len(each.objectives) for each in found)
    wrong = [objective.id for each in found if each.wrong for objective in each.objectives]
    said = f"{count:,} {'objective' if count == 1 else 'objectives'}"
    if not count:
        return "No objectives."
    if not wrong:
        return f"{said}: whoever must hear of an outage does, and nobody else."
    more = f" and {len(wrong) - 5:,} more" if len(wrong) > 5 else ""
    return f"{said}, of which {len(wrong):,} not as they must be: {', '.join(wrong[:5])}{more}."
