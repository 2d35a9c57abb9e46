"""The files collector: what is there, what has the sections asked for, and what stays not known."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.catalog.precheck import SIZE_LIMIT
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors.markdown import sections
from tests.evidence.world import collect, service, value, write

DESIGN = ("checkout", "files.design", "")
RUNBOOK = ("checkout", "files.runbook", "catalog/runbooks/slow.md")
SLOW = "  runbooks: [{title: Slow, path: catalog/runbooks/slow.md}]\n"


def test_a_design_document_is_there_or_is_not(tmp_path: Path) -> None:
    service(tmp_path)
    assert value(collect("files", tmp_path)[DESIGN]) == {"exists": False, "missing": []}
    service(tmp_path, more="  design: {path: docs/design.md}\n")
    assert value(collect("files", tmp_path)[DESIGN])["exists"] is False
    write(tmp_path, "docs/design.md", "# Design")
    assert value(collect("files", tmp_path)[DESIGN])["exists"] is True


def test_at_what_is_elsewhere_nobody_has_looked(tmp_path: Path) -> None:
    service(
        tmp_path,
        more="  design: {url: 'https://example.com/d'}\n  runbooks: [{title: Slow, url: 'https://example.com/r'}]\n",
    )
    assert collect("files", tmp_path) == {}


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("# Slow\n## Symptoms\nIt is slow.\n## Mitigate\nWait.\n", []),
        ("## symptoms ##\r\nIt is slow.\r\n\r\nMitigate\r\n--------\r\n- Wait.\r\n", []),
        ("## Symptoms\n### At night\nIt is slow.\n## Mitigate\n```\nwait\n```\n", []),
        ("## Symptoms\n## Mitigate\nWait.\n", ["Symptoms"]),
        ("## Symptoms\n<!-- say\n\nwhat is seen -->\n## Mitigate\n```\n\n```\n", ["Symptoms", "Mitigate"]),
        ("```\n## Symptoms\nx\n```\n    ## Mitigate\n    x\n", ["Symptoms", "Mitigate"]),
        ("- Symptoms\n---\nx\n#Mitigate\nx\n", ["Symptoms", "Mitigate"]),
        ("~~~\n```\n## Symptoms\nx\n~~~\n## Mitigate\nx", ["Symptoms"]),
        ("", ["Symptoms", "Mitigate"]),
    ],
)
def test_a_section_has_a_heading_and_something_below_it(tmp_path: Path, text: str, missing: list[str]) -> None:
    service(tmp_path, more=SLOW)
    write(tmp_path, "catalog/runbooks/slow.md", text)
    assert value(collect("files", tmp_path)[RUNBOOK]) == {"exists": True, "missing": missing}


def test_what_cannot_be_seen_is_said(tmp_path: Path) -> None:
    service(tmp_path / "root", more=SLOW)
    file = tmp_path / "root/catalog/runbooks/slow.md"
    file.parent.mkdir()
    file.symlink_to(write(tmp_path, "outside.md", "## Symptoms\nx\n"))
    assert value(_only(tmp_path))["exists"] is False
    file.unlink()
    file.symlink_to(file)
    assert _only(tmp_path).failed or value(_only(tmp_path))["exists"] is False
    file.unlink()
    file.write_bytes(b"x" * (SIZE_LIMIT + 1))
    assert _only(tmp_path).failed == "catalog/runbooks/slow.md is larger than 128 KiB"


def _only(tmp_path: Path) -> Record:
    # Loading reports such a runbook as a problem of the entry, which is still collected for.
    return collect("files", tmp_path / "root", problems=True)[RUNBOOK]


# Each of them, repeated up to the limit, takes a parser that backtracks or counts again a minute or more.
_SLOW = [
    "[",
    "# a\n",
    "- a\n",
    "> ",
    "`",
    "```\n",
    "a\n=\n",
    "# #",
    "<!--",
    "[a]: b\n",
    " ",
    "#",
    "\n",
    "a\t#",
    "```` `",
]


def test_no_text_takes_long() -> None:
    program = (
        "from pagerworthy.evidence.collectors.markdown import sections\n"
        f"for part in {_SLOW!r}:\n"
        f"    sections((part * {SIZE_LIMIT})[:{SIZE_LIMIT}])\n"
        f"    sections('# ' + (part * {SIZE_LIMIT})[:{SIZE_LIMIT}])\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


@given(st.text(alphabet="#=-`~ \t\na<!>", max_size=60))
def test_what_follows_never_takes_a_section_away(text: str) -> None:
    assert sections("# It\nis so\n") <= sections(f"# It\nis so\n\n{text}")
