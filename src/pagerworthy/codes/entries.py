"""Problems of what entries say of each other: PW2xx."""

from pagerworthy.codes.code import Code

ROWS: tuple[Code, ...] = ()
