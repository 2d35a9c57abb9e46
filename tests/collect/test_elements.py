"""One long list of a JSON document, read while it arrives in pieces of any size."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.collect import SourceError
from pagerworthy.collect.elements import Elements

TEXT = st.text(alphabet='{}[],:"\\ ab\u20ac\n', max_size=12)
VALUE = st.recursive(TEXT | st.integers(-5, 5) | st.none(), lambda of: st.lists(of) | st.dictionaries(TEXT, of))


class Element(msgspec.Struct):
    a: object = None
    b: object = None


def read(document: bytes, size: int) -> tuple[list[Element], bytes, Elements[Element]]:
    found: list[Element] = []
    elements = Elements("list", Element, found.append)
    for start in range(0, len(document), size):
        elements(document[start : start + size])
    return found, elements.outside(), elements


@given(
    st.lists(st.fixed_dictionaries({"a": VALUE, "b": VALUE}), max_size=6),
    st.integers(1, 40),
    st.sampled_from([0, 2]),
    TEXT,
)
def test_a_list_is_what_it_is_however_it_arrives(elements: list[object], size: int, indent: int, text: str) -> None:
    whole = {"says": text, "data": {"list": elements}, "after": {"text": text}}
    document = msgspec.json.encode(whole)
    if indent:
        document = msgspec.json.format(document, indent=indent)
    found, outside, _ = read(document, size)
    assert [msgspec.to_builtins(each) for each in found] == elements
    assert msgspec.json.decode(outside) == whole | {"data": {"list": []}}


def test_braces_in_texts_do_not_hide_an_end() -> None:
    elements = [{"a": "{" * (number % 3), "b": "x" * 200} for number in range(2_000)]
    found, _, _ = read(msgspec.json.encode({"list": elements}), 64 * 1024)
    assert [msgspec.to_builtins(each) for each in found] == elements


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b'{"list": [{"a": 1}, 17]}', "something else"),
        (b'{"list": [{"a": 1}, {"a": ', "broke off"),
        (b'{"list": [{"a": nonsense}]}', "not JSON"),
        (b'{"list": [' + b'{"a":' * 5_000 + b"1" + b"}" * 5_000 + b"]}", "too deeply"),
    ],
)
def test_what_is_no_list_of_objects_is_said(document: bytes, says: str) -> None:
    with pytest.raises(SourceError, match=says):
        read(document, 64)


def test_an_element_of_another_kind_is_said() -> None:
    elements = Elements("list", msgspec.defstruct("Strict", [("a", int)]), lambda _: None)
    with pytest.raises(SourceError, match="not what its description says"):
        elements(b'{"list": [{"a": "one"}]}')


def test_no_element_is_kept_without_end() -> None:
    with pytest.raises(SourceError, match="larger than any"):
        read(b'{"list": [{"a": "' + b"x" * 20 * 1024 * 1024, 1024 * 1024)


def test_nothing_is_kept_without_end_where_no_list_comes() -> None:
    with pytest.raises(SourceError, match="no list"):
        read(b" " * 20 * 1024 * 1024, 1024 * 1024)
