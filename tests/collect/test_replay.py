"""Recordings of answers that are too large to keep: as they were, without secrets, and without filling the memory."""

import hashlib
import os
import sys
import tracemalloc
from pathlib import Path

import pytest

from pagerworthy.collect import Deadline, SourceError
from pagerworthy.collect.replay import RecordingWire, ReplayingWire
from pagerworthy.collect.transport import Answer, Bounds, Live, PassingError, Request, Take, Transport
from tests.evidence.world import AS_OF

_TOKEN = "s3cret-of-theirs"  # noqa: S105 -- of nobody


def _in_pieces(body: bytes, size: int) -> Transport:
    """Something that answers piece by piece."""

    class Dripping:
        def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
            assert take is not None
            for begin in range(0, len(body), size):
                take(body[begin : begin + size])
            return Answer(200, {}, b"")

    return Dripping()


_ASKED = Request("GET", "https://a.example/api", secrets={"Authorization": f"Bearer {_TOKEN}"})


@pytest.mark.parametrize("size", [1, 5, len(_TOKEN), 1000])
def test_a_secret_in_two_pieces_is_not_kept_either(size: int, tmp_path: Path) -> None:
    body = f"{_TOKEN} first, {_TOKEN}{_TOKEN}, {_TOKEN[:-1]} and {_TOKEN}".encode()
    taken: list[bytes] = []
    wire = RecordingWire(tmp_path, AS_OF)
    wire.carry("x", lambda: _in_pieces(body, size)).send(_ASKED, Bounds(1, 1, 1), Deadline(5), taken.append)
    assert b"".join(taken) == body
    kept = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert _TOKEN.encode() not in kept
    again: list[bytes] = []
    replaying = ReplayingWire(tmp_path).carry("x", Live)
    replaying.send(_ASKED, Bounds(1, 1, 1), Deadline(5), again.append)
    assert b"".join(again) == body.replace(_TOKEN.encode(), b"<secret>")
    assert replaying.send(_ASKED, Bounds(1, 1, 1), Deadline(5)).body == b"".join(again)


def test_recording_and_replaying_keep_no_large_answer_in_memory(tmp_path: Path) -> None:
    body = bytes(range(256)) * 4096 * 32

    def digest(transport: Transport) -> str:
        found = hashlib.sha256()
        transport.send(_ASKED, Bounds(1, 1, 1), Deadline(60), found.update)
        return found.hexdigest()

    tracemalloc.start()
    try:
        wire = RecordingWire(tmp_path, AS_OF)
        live = digest(wire.carry("x", lambda: _in_pieces(body, 1 << 16)))
        again = digest(ReplayingWire(tmp_path).carry("x", Live))
        assert tracemalloc.get_traced_memory()[1] < 2 << 20
    finally:
        tracemalloc.stop()
    assert live == again == hashlib.sha256(body).hexdigest()


def test_what_could_not_be_read_cannot_be_read_again(tmp_path: Path) -> None:
    def refuse(piece: bytes) -> None:
        if b"]" in piece:
            raise SourceError("it closes what it never opened")

    for transport in (
        RecordingWire(tmp_path, AS_OF).carry("x", lambda: _in_pieces(b"a" * 100 + b"]" + b"b" * 100, 10)),
        ReplayingWire(tmp_path).carry("x", Live),
    ):
        with pytest.raises(SourceError, match="never opened"):
            transport.send(_ASKED, Bounds(1, 1, 1), Deadline(5), refuse)


def test_of_an_answer_that_breaks_off_is_kept_that_it_did(tmp_path: Path) -> None:
    class Breaking:
        def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
            assert take is not None
            take(b"half")
            raise PassingError(f"it broke off, said {_TOKEN}")

    with pytest.raises(PassingError):
        RecordingWire(tmp_path, AS_OF).carry("x", Breaking).send(_ASKED, Bounds(1, 1, 1), Deadline(5), lambda _: None)
    assert b"half" not in b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    taken: list[bytes] = []
    with pytest.raises(SourceError, match="it broke off, said <secret>"):
        ReplayingWire(tmp_path).carry("x", Live).send(_ASKED, Bounds(1, 1, 1), Deadline(5), taken.append)
    assert not taken


@pytest.mark.parametrize(
    ("sheet", "says"),
    [
        ('{"as_of":"2026-11-20T08:00:00"}', "as_of"),
        ('{"as_of":"2026-11-20T08:00:00Z","asked":"2026-11-20T08:00:00"}', "asked"),
        ('{"as_of":"9999-12-31T23:59:59Z"}', "9999"),
        ('{"as_of":"2026-11-20T08:00:00Z","asked":"0001-01-01T00:00:00Z"}', "the year 1"),
        ('{"x":' + "[" * 100_000, "has no recording"),
        (" " * (1 << 20) + "{}", "has no recording"),
    ],
)
def test_a_recording_of_no_moment_is_refused(sheet: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "recording.json").write_text(sheet)
    with pytest.raises(SourceError, match=says):
        ReplayingWire(tmp_path)


def _odd(file: Path, kind: str) -> None:
    file.unlink()
    if kind == "link":
        file.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(file)
    else:
        file.mkdir()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes among files, and links only for some")
@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_what_is_no_file_is_not_read(kind: str, tmp_path: Path) -> None:
    RecordingWire(tmp_path, AS_OF).carry("x", lambda: _in_pieces(b"a" * 100, 10)).send(
        _ASKED, Bounds(1, 1, 1), Deadline(5), lambda _: None
    )
    replaying = ReplayingWire(tmp_path).carry("x", Live)
    for ending in ("body", "json"):
        (file,) = (tmp_path / "x").glob(f"*.{ending}")
        _odd(file, kind)
        for take in (None, lambda _: None):
            with pytest.raises(SourceError, match="cannot be read"):
                replaying.send(_ASKED, Bounds(1, 1, 1), Deadline(5), take)
    _odd(tmp_path / "recording.json", kind)
    with pytest.raises(SourceError, match="has no recording"):
        ReplayingWire(tmp_path)
