"""The commands that a run names in its hints, as they are to be typed: on the cloud that this run is about.

A hint without `--emulator`, copied during a rehearsal, would go to the real cloud.
"""

from collections.abc import Iterable


def command(verb: str, environment: str, names: Iterable[str] = (), *options: str, emulator: str = "") -> str:
    """`pagerworthy up staging cart --emulator http://127.0.0.1:5000`."""
    rehearsal = ("--emulator", emulator) if emulator else ()
    return " ".join(("pagerworthy", verb, environment, *names, *options, *rehearsal))


def for_stacks(verb: str, stacks: Iterable[str], *options: str, emulator: str = "") -> str:
    """The command for these stacks of one environment, in their order. Raises ValueError for none."""
    named = [stack.rpartition(".") for stack in stacks]
    if not named:
        raise ValueError("no stacks")
    return command(verb, named[0][2], (service for service, _, _ in named), *options, emulator=emulator)
