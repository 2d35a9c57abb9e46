"""What every test runs under: no network beyond this machine, and examples that do not fail for being slow."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

# Two busy cores make single examples slow now and then, which says nothing about the code.
settings.register_profile("project", deadline=None, print_blob=True)
settings.load_profile("project")


def _is_here(host: object) -> bool:
    if host in {None, "", "localhost", b"localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.decode() if isinstance(host, bytes) else str(host)).is_loopback
    except ValueError:
        return False


class NetworkTouchedError(AssertionError):
    """A test reached for another machine."""


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded(original: Any) -> Any:
        def call(self: socket.socket, address: Any) -> Any:
            if self.family != socket.AF_UNIX and not _is_here(address[0]):
                raise NetworkTouchedError(f"a test connects to {address}")
            return original(self, address)

        return call

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        if not _is_here(host):
            raise NetworkTouchedError(f"a test looks up {host!r}")
        return look_up(host, *arguments, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded(connect))
        patch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
        patch.setattr(socket, "getaddrinfo", guarded_look_up)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright leaves an event loop running in the thread of the tests: nothing that needs one of its own comes after.
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))
