"""The records of evidence that a page shows beside an outcome, within the room that it has."""

from collections.abc import Sequence
from typing import NamedTuple

from pagerworthy.evidence import Known, SubjectEvidence
from pagerworthy.evidence.attested import SOURCE
from pagerworthy.evidence.keys import Value
from pagerworthy.scoring import CriterionResult, Outcome
from pagerworthy.site import words
from pagerworthy.site.attested import anchor_of
from pagerworthy.site.jinja import shown

_QUERY = 120
_VALUE = 140
_ITEMS = 4
# What the markup of a record takes.
_PROOF = 34
# What the markup of its query takes.
_ASKED = 17
# What the markup of a link to another page of the service takes, without its anchor.
_LINKED = 70


class Proof(NamedTuple):
    """A record of evidence: what was looked at, how strongly it is known, by whom and when, and what was found.

    `anchor` is where on its service's page an entry stands that it was read from; empty for what is no entry.
    """

    key: str
    seen: str
    value: str
    query: str
    anchor: str = ""


def html_length(text: str) -> int:
    """How many bytes a text takes in HTML; a query is full of quotes, which take five."""
    made = shown(text)
    return len(made) if made.isascii() else len(made.encode(errors="replace"))


class Proofs:
    """Chooses which records a page shows: each once, and no more than there is room for."""

    def __init__(self, evidence: SubjectEvidence, clock: words.Clock, room: int) -> None:
        self._evidence = evidence
        self._clock = clock
        self._room = room
        self._places: dict[str, str] = {}
        self.left_out = 0

    def take(self, size: int) -> bool:
        """Uses up room; False where there is not enough."""
        if size > self._room:
            return False
        self._room -= size
        return True

    def show(self, result: CriterionResult) -> tuple[tuple[Proof, ...], str]:
        """The records of a result that are shown with it, and where the others are."""
        fresh: list[tuple[str, Known]] = []
        elsewhere: list[str] = []
        for reference in result.evidence:
            name = reference.rsplit("@", 1)[0]
            if name in self._places:
                elsewhere.append(name)
                continue
            known = _record(self._evidence, name)
            if known is not None:
                self._places[name] = result.id
                fresh.append((name, known))
        if not fresh and not elsewhere:
            return (), ""
        # What a met criterion found stands in its detail already, so that its records need not say it again.
        met = result.outcome is Outcome.PASS
        made = self._alike(fresh) if met else [self._each(name, known) for name, known in fresh]
        proofs = [proof for proof in made if self.take(_size(proof))]
        missing = len(made) - len(proofs)
        self.left_out += missing
        says = [f"{words.listed(elsewhere)}: see {self._places[elsewhere[0]]}"] if elsewhere else []
        if missing:
            says.append(f"{words.count(missing, 'record')} in the JSON document")
        return tuple(proofs), "; ".join(says)

    def with_queries(self, proofs: Sequence[Proof]) -> tuple[Proof, ...]:
        """The records with what was asked, as far as there is room for it."""
        return tuple(
            proof if not proof.query or self.take(_ASKED + html_length(proof.query)) else proof._replace(query="")
            for proof in proofs
        )

    def _each(self, name: str, known: Known) -> Proof:
        record = known.record
        value = f"failed: {record.failed}" if known.value is None else say(known.value)
        return self._proof(name, known, words.cut(value, _VALUE))

    def _alike(self, fresh: Sequence[tuple[str, Known]]) -> list[Proof]:
        """One line for all records of the same key that were seen in the same way."""
        if len(fresh) == 1:
            name, known = fresh[0]
            return [self._proof(name, known, "")]
        groups: dict[tuple[str, str], list[Known]] = {}
        for _, known in fresh:
            groups.setdefault((known.record.key, self._seen(known)), []).append(known)
        found = []
        for (key, seen), group in groups.items():
            items = [known.record.item.rsplit("/", 1)[-1] for known in group if known.record.item]
            name = f"{key} of {words.listed(items, _ITEMS)}" if items else key
            found.append(self._proof(name, group[0], "") if len(group) == 1 else Proof(name, seen, "", ""))
        return found

    def _proof(self, name: str, known: Known, value: str) -> Proof:
        record = known.record
        entry = anchor_of(record.query) if record.source == SOURCE else ""
        # What was asked is the entry, which the link leads to.
        query = "" if entry else words.cut(record.query, _QUERY)
        return Proof(name, self._seen(known), value, query, entry)

    def _seen(self, known: Known) -> str:
        record = known.record
        return f"{record.strength} by {record.source}, {self._clock.when(record.time)}"


def _size(proof: Proof) -> int:
    """What a record takes without its query."""
    link = _LINKED + len(proof.anchor) if proof.anchor else 0
    return _PROOF + link + len(proof.key) + len(proof.seen) + len(proof.value)


def _record(evidence: SubjectEvidence, name: str) -> Known | None:
    """The record that a scorecard calls `key` or `key[item]`."""
    key, bracket, rest = name.partition("[")
    return evidence.get(key, {}).get(rest[:-1] if bracket else "")


def say(value: Value) -> str:
    """A value in words: `good 99,950; total 100,000`."""
    parts = []
    for field in value.__struct_fields__:
        found = getattr(value, field)
        if isinstance(found, bool):
            text = "yes" if found else "no"
        elif isinstance(found, float | int):
            text = words.number(found)
        elif isinstance(found, tuple):
            text = ", ".join(each if isinstance(each, str) else words.number(each) for each in found) or "none"
        else:
            text = str(found)
        parts.append(f"{field.replace('_', ' ')} {text}")
    return "; ".join(parts)
