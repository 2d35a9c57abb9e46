"""Keeps good answers for a day, so that what answered in the morning is not asked again at noon."""

import datetime as dt

import msgspec

from pagerworthy.catalog.kept import keep, read_kept
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.transport import Answer, Bounds, Request, Stored, Take, Transport

# When an answer that was kept was given.
ASKED = "pagerworthy-asked"
_FOLDER = "links"
_DAY = dt.timedelta(days=1)
_GOOD = range(200, 400)
_UNCHANGED = 304


class Keeping:
    """What another transport brings, kept in the user's cache folder; what failed is asked each time.

    After a day an answer with an ETag is asked for again, and not sent again where it is the same.
    """

    def __init__(self, live: Transport) -> None:
        self._live = live

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        key = f"{request.method} {request.url}".encode()
        kept = _read(key)
        now = dt.datetime.now(dt.UTC)
        if kept is not None and dt.timedelta(0) <= now - _moment(kept) < _DAY:
            return kept.given(take)
        etag = kept.headers.get("etag", "") if kept is not None else ""
        if etag.isascii() and etag.isprintable() and etag:
            request = msgspec.structs.replace(request, headers={**request.headers, "If-None-Match": etag})
        answer = self._live.send(request, bounds, deadline)
        if answer.status == _UNCHANGED and kept is not None and "If-None-Match" in request.headers:
            answer = kept
        if answer.status in _GOOD:
            headers = {**answer.headers, ASKED: now.isoformat(timespec="seconds")}
            _keep(key, request, Answer(answer.status, headers, answer.body))
        return answer.given(take)


def asked(answer: Answer) -> dt.datetime | None:
    """When an answer that was kept was given; None for one that was just given."""
    return _moment(answer) if ASKED in answer.headers else None


def _moment(answer: Answer) -> dt.datetime:
    try:
        found = dt.datetime.fromisoformat(answer.headers[ASKED])
    except (KeyError, ValueError):
        return dt.datetime.min.replace(tzinfo=dt.UTC)
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _read(key: bytes) -> Answer | None:
    content = read_kept(_FOLDER, key)
    if content is None:
        return None
    try:
        return msgspec.json.decode(content, type=Stored).answer()
    except (msgspec.DecodeError, ValueError):
        return None


def _keep(key: bytes, request: Request, answer: Answer) -> None:
    keep(_FOLDER, key, msgspec.json.encode(Stored.of(request, answer)))
