"""Text from outside, before it reaches a record: one line that a terminal and a page show as it is."""

import unicodedata

_LONGEST = 300


def inert(text: str, longest: int = _LONGEST) -> str:
    """The text with control, bidirectional and other invisible characters replaced, cut to `longest` characters."""
    shown = "".join(map(_shown, text[: longest + 1]))
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}\N{HORIZONTAL ELLIPSIS}"


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if unicodedata.category(character) == "Zs" else "\N{REPLACEMENT CHARACTER}"
