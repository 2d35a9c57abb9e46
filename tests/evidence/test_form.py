"""That the short look at a line never lets pass what the long one refuses."""

import json
from typing import Any

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from pagerworthy.evidence import KEYS, Record
from pagerworthy.evidence.form import ValueForm, is_simple

_PLAIN: dict[str, Any] = {
    "subject": "checkout",
    "key": "files.runbook",
    "time": "2026-11-19T06:00:00Z",
    "source": "files",
    "strength": "linked",
    "item": "runbooks/slow.md",
    "query": "",
    "expires": None,
    "response": "",
}
_VALUE: dict[str, Any] = {"exists": True, "missing": ["one"]}
_spaces = st.sampled_from(["", "", "", " ", "\t"])


@st.composite
def _objects(draw: st.DrawFn, members: dict[str, str], least: int) -> str:
    """An object with these members in any order, some of them again or not at all, and white space anywhere."""
    names = draw(st.lists(st.sampled_from(sorted(members)), max_size=3))
    names = draw(st.permutations([*list(members)[:least], *names]))
    written = [
        f'{draw(_spaces)}"{name}"{draw(_spaces)}:{draw(_spaces)}{members[name]}{draw(_spaces)}' for name in names
    ]
    return "{" + ",".join(written) + "}"


@st.composite
def _lines(draw: st.DrawFn) -> str:
    value = draw(_objects({name: json.dumps(each) for name, each in _VALUE.items()}, 1))
    members = {name: json.dumps(each) for name, each in _PLAIN.items()} | {"value": value, "failed": '"down"'}
    return draw(_objects(members, 5))


def _names_twice(line: str) -> bool:
    found: list[bool] = []

    def note(pairs: list[tuple[str, object]]) -> None:
        found.append(len({name for name, _ in pairs}) < len(pairs))

    json.loads(line, object_pairs_hook=note)
    return any(found)


@given(_lines())
@example(json.dumps({**_PLAIN, "value": _VALUE}))
def test_a_plain_line_has_no_name_twice(line: str) -> None:
    content = line.encode()
    try:
        record = msgspec.json.decode(content, type=Record)
    except msgspec.DecodeError:
        return
    form = ValueForm(KEYS[record.key])
    try:
        if not record.failed:
            form.decoder.decode(record.value)
    except msgspec.DecodeError:
        return
    if is_simple(content) and form.is_once(content, record):
        assert not _names_twice(line)


def test_lines_as_collectors_write_them_are_plain() -> None:
    fields = {name: _PLAIN[name] for name in ("subject", "key", "time", "source", "strength", "item")}
    for rest in ({"value": {"exists": True}}, {"value": _VALUE}, {"failed": "down"}):
        for separators in ((",", ":"), (", ", ": ")):
            content = json.dumps(fields | rest, separators=separators).encode()
            assert is_simple(content)
            assert ValueForm(KEYS["files.runbook"]).is_once(content, msgspec.json.decode(content, type=Record))
