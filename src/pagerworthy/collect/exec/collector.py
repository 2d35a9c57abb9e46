"""The collector: runs the commands that the settings name, and takes what they print as it takes evidence files."""

import datetime as dt
import queue
import tempfile
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.exec.running import Commands
from pagerworthy.collect.exec.trusted import demand_trust
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.collect.transport import Answer, Bounds, Request, Transport
from pagerworthy.evidence import KEYS, Record, items_of, read_evidence
from pagerworthy.evidence.collectors import Collector, Context, record
from pagerworthy.evidence.keys import key_help
from pagerworthy.project import ExecSettings

AS_OF = "PAGERWORTHY_AS_OF"
_SIZE = 64 * 1024 * 1024
_LONGEST = 3600
_MOST = 50
_SHARE = 0.9
# A command sees things while it runs, after the moment that it is told.
_RUN = dt.timedelta(seconds=_LONGEST)


class ExecCollector:
    """Runs `[collect.exec.NAME]`, all at once. What a command gets wrong makes its keys not known."""

    name = "exec"

    def __init__(self, commands: Mapping[str, ExecSettings], transport: Transport, deadline: Deadline) -> None:
        self._commands = commands
        self._transport = transport
        self._deadline = deadline

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for each in self._commands.values() for key in each.keys))

    def collect(self, context: Context) -> Iterator[Record]:
        done: queue.SimpleQueue[tuple[str, Answer | str]] = queue.SimpleQueue()
        for name in self._commands:
            threading.Thread(target=self._run, args=(name, context, done), daemon=True).start()
        waiting = dict(self._commands)
        while waiting:
            try:
                name, answer = done.get(timeout=self._deadline.demand())
            except (queue.Empty, SourceError):
                break
            yield from _records(name, waiting.pop(name), answer, context)
        for name, settings in waiting.items():
            yield from _records(name, settings, "it was not done in time", context)

    def _run(self, name: str, context: Context, done: "queue.SimpleQueue[tuple[str, Answer | str]]") -> None:
        settings = self._commands[name]
        body = msgspec.json.encode(settings.command)
        headers = {AS_OF: context.as_of.isoformat()}
        bounds = Bounds(0, 0, _SIZE)
        try:
            # It is ended before nobody waits for it any more.
            deadline = self._deadline.part(min(settings.timeout, self._deadline.left() * _SHARE))
            answer: Answer | str = self._transport.send(Request("RUN", name, headers, {}, body), bounds, deadline)
        except SourceError as error:
            answer = str(error)
        except Exception as error:  # noqa: BLE001 -- one command that cannot be run hides no other
            answer = f"it cannot be run: {type(error).__name__}"
        done.put((name, answer))


def _records(name: str, settings: ExecSettings, answer: Answer | str, context: Context) -> Iterator[Record]:
    source = f"exec:{name}"
    failed = answer if isinstance(answer, str) else ""
    seen = set()
    if not isinstance(answer, str):
        found, failed = _read(answer.body, settings, context)
        for each in found:
            seen.add((each.subject, each.key, each.item))
            yield msgspec.structs.replace(each, source=source, response=answer.digest)
    printed = {key for _, key, _ in seen}
    for subject, service in context.catalog.services.items():
        for key in settings.keys:
            reason = failed or ("" if key in printed else f"it printed no record of {key}, which is among its keys")
            for item in items_of(service, KEYS[key].per) if reason else ():
                if (subject, key, item) not in seen:
                    yield record(source, subject, key, f"{name}: {reason}", time=context.as_of, item=item)


class _Dated(msgspec.Struct, frozen=True):
    time: dt.datetime


def _late(printed: bytes, end: dt.datetime) -> str:
    """What is wrong with the first record that is dated after a moment; empty where there is none."""
    decoder = msgspec.json.Decoder(_Dated)
    for number, line in enumerate(printed.split(b"\n"), 1):
        try:
            time = decoder.decode(line).time
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if time.tzinfo and time > end:
            return f"line {number}: the record is dated after {AS_OF}, {time.isoformat()[:40]}"
    return ""


def _read(printed: bytes, settings: ExecSettings, context: Context) -> tuple[list[Record], str]:
    """The records that are right, and what is wrong with the first line that is not."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "printed.jsonl")
        file.write_bytes(printed)
        end = context.as_of + _RUN
        evidence = read_evidence(Path(folder), [file], as_of=end, subjects=context.catalog.services)
    wrong = _late(printed, end)
    if evidence.problems:
        first = evidence.problems[0]
        wrong = wrong or f"line {first.where.line}: {first.message}"
    found = []
    for keys in evidence.subjects.values():
        for key, items in keys.items():
            if key in settings.keys:
                found += [_not_later(known.record, context.as_of) for known in items.values()]
            else:
                wrong = wrong or f"it printed a record of {key}, which is not among its keys"
    return found, wrong


def _not_later(record: Record, as_of: dt.datetime) -> Record:
    """What was seen while the command ran was seen at the moment of the run, as with every other source."""
    return msgspec.structs.replace(record, time=min(record.time, as_of))


def open_collector(surroundings: Surroundings) -> Collector | None:
    """None where no command is set up. Raises SourceError for one that is set up wrongly."""
    commands = surroundings.settings.exec
    if not commands:
        return None
    if len(commands) > _MOST:
        raise SourceError(f"there are more than {_MOST} commands")
    for name, settings in commands.items():
        where = f"[collect.exec.{name[:60]}]"
        if not name.isprintable() or len(name) > 60 or not settings.command or not all(settings.command):
            raise SourceError(f"{where} has no command, or a name that nobody can show")
        if not settings.keys:
            raise SourceError(f"{where} has no keys: name those that it writes")
        for key in settings.keys:
            if key not in KEYS:
                raise SourceError(f"{where}: there is no key {key[:60]!r}: {key_help(key)}")
        if not 0 < settings.timeout <= _LONGEST:
            raise SourceError(f"{where}: timeout is from 0 to {_LONGEST} seconds")
    root, variables = surroundings.root, surroundings.variables

    def live() -> Transport:
        return Commands(root, variables, lambda command: demand_trust(root, command, variables))

    deadline = Deadline(surroundings.deadline.left() * _SHARE)
    return ExecCollector(commands, surroundings.wire.carry("exec", live), deadline)
