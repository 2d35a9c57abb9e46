"""`pagerworthy site serve` says what to do where it cannot listen."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.cli.serving import from_root


@pytest.mark.parametrize(
    ("base", "link", "shown"),
    [
        ("", 'href="assets/site.css"', 'href="/assets/site.css"'),
        ("/shop/", 'src="/shop/assets/site.js"', 'src="/assets/site.js"'),
        ("/", 'href="/index.html"', 'href="/index.html"'),
        ("", 'href="https://example.com/"', 'href="https://example.com/"'),
        ("", 'href="#main"', 'href="#main"'),
    ],
)
def test_the_page_for_unknown_addresses_holds_at_any_depth(base: str, link: str, shown: str) -> None:
    assert from_root(f"<a {link}>", base) == f"<a {shown}>"


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
