"""Series that label matchers select, or just do not."""

import re
from collections.abc import Mapping

import msgspec

NAME = "__name__"
# What any label can be that is to be different from what is asked for.
_OTHER = "other"
_ANY = re.compile(r"\.[*+]\??")
_ESCAPED = re.compile(r"\\([^A-Za-z0-9])|\[([^\]\\^])\]")
_GROUP = re.compile(r"\((?:\?:)?([^()]*)\)")
# Patterns whose match Python finds soon, whatever the text; an entry may ask for one that takes for ever.
_SIMPLE = re.compile(r"\^?(?:[^\\.\[\](){}*+?|^$]|\\[^A-Za-z0-9]|\[[^\]\\^]\]|\.[*+]?|\(\?:|[()|])*\$?")
_WILDEST, _LONGEST, _GROUPS = 3, 200, 8


class Matcher(msgspec.Struct, frozen=True):
    """A label matcher; `op` is one of `=`, `!=`, `=~`, `!~`."""

    label: str
    op: str
    value: str

    def selects(self, labels: Mapping[str, str]) -> bool:
        """Whether it selects a series of these labels; a label that is missing is an empty one."""
        value = labels.get(self.label, "")
        same = re.fullmatch(self.value, value) is not None if "~" in self.op else value == self.value
        return same != self.op.startswith("!")

    @property
    def simple(self) -> bool:
        """Whether it can be tried on any text without taking long."""
        if len(self.value) > _LONGEST:
            return False
        if "~" not in self.op:
            return True
        wild = sum(self.value.count(sign) for sign in "*+")
        return wild <= _WILDEST and self.value.count("(") <= _GROUPS and _SIMPLE.fullmatch(self.value) is not None


Selector = tuple[Matcher, ...]


def selected(selector: Selector, labels: Mapping[str, str]) -> bool:
    """Whether a series of these labels is selected."""
    return all(matcher.selects(labels) for matcher in selector)


def example(selector: Selector) -> dict[str, str] | None:
    """The labels of a series that the matchers select; None where none is found."""
    labels: dict[str, str] = {}
    for matcher in sorted(selector, key=lambda each: each.op.startswith("!")):
        if matcher.selects(labels):
            continue
        labels[matcher.label] = next((text for text in _values(matcher) if matcher.selects({matcher.label: text})), "")
    return labels if selected(selector, labels) else None


def opposite(matcher: Matcher) -> Matcher:
    """What selects exactly the series that this does not select."""
    return Matcher(matcher.label, {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}[matcher.op], matcher.value)


def series_text(labels: Mapping[str, str]) -> str:
    """The series as PromQL writes it; labels in alphabetical order."""
    inside = ",".join(
        f"{name}={_quoted(value)}" for name, value in sorted(labels.items()) if name != NAME and value != ""
    )
    return f"{labels[NAME]}{{{inside}}}" if inside else labels[NAME]


def _values(matcher: Matcher) -> tuple[str, ...]:
    if matcher.op == "=":
        return (matcher.value,)
    return (_one_of(matcher.value), _OTHER) if matcher.op == "=~" else (_OTHER, f"{_OTHER}-{_OTHER}")


def _one_of(pattern: str) -> str:
    """A text that a plain pattern matches: of alternatives the first, of anything an `x`."""
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[1] or found[2])
        return chr(0xE000 + len(held) - 1)

    text = _ANY.sub("x", _ESCAPED.sub(hold, pattern.removeprefix("^").removesuffix("$")))
    while (inner := _GROUP.sub(lambda found: found[1].partition("|")[0], text)) != text:
        text = inner
    text = text.partition("|")[0]
    return "".join(held[ord(sign) - 0xE000] if 0 <= ord(sign) - 0xE000 < len(held) else sign for sign in text)


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n") + '"'
