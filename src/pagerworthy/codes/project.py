"""Problems of the repository and its settings: PW5xx."""

from pagerworthy.codes.code import Code

ROWS: tuple[Code, ...] = ()
