"""What to say of a name that does not exist."""

import difflib
from collections.abc import Iterable


def unknown_name(what: str, name: str, known: Iterable[str]) -> str:
    """`there is no service chekout; did you mean checkout?`"""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"there is no {what} {name!r}" + (f"; did you mean {close[0]}?" if close else "")
