"""Which of several records of one thing counts."""

from collections.abc import Sequence

import msgspec

from pagerworthy.evidence.known import Known
from pagerworthy.evidence.record import NO_VALUE, Record
from pagerworthy.evidence.text import inert

_LONGEST_SOURCE = 300
_LONGEST_VALUE = 500
_MOST_SAID = 10


def newer(one: Known | None, other: Known) -> Known:
    """The newer of two records of one thing, or what `settled` makes of them where they are equally old."""
    if one is None or one.record.time < other.record.time:
        return other
    return one if other.record.time < one.record.time else settled([one, other])


def settled(known: Sequence[Known]) -> Known:
    """What equally old records of one thing, of which there is at least one, say together, in whatever order they are.

    One that failed hides all that have a value: nobody knows what its source would have said. Otherwise the strongest
    count. Where two sources then say different things, it is not known, and the record made here says who says what;
    of several of the same source the one counts whose line sorts last.
    """
    failed = [each for each in known if each.record.failed]
    if failed:
        return max(failed, key=_line)
    by_source: dict[str, Known] = {}
    for each in sorted(known, key=_line):
        by_source[each.record.source] = each
    best = max(each.level for each in by_source.values())
    strongest = [by_source[source] for source in sorted(by_source) if by_source[source].level is best]
    if all(each.value == strongest[0].value for each in strongest):
        return max(strongest, key=_line)
    return _contradictory(strongest)


def _line(known: Known) -> bytes:
    return known.line


def _contradictory(known: Sequence[Known]) -> Known:
    first = known[0].record
    said = [f"{inert(each.record.source)} says {_shown(each.record.value)}" for each in known[:_MOST_SAID]]
    record = Record(
        subject=first.subject,
        key=first.key,
        item=first.item,
        time=first.time,
        source=", ".join(each.record.source for each in known)[:_LONGEST_SOURCE],
        strength=first.strength,
        value=NO_VALUE,
        failed=f"sources contradict each other: {'; '.join(said)}",
    )
    return Known(record, None, msgspec.json.encode(record))


def _shown(value: msgspec.Raw) -> str:
    return inert(bytes(value).decode(), _LONGEST_VALUE)
