"""JUnit XML for CI systems that show tests: one test a file, or one a criterion of a service.

What is not known is an `error` (the test could not say), what is waived, upcoming or not applicable is `skipped`.
`schemas/junit.xsd` describes the part of the format that is written here.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from pagerworthy.problem import Problem, Severity
from pagerworthy.report.content import ProblemReport
from pagerworthy.report.style import Style
from pagerworthy.report.text import place
from pagerworthy.report.words import moment

if TYPE_CHECKING:
    from pagerworthy.report.content import ScoreReport
    from pagerworthy.scoring import Criterion, CriterionResult, Scorecard

# What XML 1.0 cannot hold, even escaped (https://www.w3.org/TR/xml/#charsets).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFUSED = frozenset({"defer", "freeze", "hand-back"})
_COUNTS = ("tests", "failures", "errors", "skipped")


class _Suite:
    """A test suite while it is written."""

    def __init__(self, **attributes: str) -> None:
        self._attributes = attributes
        self._cases: list[str] = []
        self.counts: Counter[str] = Counter()

    def case(self, classname: str, name: str, *parts: str) -> None:
        self.counts["tests"] += 1
        head = f"  <testcase{_attributes(classname=classname, name=name)}"
        self._cases.append(f"{head}>{''.join(parts)}</testcase>" if parts else f"{head}/>")

    def failure(self, message: str, kind: str, text: str = "") -> str:
        self.counts["failures"] += 1
        return _element("failure", text, message=message, type=kind)

    def error(self, message: str, kind: str, text: str) -> str:
        self.counts["errors"] += 1
        return _element("error", text, message=message, type=kind)

    def skipped(self, message: str) -> str:
        self.counts["skipped"] += 1
        return _element("skipped", message=message)

    def written(self) -> str:
        head = f" <testsuite{_attributes(**self._attributes)}{_numbers(self.counts)}>"
        return "\n".join([head, *self._cases, " </testsuite>"])


def problems(report: ProblemReport, style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """A test for every file that was checked; it fails where the file has an error."""
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in report.ordered:
        by_file[problem.where.file].append(problem)
    suite = _Suite(name="pagerworthy check")
    for file in sorted({*report.checked, *by_file}):
        errors = [each for each in by_file[file] if each.severity is Severity.ERROR]
        warnings = [each for each in by_file[file] if each.severity is Severity.WARNING]
        parts = []
        if errors:
            codes = ", ".join(sorted({each.code for each in errors}))
            parts.append(suite.failure(errors[0].message, codes, "\n".join(map(_line, errors))))
        if warnings:
            parts.append(_element("system-out", "\n".join(map(_line, warnings))))
        suite.case("check", file, *parts)
    return _document([suite])


def scores(report: "ScoreReport", style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """A suite for every service: its verdict, then each criterion of the rubric."""
    suites = []
    for card in sorted(report.scores.scorecards, key=lambda card: card.service):
        suite = _Suite(name=card.service, timestamp=moment(report.scores.as_of))
        _verdict(suite, card)
        for result in card.results:
            _criterion(suite, card.service, result, report.criteria[result.id])
        suites.append(suite)
    return _document(suites)


def _verdict(suite: _Suite, card: "Scorecard") -> None:
    if card.verdict in _REFUSED:
        part = suite.failure(card.reason, str(card.verdict))
    else:
        part = _element("system-out", f"{card.verdict}: {card.reason}")
    suite.case(card.service, "verdict", part)


def _criterion(suite: _Suite, service: str, result: "CriterionResult", criterion: "Criterion") -> None:
    outcome = str(result.outcome)
    message = result.detail or criterion.question
    parts = []
    if outcome in {"fail", "unknown"}:
        fix = f"fix: {result.mend}" if result.mend else f"fix ({criterion.fix.effort}): {criterion.fix.text}"
        tell = suite.failure if outcome == "fail" else suite.error
        parts.append(tell(message, outcome, f"{criterion.question}\n{result.detail}\n{fix}"))
    elif outcome != "pass":
        word = f"waived by {result.waiver}" if result.waiver else outcome
        parts.append(suite.skipped(f"{word}: {message}"))
    suite.case(f"{service}.{criterion.area}", result.id, *parts)


def _line(problem: Problem) -> str:
    return f"{place(problem.where)}: {problem.severity}[{problem.code}]: {problem.message}\n  help: {problem.help}"


def _document(suites: Iterable[_Suite]) -> str:
    written, totals = [], Counter[str]()
    for suite in suites:
        written.append(suite.written())
        totals += suite.counts
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="pagerworthy"{_numbers(totals)}>'
    return "\n".join([head, *written, "</testsuites>"]) + "\n"


def _numbers(counts: Counter[str]) -> str:
    return _attributes(**{name: str(counts[name]) for name in _COUNTS})


def _element(tag: str, text: str = "", **attributes: str) -> str:
    return f"<{tag}{_attributes(**attributes)}>{escape(_text(text))}</{tag}>"


def _attributes(**attributes: str) -> str:
    return "".join(f" {name}={quoteattr(_text(value))}" for name, value in attributes.items())


def _text(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
