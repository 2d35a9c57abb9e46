"""Text from entries made harmless for where it is shown, and phrases that several formats share."""

import datetime as dt
import re

_COMMAND_LINE = re.compile(r"(?m)^(\s*):(?=:)")


def one_line(text: str) -> str:
    """The text on one line, with characters that do not print replaced; so none can move a terminal's cursor."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in " ".join(text.split()))


def lines(text: str) -> list[str]:
    """The text's lines without characters that do not print."""
    return ["".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line) for line in text.splitlines()]


def encodable(text: str) -> str:
    """The text without halves of surrogate pairs, which no encoding can write."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def without_commands(text: str) -> str:
    """Text that a GitHub runner, which reads the log of every step, does not take for commands to itself.

    The runner obeys lines that start with `::`, and `##[` anywhere in a line.
    """
    return _COMMAND_LINE.sub(r"\1: ", text.replace("##[", "## ["))


def moment(time: dt.datetime) -> str:
    """A moment as RFC 3339 in UTC, to the second."""
    return f"{time.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def count(number: int, one: str, many: str = "") -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def percent(share: float) -> str:
    """A share from 0 to 1 in whole percent; only all is 100 %, only nothing is 0 %."""
    whole = round(share * 100)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        whole = 1
    return f"{whole} %"
