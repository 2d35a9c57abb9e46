"""SARIF 2.1.0 for code scanning: one rule a problem code or criterion, one result a problem or failing criterion.

Fingerprints come from the rule, the file and the place inside the document, never from a line, so that an alert stays
the same alert when lines above it are added. What is not known is of kind `open`, what is waived is suppressed.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from pagerworthy import __version__
from pagerworthy.codes import CODES
from pagerworthy.problem import Problem, Severity, Where
from pagerworthy.report.content import ProblemReport
from pagerworthy.report.style import Style
from pagerworthy.report.words import encodable, moment

if TYPE_CHECKING:
    from pagerworthy.report.content import ScoreReport
    from pagerworthy.scoring import Breach, Criterion, CriterionResult

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# Files are named from the repository's root; whoever reads the report knows where that is.
_BASE = "%SRCROOT%"
_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Result:
    """A result before its rule has a number; `about` is the place inside the document, for the fingerprint."""

    rule: str
    message: str
    where: Where
    about: str
    level: str = "none"
    kind: str = "fail"
    waiver: str | None = None


def problems(report: ProblemReport, style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """A run whose rules are the codes that occur."""
    results = [_problem(problem) for problem in report.ordered]
    rules = [_code_rule(code) for code in sorted({problem.code for problem in report.problems})]
    return _log("check", rules, results, {})


def scores(report: "ScoreReport", style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """A run whose rules are all criteria and breaches; criteria that pass or are not due have no result."""
    waivers = {waiver.name: waiver.spec.reason for waiver in report.catalog.waivers}
    criteria = report.criteria
    results: list[_Result] = []
    for card in sorted(report.scores.scorecards, key=lambda card: card.service):
        where = Where(file=report.file_of(card.service))
        for outcome in card.results:
            found = _criterion(outcome, criteria[outcome.id], where, card.service, waivers)
            results.extend([found] if found else [])
        results.extend(_breach(breach, where, card.service) for breach in card.breaches)
    rules = [_criterion_rule(criterion) for criterion in criteria.values()]
    rules.extend(_rule(f"breach/{rule.id}", rule.title, rule.title) for rule in report.rubric.policy.breaches)
    digests = report.scores.digests
    facts = {
        "as_of": moment(report.scores.as_of),
        "digests": {"catalog": digests.catalog, "rubric": digests.rubric, "evidence": digests.evidence},
    }
    return _log("score", rules, results, facts)


def _log(stage: str, rules: Sequence[_Json], results: Iterable[_Result], facts: _Json) -> str:
    numbers = {rule["id"]: number for number, rule in enumerate(rules)}
    seen: Counter[str] = Counter()
    run: _Json = {
        "tool": {"driver": {"name": "pagerworthy", "semanticVersion": __version__, "rules": list(rules)}},
        "automationDetails": {"id": f"pagerworthy/{stage}/"},
        "originalUriBaseIds": {_BASE: {"description": {"text": "The repository's root."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(result, numbers, seen) for result in results],
    }
    if facts:
        run["properties"] = facts
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=1).decode() + "\n"


def _result(result: _Result, numbers: dict[str, int], seen: Counter[str]) -> _Json:
    where = result.where
    # Code scanning shows nothing without a line, so what is about the whole file stands at its first.
    region: _Json = {"startLine": max(where.line, 1)}
    if where.line and where.column:
        region["startColumn"] = where.column
    location: _Json = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(encodable(where.file)), "uriBaseId": _BASE},
            "region": region,
        }
    }
    if where.path:
        location["logicalLocations"] = [{"fullyQualifiedName": encodable(where.path), "kind": "element"}]
    written: _Json = {
        "ruleId": result.rule,
        "ruleIndex": numbers[result.rule],
        "kind": result.kind,
        "level": result.level if result.kind == "fail" else "none",
        "message": {"text": encodable(result.message)},
        "locations": [location],
        "partialFingerprints": _fingerprints(result, seen),
    }
    if result.waiver is not None:
        written["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": encodable(result.waiver)}
        ]
    return written


def _fingerprints(result: _Result, seen: Counter[str]) -> dict[str, str]:
    key = "\0".join((result.rule, result.where.file, result.about))
    digest = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:32]
    # Several at one place are told apart by their order there.
    seen[digest] += 1
    fingerprint = f"{digest}:{seen[digest]}"
    # GitHub reads only the second name, and would fill it from the text of the line.
    return {"pagerworthy/v1": fingerprint, "primaryLocationLineHash": fingerprint}


def _problem(problem: Problem) -> _Result:
    level = "error" if problem.severity is Severity.ERROR else "warning"
    text = f"{problem.message}\nHelp: {problem.help}"
    return _Result(problem.code, text, problem.where, about=problem.where.path, level=level)


def _criterion(
    result: "CriterionResult", criterion: "Criterion", where: Where, service: str, waivers: dict[str, str]
) -> _Result | None:
    outcome = str(result.without_waiver or result.outcome)
    if outcome not in {"fail", "unknown"}:
        return None
    return _Result(
        rule=result.id,
        message=f"{service}: {result.detail or criterion.question}\nHelp: {result.mend or criterion.fix.text}",
        where=where,
        about=service,
        level="error" if criterion.gating else "warning",
        kind="fail" if outcome == "fail" else "open",
        waiver=waivers.get(result.waiver, "") if result.waiver else None,
    )


def _breach(breach: "Breach", where: Where, service: str) -> _Result:
    return _Result(
        rule=f"breach/{breach.id}",
        message=f"{service}: {breach.title}: {breach.detail}",
        where=where,
        about=service,
        level="error",
        kind="fail" if breach.known else "open",
    )


def _code_rule(code: str) -> _Json:
    row = CODES.get(code)
    if row is None:
        return _rule(code, code, code)
    level = "error" if row.severity is Severity.ERROR else "warning"
    return _rule(code, row.title, row.why, row.mend, level=level)


def _criterion_rule(criterion: "Criterion") -> _Json:
    rule = _rule(
        criterion.id,
        criterion.question,
        criterion.why,
        criterion.fix.text,
        level="error" if criterion.gating else "warning",
    )
    rule["properties"] = {
        "area": criterion.area,
        "phase": criterion.phase,
        "rung": criterion.rung.word,
        "strength": criterion.strength.word,
        "tags": [criterion.area, criterion.rung.word],
    }
    return rule


def _rule(name: str, title: str, why: str, mend: str = "", *, level: str = "error") -> _Json:
    rule: _Json = {
        "id": name,
        "shortDescription": {"text": encodable(title)},
        "fullDescription": {"text": encodable(why)},
        "defaultConfiguration": {"level": level},
    }
    if mend:
        rule["help"] = {"text": encodable(mend)}
    return rule
