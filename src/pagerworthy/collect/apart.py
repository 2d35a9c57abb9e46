"""Asks sources in a process of their own, so that nothing that one does can keep this one beyond the time that it has.

Whatever holds the interpreter, such as a pattern that is searched for in a text that was made for it, stops every
thread of its process, and with them the clock that should have ended it.
"""

import os
import signal
import traceback
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NoReturn

import msgspec

from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.run import Gathered, gather, unfinished
from pagerworthy.evidence.collectors import Collector, Context
from pagerworthy.parallel import begin_worker, can_fork

# What was brought until time is up has so many seconds more to be handed over, since the last piece of it.
_GRACE = 5.0
_CHUNK = 1024 * 1024
_LENGTH = 8


def gather_apart(collectors: Sequence[Collector], context: Context, deadline: Deadline) -> Iterator[Gathered]:
    """What each source brings, as `gather` says, which asks them here where a second process is not safe.

    When time is up, the process that asks is ended, whatever it does; of sources that were not done nothing is known.
    """
    if not can_fork():
        yield from gather(collectors, context, deadline)
        return
    reading, writing = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if not child:
        os.close(reading)
        _ask(writing, parent, collectors, context, deadline)
    os.close(writing)
    waiting = {each.name: each for each in collectors}
    try:
        for name, found in _received(reading, deadline):
            asked = waiting.pop(name)
            yield found or unfinished(asked, context, "what it brought cannot be read again")
    finally:
        _end(child)
        os.close(reading)
    reason = "its process ended before it was done" if deadline.left() else "it was not done in time"
    for each in waiting.values():
        yield unfinished(each, context, reason)


def _ask(writing: int, parent: int, collectors: Sequence[Collector], context: Context, deadline: Deadline) -> NoReturn:
    """In the forked process: asks, and hands over what each source brings, with its name and lengths before it."""
    code = 1
    try:
        # What a source starts ends with the process.
        os.setpgid(0, 0)
        begin_worker(parent)
        with open(writing, "wb") as stream:
            for each in gather(collectors, context, deadline):
                parts = (each.source.encode(), msgspec.json.encode(each))
                stream.writelines(len(part).to_bytes(_LENGTH, "big") + part for part in parts)
                stream.flush()
        code = 0
    except BaseException:  # noqa: BLE001 -- nothing of this process goes on in the other one's place
        traceback.print_exc()
    finally:
        os._exit(code)


def _received(reading: int, deadline: Deadline) -> Iterator[tuple[str, Gathered | None]]:
    """The name of each source that is done, and what it brought; None where that cannot be read."""
    parts: list[bytes] = []
    content = bytearray()
    for piece in _pieces(reading, deadline):
        content += piece
        while len(content) >= _LENGTH:
            end = _LENGTH + int.from_bytes(content[:_LENGTH], "big")
            if len(content) < end:
                break
            parts.append(bytes(content[_LENGTH:end]))
            del content[:end]
            if len(parts) > 1:
                name, packed = parts
                parts = []
                yield name.decode(), _unpacked(packed)


def _unpacked(packed: bytes) -> Gathered | None:
    try:
        return msgspec.json.decode(packed, type=Gathered)
    except (msgspec.DecodeError, ValueError):
        return None


def _pieces(reading: int, deadline: Deadline) -> Iterator[bytes]:
    """What comes, until nothing more can, or nothing came for the grace after time was up."""
    import select

    poll = select.poll()
    poll.register(reading, select.POLLIN)
    while poll.poll((deadline.left() + _GRACE) * 1000):
        piece = os.read(reading, _CHUNK)
        if not piece:
            return
        yield piece


def _end(child: int) -> None:
    """Ends the process, if it has not ended, and what it has started."""
    for kill in (os.killpg, os.kill):
        with suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    with suppress(ChildProcessError):
        os.waitpid(child, 0)
