"""The format for people at a terminal."""

from typing import TYPE_CHECKING

from pagerworthy.problem import Problem, Severity, Where
from pagerworthy.report.content import ProblemReport
from pagerworthy.report.excerpt import Excerpts
from pagerworthy.report.style import Style
from pagerworthy.report.words import count, lines, one_line, without_commands

if TYPE_CHECKING:
    from pagerworthy.report.content import ScoreReport


def problems(report: ProblemReport, style: Style) -> str:
    """Each problem with its place, its line and how to mend it; then how many there are."""
    excerpts = Excerpts(report.root) if report.root else None
    blocks = [_block(problem, excerpts, style) for problem in report.ordered]
    return without_commands("\n".join([*blocks, _summary(report, style)]) + "\n")


def scores(report: "ScoreReport", style: Style) -> str:
    """One line a service, or with `whole` every scorecard."""
    from pagerworthy.report.scorecards import cards, table

    return without_commands(cards(report, style) if report.whole else table(report, style))


def place(where: Where) -> str:
    """`file:line:column`, as editors and terminals make links of it."""
    position = (
        f":{where.line}:{where.column}" if where.line and where.column else f":{where.line}" if where.line else ""
    )
    return where.file + position


def _block(problem: Problem, excerpts: Excerpts | None, style: Style) -> str:
    colour = "red" if problem.severity is Severity.ERROR else "yellow"
    head = style.paint(f"{problem.severity}[{problem.code}]", "bold", colour)
    path = style.paint(f"  {one_line(problem.where.path)}", "dim") if problem.where.path else ""
    first, *rest = lines(problem.message) or [""]
    found = [f"{head}: {style.paint(first, 'bold')}", *(f"  {line}" for line in rest)]
    found.append(f"  {style.paint('-->', 'blue')} {one_line(place(problem.where))}{path}")
    if excerpts:
        source, *mark = excerpts.of(problem.where, style.width - 10) or [""]
        found.extend(filter(None, [source, *(style.paint(line, colour) for line in mark)]))
    first, *rest = lines(problem.help) or [""]
    found.extend([f"  {style.paint('help', 'green')}: {first}", *(f"        {line}" for line in rest)])
    return "\n".join(found) + "\n"


def _summary(report: ProblemReport, style: Style) -> str:
    looked = f"{count(len(report.checked), 'file') if report.checked else 'no file'} checked"
    if not report.problems:
        return f"{style.paint('No problems', 'bold', 'green')}: {looked}."
    kinds = [
        style.paint(count(report.errors, "error"), "bold", "red") if report.errors else "",
        style.paint(count(report.warnings, "warning"), "bold", "yellow") if report.warnings else "",
    ]
    files = count(len({problem.where.file for problem in report.problems}), "file")
    code = report.ordered[0].code
    return (
        f"{' and '.join(filter(None, kinds))} in {files}; {looked}. `pagerworthy explain {code}` says more of a code."
    )
