"""Workflow commands: GitHub shows each as an annotation at the line of a pull request that it is about.

The form and its escapes are those of actions/toolkit, packages/core/src/command.ts. A step shows ten annotations of
each level, so the most urgent come first.
"""

from typing import TYPE_CHECKING

from pagerworthy.problem import Problem, Severity
from pagerworthy.report.content import ProblemReport, total_key
from pagerworthy.report.style import Style
from pagerworthy.report.words import count, lines, one_line

if TYPE_CHECKING:
    from pagerworthy.report.content import ScoreReport
    from pagerworthy.scoring import Scorecard

# The levels by verdict; a verdict that asks nothing of anybody is not annotated.
_LEVELS = {"hand-back": "error", "freeze": "error", "defer": "warning", "accept-with-conditions": "notice"}
_NAMED = 5


def problems(report: ProblemReport, style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """One annotation a problem, errors first, and a last line with their number."""
    ordered = sorted(report.problems, key=lambda each: (each.severity is not Severity.ERROR, total_key(each)))
    found = [_problem(problem) for problem in ordered]
    found.append(f"{count(report.errors, 'error')}, {count(report.warnings, 'warning')}")
    return "\n".join(found) + "\n"


def scores(report: "ScoreReport", style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """One annotation for each service whose verdict asks for something, at its entry."""
    urgency = list(_LEVELS)
    cards = [card for card in report.scores.scorecards if card.verdict in _LEVELS]
    cards.sort(key=lambda card: (urgency.index(card.verdict), card.service))
    found = [_card(card, report) for card in cards]
    found.append(f"{count(len(report.scores.scorecards), 'service')}, {len(cards)} to look at")
    return "\n".join(found) + "\n"


def command(level: str, message: str, **properties: str | int) -> str:
    """One workflow command on one line, whatever the message and the properties contain."""
    given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value)
    return f"::{level} {given}::{_data(message)}"


def _problem(problem: Problem) -> str:
    where = problem.where
    title = f"{problem.code} {where.path}".strip()
    return command(
        str(problem.severity),
        f"{problem.message}\nhelp: {problem.help}",
        file=where.file,
        line=where.line,
        col=where.column if where.line else 0,
        title=title,
    )


def _card(card: "Scorecard", report: "ScoreReport") -> str:
    fixes = [
        f"{name}: {one_line(card.mend_of(name) or report.criteria[name].fix.text)}" for name in card.blocking[:_NAMED]
    ]
    more = len(card.blocking) - len(fixes)
    if more > 0:
        fixes.append(f"and {more} more")
    return command(
        _LEVELS[card.verdict],
        "\n".join([card.reason, *fixes]),
        file=report.file_of(card.service),
        title=f"{card.service}: {card.verdict}",
    )


def _data(text: str) -> str:
    # Escaping `%` first keeps an escape that the text already holds from being undone to a line break.
    return "%0A".join(line.replace("%", "%25") for line in lines(text.replace("##[", "## [")))


def _property(text: str) -> str:
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")
