"""Says in plain words what libyaml could not read, and on which line the mistake was made.

libyaml reports where it lost its way, often a line after the mistake; these rules look for the mistake.
"""

import re
from collections.abc import Callable

import msgspec
import yaml

_KEY_WITHOUT_SPACE = re.compile(r"^[ -]*([A-Za-z_][\w-]*):(\S.*)$")
_KEY_WITHOUT_COLON = re.compile(r"^[ -]*([A-Za-z_][\w-]*)(?:[ ]+(.*))?$")
_KEY = re.compile(r"^[ -]*(?P<key>[^\s:][^:]*):(?:\s+(?P<value>.*))?$")
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7})(?: |$)")


_SHOWN = 400


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with the text; `line` and `column` count from 1."""

    code: str
    message: str
    mend: str
    line: int
    column: int


class _Broken(msgspec.Struct, frozen=True):
    """The text, where libyaml stopped, and where what it was reading began; counted from 0."""

    lines: list[str]
    said: str
    reading: str
    line: int
    column: int
    from_line: int
    from_column: int
    quoted_from: tuple[int, int] | None

    def here(self, message: str, mend: str) -> Fault:
        return self.at(self.line, self.column, message, mend)

    def at(self, line: int, column: int, message: str, mend: str, code: str = "PW006") -> Fault:
        return Fault(code=code, message=message, mend=mend, line=line + 1, column=column + 1)

    @property
    def text(self) -> str:
        return self.lines[self.line] if self.line < len(self.lines) else ""

    @property
    def rest(self) -> str:
        return self.text[self.column :]

    def line_above(self) -> int | None:
        """The nearest line above that is neither blank nor a comment."""
        for number in range(min(self.line, len(self.lines)) - 1, -1, -1):
            stripped = self.lines[number].strip()
            if stripped and not stripped.startswith("#"):
                return number
        return None


def diagnose(text: str, error: yaml.YAMLError, quoted_from: tuple[int, int] | None) -> Fault:
    """The fault behind a parser's error.

    `quoted_from` is where the last scalar began, if it was in quotes and ran over several lines: a quote that
    was forgotten is closed by the next one, lines later.
    """
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None) or mark
    broken = _Broken(
        # Nothing of interest comes later in a line, and the expressions take long on endless ones.
        lines=[line[:_SHOWN] for line in text.split("\n")],
        said=getattr(error, "problem", None) or str(error),
        reading=getattr(error, "context", None) or "",
        line=mark.line if mark else 0,
        column=mark.column if mark else 0,
        from_line=context.line if context else 0,
        from_column=context.column if context else 0,
        quoted_from=quoted_from,
    )
    for number, line in enumerate(broken.lines):
        if _CONFLICT.match(line):
            return broken.at(number, 0, "here is a merge conflict", "keep one side and remove the markers")
    if broken.reading == "while scanning a tag":
        return _tag(broken)
    for words, rule in _RULES:
        if words in broken.said:
            return rule(broken)
    return broken.here(f"this is not YAML: {broken.said}", "look at the colons, quotes and brackets before it")


def _mapping_values(broken: _Broken) -> Fault:
    before = broken.text[: broken.column]
    key = _KEY.match(before + ":" if before.count(":") == 0 else before)
    if ": " in before or before.rstrip().endswith(":"):
        whole = _KEY.match(broken.text)
        first = before.lstrip(" -").split(":", 1)[0]
        value = (whole["value"] or "").strip() if whole else ""
        plain = bool(value) and '"' not in value and "'" not in value and "#" not in value
        shown = f'{first}: "{value}"' if plain else f'{first}: "..."'
        if _quoted_too_long(broken) and broken.quoted_from:
            return _unclosed(broken, *broken.quoted_from)
        return broken.here(
            "there is a second colon: text without quotes cannot have a colon and a space",
            f"put quotes around the text: {shown}",
        )
    above = broken.line_above()
    if above is None or key is None:
        return broken.here("a colon is not expected here", "put quotes around text that has a colon")
    return (
        _missing_colon(broken, above)
        or _outdented(broken, above)
        or broken.here(
            "this line is indented further than the line above, which already has a value",
            "indent it as far as the keys beside it",
        )
    )


def _outdented(broken: _Broken, above: int) -> Fault | None:
    """The line above, where it alone is indented less than the lines around it."""
    before = next((line for line in reversed(broken.lines[:above]) if line.strip() and line.strip()[0] != "#"), "")
    own = _indentation(broken.text)
    if _indentation(broken.lines[above]) >= own or _indentation(before) != own:
        return None
    column = _indentation(broken.lines[above])
    words = "this line is indented less than the lines around it"
    return broken.at(above, column, words, f"indent it by {own} spaces, as the keys beside it")


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _missing_colon(broken: _Broken, number: int) -> Fault | None:
    line = broken.lines[number].rstrip() if number < len(broken.lines) else ""
    column = len(line) - len(line.lstrip(" -"))
    glued = _KEY_WITHOUT_SPACE.match(line)
    if glued:
        return broken.at(number, column, f"there is no space after {glued[1]}:", f"write {glued[1]}: {glued[2]}")
    bare = _KEY_WITHOUT_COLON.match(line)
    if bare:
        mend = f"write {bare[1]}: {bare[2]}" if bare[2] else f"write {bare[1]}: and its value"
        return broken.at(number, column, f"there is no colon after {bare[1]}", mend)
    return None


def _simple_key(broken: _Broken) -> Fault:
    return _missing_colon(broken, broken.from_line) or broken.at(
        broken.from_line, broken.from_column, "there is no colon after this key", "write a colon and a space"
    )


def _bad_start(broken: _Broken) -> Fault:
    character = broken.rest[:1]
    if character == "\t":
        return _tab(broken)
    return broken.here(
        f"text without quotes cannot start with {character}", f'put quotes around it: "{broken.rest.strip()}"'
    )


def _tab(broken: _Broken) -> Fault:
    return broken.here("there is a tab in the indentation", "indent with spaces, two for each level")


def _unclosed(broken: _Broken, line: int, column: int) -> Fault:
    quote = broken.lines[line][column : column + 1]
    return broken.at(line, column, "the quote that opens here is not closed on its line", f"close it: {quote}")


def _end_of_text(broken: _Broken) -> Fault:
    if "quoted scalar" in broken.reading:
        return _unclosed(broken, broken.from_line, broken.from_column)
    return broken.at(broken.from_line, broken.from_column, "the file ends in the middle of this", "finish it")


def _quoted_too_long(broken: _Broken) -> bool:
    return broken.quoted_from is not None and broken.quoted_from[0] < broken.line


def _expected_key(broken: _Broken) -> Fault:
    if broken.quoted_from is not None and _quoted_too_long(broken):
        return _unclosed(broken, *broken.quoted_from)
    rest = broken.rest
    if rest[:1] in {"]", "}"}:
        return broken.here(f"this {rest[0]} closes nothing", "remove it, or open what it should close")
    if broken.text[: broken.column].strip(" -"):
        return broken.here(
            "there is text after the closing quote",
            "put the whole text in quotes; a quote inside is written twice ('it''s') or as \\\"",
        )
    if rest.startswith("-"):
        return broken.here(
            "here is a list item where a key should be",
            "indent it as far as the items above, or remove the hyphen",
        )
    return broken.here(
        "this line is not indented as any line above it", "indent it exactly as far as the keys beside it"
    )


def _expected_item(broken: _Broken) -> Fault:
    return broken.here(
        "this line is not indented as the list above it",
        "start a new item with a hyphen below the one above; indent a key of the same item by two more",
    )


def _closes(broken: _Broken) -> bool:
    """Whether the bracket that libyaml was reading is closed somewhere, brackets inside it included."""
    depth = 0
    quote = ""
    rest = "\n".join(broken.lines[broken.from_line :])[broken.from_column :]
    for character in rest:
        if quote:
            quote = "" if character == quote else quote
        elif character in {'"', "'"}:
            quote = character
        else:
            depth += (character in "[{") - (character in "]}")
            if depth == 0:
                return True
    return False


def _expected_comma(broken: _Broken) -> Fault:
    opening = broken.lines[broken.from_line][broken.from_column : broken.from_column + 1]
    closing = {"[": "]", "{": "}"}.get(opening, "the bracket")
    if broken.line > broken.from_line and not _closes(broken):
        return broken.at(
            broken.from_line,
            broken.from_column,
            f"the {opening} that opens here is not closed",
            f"close it with {closing}",
        )
    return broken.here(f"a comma is missing in this {opening}{closing}", "write a comma before this")


def _escape(broken: _Broken) -> Fault:
    return broken.here(
        "this escape means nothing between double quotes",
        "use single quotes, in which a backslash is a backslash, or write \\\\",
    )


def _name(broken: _Broken) -> Fault:
    character = broken.lines[broken.from_line][broken.from_column : broken.from_column + 1]
    rest = broken.lines[broken.from_line][broken.from_column :].strip()
    return broken.at(
        broken.from_line,
        broken.from_column,
        f"text without quotes cannot start with {character}",
        f'put quotes around it: "{rest}"',
    )


def _block(broken: _Broken) -> Fault:
    return broken.here("nothing can follow | or > on its line", "start the text on the next line, indented")


def _directive(broken: _Broken) -> Fault:
    return broken.at(
        broken.line, broken.column, "a directive changes how a file is read", "remove the line", code="PW009"
    )


def _document(broken: _Broken) -> Fault:
    return broken.at(
        broken.line,
        broken.column,
        "a second document starts here",
        "put each entry in a file of its own",
        code="PW010",
    )


def _tag(broken: _Broken) -> Fault:
    return broken.at(
        broken.from_line, broken.from_column, "a tag is not allowed", "remove the word that starts with !", code="PW008"
    )


_RULES: tuple[tuple[str, Callable[[_Broken], Fault]], ...] = (
    ("mapping values are not allowed", _mapping_values),
    ("could not find expected ':'", _simple_key),
    ("found character that cannot start any token", _bad_start),
    ("found a tab character", _tab),
    ("found unexpected end of stream", _end_of_text),
    ("found unexpected document indicator", _end_of_text),
    ("did not find expected key", _expected_key),
    ("did not find expected '-' indicator", _expected_item),
    ("did not find expected ',' or", _expected_comma),
    ("found unknown escape character", _escape),
    ("did not find expected alphabetic or numeric", _name),
    ("did not find expected comment or line break", _block),
    ("found incompatible YAML document", _directive),
    ("directive", _directive),
    ("did not find expected <document start>", _document),
    ("tag", _tag),
)
