"""`pagerworthy site serve` says what to do where it cannot listen."""

import socket
from pathlib import Path

from click.testing import CliRunner

from pagerworthy.cli.app import app


def test_a_port_that_is_taken_is_named_with_the_option_that_helps(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["init", str(tmp_path)], standalone_mode=False).return_value == 0
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        result = CliRunner().invoke(app, ["--root", str(tmp_path), "site", "serve", "--port", str(port)])
    assert result.exit_code != 0
    assert f"port {port} is taken" in result.output
    assert "--port" in result.output
