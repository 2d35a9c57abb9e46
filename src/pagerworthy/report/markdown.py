"""Markdown for a comment on a pull request or the summary of a job.

Its first line is a marker by which a workflow finds its own comment again. It stays below the 65,536 characters that
GitHub takes for a comment.
"""

import re
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING

from pagerworthy.report.content import ProblemReport
from pagerworthy.report.style import Style
from pagerworthy.report.text import place
from pagerworthy.report.words import count, encodable, moment, one_line, percent

if TYPE_CHECKING:
    from pagerworthy.report.content import ScoreReport
    from pagerworthy.scoring import Scorecard

MARKER = "<!-- pagerworthy {stage} -->"
_LIMIT = 60_000
_NAMED = 10
# Most urgent first; within a verdict the lower score.
_URGENCY = ("hand-back", "freeze", "defer", "accept-with-conditions", "accept", "keep")
# A zero-width space, as an entity: `@name`, `#1` and addresses must not reach people or other pages.
_GAP = "&#8203;"
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~$&])")
_SPAN = re.compile(r"`([^`]+)`")


def problems(report: ProblemReport, style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """A table of the problems, errors and warnings."""
    title = (
        "No problems"
        if not report.problems
        else f"{count(report.errors, 'error')}, {count(report.warnings, 'warning')}"
    )
    head = [MARKER.format(stage="check"), "", f"## Catalog check: {title}", ""]
    if not report.problems:
        return _joined([*head, f"{count(len(report.checked), 'file')} checked."], [])
    head += ["| where | problem | mend |", "|---|---|---|"]
    rows = (
        f"| {code(place(problem.where))} | {problem.severity} {problem.code}: {text(problem.message)} "
        f"| {text(problem.help)} |"
        for problem in report.ordered
    )
    return _joined(head, rows)


def scores(report: "ScoreReport", style: Style) -> str:  # noqa: ARG001 -- part of the protocol
    """How many of each verdict, a table of services, most urgent first, and what each should do next."""
    cards = sorted(report.scores.scorecards, key=lambda card: (_URGENCY.index(card.verdict), card.score, card.service))
    verdicts = Counter(str(card.verdict) for card in cards)
    tally = ", ".join(f"{verdicts[verdict]} {verdict}" for verdict in _URGENCY if verdicts[verdict])
    digests = report.scores.digests
    basis = ", ".join(
        f"{name} {code(digest[:19])}"
        for name, digest in (("catalog", digests.catalog), ("rubric", digests.rubric), ("evidence", digests.evidence))
    )
    head = [
        MARKER.format(stage="score"),
        "",
        f"## Readiness of {count(len(cards), 'service')}",
        "",
        f"{tally or 'No service'}, as of {moment(report.scores.as_of)}.",
        "",
        f"<sub>{basis}</sub>",
        "",
        "| service | tier | pager | verdict | rung | score | known | first |",
        "|---|---|---|---|---|--:|--:|---|",
    ]
    rows = (_row(card, report) for card in cards)
    return _joined(head, chain(rows, (_next_steps(card, report) for card in cards if card.blocking)))


def text(untrusted: str) -> str:
    """Text on one line in which nothing but `code` is markup, and nothing a mention, a reference or a link."""
    parts = _SPAN.split(one_line(encodable(untrusted)))
    return "".join(code(part) if number % 2 else _inert(part) for number, part in enumerate(parts))


def _inert(part: str) -> str:
    escaped = _MARKUP.sub(r"\\\1", part)
    escaped = escaped.replace("@", f"@{_GAP}").replace("\\#", f"\\#{_GAP}").replace("://", f":{_GAP}//")
    return re.sub(r"(?i)\bwww\.", f"www{_GAP}.", escaped)


def code(untrusted: str) -> str:
    """Text in a code span, inside a table or not."""
    shown = one_line(encodable(untrusted)).translate({ord("`"): "'", ord("|"): "¦"})
    return f"`{shown}`"


def _row(card: "Scorecard", report: "ScoreReport") -> str:
    spec = report.catalog.services[card.service].spec
    waived = f" ({card.score_with_waivers:g})" if card.score_with_waivers != card.score else ""
    first = code(card.blocking[0]) if card.blocking else ""
    return (
        f"| {code(card.service)} | {spec.tier} | {card.holder} | **{card.verdict}** | {card.rung.word} of "
        f"{card.required_rung.word} | {card.score:g}{waived} | {percent(card.coverage)} | {first} |"
    )


def _next_steps(card: "Scorecard", report: "ScoreReport") -> str:
    criteria = report.criteria
    results = {result.id: result for result in card.results}
    found = ["", f"<details><summary>{card.service}: {card.verdict}</summary>", "", text(card.reason), ""]
    for name in card.blocking[:_NAMED]:
        fix, mend = criteria[name].fix, results[name].mend
        found.append(f"- {code(name)} {results[name].outcome}: {text(results[name].detail)}")
        found.append(f"  Fix: {text(mend)}" if mend else f"  Fix ({fix.effort}): {text(fix.text)}")
    if len(card.blocking) > _NAMED:
        found.append(f"- and {len(card.blocking) - _NAMED} more")
    return "\n".join([*found, "", "</details>"])


def _joined(head: list[str], blocks: Iterable[str]) -> str:
    """The document up to the block that has no room any more; blocks after it are not even written."""
    found, room = list(head), _LIMIT - sum(len(line) + 1 for line in head)
    for block in blocks:
        room -= len(block) + 1
        if room < 0:
            found += ["", "There is more than a comment can hold: see the whole report in the log or on the site."]
            break
        found.append(block)
    return "\n".join(found) + "\n"
