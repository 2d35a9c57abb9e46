"""The one table of problem codes; a stage adds its rows in a file of its own here, and names it in `table`.

PW0xx reading files and YAML, PW1xx schemas, PW2xx across entries, PW3xx rubric and policy, PW4xx evidence,
PW5xx the repository and its settings, PW6xx other tools' formats.
"""

from pagerworthy.codes.code import Code
from pagerworthy.codes.table import CODES, problem

__all__ = ["CODES", "Code", "problem"]
