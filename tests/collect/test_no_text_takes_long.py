"""Whatever a source says, reading it takes no more than its length says.

Patterns hold the interpreter while they search, so that no deadline is heard meanwhile: one that takes the square of a
text would stop all sources. The texts are read in a process of their own, which ends when time is up.
"""

import subprocess
import sys

import pytest

_BEGIN = """
from pagerworthy.catalog import Person
from pagerworthy.collect import SourceError
from pagerworthy.collect.elements import Elements
from pagerworthy.collect.prometheus.mentions import mentions
from pagerworthy.collect.reports.written import _fault
from pagerworthy.collect.routing import Tree, matchers_in
from pagerworthy.evidence.collectors.git_people import People
from pagerworthy.metrics import metric_names
from pagerworthy.promql import code_of, is_fine, unreadable, unreadable_selector
from pathlib import Path

def elements(text):
    for size in (64 * 1024, 1 << 24):
        taking = Elements("list", dict, lambda _: None)
        whole = b'{"list": [{"a": "' + text.encode()
        for start in range(0, len(whole), size):
            taking(whole[start:start + size])
        taking.outside()

def matchers(text):
    list(matchers_in(text))

def route(text):
    Tree.of("route: {receiver: a, routes: [{matchers: ['" + text + "']}]}")

def written(text):
    People([]).written(text)

def named(text):
    _fault(Path("/tmp"), "https://" + text.replace("\\\\", ""))

def read(function, *texts):
    for text in texts:
        try:
            function(text)
        except SourceError:
            pass
"""
_SIZE = 300_000
_TEXTS = [
    "\\",
    '\\"',
    '"',
    "\\'",
    "'",
    "{",
    "{}, ",
    "},{},",
    "[",
    "a_",
    "a=,",
    " ",
    "<",
    ">",
    "a ",
    "a",
    "1",
    '"",',
    "/a",
]


@pytest.mark.parametrize(
    "function",
    [
        "elements",
        "matchers",
        "route",
        "written",
        "named",
        "mentions",
        "metric_names",
        "code_of",
        "is_fine",
        "unreadable",
        "unreadable_selector",
    ],
)
def test_no_text_takes_long(function: str) -> None:
    program = (
        f"{_BEGIN}\n"
        f"for part in {_TEXTS!r}:\n"
        f"    text = part * ({_SIZE} // len(part))\n"
        f"    read({function}, text, 'a=x' + text + 'x', 'a <' + text + '<b', '\"' + text, 'a' + text + 'a b')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


@pytest.mark.parametrize("text", ["route: " + "[" * 200_000, "{a: " * 100_000, "- " * 200_000, "? " * 200_000])
def test_no_depth_takes_long(text: str) -> None:
    program = f"{_BEGIN}\nread(Tree.of, {text[:8]!r} + {text[-4:]!r} * {len(text) // 4})\n"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
