"""What there is to report; each format shows the same content."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pagerworthy.problem import Problem, Severity, sort_key

if TYPE_CHECKING:
    # Scoring loads an expression engine, which `check` has no use for.
    from pagerworthy.catalog import Catalog
    from pagerworthy.scoring import Criterion, Rubric, Scores


def total_key(problem: Problem) -> tuple[object, ...]:
    """Orders problems by file and position; no two that differ are equal in this order."""
    return (*sort_key(problem), problem.where.path, problem.help, problem.severity)


@dataclass(frozen=True, slots=True)
class ProblemReport:
    """The problems of a repository, located; in any order.

    `checked` names the files that were looked at, right or wrong, from the repository's root. With `root`, the text
    format shows the lines that the problems are about.
    """

    problems: tuple[Problem, ...]
    checked: tuple[str, ...] = ()
    root: Path | None = None

    @property
    def ordered(self) -> tuple[Problem, ...]:
        """The problems by file and position, and where they share it in an order that is always the same."""
        return tuple(sorted(self.problems, key=total_key))

    @property
    def errors(self) -> int:
        return sum(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def warnings(self) -> int:
        return len(self.problems) - self.errors


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """Scores with what is needed to explain them: the rubric's questions and fixes, and the entries.

    To report on some services only, give `scores` with only their scorecards. `whole` makes the text format print
    every criterion of every scorecard in place of one line a service. `criteria` are the rubric's by id, in its order.
    """

    scores: "Scores"
    rubric: "Rubric"
    catalog: "Catalog"
    whole: bool = False
    criteria: "dict[str, Criterion]" = field(init=False)

    def __post_init__(self) -> None:
        criteria = {criterion.id: criterion for criterion in self.rubric.criteria}
        object.__setattr__(self, "criteria", criteria)

    def file_of(self, service: str) -> str:
        """The file of a service's entry, from the repository's root."""
        return self.catalog.file_of("Service", service)
