"""A post-mortem is Markdown with its entry in front, between two lines of `---`."""

import re

import msgspec

_OPEN = re.compile(r"\A---[ ]*\r?\n")
_CLOSE = re.compile(r"^---[ ]*\r?$", re.MULTILINE)


class FrontMatter(msgspec.Struct, frozen=True):
    """The two parts of the file; the entry starts on the file's second line."""

    front: str
    body: str


def split(text: str) -> FrontMatter | None:
    """Separates the entry from the text below it; None where a line of `---` is missing."""
    start = _OPEN.match(text)
    if start is None:
        return None
    end = _CLOSE.search(text, start.end())
    if end is None:
        return None
    return FrontMatter(front=text[start.end() : end.start()], body=text[end.end() :])
