"""Reading PromQL: what is right is found right, what is wrong is said, and nothing takes the process with it."""

import subprocess
import sys
import threading

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pagerworthy.promql import code_of, is_fine, unreadable, unreadable_selector

_SMALL_STACK = 512 * 1024
_SUM = "sum(rate(x_total[5m]))"


@pytest.mark.parametrize(
    "query",
    [
        _SUM,
        'sum by (code) (rate(http_requests_total{service="cart",code!~"5..|429"}[5m])) # good ones',
        "1 - avg(avg_over_time(probe_success[5m]))",
        "histogram_fraction(0, 0.3, sum(rate(request_seconds[5m])))",
        'sum(rate({__name__="a:b:c"}[5m])) or vector(0)',
        "avg_over_time((sum(rate(x_total[5m])) > bool 0)[5m:1m])",
        "sum(increase(x_total[5m] offset 1h)) / on () group_left () y @ end()",
        "label_replace(x, 'a', `$1`, 'b', '(.*)')",
        "-x",
    ],
)
def test_what_prometheus_reads_is_readable(query):
    assert unreadable(query) == ""


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("sum(rate(x_total[5m])", "unclosed left parenthesis"),
        ("sum(rate(x_total))", "expected type matrix"),
        ("x_total[5m]", "all values of a range"),
        ("(x_total[1h:5m])", "all values of a range"),
        ("1 + 2 * time()", "it is a number"),
        ('"up"', "it is a text"),
        ("scalar(x)", "scalar() gives a number"),
        ("total(x)", "unknown function"),
        ('x{a=~"("}', "regex"),
        ('x{a="b}', "unterminated"),
        ("x y", "invalid"),
        ("", ""),
        ("x{}}", "brace"),
    ],
)
def test_what_prometheus_refuses_is_said(query, says):
    assert unreadable(query)
    assert says in unreadable(query)
    assert "\n" not in unreadable(query)


@pytest.mark.parametrize("selector", ["", 'a="b"', 'a="b",', "a='}',b!=`{`", 'a=~"x|y",b!~"z#"', '__name__=~"m.*"'])
def test_label_matchers_are_readable(selector):
    # A name of the metric beside the histogram's is refused, whatever it says.
    assert bool(unreadable_selector(selector)) == ("__name__" in selector)


@pytest.mark.parametrize(
    "selector",
    [
        "{a='b'}",
        'a="b"} or vector(1) or m{a="b"',
        'a="b" #',
        "a",
        'a="',
        "a=b",
        'a="b" or b="c"}',
        '"other"',
        'a="b"}[5m',
    ],
)
def test_whatever_else_stands_in_a_selector_is_refused(selector):
    assert unreadable_selector(selector)


HOSTILE = {
    "brackets": "(" * 4000 + "x" + ")" * 4000,
    "open brackets": "(" * 9000,
    "braces": "x{" * 3000,
    "minus": "-" * 9000 + "x",
    "minus and spaces": "- " * 4500 + "x",
    "plus": "x+" * 4500 + "x",
    "power": "x^" * 4500 + "x",
    "or": "x or " * 1800 + "x",
    "unless in capitals": "x UNLESS " * 1000 + "x",
    "functions": "abs(" * 2000 + "x" + ")" * 2000,
    "subqueries": "x" + "[5m:1m]" * 1200,
    "offsets": "x" + " offset 5m" * 900,
    "at": "x" + " @ 1" * 2400,
    "arguments": "label_join(x,'a','b'" + ",'c'" * 2000 + ")",
    "matchers": "x{" + 'a="b",' * 1500 + "}",
    "grouping": "sum by (" + "a," * 4000 + "a) (x)",
    "regex": 'x{a=~"' + "(" * 4000 + ")" * 4000 + '"}',
    "regex that repeats": 'x{a=~"' + "(a{1000}){1000}" * 5 + '"}',
    "hidden in a text that ends": '"\n' + "(" * 3000 + '"',
    "hidden behind a comment": "# '\n" + "(" * 3000 + "x" + ")" * 3000 + " # '",
    "hidden by an escape": '"\\\\" + ' + "(" * 3000 + "x" + ")" * 3000 + ' + "\\\\"',
    "hidden between apostrophes": "x # it's\n + " + "(" * 3000 + "x" + ")" * 3000 + "\n # isn't",
    "number": "x + " + "9" * 9000,
    "duration": "rate(x[" + "9" * 9000 + "d])",
    "long": "x" * 20_000,
    "three hundred": "-" * 150 + "x" + "+x" * 149,
    "fifty": "(" * 50 + "x" + ")" * 50,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_overflows_a_small_stack(name):
    # In a process of its own: an overflow would end it without a word.
    script = (
        "import sys, threading\n"
        "from pagerworthy.promql import unreadable, unreadable_selector\n"
        f"threading.stack_size({_SMALL_STACK})\n"
        "query = sys.stdin.read()\n"
        "thread = threading.Thread(target=lambda: (unreadable(query), unreadable_selector(query)))\n"
        "thread.start(); thread.join(); print('alive')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=HOSTILE[name], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.stdout.strip() == "alive", done.stderr


@given(st.text(st.sampled_from("abx_019 \"'`\\#\n{}()[]=!~,.+-*/^<>@$:"), max_size=60))
def test_any_text_is_answered(text):
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.extend([unreadable(text), unreadable_selector(text), code_of(text)]))
    thread.start()
    thread.join()
    assert len(found) == 3


@given(st.sampled_from(["a", "b_total", "up"]), st.sampled_from(["x", "5..", "(", "a b", "}"]), st.sampled_from("=!"))
def test_names_and_values_that_are_exchanged_change_no_answer(metric, value, sign):
    import promql_parser

    query = f'sum(rate({metric}{{label{sign}{"=" if sign == "!" else ""}"{value}",other=~"{value}"}}[5m]))'
    try:
        promql_parser.parse(query)
        right = True
    except ValueError:
        right = False
    assert (unreadable(query) == "") == right


_PARTS = [
    "sum(",
    "rate(",
    "x_total",
    "$window_x",
    "{",
    "}",
    'a="b"',
    "a='$window'",
    "[$window]",
    "[5m]",
    ")",
    "# ",
    " / ",
]


@given(query=st.lists(st.sampled_from(_PARTS), max_size=12).map("".join))
@example(query="sum(rate(x_total[$window]))")
@example(query='sum(rate(x_total{a="$window"}[5m]))')
@example(query="x_total # [$window]")
def test_what_is_soon_found_fine_is_fine(query):
    thorough = "$window" in code_of(query) and not unreadable(query.replace("$window", "5m"))
    assert thorough or not is_fine(query)


def test_an_ordinary_query_is_soon_found_fine():
    assert is_fine('sum(rate(http_requests_total{service="cart",code!~"5.."}[$window]))')
