"""Problems of what a schema refuses: PW1xx."""

from pagerworthy.codes.code import Code

ROWS: tuple[Code, ...] = ()
