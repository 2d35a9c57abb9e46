"""Reads YAML for the slow tier: plain values, where each stands, and a problem for what is not allowed.

Works on libyaml's events and on a list instead of recursion, so that nesting costs no stack.
"""

import re
from collections.abc import Iterator
from typing import NoReturn

import yaml

from pagerworthy.catalog.composed import Composed, Spot, Value
from pagerworthy.catalog.precheck import MAX_NODES, UNPRINTABLE
from pagerworthy.catalog.scalars import InexactError, resolve
from pagerworthy.catalog.syntax import diagnose
from pagerworthy.codes import problem
from pagerworthy.problem import DocumentPath, Problem, Where, render_path

MAX_DEPTH = 40
# No one reads more; a hostile file could have thousands.
_MAX_PROBLEMS = 50
_DIRECTIVE = re.compile(r"(?:[ ]*(?:#[^\n]*)?\n)*(%[^\n]*)")


def compose(text: str, file: str, first_line: int = 1) -> Composed:
    """Reads one document, which begins on line `first_line` of `file`."""
    return _Composer(text, file, first_line).run()


class _Frame:
    """A mapping or list that is being read."""

    __slots__ = ("key", "key_mark", "path", "value")

    def __init__(self, value: dict[str, Value] | list[Value], path: DocumentPath) -> None:
        self.value = value
        self.path = path
        self.key: str | None = None
        self.key_mark = (0, 0)


class _StopError(Exception):
    """Nothing after this can be read."""


class _Composer:
    def __init__(self, text: str, file: str, first_line: int) -> None:
        self._text = text
        self._file = file
        self._first = first_line
        self._frames: list[_Frame] = []
        self._root: Value = None
        self._spots: dict[DocumentPath, Spot] = {}
        self._problems: list[Problem] = []
        self._doubtful: set[DocumentPath] = set()
        self._nodes = 0
        self._documents = 0
        # Above 0 while the events belong to something that is left out.
        self._skipping = 0
        self._skip_next = False
        self._quoted_from: tuple[int, int] | None = None
        self._once: set[str] = set()
        self._gaps: set[DocumentPath] = set()
        self._written: dict[DocumentPath, str] = {}

    def run(self) -> Composed:
        complete = True
        try:
            self._directives()
            for event in self._events():
                self._take(event)
            if not self._documents:
                self._report("PW015", "there is no entry here", (0, 0), "`pagerworthy new` writes a first one")
        except _StopError:
            complete = False
        return Composed(
            value=self._root,
            spots=self._spots,
            problems=tuple(self._problems),
            doubtful=frozenset(self._doubtful),
            complete=complete,
            gaps=frozenset(self._gaps),
            written=self._written,
        )

    def _directives(self) -> None:
        found = _DIRECTIVE.match(self._text)
        if found:
            line = self._text.count("\n", 0, found.start(1))
            self._report("PW009", "a directive changes how the file is read", (line, 0), "remove the line")
            raise _StopError

    def _events(self) -> Iterator[yaml.Event]:
        try:
            yield from yaml.parse(self._text, Loader=_LOADER)
        except yaml.YAMLError as error:
            fault = diagnose(self._text, error, self._quoted_from)
            self._report(fault.code, fault.message, (fault.line - 1, fault.column - 1), fault.mend)
            raise _StopError from error

    def _take(self, event: yaml.Event) -> None:
        start = event.start_mark
        mark = (start.line, start.column) if start else (0, 0)
        if isinstance(event, yaml.ScalarEvent):
            self._quoted_from = mark if event.style in {'"', "'"} and _end_line(event) > mark[0] else None
            self._scalar(event, mark)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                self._report("PW010", "a second document starts here", mark, "put each entry in a file of its own")
                raise _StopError
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(event, mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event, mark)

    def _start(self, event: yaml.CollectionStartEvent, mark: tuple[int, int]) -> None:
        self._count(mark)
        if self._skipping:
            self._skipping += 1
            if self._skipping > MAX_DEPTH:
                self._too_deep(mark)
            return
        if self._awaits_key():
            self._report("PW012", "a key has to be text, and this is a list or mapping", mark, "write a name")
            self._gaps.add(self._frames[-1].path)
            self._skipping = 1
            self._skip_next = True
            return
        if self._skip_next:
            self._skip_next = False
            self._skipping = 1
            return
        self._properties(event, mark)
        value: dict[str, Value] | list[Value] = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._place(value, mark)
        if len(self._frames) >= MAX_DEPTH:
            self._too_deep(mark)
        self._frames.append(_Frame(value, path))

    def _too_deep(self, mark: tuple[int, int]) -> NoReturn:
        self._report("PW014", f"this has more than {MAX_DEPTH} levels", mark, "write it flatter")
        raise _StopError

    def _end(self) -> None:
        if self._skipping:
            self._skipping -= 1
        else:
            self._frames.pop()

    def _scalar(self, event: yaml.ScalarEvent, mark: tuple[int, int]) -> None:
        self._count(mark)
        if self._skipping:
            return
        plain = event.style is None or event.style == ""
        if self._awaits_key():
            self._key(event.value, mark, plain=plain)
        elif self._skip_next:
            self._skip_next = False
        else:
            self._properties(event, mark)
            value: Value = event.value
            inexact = ""
            if plain and event.tag is None:
                try:
                    value = resolve(event.value)
                except InexactError as error:
                    inexact = str(error)
            path = self._place(value, mark)
            if not isinstance(value, str):
                self._written[path] = event.value
            # In any other style the text stands in the file as it is, and was looked at there.
            if event.style == '"' and UNPRINTABLE.search(event.value):
                self._doubtful.add(path)
                message = "the escapes in this text make an invisible or control character"
                self._report("PW005", message, mark, "write the text without it", path)
            if inexact:
                self._doubtful.add(path)
                self._report("PW013", inexact, mark, "write a shorter number, or put quotes around what is an id", path)

    def _key(self, text: str, mark: tuple[int, int], *, plain: bool) -> None:
        frame = self._frames[-1]
        assert isinstance(frame.value, dict)  # noqa: S101 -- only mappings await keys
        if plain and text == "<<":
            self._doubtful.add(frame.path)
            self._report_once("PW007", "a merge key is not allowed", mark, "write the keys out here")
            self._skip_next = True
            return
        try:
            is_text = not plain or isinstance(resolve(text), str)
        except InexactError:
            is_text = False
        if not is_text or UNPRINTABLE.search(text):
            self._gaps.add(frame.path)
        if not is_text:
            message, mend = f"a key has to be text, and this is {text[:40] or 'nothing'}", f'write "{text[:40]}"'
            name, value = next(reversed(frame.value.items()), ("", None))
            if type(value) is int and text.isdigit() and self._spots[*frame.path, name].line == mark[0] + 1:
                message = f"the comma ends the value of {name} here, and {text[:40]} is taken for a key"
                mend = f"write {name}: {value}.{text[:40]}, with a point"
            self._report("PW012", message, mark, mend)
            self._skip_next = True
        elif UNPRINTABLE.search(text):
            self._report("PW005", "this key has an invisible or control character", mark, "write it without")
            self._skip_next = True
        elif text in frame.value:
            before = self._spots[*frame.path, text]
            self._report(
                "PW011",
                f"{text} is here a second time; the first is on line {before.key_line}",
                mark,
                "keep one of the two",
                (*frame.path, text),
            )
            self._skip_next = True
        else:
            frame.key = text
            frame.key_mark = mark

    def _alias(self, event: yaml.AliasEvent, mark: tuple[int, int]) -> None:
        self._count(mark)
        if self._skipping:
            return
        self._report_once(
            "PW007",
            f"the alias *{event.anchor} is not allowed",
            mark,
            f'write the value out; text that starts with * goes in quotes: "*{event.anchor}"',
        )
        if self._awaits_key():
            self._gaps.add(self._frames[-1].path)
            self._skip_next = True
        elif self._skip_next:
            self._skip_next = False
        else:
            self._doubtful.add(self._place(None, mark))

    def _properties(self, event: yaml.NodeEvent, mark: tuple[int, int]) -> None:
        if event.anchor:
            self._report_once(
                "PW007",
                f"the anchor &{event.anchor} is not allowed",
                mark,
                f'remove it; text that starts with & goes in quotes: "&{event.anchor}"',
            )
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._report_once("PW008", "a tag is not allowed", mark, "remove the word that starts with !")
            frame = self._frames[-1] if self._frames else None
            self._doubtful.add(self._path_in(frame))

    def _awaits_key(self) -> bool:
        frame = self._frames[-1] if self._frames else None
        return frame is not None and isinstance(frame.value, dict) and frame.key is None and not self._skip_next

    def _path_in(self, frame: _Frame | None) -> DocumentPath:
        if frame is None:
            return ()
        if isinstance(frame.value, list):
            return (*frame.path, len(frame.value))
        return (*frame.path, frame.key or "")

    def _place(self, value: Value, mark: tuple[int, int]) -> DocumentPath:
        frame = self._frames[-1] if self._frames else None
        path = self._path_in(frame)
        key = (-self._first, -1)
        if frame is None:
            self._root = value
        elif isinstance(frame.value, list):
            frame.value.append(value)
        elif frame.key is not None:
            frame.value[frame.key] = value
            key = frame.key_mark
            frame.key = None
        first = self._first
        scalar = not isinstance(value, (dict, list))
        self._spots[path] = Spot(mark[0] + first, mark[1] + 1, key[0] + first, key[1] + 1, scalar)
        return path

    def _count(self, mark: tuple[int, int]) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._report("PW014", f"this file has more than {MAX_NODES:,} values", mark, "split the entry")
            raise _StopError

    def _report_once(self, code: str, message: str, mark: tuple[int, int], mend: str) -> None:
        # One file full of aliases has one mistake, not a thousand.
        if code not in self._once:
            self._once.add(code)
            self._report(code, message, mark, mend)

    def _report(self, code: str, message: str, mark: tuple[int, int], mend: str, path: DocumentPath = ()) -> None:
        if len(self._problems) < _MAX_PROBLEMS:
            where = Where(file=self._file, line=mark[0] + self._first, column=mark[1] + 1, path=render_path(path))
            self._problems.append(problem(code, message, where, mend))


def _end_line(event: yaml.Event) -> int:
    return event.end_mark.line if event.end_mark else 0


# Without libyaml, PyYAML's own parser does the same, more slowly.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
