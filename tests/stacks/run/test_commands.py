"""Commands that hints name are whole: copied during a rehearsal, none goes to the real cloud."""

import re
from pathlib import Path

import pytest

from pagerworthy.stacks.run.commands import command, for_stacks

SOURCES = Path(__file__).parents[3] / "src" / "pagerworthy"
# Where a command is written out with an environment, it is written by `commands.py`.
_BY_HAND = re.compile(r"pagerworthy (up|preview|refresh|drift|destroy|outputs) \{")


def test_a_command_is_as_it_is_typed() -> None:
    assert command("up", "staging") == "pagerworthy up staging"
    here = "http://127.0.0.1:5000"
    assert for_stacks("refresh", ["cart.staging"], "--clear-pending", emulator=here) == (
        f"pagerworthy refresh staging cart --clear-pending --emulator {here}"
    )
    with pytest.raises(ValueError, match="no stacks"):
        for_stacks("up", [])


def test_no_hint_is_written_by_hand() -> None:
    sources = [*(SOURCES / "stacks" / "run").glob("*.py"), *(SOURCES / "cli").glob("*.py")]
    # `affected` knows of no cloud at all.
    found = [path.name for path in sources if path.name != "affected.py" and _BY_HAND.search(path.read_text())]
    assert found == []
