"""A metric with its label matchers, as Pyrra names it."""

import re

import msgspec

from pagerworthy.promql import unreadable

_SELECTOR = re.compile(r"\s*([A-Za-z_:][A-Za-z0-9_:]*)\s*(?:\{(.*)\})?\s*", re.DOTALL)
_QUOTED = r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|`[^`]*`'
_MATCHER = re.compile(rf"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(=~|!~|!=|=)\s*({_QUOTED})\s*(?:,|\Z)")


class Matcher(msgspec.Struct, frozen=True):
    """A label, how it is compared, and the text as it is written, in quotes."""

    label: str
    sign: str
    text: str

    @property
    def value(self) -> str:
        """The text without its quotes."""
        return self.text[1:-1]

    def __str__(self) -> str:
        return f"{self.label}{self.sign}{self.text}"


class Selector(msgspec.Struct, frozen=True):
    """A metric and its matchers."""

    metric: str
    matchers: tuple[Matcher, ...]

    @property
    def inner(self) -> str:
        """The matchers as they stand between braces."""
        return ",".join(map(str, self.matchers))

    def __str__(self) -> str:
        return f"{self.metric}{{{self.inner}}}" if self.matchers else self.metric

    def without(self, label: str) -> "Selector":
        """The same without the matchers of a label."""
        return Selector(self.metric, tuple(each for each in self.matchers if each.label != label))

    def of(self, label: str) -> Matcher | None:
        """The first matcher of a label."""
        return next((each for each in self.matchers if each.label == label), None)


def selector(text: str) -> Selector | str:
    """The selector that a text is, or why it is none."""
    found = _SELECTOR.fullmatch(text)
    if found is None:
        return "it must be a metric, with label matchers in braces and nothing else"
    matchers = []
    inner = found[2] or ""
    place = 0
    while inner[place:].strip():
        matcher = _MATCHER.match(inner, place)
        if matcher is None:
            return f"these label matchers cannot be read: {inner[place:].strip()[:60]}"
        matchers.append(Matcher(matcher[1], matcher[2], matcher[3]))
        place = matcher.end()
    whole = Selector(found[1], tuple(matchers))
    return unreadable(str(whole)) or whole
