"""Values as a person would write them, and as the loader reads them back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.catalog.compose import compose
from pagerworthy.catalog.yaml_words import as_block

_PLAIN = st.text("abc: #-'\"{}[]", max_size=8) | st.integers(0, 99) | st.booleans()
_KEYS = st.text("abcxyz", min_size=1, max_size=4)
_VALUES = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=8
)


@given(_VALUES)
def test_a_block_reads_back_as_what_was_written(value: object) -> None:
    lines = as_block("key", value)
    assert len(lines) <= 12
    if lines:
        assert compose("\n".join(lines), "example.yaml").value == {"key": value}


@pytest.mark.parametrize("value", ["text", 3, [1, 2], {}, [], [{"a": number} for number in range(20)]])
def test_what_needs_no_block_or_too_long_a_one_has_none(value: object) -> None:
    assert as_block("key", value) == []


def test_a_block_is_written_as_people_indent() -> None:
    value = [{"name": "availability", "sli": {"good": "a", "total": "b"}, "tags": ["x", "y"]}]
    assert as_block("slos", value) == [
        "slos:",
        "  - name: availability",
        "    sli:",
        "      good: a",
        "      total: b",
        "    tags: [x, y]",
    ]
