"""The tests' own footing: the network guard guards, and a missing program is never a silent pass."""

import socket

import pytest

from tests import tools
from tests.tools import REQUIRE, Tool, require_tool


def test_other_machines_are_out_of_reach() -> None:
    with pytest.raises(AssertionError, match="connects"), socket.socket() as reaching:
        reaching.connect(("192.0.2.1", 80))
    with pytest.raises(AssertionError, match="looks up"):
        socket.create_connection(("example.com", 80))


def test_this_machine_is_in_reach() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as reaching:
        reaching.connect(server.getsockname())


def test_missing_tool_skips_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tools.TOOLS, "absent", Tool(("pagerworthy-absent",), "nowhere"))
    monkeypatch.delenv(REQUIRE, raising=False)
    with pytest.raises(pytest.skip.Exception, match="skipped, absent not found"):
        require_tool("absent")


def test_missing_tool_fails_where_all_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tools.TOOLS, "absent", Tool(("pagerworthy-absent",), "nowhere"))
    monkeypatch.setenv(REQUIRE, "1")
    with pytest.raises(pytest.fail.Exception, match="absent not found"):
        require_tool("absent")


def test_optional_tool_skips_even_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(tools.TOOLS, "absent", Tool(("pagerworthy-absent",), "nowhere", optional=True))
    monkeypatch.setenv(REQUIRE, "1")
    with pytest.raises(pytest.skip.Exception):
        require_tool("absent")
