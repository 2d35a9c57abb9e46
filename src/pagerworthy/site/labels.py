"""Fits text into the boxes of drawings, which cannot measure it: by how wide a wide font of the system would be."""

import unicodedata
from itertools import repeat

# Widths in ems of the bold DejaVu Sans, the widest of the fonts that a browser may take for `system-ui`.
_NARROW, _SLIM, _USUAL, _CAPITAL, _WIDE = 0.38, 0.5, 0.71, 0.82, 1.08
_WIDTHS = {
    **dict.fromkeys("ijlIJ.,:;'|!/\N{MIDDLE DOT} ", _NARROW),
    **dict.fromkeys('frt-()[]_"*', _SLIM),
    **dict.fromkeys("ABCDEFGHKLNOPQRSTUVXYZ&#+=<>~", _CAPITAL),
    **dict.fromkeys("mwMW@%\N{HORIZONTAL ELLIPSIS}", _WIDE),
}
# What regular letters take of the room of bold ones.
_REGULAR = 0.91
_ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
_BREAKS = " -/_."


def width_of(text: str, size: float, *, bold: bool) -> float:
    """How many pixels a text takes at most, at this size in pixels, in most fonts."""
    if text.isascii():
        ems = sum(map(_WIDTHS.get, text, repeat(_USUAL)))
    else:
        ems = sum(_WIDTHS.get(each) or _width_of(each) for each in text)
    return ems * size * (1 if bold else _REGULAR)


def _width_of(character: str) -> float:
    if character.isascii():
        return _USUAL
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return _WIDE
    return 0.0 if unicodedata.combining(character) else _CAPITAL


def fitted(text: str, room: float, size: float, *, bold: bool, most: int = 1) -> tuple[str, ...]:
    """The text on at most so many lines, each at most `room` pixels wide; what does not fit ends in an ellipsis.

    A line ends after a space, a hyphen, a slash, a low line or a full stop where it can.
    """
    lines: list[str] = []
    while len(lines) < most - 1 and width_of(text, size, bold=bold) > room:
        end = _fits(text, room, size, bold=bold)
        at = max((text.rfind(each, 0, end) for each in _BREAKS), default=-1) + 1
        end = at if at > 0 else end
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    if width_of(text, size, bold=bold) > room:
        end = _fits(text, room - width_of(_ELLIPSIS, size, bold=bold), size, bold=bold)
        text = text[:end].rstrip() + _ELLIPSIS
    return (*lines, text)


def _fits(text: str, room: float, size: float, *, bold: bool) -> int:
    """How many characters fit, at least one."""
    end = 1
    while end < len(text) and width_of(text[: end + 1], size, bold=bold) <= room:
        end += 1
    return end
