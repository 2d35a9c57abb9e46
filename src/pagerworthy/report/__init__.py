"""Reports: problems and scores as text, JSON, SARIF, JUnit XML, GitHub annotations and Markdown.

Every format is a module of its own with two functions, `problems` and `scores`, of the shapes in `Format`:

    report.problems("sarif")(ProblemReport(problems=..., checked=..., root=...), style)
    report.scores("text")(ScoreReport(scores=..., rubric=..., catalog=...), style)

Both return the whole document, ending in one line break, and print nothing. The same report always gives the same
text, whatever the order in which problems or scorecards came. `style` (`style_for(sys.stdout, os.environ)`) matters to
`text` only.
"""

from pagerworthy.report.content import ProblemReport, ScoreReport
from pagerworthy.report.format import FORMATS, Format, problems, scores
from pagerworthy.report.style import PLAIN, Style, style_for

__all__ = [
    "FORMATS",
    "PLAIN",
    "Format",
    "ProblemReport",
    "ScoreReport",
    "Style",
    "problems",
    "scores",
    "style_for",
]
