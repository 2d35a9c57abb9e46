"""Problems of reading files and YAML: PW0xx."""

from pagerworthy.codes.code import Code

ROWS: tuple[Code, ...] = ()
