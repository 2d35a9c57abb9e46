"""JSON for programs, described by `schemas/problems.schema.json` and `schemas/scores.schema.json`.

One line a problem or a service, so that two reports can be compared line by line.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from pagerworthy.problem import Problem
from pagerworthy.report.content import ProblemReport
from pagerworthy.report.style import Style
from pagerworthy.report.words import encodable, moment

if TYPE_CHECKING:
    from pagerworthy.report.content import ScoreReport
    from pagerworthy.scoring import CriterionResult, Scorecard


class ProblemRow(msgspec.Struct, frozen=True):
    """One problem; `line` and `column` count from 1, and are 0 where it is about the whole file."""

    code: str
    severity: str
    message: str
    help: str
    file: str
    line: int
    column: int
    path: str


class CriterionRow(msgspec.Struct, frozen=True):
    """One outcome; `strength` is null where nothing decided it."""

    id: str
    outcome: str
    strength: str | None
    detail: str
    evidence: tuple[str, ...]
    waiver: str
    without_waiver: str | None


class BreachRow(msgspec.Struct, frozen=True):
    """A limit of the pager contract that is crossed, or with `known` false, that cannot be judged."""

    id: str
    title: str
    action: str
    detail: str
    known: bool


class ServiceRow(msgspec.Struct, frozen=True):
    """One scorecard; scores run from 0 to 100, `coverage` from 0 to 1; `criteria` is a list of `CriterionRow`."""

    name: str
    tier: int
    owner: str
    holder: str
    verdict: str
    reason: str
    rung: str
    rung_with_waivers: str
    required_rung: str
    score: float
    score_with_waivers: float
    coverage: float
    blocking: tuple[str, ...]
    breaches: tuple[BreachRow, ...]
    criteria: msgspec.Raw


class UnreadableRow(msgspec.Struct, frozen=True):
    """A service that is not judged, because its entry cannot be read; `line` is 0 where it is about the whole file."""

    name: str
    owner: str
    file: str
    line: int


def problems(report: ProblemReport, style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """`{"problems": [...]}`."""
    return _rows(map(_problem, report.ordered), '{"problems": ')


def scores(report: "ScoreReport", style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """`{"as_of": ..., "digests": {...}, "unreadable": [...], "services": [...]}`."""
    scored = report.scores
    as_of = _encode(moment(scored.as_of))
    cards = sorted(scored.scorecards, key=lambda card: card.service)
    written = _Written()
    lost = [
        UnreadableRow(each.name, each.owner, encodable(each.file), each.line)
        for _, each in sorted(report.catalog.unreadable.items())
    ]
    head = f'{{"as_of": {as_of},\n"digests": {_encode(scored.digests)},\n"unreadable": {_encode(lost)},\n"services": '
    return _rows((_service(card, report, written) for card in cards), head)


def _problem(problem: Problem) -> ProblemRow:
    where = problem.where
    return ProblemRow(
        code=problem.code,
        severity=str(problem.severity),
        message=encodable(problem.message),
        help=encodable(problem.help),
        file=encodable(where.file),
        line=where.line,
        column=where.column,
        path=encodable(where.path),
    )


class _Written:
    """Outcomes in JSON. Most services have the same ones, so that those without evidence are kept."""

    def __init__(self) -> None:
        self._kept: dict[CriterionResult, bytes] = {}

    def all(self, results: Iterable["CriterionResult"]) -> msgspec.Raw:
        return msgspec.Raw(b"[" + b",".join(map(self._one, results)) + b"]")

    def _one(self, result: "CriterionResult") -> bytes:
        if result.evidence:
            return _criterion(result)
        kept = self._kept.get(result)
        if kept is None:
            kept = self._kept[result] = _criterion(result)
        return kept


def _criterion(result: "CriterionResult") -> bytes:
    return msgspec.json.encode(
        CriterionRow(
            id=result.id,
            outcome=result.outcome,
            strength=result.strength.word if result.strength else None,
            detail=encodable(result.detail),
            evidence=tuple([encodable(each) for each in result.evidence]),
            waiver=result.waiver,
            without_waiver=result.without_waiver,
        )
    )


def _service(card: "Scorecard", report: "ScoreReport", written: _Written) -> ServiceRow:
    spec = report.catalog.services[card.service].spec
    return ServiceRow(
        name=card.service,
        tier=spec.tier,
        owner=spec.owner,
        holder=card.holder,
        verdict=card.verdict,
        reason=encodable(card.reason),
        rung=card.rung.word,
        rung_with_waivers=card.rung_with_waivers.word,
        required_rung=card.required_rung.word,
        score=card.score,
        score_with_waivers=card.score_with_waivers,
        coverage=card.coverage,
        blocking=card.blocking,
        breaches=tuple(
            BreachRow(breach.id, breach.title, breach.action, encodable(breach.detail), breach.known)
            for breach in card.breaches
        ),
        criteria=written.all(card.results),
    )


def _rows(rows: Iterable[msgspec.Struct], head: str) -> str:
    """The document that begins with `head` and ends with these rows. All is joined at once: it may be long."""
    parts = [head]
    for row in rows:
        parts += ["[\n" if len(parts) == 1 else ",\n", _encode(row)]
    parts.append("[]}\n" if len(parts) == 1 else "\n]}\n")
    return "".join(parts)


def _encode(value: object) -> str:
    return msgspec.json.encode(value).decode()
