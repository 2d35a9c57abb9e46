"""A token that a source gives back, in whatever form, is in no answer, record, message or recording."""

import base64
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.collect import Deadline
from pagerworthy.collect.address import Address
from pagerworthy.collect.client import Client, Limits, decode
from pagerworthy.collect.replay import RecordingWire, ReplayingWire
from pagerworthy.collect.secrecy import Hiding, Secrets
from pagerworthy.collect.transport import Live, Transport
from tests.collect.server import Reply, serving
from tests.evidence.world import AS_OF

_TOKEN = "s3cret/of+theirs"  # noqa: S105 -- of nobody
_ESCAPED = "".join(f"\\u{ord(sign):04X}" for sign in _TOKEN)
_FORMS = {
    "itself": _TOKEN,
    "percent": quote(_TOKEN, safe=""),
    "lower percent": quote(_TOKEN, safe="").replace("%2F", "%2f").replace("%2B", "%2b"),
    "base64": base64.b64encode(_TOKEN.encode()).decode(),
    "inner base64": base64.b64encode(f"a:{_TOKEN}:b".encode()).decode(),
    "base64 of addresses": base64.urlsafe_b64encode(f"user:{_TOKEN}".encode()).decode(),
    "hexadecimal": _TOKEN.encode().hex(),
    "backwards": _TOKEN[::-1],
    "escaped": _ESCAPED,
    "with an escaped slash": _TOKEN.replace("/", "\\/"),
}


class _Answer(msgspec.Struct):
    error: str


def client(url: str, transport: Transport) -> Client:
    secrets = {"Authorization": f"Bearer {_TOKEN}"}
    return Client(Address("x", url, _TOKEN), transport, Deadline(20), secrets=secrets, limits=Limits())


@pytest.mark.parametrize("form", sorted(_FORMS))
def test_a_token_that_is_given_back_is_nowhere(form: str, tmp_path: Path) -> None:
    said = _FORMS[form]
    body = f'{{"error": "invalid token {said} of tenant"}}'.encode()
    headers = {} if "escaped" in form else {"Content-Type": f"application/json; x={said}", "ETag": said, "Link": said}
    streamed: list[bytes] = []
    with serving(lambda asked: Reply(200, body, headers)) as server:
        wire = RecordingWire(tmp_path / "kept", AS_OF)
        recording = client(server.url, wire.carry("x", Live))
        answers = [client(server.url, Live()).get("/a"), recording.get("/a")]
        recording.stream("/b", (), lambda: streamed.append)
        again = client(server.url, ReplayingWire(tmp_path / "kept").carry("x", Live))
        answers.append(again.get("/a"))
        again.stream("/b", (), lambda: streamed.append)
    answers += [msgspec.structs.replace(answers[0], body=b"".join(streamed)[: len(answers[0].body)])]
    for answer in answers:
        text = decode(answer, _Answer).error
        assert text.startswith("invalid token ")
        assert "<secret>" in text
        assert said not in text
        assert _TOKEN not in f"{text}{answer.headers}"
        assert said not in str(answer.headers)
    assert len({answer.digest for answer in answers}) == 1
    for file in (tmp_path / "kept").rglob("*"):
        if file.is_file():
            kept = file.read_text()
            assert said not in kept
            assert said not in kept.replace("\\\\", "\\")


@given(st.lists(st.sampled_from([*_FORMS.values(), '"', "\\\\", "a", "s3cret", '\\"'])), st.integers(1, 40))
def test_pieces_hide_what_the_whole_hides(parts: list[str], size: int) -> None:
    whole = "".join(parts).encode()
    given: list[bytes] = []
    secrets = Secrets([_TOKEN.encode()])
    hiding = Hiding(secrets, given.append)
    for start in range(0, len(whole), size):
        hiding(whole[start : start + size])
    hiding.end()
    assert not secrets.are_in(b"".join(given))
    assert not secrets.are_in(secrets.hidden(whole))


@given(st.binary())
def test_what_has_no_secret_stays_as_it_is(text: bytes) -> None:
    given: list[bytes] = []
    hiding = Hiding(Secrets([_TOKEN.encode()]), given.append)
    hiding(text)
    hiding.end()
    assert b"".join(given) == text == Secrets([b"short"]).hidden(text)
