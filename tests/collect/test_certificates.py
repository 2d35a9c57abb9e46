"""Sources over TLS: one whose certificate has ended, or is another's, gets no token and brings nothing."""

from pathlib import Path

import pytest

from tests.collect import github_api, oncall_api, pagerduty_api
from tests.collect.https import Authority
from tests.collect.pager_world import catalog, on_call
from tests.collect.server import Answering, serving
from tests.collect.world import QUICK, collected

_SITES = {"pagerduty": pagerduty_api.SITE, "grafana-oncall": oncall_api.SITE, "github": pagerduty_api.SITE}
_TOKENS = {"pagerduty": pagerduty_api.TOKEN, "grafana-oncall": oncall_api.TOKEN, "github": github_api.TOKEN}


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """An authority that this machine trusts for as long as the test lasts."""
    found = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(found.file))
    return found


def api(source: str) -> Answering:
    """A source that would answer."""
    if source == "pagerduty":
        policies = [pagerduty_api.policy("PESRE", [pagerduty_api.to_schedule("PSRE")])]
        return pagerduty_api.Account([pagerduty_api.schedule("PSRE", ["Sam"])], policies).api()
    if source == "grafana-oncall":
        step = oncall_api.step("PESRE", 0, "notify_on_call_from_schedule", notify_on_call_from_schedule="PSRE")
        return oncall_api.Account({"PSRE": ["Sam"]}, ["PESRE"], [step]).api()
    return github_api.GitHub({"example/checkout": github_api.Repository()})


@pytest.mark.parametrize("source", sorted(_SITES))
@pytest.mark.parametrize(
    ("host", "days", "reason"),
    [
        ("localhost", 2, ""),
        ("localhost", -1, "its certificate is refused: certificate has expired"),
        ("elsewhere.example", 2, "its certificate is refused: Hostname mismatch"),
    ],
)
def test_a_certificate_decides_whether_anything_is_asked(
    source: str, host: str, days: int, reason: str, authority: Authority, tmp_path: Path
) -> None:
    called = on_call(f"{_SITES[source]}/schedules/PSRE", f"{_SITES[source]}/escalation_policies/PESRE")
    root = catalog(tmp_path / "root", called, called)
    with serving(api(source), authority.serving(host, days=days)) as server:
        url = f"https://localhost:{server.port}"
        found = collected(root, source, url, _TOKENS[source], limits=QUICK)
        assert bool(server.asked) == (not reason)
    assert found.records
    if reason:
        assert all(each.failed.startswith(reason) for each in found.records)
    else:
        assert any(not each.failed for each in found.records)
