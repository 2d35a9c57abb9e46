"""The sections of a Markdown text, read in one pass.

A whole parser is not asked: what it takes grows with the square of a list's length, and anybody may propose a runbook.
Only headings at the left count, as runbooks have them, not those inside lists and quotations.
See https://spec.commonmark.org/0.31.2/#atx-headings, #setext-headings and #fenced-code-blocks.
"""

import re
from collections.abc import Iterator

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t](.*))?")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*\Z)|~{3,})")
# What may stand above a line of dashes without becoming a heading.
_NO_PARAGRAPH = re.compile(r" {4}|\t| {0,3}(?:[-+*>|<]|[0-9]{1,9}[.)])")


def sections(text: str) -> frozenset[str]:
    """The headings that have something below them, in lower case; one without would be a section in name only.

    What stands below a sub-heading also stands below the heading. A comment is nothing.
    """
    found: set[str] = set()
    above: list[tuple[int, str]] = []
    for level, line in _lines(text.replace("\r\n", "\n").replace("\r", "\n").split("\n")):
        if not level:
            if above:
                found.update(heading for _, heading in above)
                above.clear()
            continue
        while above and above[-1][0] >= level:
            above.pop()
        above.append((level, line.casefold()))
    return frozenset(found)


def _lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    """The headings with their level, and every other line that says something with level 0."""
    # A line that an underline below it may yet make a heading.
    paragraph = ""
    for line in _without_fences(lines):
        if paragraph and (underline := _UNDERLINE.fullmatch(line)):
            yield 1 if underline[1][0] == "=" else 2, paragraph
            paragraph = ""
            continue
        if paragraph:
            yield 0, paragraph
            paragraph = ""
        if not line:
            continue
        if atx := _ATX.fullmatch(line):
            yield len(atx[1]), _closed(atx[2] or "")
        elif _NO_PARAGRAPH.match(line):
            yield 0, line
        else:
            paragraph = line.strip()
    if paragraph:
        yield 0, paragraph


def _without_fences(lines: list[str]) -> Iterator[str]:
    """The lines, those between fences indented as code is, and an empty one for each fence and line of a comment."""
    fence = ""
    comment = False
    for line in lines:
        text = line.strip()
        if fence:
            closes = text.startswith(fence) and not text.strip(fence[0])
            fence = "" if closes else fence
            yield f"\t{text}" if text and not closes else ""
        elif comment or text.startswith("<!--"):
            comment = "-->" not in text
            yield ""
        elif opening := _FENCE.match(line):
            fence = opening[1]
            yield ""
        else:
            yield line if text else ""


def _closed(text: str) -> str:
    """The text of a heading without the number signs that may close it."""
    text = text.strip()
    bare = text.rstrip("#")
    return bare.rstrip() if not bare or bare[-1] in " \t" else text
