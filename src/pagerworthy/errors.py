"""The one exception that the command line turns into exit code 2; light, so that `--help` need not load the stages."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pagerworthy.problem import Problem


class ProjectError(Exception):
    """The repository or its settings cannot be used; carries the problem to show."""

    def __init__(self, problem: "Problem") -> None:
        super().__init__(problem.message)
        self.problem = problem
