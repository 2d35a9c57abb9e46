"""Asking over HTTP: what is tried again, what is not, and how long and how large an answer may be."""

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from pagerworthy.collect import Deadline, SourceError
from pagerworthy.collect.address import Address, address_of, variable
from pagerworthy.collect.client import Client, Limits, decode
from pagerworthy.collect.replay import RecordingWire, ReplayingWire
from pagerworthy.collect.transport import Bounds, Live, Request, Transport
from tests.collect.server import FAULTS, Asked, Reply, serving
from tests.evidence.world import AS_OF, service, start

_TOKEN = "s3cret-of-theirs"  # noqa: S105 -- of nobody


def client(url: str, transport: Transport | None = None, seconds: float = 3, **limits: float) -> Client:
    address = Address("prometheus", url, _TOKEN)
    asked = Limits(**{"connect": 1, "read": 0.3, "request": 1.5, "size": 1 << 20, "tries": 3, "pause": 0.01, **limits})  # type: ignore[arg-type]
    secrets = {"Authorization": f"Bearer {_TOKEN}"}
    return Client(address, transport or Live(), Deadline(seconds), secrets=secrets, limits=asked)


class _Answer(msgspec.Struct):
    status: str


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_whatever_a_source_does_wrong_is_said_in_time(fault: str) -> None:
    with serving(lambda asked: Reply()) as server:
        server.fault = FAULTS[fault]
        started = time.monotonic()
        with pytest.raises(SourceError) as caught:
            decode(client(server.url).get("/api"), _Answer)
        assert time.monotonic() - started < 10
        assert str(caught.value)
        assert _TOKEN not in str(caught.value)
        assert all(asked.path == "/api" for asked in server.asked)


@pytest.mark.parametrize(("status", "tries"), [(500, 3), (503, 3), (429, 3), (401, 1), (403, 1), (404, 1), (302, 1)])
def test_only_what_may_pass_is_tried_again(status: int, tries: int) -> None:
    with serving(lambda asked: Reply(status)) as server:
        with pytest.raises(SourceError, match=str(status)):
            client(server.url).get("/x")
        assert len(server.asked) == tries


@pytest.mark.parametrize("headers", [{"Retry-After": "1"}, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "soon"}])
def test_a_source_that_asks_for_a_pause_gets_it(headers: dict[str, str]) -> None:
    times: list[float] = []

    def answer(asked: Asked) -> Reply:
        times.append(time.monotonic())
        said = {
            **headers,
            **({"X-RateLimit-Reset": str(int(time.time()) + 2)} if "X-RateLimit-Reset" in headers else {}),
        }
        return Reply(403 if "X-RateLimit-Reset" in headers else 429, b"{}", said) if len(times) == 1 else Reply()

    with serving(answer) as server:
        assert client(server.url, request=5, seconds=6).get("/x").status == 200
    assert times[1] - times[0] > 0.9


def test_nobody_waits_longer_than_there_is_time_for() -> None:
    with serving(lambda asked: Reply(429, b"", {"Retry-After": "3600"})) as server:
        started = time.monotonic()
        with pytest.raises(SourceError, match="too often"):
            client(server.url).get("/x")
        assert time.monotonic() - started < 1
        assert len(server.asked) == 1


def test_the_token_goes_nowhere_but_to_its_address() -> None:
    with (
        serving(lambda asked: Reply(302, b"", {"Location": other.url})) as server,
        serving(lambda asked: Reply()) as other,
    ):
        with pytest.raises(SourceError, match="sends elsewhere"):
            client(server.url).get("/x")
        with pytest.raises(SourceError):
            client(server.url).get(f"{other.url}/next")
        assert server.asked[0].headers["authorization"] == f"Bearer {_TOKEN}"
        assert not other.asked


@pytest.mark.parametrize(
    ("url", "variables", "found"),
    [
        ("", {}, None),
        ("https://a.example/", {}, ("https://a.example", "")),
        ("https://a.example", {"PAGERWORTHY_SRC_URL": "https://b.example"}, ("https://b.example", "")),
        (
            "",
            {"PAGERWORTHY_SRC_URL": "https://b.example/x/", "PAGERWORTHY_SRC_TOKEN": "t"},
            ("https://b.example/x", "t"),
        ),
    ],
)
def test_the_environment_goes_before_the_settings(
    url: str, variables: dict[str, str], found: tuple[str, str] | None
) -> None:
    address = address_of("src", url, variables)
    assert (address and (address.url, address.token)) == found


@pytest.mark.parametrize(
    ("url", "variables", "why"),
    [
        ("https://evil.example", {"PAGERWORTHY_SRC_TOKEN": "t"}, "PAGERWORTHY_SRC_URL"),
        ("ftp://a.example", {}, "is not an address"),
        ("a.example:9090", {}, "is not an address"),
        ("http://[::1", {}, "is not an address"),
        ("http://a.example:99999", {}, "is not an address"),
        ("http://a b", {}, "is not an address"),
        ("https://me:pw@a.example", {}, "PAGERWORTHY_SRC_TOKEN"),
        ("https://a.example/?x=1", {}, "more than a path"),
        ("", {"PAGERWORTHY_SRC_URL": "https://a.example", "PAGERWORTHY_SRC_TOKEN": "t\nX: y"}, "line ends"),
    ],
)
def test_a_wrong_address_is_refused_with_what_to_do(url: str, variables: dict[str, str], why: str) -> None:
    with pytest.raises(SourceError, match=why) as caught:
        address_of("src", url, variables)
    assert "pw" not in str(caught.value)


def test_a_recording_answers_as_the_source_did_and_keeps_no_secret(tmp_path: Path) -> None:
    def answer(asked: Asked) -> Reply:
        return Reply(200, f'{{"status": "{asked.query.get("q", "")} {_TOKEN}"}}'.encode(), {"Set-Cookie": "id=private"})

    address = Address("prometheus", "", _TOKEN)
    with serving(answer) as server:
        live = client(server.url, RecordingWire(tmp_path, AS_OF).transport(address)).get("/api", [("q", "up")])
    kept = b"".join(each.read_bytes() for each in tmp_path.rglob("*") if each.is_file())
    assert _TOKEN.encode() not in kept
    assert b"private" not in kept
    wire = ReplayingWire(tmp_path)
    assert wire.as_of == AS_OF
    again = client(server.url, wire.transport(address)).get("/api", [("q", "up")])
    assert again.body == live.body.replace(_TOKEN.encode(), b"<secret>")
    with pytest.raises(SourceError, match="no answer to this"):
        client(server.url, wire.transport(address)).get("/api", [("q", "down")])


def test_whoever_drips_while_tls_is_agreed_on_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            stream, _ = listening.accept()
            with stream, contextlib.suppress(OSError):
                stream.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc")
                while True:
                    stream.sendall(b"\x03")
                    time.sleep(0.02)

        threading.Thread(target=drip, daemon=True).start()
        started = time.monotonic()
        with pytest.raises(SourceError, match="not done within"):
            client(f"https://127.0.0.1:{listening.getsockname()[1]}", request=1).get("/x")
        assert time.monotonic() - started < 10


def test_a_connection_that_is_used_again_is_cut_too() -> None:
    with serving(lambda asked: Reply()) as server:
        asker = client(server.url, request=1)
        asker.get("/one")
        server.fault = FAULTS["drip_head"]
        with pytest.raises(SourceError, match="not done within"):
            asker.get("/two")
        server.fault = None
        assert asker.get("/three").status == 200


def test_what_is_said_with_a_refusal_is_not_kept() -> None:
    taken: list[bytes] = []
    with serving(lambda asked: Reply(400, b"x" * (8 << 20))) as server:
        bounds = Bounds(5, 5, 1 << 30)
        answer = Live().send(Request("GET", server.url), bounds, Deadline(20), taken.append)
    assert answer.status == 400
    assert len(answer.body) <= 128 * 1024
    assert not taken


def test_what_is_kept_may_be_less_than_what_is_given_away() -> None:
    taken: list[bytes] = []
    with serving(lambda asked: Reply(body=b"x" * 4096)) as server:
        asker = client(server.url, size=1024, streamed=1 << 20)
        with pytest.raises(SourceError, match="larger"):
            asker.get("/x")
        asker.stream("/x", [], lambda: taken.append)
    assert sum(map(len, taken)) == 4096


def test_the_process_ends_though_a_source_never_does(tmp_path: Path) -> None:
    root = start(tmp_path / "root")
    service(root, "checkout")
    for source in ("github", "pagerduty", "prometheus"):
        with serving(lambda asked: Reply()) as server:
            server.fault = FAULTS["drip_head"]
            variables = {variable(source, "URL"): server.url, variable(source, "TOKEN"): _TOKEN}
            done = subprocess.run(
                [sys.executable, "-m", "pagerworthy", "--root", str(root), "collect", source, "--timeout", "2"],
                env={**os.environ, **variables},
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        assert done.returncode == 1, done.stderr
        assert "not done" in done.stderr
