"""JUnit XML for CI systems that show tests: one test a file, or one a criterion of a service.

What is not known is an `error` (the test could not say), what is waived, upcoming or not applicable is `skipped`.
`schemas/junit.xsd` describes the part of the format that is written here.
"""

import re
from collections import defaultdict
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

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


def problems(report: ProblemReport, style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """A test for every file that was checked; it fails where the file has an error."""
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in report.ordered:
        by_file[problem.where.file].append(problem)
    suite = ET.Element("testsuite", name="pagerworthy check")
    for file in sorted({*report.checked, *by_file}):
        case = ET.SubElement(suite, "testcase", classname="check", name=_text(file))
        errors = [each for each in by_file[file] if each.severity is Severity.ERROR]
        warnings = [each for each in by_file[file] if each.severity is Severity.WARNING]
        if errors:
            codes = ", ".join(sorted({each.code for each in errors}))
            failure = ET.SubElement(case, "failure", message=_text(errors[0].message), type=codes)
            failure.text = _text("\n".join(map(_line, errors)))
        if warnings:
            ET.SubElement(case, "system-out").text = _text("\n".join(map(_line, warnings)))
    return _document([suite])


def scores(report: "ScoreReport", style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """A suite for every service: its verdict, then each criterion of the rubric."""
    criteria = report.criteria
    suites = []
    for card in sorted(report.scores.scorecards, key=lambda card: card.service):
        suite = ET.Element("testsuite", name=card.service, timestamp=moment(report.scores.as_of))
        _verdict(suite, card)
        for result in card.results:
            _criterion(suite, card.service, result, criteria[result.id])
        suites.append(suite)
    return _document(suites)


def _verdict(suite: ET.Element, card: "Scorecard") -> None:
    case = ET.SubElement(suite, "testcase", classname=card.service, name="verdict")
    if card.verdict in _REFUSED:
        ET.SubElement(case, "failure", message=_text(card.reason), type=card.verdict)
    else:
        ET.SubElement(case, "system-out").text = _text(f"{card.verdict}: {card.reason}")


def _criterion(suite: ET.Element, service: str, result: "CriterionResult", criterion: "Criterion") -> None:
    case = ET.SubElement(suite, "testcase", classname=f"{service}.{criterion.area}", name=result.id)
    outcome = str(result.outcome)
    if outcome == "pass":
        return
    message = _text(result.detail or criterion.question)
    if outcome in {"fail", "unknown"}:
        element = ET.SubElement(case, "failure" if outcome == "fail" else "error", message=message, type=outcome)
        element.text = _text(
            f"{criterion.question}\n{result.detail}\nfix ({criterion.fix.effort}): {criterion.fix.text}"
        )
    else:
        waived = f"waived by {result.waiver}: " if result.waiver else f"{outcome}: "
        ET.SubElement(case, "skipped", message=waived + message)


def _line(problem: Problem) -> str:
    return f"{place(problem.where)}: {problem.severity}[{problem.code}]: {problem.message}\n  help: {problem.help}"


def _document(suites: list[ET.Element]) -> str:
    root = ET.Element("testsuites", name="pagerworthy")
    totals = dict.fromkeys(_COUNTED, 0)
    for suite in suites:
        for name, tag in _COUNTED.items():
            number = len(suite.findall(tag))
            suite.set(name, str(number))
            totals[name] += number
        root.append(suite)
    for name, total in totals.items():
        root.set(name, str(total))
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


_COUNTED = {
    "tests": "testcase",
    "failures": "testcase/failure",
    "errors": "testcase/error",
    "skipped": "testcase/skipped",
}


def _text(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
