"""What people attest of a service, each with the day until which it holds."""

from collections.abc import Iterable
from typing import NamedTuple

from pagerworthy.catalog import Attestation
from pagerworthy.evidence import KEYS
from pagerworthy.site import links, words
from pagerworthy.site.attested import anchor
from pagerworthy.site.pages.history import SOON
from pagerworthy.site.pages.proofs import html_length

# A page has room for a few sentences of each; the entry has all.
_STATEMENT = 240
_SHORT = 120
# What the markup of a line takes.
_MARKUP = 130


class AttestationLine(NamedTuple):
    """An attestation: what it says of what, who says so, and whether it still holds."""

    anchor: str
    mark: str
    state: str
    says: str
    statement: str
    numbers: str
    who: str
    about: str
    href: str


def attestation_lines(entries: Iterable[Attestation], clock: words.Clock) -> tuple[AttestationLine, ...]:
    """The attestations as lines."""
    return tuple(_line(each, clock) for each in entries)


def size_of(line: AttestationLine) -> int:
    """About how many bytes the line takes on a page."""
    return _MARKUP + sum(html_length(each) for each in line)


def _line(entry: Attestation, clock: words.Clock) -> AttestationLine:
    spec = entry.spec
    mark, state = _state(entry, clock)
    about = spec.about
    named = [each for each in (about.text, about.path or about.url) if each]
    who = f"{words.cut(spec.by.name, _SHORT)}, {words.cut(spec.by.capacity, _SHORT)}"
    return AttestationLine(
        anchor=anchor(entry.name),
        mark=mark,
        state=state,
        says=words.sentence(KEYS[spec.attests].says),
        statement=words.cut(spec.statement, _STATEMENT),
        numbers=_numbers(entry),
        who=f"{who}, {clock.when(spec.date)}",
        about=words.cut(": ".join(named), _SHORT),
        href=links.safe(about.url),
    )


def _state(entry: Attestation, clock: words.Clock) -> tuple[str, str]:
    spec = entry.spec
    left = -clock.days(spec.until)
    if left < 0:
        return "bad", f"stale, ended {clock.when(spec.until)}"
    if clock.days(spec.date) < 0:
        return "wait", f"from {clock.when(spec.date)}"
    return "warn" if left <= SOON else "ok", f"until {clock.when(spec.until)}"


def _numbers(entry: Attestation) -> str:
    training, unit = entry.spec.training, entry.spec.unit_cost
    if training is not None:
        return f"{training.trained:,} of {training.rotation:,} people are trained."
    if unit is not None:
        return f"One unit costs {unit.cost:.12g}, {'accepted' if unit.accepted else 'not accepted'} by the business."
    return ""
