"""Where Alertmanager sends an alert, worked out from its running configuration as its dispatcher does.

An alert goes down the tree: into the first child whose matchers it has, and into those after it for as long as what
took it says `continue`. It is received where it comes no further (`dispatch/route.go`). A label that an alert lacks
is empty, and regular expressions match whole values (RE2).
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from pagerworthy.collect.errors import SourceError

if TYPE_CHECKING:
    from cel_expr_python import cel

Labels = Mapping[str, str]
Sign = Literal["=", "!=", "=~", "!~"]

# What follows the sign is to be stripped: a pattern that does so takes the square of many blanks.
_MATCHER = re.compile(r'\s*([a-zA-Z_:][a-zA-Z0-9_:]*+|"(?:[^"\\]|\\.)*+")\s*+(=~|=|!=|!~)(.*)', re.DOTALL)
_DEEPEST = 50
# Of YAML: a route has two levels, and what is in it some more.
_MOST_LEVELS = 2 * _DEEPEST + 20
# Fifty thousand routes have some 5 MiB.
_LARGEST = 16 * 1024 * 1024


class Matcher(NamedTuple):
    """What a label has to be."""

    name: str
    sign: Sign
    value: str

    def fits(self, labels: Labels) -> bool:
        """Whether an alert with these labels has it."""
        found = labels.get(self.name, "")
        if self.sign in {"=", "!="}:
            return (found == self.value) == (self.sign == "=")
        return _fits(self.value, found) == (self.sign == "=~")


class Match(NamedTuple):
    """A route that receives an alert: the receiver, and whether there are times at which it is muted."""

    receiver: str
    muted_at_times: bool


class _Written(msgspec.Struct, omit_defaults=True):
    """A route as the configuration has it."""

    receiver: str | None = None
    match: dict[str, str | int | float | bool] | None = None
    match_re: dict[str, str | int | float | bool] | None = None
    matchers: list[str] | str | None = None
    goes_on: bool | None = msgspec.field(name="continue", default=None)
    routes: list["_Written"] | None = None
    mute_time_intervals: list[str] | None = None
    active_time_intervals: list[str] | None = None


class _Configuration(msgspec.Struct, omit_defaults=True):
    route: _Written
    receivers: list[dict[str, object]] | None = None

    @classmethod
    def of(cls, text: str) -> "_Configuration":
        """From YAML. Raises SourceError for what cannot be read as one."""
        import ryaml

        _refuse_deep(text)
        try:
            return msgspec.convert(ryaml.loads(text), cls, strict=False)
        except (ryaml.InvalidYamlError, msgspec.ValidationError, ValueError, RecursionError) as error:
            raise SourceError(f"its configuration cannot be read: {str(error)[:200]}") from error


def _refuse_deep(text: str) -> None:
    """Raises SourceError for YAML that is too large, or so deep that ryaml takes the square of its depth to say so."""
    import yaml

    if len(text) > _LARGEST:
        raise SourceError(f"its configuration is larger than {_LARGEST // 1024 // 1024} MiB")
    depth = 0
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > _MOST_LEVELS:
                    raise SourceError("its configuration cannot be read: it is nested too deeply")
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise SourceError(f"its configuration cannot be read: {str(error)[:200]}") from error


def skeleton(text: str) -> str:
    """What of a configuration says where an alert goes: its routes, and of each receiver its name and the ways by which
    it tells anybody, but neither addresses nor keys. Raises SourceError for what cannot be read as one."""
    found = _Configuration.of(text)
    receivers: list[dict[str, object]] = [
        {"name": str(each.get("name")), **{key: [{}] for key in each if _tells(each, key)}}
        for each in found.receivers or ()
    ]
    return msgspec.json.encode(_Configuration(found.route, receivers)).decode()


def _tells(receiver: Mapping[str, object], key: str) -> bool:
    return key.endswith("_configs") and bool(receiver[key])


class Tree:
    """A tree of routes; children that ask for one value of a label are found by that value.

    `receivers` are those of the configuration that tell anybody.
    """

    def __init__(self, root: "Node", receivers: frozenset[str], defined: frozenset[str]) -> None:
        self.receivers = receivers
        self.defined = defined
        self._root = root

    def matches(self, labels: Labels) -> tuple[Match, ...]:
        """The routes that receive an alert, in order."""
        return tuple(self._root.matches(labels))

    @classmethod
    def of(cls, text: str) -> "Tree":
        """From the configuration as YAML. Raises SourceError for what cannot be read as one."""
        configuration = _Configuration.of(text)
        told = frozenset(
            str(each.get("name")) for each in configuration.receivers or () if any(_tells(each, key) for key in each)
        )
        defined = frozenset(str(each.get("name")) for each in configuration.receivers or ())
        return cls(Node(configuration.route, "", 0), told, defined)


class Node:
    """A route and what is below it."""

    def __init__(self, written: _Written, above: str, depth: int) -> None:
        if depth > _DEEPEST:
            raise SourceError("its routes are nested too deeply")
        self.receiver = written.receiver or above
        self.goes_on = bool(written.goes_on)
        self.matchers = tuple(_matchers(written)) if depth else ()
        self._match = Match(self.receiver, bool(written.mute_time_intervals or written.active_time_intervals))
        self._children = [Node(each, self.receiver, depth + 1) for each in written.routes or ()]
        self._general: list[int] = []
        self._exact: dict[str, dict[str, list[int]]] = {}
        for place, child in enumerate(self._children):
            exact = next((each for each in child.matchers if each.sign == "=" and each.value), None)
            if exact is None:
                self._general.append(place)
            else:
                self._exact.setdefault(exact.name, {}).setdefault(exact.value, []).append(place)

    def matches(self, labels: Labels) -> list[Match]:
        """The routes from here on down that receive an alert; its labels fit this one."""
        found: list[Match] = []
        for child in self._candidates(labels):
            if all(matcher.fits(labels) for matcher in child.matchers):
                found += child.matches(labels)
                if not child.goes_on:
                    break
        return found or [self._match]

    def _candidates(self, labels: Labels) -> Iterator["Node"]:
        """The children that labels may fit, in order."""
        places = list(self._general)
        for name, by_value in self._exact.items():
            places += by_value.get(labels.get(name, ""), ())
        places.sort()
        return (self._children[place] for place in places)


def _matchers(written: _Written) -> Iterator[Matcher]:
    for name, value in (written.match or {}).items():
        yield Matcher(name, "=", _text(value))
    for name, value in (written.match_re or {}).items():
        yield _checked(Matcher(name, "=~", _text(value)))
    several = [written.matchers] if isinstance(written.matchers, str) else written.matchers or ()
    for each in several:
        yield from matchers_in(each)


def matchers_in(text: str) -> Iterator[Matcher]:
    """The matchers of one text, such as `service="checkout",severity!="page"` (`pkg/labels/parse.go`).

    Raises SourceError for what is none.
    """
    for part in _parts(text.removeprefix("{").removesuffix("}")):
        found = _MATCHER.fullmatch(part)
        if found is None:
            raise SourceError(f"its routes have a matcher that cannot be read: {part[:100]!r}")
        name = _unquoted(found[1]) if found[1].startswith('"') else found[1]
        sign: Sign = found[2]  # type: ignore[assignment]  # one of them, by the pattern
        yield _checked(Matcher(name, sign, _unquoted(found[3].strip())))


def _parts(text: str) -> Iterator[str]:
    """What stands between commas outside of quotes."""
    start, quoted, escaped = 0, False, False
    for place, sign in enumerate(text):
        if sign == "," and not quoted:
            yield text[start:place]
            start, escaped = place + 1, False
        elif sign == '"' and not escaped:
            quoted = not quoted
        else:
            escaped = sign == "\\" and not escaped
    if text[start:]:
        yield text[start:]


def _unquoted(text: str) -> str:
    opened = text.startswith('"')
    text = text[1:] if opened else text
    made: list[str] = []
    escaped, last = False, len(text) - 1
    for place, sign in enumerate(text):
        if escaped:
            escaped = False
            made.append({"n": "\n", '"': '"', "\\": "\\"}.get(sign, f"\\{sign}"))
        elif sign == "\\" and place < last:
            escaped = True
        elif sign == '"':
            if not opened or place < last:
                raise SourceError(f"its routes have a matcher that cannot be read: {text[:100]!r}")
            opened = False
        else:
            made.append(sign)
    if opened:
        raise SourceError(f"its routes have a matcher that cannot be read: {text[:100]!r}")
    return "".join(made)


def _checked(matcher: Matcher) -> Matcher:
    if matcher.sign in {"=~", "!~"}:
        _fits(matcher.value, "")
    return matcher


def _text(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@lru_cache(65_536)
def _fits(pattern: str, text: str) -> bool:
    """Whether the whole text is of the pattern, as RE2 reads it, which is what Alertmanager does."""
    from cel_expr_python import cel

    said = _re2().eval(data={"text": text, "pattern": f"^(?:{pattern})$"})
    if said.type() == cel.Type.ERROR:
        raise SourceError(f"its routes have a pattern that cannot be read: {pattern[:100]!r}")
    return bool(said.value())


@lru_cache(1)
def _re2() -> "cel.Expression":
    """RE2 by way of CEL, whose `matches` it is."""
    from cel_expr_python import cel

    environment = cel.NewEnv(variables={"text": cel.Type.STRING, "pattern": cel.Type.STRING})
    return environment.compile("text.matches(pattern)")
