"""All rows together, and the way to make a problem of one."""

from pagerworthy.codes import attestations, entries, interop, project, reading, rubric, schema, stacks
from pagerworthy.codes.code import Code
from pagerworthy.problem import Problem, Where

_TABLES = (
    reading.ROWS,
    schema.ROWS,
    entries.ROWS,
    attestations.ROWS,
    rubric.ROWS,
    project.ROWS,
    interop.ROWS,
    stacks.ROWS,
)

CODES: dict[str, Code] = {row.code: row for rows in _TABLES for row in rows}


def problem(code: str, message: str, where: Where, mend: str) -> Problem:
    """A problem with the severity that the table gives to its code. Raises KeyError for an unknown code."""
    return Problem(code=code, message=message, where=where, help=mend, severity=CODES[code].severity)
