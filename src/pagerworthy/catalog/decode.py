"""Turns a file's bytes into text, or says why they are none."""

import codecs

from pagerworthy.catalog.precheck import SIZE_LIMIT, UNPRINTABLE
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where

# The longest marks first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
    (codecs.BOM_UTF8, "UTF-8 with a byte order mark"),
)
_MAX_PROBLEMS = 10


def decode(content: bytes, file: str, limit: int = SIZE_LIMIT) -> tuple[str, list[Problem]]:
    """The text of the file, or the empty text with the problems that make it unreadable."""
    if len(content) > limit:
        mend = "split it, or move long text into a file that it links to"
        return "", [problem("PW003", f"this file has more than {limit // 1024} KiB", Where(file=file), mend)]
    save = "save it as UTF-8 without a byte order mark"
    for mark, name in _MARKS:
        if content.startswith(mark):
            return "", [problem("PW004", f"this file is {name}", Where(file=file, line=1, column=1), save)]
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        start = content.rfind(b"\n", 0, error.start) + 1
        column = len(content[start : error.start].decode(errors="replace")) + 1
        byte = content[error.start]
        where = Where(file=file, line=line, column=column)
        return "", [problem("PW004", f"the byte 0x{byte:02X} here is not UTF-8; is this file Latin-1?", where, save)]
    if text.count("\0") * 3 > len(text):
        return "", [problem("PW004", "this file is UTF-16 or UTF-32", Where(file=file, line=1, column=1), save)]
    problems = unprintable(text, file)
    return ("" if problems else text), problems


def unprintable(text: str, file: str) -> list[Problem]:
    """A problem for each of the first control or invisible characters."""
    problems: list[Problem] = []
    for found in UNPRINTABLE.finditer(text):
        # A large table, of which only a wrong file needs anything.
        import unicodedata

        if len(problems) == _MAX_PROBLEMS:
            break
        character = found[0][0]
        start = text.rfind("\n", 0, found.start()) + 1
        where = Where(file=file, line=text.count("\n", 0, start) + 1, column=found.start() - start + 1)
        name = unicodedata.name(character, "a control character")
        message = f"an invisible or control character is here: U+{ord(character):04X} {name}"
        problems.append(problem("PW005", message, where, "delete it, and write the text around it again"))
    return problems
