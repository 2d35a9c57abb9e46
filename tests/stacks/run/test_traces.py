"""Marks of changes that have begun and not ended well: they need no clock."""

from pathlib import Path

import pytest
from pulumi.automation import CommandError

from pagerworthy.stacks.run import traces
from pagerworthy.stacks.run.command import EngineCommand, Engines
from pagerworthy.stacks.run.result import Outcome
from tests.stacks.run.shop import Shop
from tests.stacks.run.tiny import Tiny


def run(folder: Path, does: str, *arguments: str) -> bool:
    """Runs a command line that ends as told; whether the stack may be half done afterwards."""
    program = folder / "pulumi"
    program.write_text(f"#!/bin/sh\ntest -e underway || test {arguments[-1]} = --preview-only || exit 9\n{does}\n")
    program.chmod(0o755)
    command = EngineCommand(program, "3.206.0", {"PATH": "/usr/bin:/bin"}, Engines())
    if does == "exit 0":
        command.run([*arguments], str(folder), {})
    else:
        with pytest.raises(CommandError):
            command.run([*arguments], str(folder), {})
    return traces.is_half_done(folder)


@pytest.mark.parametrize("does", ["exit 1", "kill -9 $$"])
@pytest.mark.parametrize("verb", ["up", "refresh", "destroy"])
def test_only_what_makes_a_stack_whole_takes_its_mark_away(tmp_path: Path, verb: str, does: str) -> None:
    assert not run(tmp_path, "exit 0", verb)
    assert not run(tmp_path, "exit 0", "refresh", "--preview-only")
    assert run(tmp_path, does, verb)
    assert run(tmp_path, "exit 0", "refresh", "--preview-only")
    assert run(tmp_path, "exit 0", "refresh")
    assert not run(tmp_path, "exit 0", "up")


def test_a_stack_that_may_be_half_done_is_not_passed_over(shop: Shop) -> None:
    cart = Tiny("cart")

    def updates() -> int:
        return len(list(shop.root.glob(".pagerworthy/*/state/.pulumi/history/**/*.history.json")))

    shop.up(cart)
    before = updates()
    assert shop.up(cart)["cart"].outcome is Outcome.UNCHANGED
    assert updates() == before
    # As an engine leaves it that was killed where the clock is behind: the times in the state tell nothing.
    traces.change(shop.ready().place.work_folder("cart.staging"))
    for _ in range(2):
        assert shop.up(cart)["cart"].outcome is Outcome.UNCHANGED
        assert updates() == before + 1
