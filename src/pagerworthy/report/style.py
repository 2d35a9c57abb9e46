"""How text looks on the terminal that it goes to."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO

_RESET = "\x1b[0m"
_CODES = {
    "bold": "\x1b[1m",
    "dim": "\x1b[2m",
    "red": "\x1b[31m",
    "green": "\x1b[32m",
    "yellow": "\x1b[33m",
    "blue": "\x1b[34m",
}
_NARROWEST, _WIDEST = 60, 140


@dataclass(frozen=True, slots=True)
class Style:
    """Whether to colour, and how many columns a line may have. Without colour every word still says all."""

    colour: bool = False
    width: int = 110

    def paint(self, text: str, *names: str) -> str:
        """The text in these colours (`bold dim red green yellow blue`), or as it is where there are none."""
        if not self.colour or not names:
            return text
        return "".join(_CODES[name] for name in names) + text + _RESET


PLAIN = Style()


def style_for(stream: IO[str] | None, environ: Mapping[str, str]) -> Style:
    """The style for an output: colours on a terminal only, and not with NO_COLOR (no-color.org) or TERM=dumb."""
    # A process may be started without any output.
    if stream is None or not stream.isatty():
        return PLAIN
    columns = shutil.get_terminal_size((PLAIN.width, 24)).columns
    return Style(
        colour=not environ.get("NO_COLOR") and environ.get("TERM") != "dumb",
        width=min(max(columns, _NARROWEST), _WIDEST),
    )
