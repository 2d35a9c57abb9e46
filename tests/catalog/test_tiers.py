"""The fast tier accepts nothing that the slow one refuses, and reads what it accepts the same way."""

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pagerworthy.catalog import ENTRY_TYPES, Entry
from pagerworthy.catalog.accept import accept
from pagerworthy.catalog.compose import compose
from pagerworthy.catalog.explain import explain
from pagerworthy.catalog.extensions import Extensions
from pagerworthy.catalog.precheck import plain
from pagerworthy.catalog.schemas import Schemas
from tests.catalog.hostile import HOSTILE
from tests.catalog.wrong_entries import EXAMPLES, RIGHT, read

SCHEMAS = Schemas()
EXTENSIONS = Extensions(RIGHT)
KINDS = {f"{kind.lower()}s": kind for kind in ENTRY_TYPES}
ENTRIES = sorted(path for folder in KINDS for path in (RIGHT / "catalog" / folder).iterdir())

# What YAML readers disagree on, and what both have to agree on here.
_WORDS = """
no yes on off y true True TRUE tRue false null Null NULL ~ 010 0o17 0x1F 0X1F 0b11 -0x1 1_000 +5 -5 -0 .5 5. 5.e3 1e3
1E+3 1e400 -1e999 00.5 01e3 1e2 0e0 12:30 12:30:45 2026-01-02 2026-01-02T03:04:05Z .nan .NaN .inf -.Inf +.inf nan 1.0
4.0 99.90 1.2.3 0.0 00 123456789012345 1234567890123456 0.1234567890123456 1234567890.1234567 123456789012345e10 - + .
= !x !!str &a *a << %a @a `a` | > [ ] { } [a] {a} {a:1} , ? : # ... --- a: -a ?a :a a:b a#b a\\b 'a' "a" '010' "1"
"\\x41" "\\u202e" "\\0" "\\n" '' "" é 😀
"""
ODDITIES = (*_WORDS.split(), "", "\u200b", "\u202e", "\ufeff", "\x85", "\xa0", "\u2028", "\0", "\x1b")


def entry_of(path: Path) -> tuple[str, str]:
    """The text of a right entry and its place in the repository."""
    return path.read_text(encoding="utf-8"), path.relative_to(RIGHT).as_posix()


def both(content: bytes, place: str) -> tuple[Entry | None, Entry | None, tuple[Any, ...]]:
    """What each tier makes of a file, and what the slow one says of it."""
    kind = KINDS[place.split("/")[1]]
    explained = explain(content, place, kind, SCHEMAS, EXTENSIONS)
    return accept(content, place, kind, SCHEMAS), explained.entry, explained.problems


def agree(content: bytes, place: str) -> None:
    fast, slow, problems = both(content, place)
    # A missing or broken extension schema says nothing against the entry.
    problems = tuple(each for each in problems if not each.code.startswith("PW12"))
    assert (slow is None) == bool(problems)
    if fast is not None:
        assert not problems, "the fast tier accepts what the slow one refuses"
        assert fast == slow, "the two tiers read the same file differently"


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.stem)
def test_right_entry_is_accepted_fast(path: Path) -> None:
    text, place = entry_of(path)
    fast, slow, problems = both(text.encode(), place)
    assert fast is not None, "a plain entry needs the slow tier"
    assert fast == slow
    assert not problems


@pytest.mark.parametrize("path", sorted((EXAMPLES / "wrong").iterdir()), ids=lambda path: path.stem)
def test_wrong_example_gets_past_neither_tier(path: Path) -> None:
    case = read(path)
    agree(case.content, case.place)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_entry_gets_past_neither_tier(name: str) -> None:
    assert accept(HOSTILE[name].make(), "catalog/services/payment.yaml", "Service", SCHEMAS) is None


@given(
    st.sampled_from(ENTRIES),
    st.randoms(use_true_random=False),
    st.lists(st.sampled_from(ODDITIES), min_size=1, max_size=4),
)
def test_both_tiers_agree_on_mutated_entries(path: Path, chance: random.Random, oddities: list[str]) -> None:
    text, place = entry_of(path)
    for oddity in oddities:
        text = _mutated(text, chance, oddity)
    agree(text.encode(errors="surrogatepass"), place)


def _mutated(text: str, chance: random.Random, oddity: str) -> str:
    """The text with one small change, of the kind that people and attackers make."""
    lines = text.split("\n")
    row = chance.randrange(len(lines))
    line = lines[row]
    match chance.randrange(9):
        case 0:
            lines[row] = line[: line.find(":") + 1] + " " + oddity
        case 1:
            lines.insert(row, line)
        case 2:
            del lines[row]
        case 3:
            lines[row] = " " * chance.randrange(6) + line.lstrip()
        case 4:
            place = chance.randrange(len(line) + 1)
            lines[row] = line[:place] + oddity + line[place:]
        case 5:
            place = chance.randrange(len(line) + 1)
            lines[row] = line[:place] + line[place + 1 :]
        case 6:
            lines[row] = line + chance.choice([" #x", "  ", "\t", "\r", ":", ",", " |", " >-"])
        case 7:
            other = chance.randrange(len(lines))
            lines[row], lines[other] = lines[other], line
        case 8:
            lines[row] = line.replace(chance.choice(list(line) or [" "]), oddity, 1)
    return "\n".join(lines)


def _plain_values() -> st.SearchStrategy[Any]:
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**16), 10**16),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=8),
        st.sampled_from(ODDITIES),
    )
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=6,
    )


@given(st.text(alphabet="ab019.:-+_eExob#\"'\\[]{},&*!|>%@`?~ \n\té\u2028", max_size=30))
@example("a: 1234567890.1234567")
@example("a: 123456789012345e10")
@example('{"a":010,"b":00.5}')
@example("a: [1,00.5]\n")
@example("? a\n: b")
def test_whatever_is_plain_is_read_alike(text: str) -> None:
    import ryaml

    content = text.encode()
    if not plain(content, text):
        return
    composed = compose(text, "any.yaml")
    try:
        fast = ryaml.loads(text)
    except (ryaml.InvalidYamlError, ValueError, TypeError):
        return
    if composed.problems:
        # A key that is no text is found by the schema's validator, and an empty file by the type of its value.
        assert {each.code for each in composed.problems} <= {"PW012", "PW015"}
    else:
        assert msgspec.json.encode(fast) == msgspec.json.encode(composed.value)


@given(_plain_values())
@example("\r")
@example("\t\n\x7f\u2028")
def test_json_is_read_alike(value: Any) -> None:
    import ryaml

    text = msgspec.json.encode({"a": value}).decode()
    if plain(text.encode(), text):
        composed = compose(text, "any.yaml")
        assert not composed.problems
        assert msgspec.json.encode(ryaml.loads(text)) == msgspec.json.encode(composed.value)
