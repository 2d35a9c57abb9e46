"""What stands in a folder of rules, told by the head of each file."""

import hashlib
import os
import stat
from contextlib import suppress
from pathlib import Path

import msgspec

from pagerworthy.catalog.kept import keep, read_kept
from pagerworthy.catalog.walk import Stamp
from pagerworthy.slo.rules.build import ENDING

_MARK = b"# Written by Pagerworthy"
_FROM = b"# from "
_HEADS = 2
_FOLDER = "rules"
# Looking into so many files again takes less time than writing down what was seen.
_FEW = 50


class Seen(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A rule file: `follows` is the stamp in its head, empty where it was changed, None where it is not ours."""

    name: str
    stamp: Stamp
    follows: str | None


def standing(out: Path, *, cache: bool) -> dict[str, str | None]:
    """The rule files in a folder, each with what it follows from, see `Seen`.

    With `cache`, files that have not changed since the last time are not looked into again.
    """
    if not out.is_dir():
        return {}
    key = str(out.resolve()).encode(errors="surrogateescape")
    before = _remembered(key) if cache else {}
    files, looked = [], 0
    with os.scandir(out) as found:
        for entry in found:
            if not entry.name.endswith(ENDING):
                continue
            status = entry.stat(follow_symlinks=False)
            stamp = Stamp.of(status)
            known = before.get(entry.name)
            if known is None or known.stamp != stamp:
                looked += 1
                known = Seen(entry.name, stamp, _follows(entry.path) if stat.S_ISREG(status.st_mode) else None)
            files.append(known)
    if cache and looked > _FEW:
        keep(_FOLDER, key, msgspec.msgpack.encode([each for each in files if each.stamp.is_settled()]))
    return {each.name: each.follows for each in files}


def headed(text: str, source: str, follows: str) -> bytes:
    """The text as a file of ours: made from the file `source`, if there is one, with the stamp of what it follows."""
    body = text.encode()
    origin = f" from {source}" if source else ""
    head = f"{_MARK.decode()}{origin}; changes made here are lost.\n{_FROM.decode()}{follows} {_sum(body)}\n"
    return head.encode() + body


def _remembered(key: bytes) -> dict[str, Seen]:
    content = read_kept(_FOLDER, key)
    if content is not None:
        with suppress(msgspec.MsgspecError, ValueError):
            return {each.name: each for each in msgspec.msgpack.decode(content, type=list[Seen])}
    return {}


def _follows(path: str) -> str | None:
    with open(path, "rb") as file:  # noqa: PTH123 -- called for every file
        content = file.read()
    mark, _, rest = content.partition(b"\n")
    if not mark.startswith(_MARK):
        return None
    line, _, body = rest.partition(b"\n")
    parts = line.removeprefix(_FROM).decode(errors="replace").split(" ")
    return parts[0] if line.startswith(_FROM) and len(parts) == _HEADS and parts[1] == _sum(body) else ""


def _sum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()[:32]
