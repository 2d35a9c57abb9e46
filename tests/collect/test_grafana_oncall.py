"""Grafana OnCall: who is on call, who is called next, and what became of alert groups."""

import time
from pathlib import Path
from typing import Any

import pytest

from pagerworthy.collect import SOURCES, Deadline, Gathered, SourceError, Surroundings
from pagerworthy.collect.surroundings import Wire
from pagerworthy.project import CollectSettings
from tests.collect.oncall_api import SITE, TOKEN, Account, group, step
from tests.collect.pager_world import catalog, decide, on_call
from tests.collect.server import Asked, Reply, serving
from tests.collect.world import QUICK, collected, said
from tests.evidence.world import service

_OWN = on_call(f"{SITE}/schedules/SDEV", f"{SITE}/escalations/FDEV")
_SRE = on_call(f"{SITE}/schedules/SSRE", f"{SITE}/escalations/FSRE")


def account(**more: Any) -> Account:
    """An organisation with two schedules and two chains."""
    given: dict[str, Any] = {
        "shifts": {"SSRE": ["Sam", "Bix", "Cy", "Di", "Ed", "Flo"], "SDEV": ["Ada", "Bo"], "SOTHER": ["Zoe"]},
        "chains": ["FSRE", "FDEV"],
        "steps": [
            step("FSRE", 0, "notify_on_call_from_schedule", notify_on_call_from_schedule="SSRE"),
            step("FSRE", 1, "wait", duration=300),
            step("FSRE", 3, "notify_on_call_from_schedule", notify_on_call_from_schedule="SDEV"),
            step("FSRE", 2, "notify_persons", persons_to_notify=["USAM"]),
            step("FDEV", 0, "notify_team_members", team_to_notify="TPAY"),
            step("FDEV", 1, "trigger_webhook", action_to_trigger="W1"),
        ],
        "integrations": {"CALERT": "Alertmanager", "CCART": "Cart"},
        "routes": {"RSRE": "FSRE", "RDEV": "FDEV"},
        "users": ["Ada", "Bo", "Sam"],
    }
    return Account(**{**given, **more})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return catalog(tmp_path / "root", _OWN, _SRE)


def oncall(root: Path, account: Account) -> Gathered:
    """What OnCall says; whatever was asked and answered held to the description."""
    api = account.api()
    with serving(api) as server:
        found = collected(root, "grafana-oncall", server.url, TOKEN)
    assert not api.wrong
    return found


def test_schedules_have_gaps_levels_and_people(root: Path) -> None:
    found = oncall(root, account(gap=(10, 10.5))).records
    assert said(found, "checkout", "oncall.schedule") == {"gap_hours_30d": 12.0, "levels": 3.0, "rotation": 6.0}
    assert said(found, "cart", "oncall.schedule") == {"gap_hours_30d": 12.0, "levels": 1.0, "rotation": 2.0}
    assert said(found, "quiet", "oncall.schedule") == said(found, "cart", "oncall.schedule")


def test_the_last_level_calls_the_team(root: Path) -> None:
    found = oncall(root, account()).records
    assert said(found, "checkout", "oncall.escalation") == {"development_last": True}
    assert said(found, "cart", "oncall.escalation") == {"development_last": True}
    last = [step("FSRE", 0, "notify_persons", persons_to_notify=["USAM"])]
    found = oncall(root, account(steps=last)).records
    assert said(found, "checkout", "oncall.escalation") == {"development_last": False}


def test_alert_groups_are_pages_of_the_service_in_their_label_or_integration(root: Path) -> None:
    groups = [
        group(1, 0.5),
        group(2, 3, ack=9),
        group(3, 5, ack=None),
        group(4, 6, ack=None, resolved_by="USAM"),
        group(5, 7, service="", integration="CCART", route="RDEV"),
        group(6, 8, service="", integration="CALERT"),
        group(7, 40),
        group(8, 100),
    ]
    found = oncall(root, account(groups=groups)).records
    assert said(found, "checkout", "pages.load") == {"per_shift": 1.0, "actionable": 0.75}
    # What calls SRE first is this service's four, and the one of which nobody knows the service.
    assert said(found, "checkout", "pages.predicted") == {"per_shift": 1.25}
    assert said(found, "cart", "pages.load") == {"per_shift": 0.25, "actionable": 1.0}
    assert said(found, "quiet", "pages.load") is None
    reached = said(found, "checkout", "pages.reached")
    assert isinstance(reached, dict)
    assert reached["age_days"] == pytest.approx(0.5 - 3 / 1440)


def test_the_shadow_period_and_the_answers_of_sre(root: Path) -> None:
    decide(root, "shadow", 20)
    groups = [group(1, 3, ack=5), group(2, 10), group(3, 25)]
    given = account(groups=groups, notes=[("I1", "grade: good"), ("I2", "nothing"), ("I3", "graded")])
    found = oncall(root, given).records
    assert said(found, "checkout", "shadow.period") == {"days": 20.0, "pages": 2.0, "graded": 1.0}
    assert said(found, "checkout", "sre.response") is None
    decide(root, "accept", 8)
    found = oncall(root, given).records
    assert said(found, "checkout", "shadow.period") == {"days": 12.0, "pages": 1.0, "graded": 0.0}
    assert said(found, "checkout", "sre.response") == {"acknowledge_minutes": 3.0, "rotation": 6.0}


def test_lists_are_read_page_after_page_though_their_addresses_lead_nowhere(root: Path) -> None:
    api = account(most=2, groups=[group(index, 1 + index / 10) for index in range(1, 40)]).api()
    with serving(api) as server:
        found = collected(root, "grafana-oncall", server.url, TOKEN).records
    assert not api.wrong
    load = said(found, "checkout", "pages.load")
    assert isinstance(load, dict)
    assert load["per_shift"] == pytest.approx(39 / 4)
    assert said(found, "checkout", "oncall.escalation") == {"development_last": True}


def test_questions_grow_with_schedules_and_not_with_services(root: Path) -> None:
    for index in range(50):
        service(root, f"more-{index}", _OWN)
    api = account().api()
    with serving(api) as server:
        found = collected(root, "grafana-oncall", server.url, TOKEN).records
    assert len(api.asked) == 9
    assert api.asked.count("finalShifts") == 2
    assert isinstance(said(found, "more-49", "oncall.schedule"), dict)


def test_notes_are_read_once_however_many_shadow_periods_there_are(root: Path) -> None:
    decide(root, "shadow", 20)
    decided = (root / "catalog/decisions/checkout-shadow.yaml").read_text()
    for index in range(3):
        service(root, f"more-{index}", "  engagement: sre\n" + _SRE)
        (root / f"catalog/decisions/more-{index}-shadow.yaml").write_text(decided.replace("checkout", f"more-{index}"))
    groups = [group(1, 3), *(group(2 + index, 4, service=f"more-{index}") for index in range(3))]
    notes = [(f"I{number}", "grade: good") for number in (1, 3)]
    api = account(groups=groups, notes=notes).api()
    with serving(api) as server:
        found = collected(root, "grafana-oncall", server.url, TOKEN).records
    assert api.asked.count("listNotes") == 1, api.asked
    graded = {name: said(found, name, "shadow.period") for name in ("checkout", "more-0", "more-1")}
    assert graded == {name: {"days": 20.0, "pages": 1.0, "graded": 1.0 if name != "more-0" else 0.0} for name in graded}


@pytest.mark.parametrize(
    ("path", "failed", "seen"),
    [
        ("/api/v1/schedules/SSRE/final_shifts", {"oncall.schedule", "pages.load"}, {"oncall.escalation"}),
        ("/api/v1/users/", {"oncall.escalation", "oncall.schedule"}, {"pages.load"}),
        ("/api/v1/alert_groups/", {"pages.load", "pages.reached"}, {"oncall.schedule", "oncall.escalation"}),
    ],
)
def test_what_the_token_may_not_see_is_not_known_and_the_rest_is(
    root: Path, path: str, failed: set[str], seen: set[str]
) -> None:
    api = account(groups=[group(1, 2)], integrations={"CALERT": "Checkout"}).api()
    with serving(lambda asked: Reply(403) if asked.path == path else api(asked)) as server:
        found = collected(root, "grafana-oncall", server.url, TOKEN)
    for key in failed:
        assert "403" in str(said(found.records, "checkout", key)), key
    for key in seen:
        assert isinstance(said(found.records, "checkout", key), dict), key


def test_a_limit_is_waited_for(root: Path) -> None:
    api = account().api()
    times: list[float] = []

    def answer(asked: Asked) -> Reply:
        times.append(time.monotonic())
        return Reply(429, b"{}", {"Retry-After": "1"}) if len(times) == 1 else api(asked)

    with serving(answer) as server:
        found = collected(root, "grafana-oncall", server.url, TOKEN)
    assert not any(each.failed for each in found.records)
    assert times[1] - times[0] > 0.9


def test_a_token_that_is_not_accepted_is_said(root: Path) -> None:
    with serving(account().api()) as server:
        found = collected(root, "grafana-oncall", server.url, "another-token")
    assert found.records
    assert all("401" in each.failed for each in found.records)


def test_a_list_that_never_ends_is_not_known(root: Path) -> None:
    endless = b'{"results": [], "next": "http://here/?page=2"}'
    with serving(lambda asked: Reply(200, endless)) as server:
        found = collected(root, "grafana-oncall", server.url, TOKEN, limits=QUICK)
    assert found.records
    assert all("more" in each.failed for each in found.records)


def test_a_service_that_another_tool_calls_for_is_none_of_its_business(root: Path) -> None:
    site = "https://example.pagerduty.com"
    service(root, "cart", on_call(f"{site}/schedules/P1", f"{site}/escalation_policies/P2"))
    found = oncall(root, account(integrations={"CALERT": "Alertmanager"})).records
    assert not [each for each in found if each.subject == "cart"]


def test_it_is_not_asked_without_a_token(tmp_path: Path) -> None:
    variables = {"PAGERWORTHY_GRAFANA_ONCALL_URL": "http://127.0.0.1:9"}
    surroundings = Surroundings(tmp_path, CollectSettings(), variables, Deadline(1), Wire())
    with pytest.raises(SourceError, match="PAGERWORTHY_GRAFANA_ONCALL_TOKEN"):
        SOURCES["grafana-oncall"].open(surroundings)
    for name in ("github", "pagerduty", "grafana-oncall"):
        assert SOURCES[name].open(Surroundings(tmp_path, CollectSettings(), {}, Deadline(1), Wire())) is None
