"""What was recorded of Alertmanager is asked later than the server was, and says the same; secrets are not in it."""

import datetime as dt
import json
from pathlib import Path

import pytest

from pagerworthy.collect.replay import RecordingWire, ReplayingWire
from tests.collect.server import Asked, Reply, serving
from tests.collect.world import collected, said
from tests.evidence.world import AS_OF, service, start

TOKEN = "token-0123456789"  # noqa: S105 -- of nothing
CONFIGURATION = """\
global: {smtp_auth_password: key-0123456789}
route:
  receiver: page-payments
receivers:
  - {name: page-payments, webhook_configs: [{url: "https://x.example/key-0123456789"}]}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    made = start(tmp_path / "root")
    service(made, "checkout")
    return made


def answering(asked: Asked) -> Reply:
    """An Alertmanager that heard the dead man's switch, until a second ago."""
    if asked.path.endswith("/status"):
        return Reply(body=json.dumps({"config": {"original": CONFIGURATION}}).encode())
    if asked.path.endswith("/silences"):
        return Reply(body=b"[]")
    ends = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    alert = {
        "labels": {"alertname": "Watchdog"},
        "status": {"state": "active"},
        "endsAt": ends.isoformat(),
        "receivers": [{"name": "page-payments"}],
    }
    return Reply(body=json.dumps([alert]).encode())


def test_a_recording_says_later_what_it_said_at_once(root: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with serving(answering) as server:
        live = collected(root, "alertmanager", server.url, TOKEN, wire=RecordingWire(kept, AS_OF))
        again = collected(root, "alertmanager", server.url, TOKEN, wire=ReplayingWire(kept))
    assert said(live.records, "checkout", "rules.deadman") == {"active": True}
    assert again.records == live.records
    assert "key-0123456789" not in "".join(each.read_text() for each in kept.rglob("*.json"))


@pytest.mark.parametrize("written", ["route: [", "just a text with key-0123456789", ""])
def test_what_is_no_configuration_is_not_kept(root: Path, tmp_path: Path, written: str) -> None:
    kept = tmp_path / "kept"
    with serving(lambda _: Reply(body=json.dumps({"config": {"original": written}}).encode())) as server:
        found = collected(root, "alertmanager", server.url, TOKEN, wire=RecordingWire(kept, AS_OF))
    assert "configuration cannot be read" in found.failed
    assert "key-0123456789" not in "".join(each.read_text() for each in kept.rglob("*.json"))
