"""Texts that anybody can propose: runbooks, and the workflow files of repositories. Reading them never takes long."""

import subprocess
import sys

import pytest

from pagerworthy.catalog.precheck import SIZE_LIMIT
from pagerworthy.collect.github.answers import Entry, File, Folder
from pagerworthy.collect.github.workflows import gates_of
from pagerworthy.collect.prometheus.mentions import mentions

# Each of them, repeated up to the limit, takes a pattern that tries everything, or counts again, a minute or more.
RUNBOOKS = ["```x\n", "`" * 50 + "a\n", "`", "~~~\n", "`a(`", "a_", "```promql\na_\n```\n", "``` `"]
WORKFLOWS = ["${{ ", "${{ }", "${", "pagerworthy gate ", "set +", "uses: a/", "|", "\\\n", "a: b\n"]
GATE = "jobs:\n  deploy:\n    steps:\n      - run: |\n          pagerworthy gate shop\n          "


def in_time(program: str) -> None:
    """A pattern that hangs cannot be interrupted in this process."""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=90)


def test_no_runbook_takes_long() -> None:
    in_time(
        "from pagerworthy.collect.prometheus.mentions import mentions\n"
        f"for part in {RUNBOOKS!r}:\n"
        f"    mentions((part * {SIZE_LIMIT})[:{SIZE_LIMIT}])\n"
        f"    mentions('```promql\\n' + (part * {SIZE_LIMIT})[:{SIZE_LIMIT}])\n"
    )


def test_no_workflow_takes_long() -> None:
    in_time(
        "from pagerworthy.collect.github.answers import Entry, File, Folder\n"
        "from pagerworthy.collect.github.workflows import gates_of\n"
        f"for part in {WORKFLOWS!r}:\n"
        f"    text = {GATE!r} + (part * 500_000)[:500_000]\n"
        "    gates_of(Folder(entries=[Entry(name='a.yml', object=File(text=text))]))\n"
        f"    text = {GATE!r} + (part * 130_000)[:130_000]\n"
        "    gates_of(Folder(entries=[Entry(name='a.yml', object=File(text=text))]))\n"
    )


def gates(**files: str) -> tuple[int, bool]:
    """How many gates are found, and whether there may be more."""
    found = gates_of(
        Folder(entries=[Entry(name=f"{name}.yml", object=File(text=text)) for name, text in files.items()])
    )
    return len(found.found), found.whole


def test_more_than_is_read_may_have_more_gates() -> None:
    assert gates(one=GATE) == (1, True)
    assert gates(one=GATE + "# x\n" * 10_000, two=GATE + "# x\n" * 30_000) == (1, False)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("pagerworthy gate ${{ matrix.service }}", 1),
        ("pagerworthy gate ${{ inputs.a || inputs.b }}", 1),
        ("pagerworthy gate ${{ inputs.price == '$5' || 'shop' }}", 1),
        ("pagerworthy gate ${{ inputs.a }} || true", 0),
    ],
)
def test_an_expression_is_no_part_of_a_command(line: str, found: int) -> None:
    assert gates(one=f'jobs: {{a: {{steps: [{{run: "{line}"}}]}}}}')[0] == found


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("Ask `http_requests_total`.", {"http_requests_total"}),
        ("```promql\nrate(one_total[5m])\n```\nand `two_total`", {"one_total", "two_total"}),
        (
            "1. Look:\r\n\r\n     ```promql\r\n     rate(one_total[5m])\r\n     ```\r\n\r\n2. `two_total`",
            {"one_total", "two_total"},
        ),
        ("```sh\necho `one_total`\n```\n", set()),
        ("~~~promql\nrate(one_total[5m])\n```\n~~~\n`two_total`", {"two_total"}),
        ("````promql\nrate(one_total[5m])\n````` \n`two_total`", {"one_total", "two_total"}),
        ("```promql\nrate(one_total[5m])", {"one_total"}),
        ("```promql\nrate(one_total[5m])\n```\n```promql\nrate(two_total[5m])\n```\n", {"one_total", "two_total"}),
        ("```not a fence`x\n`one_total`", {"one_total"}),
    ],
)
def test_what_a_runbook_names_is_found_in_and_out_of_blocks(text: str, metrics: set[str]) -> None:
    assert mentions(text)[0] == metrics
