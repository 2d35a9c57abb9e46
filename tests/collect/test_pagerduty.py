"""PagerDuty: who is on call, who is called next, and what became of pages."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pagerworthy.collect import Gathered
from pagerworthy.collect.replay import RecordingWire, ReplayingWire
from tests.collect.pager_world import catalog, decide, on_call
from tests.collect.pagerduty_api import (
    SITE,
    TOKEN,
    Account,
    incident,
    of,
    policy,
    schedule,
    to_person,
    to_schedule,
)
from tests.collect.server import Asked, Reply, serving
from tests.collect.world import QUICK, collected, said
from tests.evidence.world import AS_OF, service

_OWN = on_call(f"{SITE}/schedules/PDEV", f"{SITE}/escalation_policies/PEDEV")
_SRE = on_call(f"{SITE}/schedules#PSRE", f"{SITE}/escalation_policies/PESRE/")
_TEAM = ["Sam", "Bix", "Cy", "Di", "Ed", "Flo"]


def account(**more: Any) -> Account:
    """An account with two schedules and two policies."""
    given: dict[str, Any] = {
        "schedules": [schedule("PSRE", _TEAM), schedule("PDEV", ["Ada", "Bo"], hours=24, gap=(3, 4.5))],
        "policies": [
            policy("PESRE", [to_schedule("PSRE")], [to_person("Sam")], [to_schedule("PDEV")]),
            policy("PEDEV", [to_person("Ada")]),
        ],
        "services": [of("PSCHECK", "Checkout"), of("PSOTHER", "something else")],
    }
    return Account(**{**given, **more})


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return catalog(tmp_path / "root", _OWN, _SRE, postmortem=True)


def pagerduty(root: Path, account: Account) -> Gathered:
    """What PagerDuty says; whatever was asked and answered held to the description."""
    api = account.api()
    with serving(api) as server:
        found = collected(root, "pagerduty", server.url, TOKEN)
    assert not api.wrong
    return found


def test_schedules_have_gaps_levels_and_people(root: Path) -> None:
    found = pagerduty(root, account()).records
    assert said(found, "checkout", "oncall.schedule") == {"gap_hours_30d": 0.0, "levels": 3.0, "rotation": 6.0}
    assert said(found, "cart", "oncall.schedule") == {"gap_hours_30d": 36.0, "levels": 1.0, "rotation": 2.0}
    # Its entry names nobody, and so its owner's schedule counts.
    assert said(found, "quiet", "oncall.schedule") == said(found, "cart", "oncall.schedule")


def test_a_schedule_of_which_nobody_knows_the_shifts_is_not_known(root: Path) -> None:
    bare = schedule("PSRE", ["Sam"])
    del bare["final_schedule"]
    found = pagerduty(root, account(schedules=[bare])).records
    assert "does not say who" in str(said(found, "checkout", "oncall.schedule"))
    assert "no such schedule" in str(said(found, "cart", "oncall.schedule"))
    empty = {**bare, "final_schedule": {"name": "Final Schedule", "rendered_schedule_entries": []}}
    found = pagerduty(root, account(schedules=[empty])).records
    value = said(found, "checkout", "oncall.schedule")
    assert isinstance(value, dict)
    assert value["gap_hours_30d"] == 720.0


@pytest.mark.parametrize(
    ("levels", "called"),
    [
        ([[to_schedule("PSRE")], [to_schedule("PDEV")]], True),
        ([[to_schedule("PSRE")], [to_person("Ada")]], True),
        ([[to_schedule("PDEV")], [to_schedule("PSRE")]], False),
        ([[to_schedule("PSRE")], [to_person("Sam")]], False),
        ([], False),
    ],
)
def test_the_last_level_calls_the_team_or_does_not(root: Path, levels: list[list[Any]], called: bool) -> None:
    found = pagerduty(root, account(policies=[policy("PESRE", *levels)])).records
    assert said(found, "checkout", "oncall.escalation") == {"development_last": called}
    assert "no such escalation policy" in str(said(found, "cart", "oncall.escalation"))


def test_pages_are_counted_over_shifts(root: Path) -> None:
    incidents = [
        incident(1, 2),
        incident(2, 3, ack=7),
        incident(3, 5, ack=None),
        incident(4, 6, ack=None, resolved_by_user_id="PUSAM"),
        # Of low urgency, of another service, before the month, and in the day that is not settled yet.
        incident(5, 7, urgency="low"),
        incident(6, 8, service="PSOTHER"),
        incident(7, 50, ack=5),
        incident(8, 0.2),
    ]
    found = pagerduty(root, account(incidents=incidents)).records
    # A shift is a week: four pages in four weeks, of which somebody acted on three.
    assert said(found, "checkout", "pages.load") == {"per_shift": 1.0, "actionable": 0.75}
    # What calls SRE first is this service's four pages, and the other's one.
    assert said(found, "checkout", "pages.predicted") == {"per_shift": 1.25}
    reached = said(found, "checkout", "pages.reached")
    assert isinstance(reached, dict)
    assert reached["age_days"] == pytest.approx(2 - 3 / 1440)
    assert reached["acknowledge_minutes"] == 6.0
    # PagerDuty has no such service: nothing is said of it, not even that it was quiet.
    assert said(found, "cart", "pages.load") is None


def test_a_quiet_service_is_quiet_and_no_page_has_reached_anybody(root: Path) -> None:
    found = pagerduty(root, account()).records
    assert said(found, "checkout", "pages.load") == {"per_shift": 0.0, "actionable": 1.0}
    assert said(found, "checkout", "pages.reached") is None
    assert said(found, "checkout", "incidents.severe") == {"ids": []}


def test_a_service_is_known_by_its_annotation(root: Path) -> None:
    file = service(root, "cart", _OWN)
    file.write_text(
        file.read_text().replace("Places orders}", 'Places orders, annotations: {pagerduty.com/service-id: "PSOTHER"}}')
    )
    found = pagerduty(root, account(incidents=[incident(1, 2, service="PSOTHER")])).records
    assert isinstance(said(found, "cart", "pages.reached"), dict)


def test_severe_incidents_have_the_names_of_their_post_mortems(root: Path) -> None:
    incidents = [
        incident(1, 40, priority_name="P1"),
        incident(2, 41, priority_name="SEV-2 (major)"),
        incident(3, 5, priority_name="P3"),
        incident(4, 6, urgency="low"),
        incident(5, 179, priority_name="p1"),
        incident(6, 200, priority_name="P1"),
    ]
    found = pagerduty(root, account(incidents=incidents)).records
    assert said(found, "checkout", "incidents.severe") == {"ids": ["lost-orders", "incident-2", "incident-5"]}


def test_an_incident_without_a_priority_may_have_been_severe(root: Path) -> None:
    reason = "1 of its 2 incidents have no priority, so nobody knows which were severe"
    unsaid = incident(1, 6)
    for more in (incident(2, 7, priority_name="P4"), incident(2, 7, priority_name="P1")):
        found = pagerduty(root, account(incidents=[unsaid, more])).records
        assert said(found, "checkout", "incidents.severe") == reason
    # What another service's incidents have says nothing of this one's.
    found = pagerduty(root, account(incidents=[unsaid, incident(2, 7, service="PSOTHER", priority_name="P4")])).records
    assert "1 of its 1 incidents" in str(said(found, "checkout", "incidents.severe"))


@pytest.mark.parametrize(
    "escalation",
    ["https://proxy.example.com/escalations/PESRE", "https://example.grafana.net/a/grafana-oncall-app/escalations/F1"],
)
def test_a_policy_that_is_named_and_not_found_may_have_any_levels(root: Path, escalation: str) -> None:
    service(root, "cart", on_call(f"{SITE}/schedules/PDEV", escalation))
    found = pagerduty(root, account()).records
    assert "its levels cannot be seen" in str(said(found, "cart", "oncall.schedule"))


def test_a_shadow_period_from_before_what_is_read_is_not_known(root: Path) -> None:
    decide(root, "shadow", 200)
    assert "began before" in str(said(pagerduty(root, account()).records, "checkout", "shadow.period"))
    decide(root, "accept", 190)
    assert said(pagerduty(root, account()).records, "checkout", "shadow.period") is None


def test_the_shadow_period_counts_pages_and_grades(root: Path) -> None:
    decide(root, "shadow", 20)
    incidents = [incident(1, 3), incident(2, 10), incident(3, 25), incident(4, 12)]
    notes = {"PI1": ["Looked into it", "Grade: useful, runbook good"], "PI4": ["upgrade done"], "PI3": ["graded"]}
    seen = account(incidents=incidents, notes=notes)
    found = pagerduty(root, seen).records
    assert said(found, "checkout", "shadow.period") == {"days": 20.0, "pages": 3.0, "graded": 1.0}
    assert said(found, "checkout", "sre.response") is None
    blind = account(incidents=incidents, policies=[policy("PESRE", [to_schedule("PDEV")])])
    assert "SRE is at no level" in str(said(pagerduty(root, blind).records, "checkout", "shadow.period"))
    decide(root, "accept", 8)
    found = pagerduty(root, seen).records
    assert said(found, "checkout", "shadow.period") == {"days": 12.0, "pages": 2.0, "graded": 0.0}
    # A page that nobody acknowledged counts until it was over.
    late = pagerduty(
        root, account(incidents=[*incidents, incident(5, 2, ack=None), incident(6, 2.5, ack=None)])
    ).records
    assert said(late, "checkout", "sre.response") == {"acknowledge_minutes": 3.0, "rotation": 6.0}
    slow = pagerduty(root, account(incidents=[incident(1, 3), incident(2, 2, ack=None), incident(5, 4, ack=None)]))
    assert said(slow.records, "checkout", "sre.response") == {"acknowledge_minutes": 60.0, "rotation": 6.0}


def test_lists_are_read_page_after_page(root: Path) -> None:
    many = account(
        schedules=[*(schedule(f"PX{index}", ["Ada"]) for index in range(25)), *account().schedules],
        incidents=[incident(index, 1 + index / 10) for index in range(1, 200)],
        most=10,
    )
    found = pagerduty(root, many).records
    assert said(found, "checkout", "oncall.schedule") == {"gap_hours_30d": 0.0, "levels": 3.0, "rotation": 6.0}
    load = said(found, "checkout", "pages.load")
    assert isinstance(load, dict)
    assert load["per_shift"] == pytest.approx(199 / 4)


def test_the_number_of_questions_does_not_grow_with_services(root: Path) -> None:
    for index in range(50):
        service(root, f"more-{index}", _OWN)
    api = account(services=[of(f"PS{index}", f"more-{index}") for index in range(50)]).api()
    with serving(api) as server:
        found = collected(root, "pagerduty", server.url, TOKEN).records
    assert sorted(api.asked) == ["getAnalyticsIncidents", "listEscalationPolicies", "listSchedules", "listServices"]
    assert isinstance(said(found, "more-49", "pages.load"), dict)


@pytest.mark.parametrize(
    ("operation", "failed", "seen"),
    [
        ("/schedules", {"oncall.schedule", "oncall.escalation", "pages.load", "pages.predicted"}, {"pages.reached"}),
        ("/escalation_policies", {"oncall.schedule", "oncall.escalation", "pages.predicted"}, {"pages.load"}),
        ("/services", {"pages.load", "pages.reached", "incidents.severe"}, {"oncall.schedule", "oncall.escalation"}),
        ("/analytics/raw/incidents", {"pages.load", "pages.reached", "incidents.severe"}, {"oncall.schedule"}),
    ],
)
def test_what_the_token_may_not_see_is_not_known_and_the_rest_is(
    root: Path, operation: str, failed: set[str], seen: set[str]
) -> None:
    api = account(incidents=[incident(1, 2)]).api()
    with serving(lambda asked: Reply(403) if asked.path == operation else api(asked)) as server:
        found = collected(root, "pagerduty", server.url, TOKEN)
    for key in failed:
        assert "403" in str(said(found.records, "checkout", key)), key
    for key in seen:
        assert isinstance(said(found.records, "checkout", key), dict), key


@pytest.mark.parametrize("header", ["Retry-After", "ratelimit-reset"])
def test_a_limit_is_waited_for(root: Path, header: str) -> None:
    api = account().api()
    times: list[float] = []

    def answer(asked: Asked) -> Reply:
        times.append(time.monotonic())
        return Reply(429, b"{}", {header: "1"}) if len(times) == 1 else api(asked)

    with serving(answer) as server:
        found = collected(root, "pagerduty", server.url, TOKEN)
    assert not any(each.failed for each in found.records if each.key == "oncall.schedule")
    assert times[1] - times[0] > 0.9


def test_a_token_that_is_not_accepted_is_said_and_not_shown(root: Path) -> None:
    with serving(account().api()) as server:
        found = collected(root, "pagerduty", server.url, "another-token")
    assert found.records
    assert all("401" in each.failed for each in found.records)


def test_a_service_that_another_tool_calls_for_is_none_of_its_business(root: Path) -> None:
    elsewhere = "https://example.grafana.net/a/grafana-oncall-app"
    service(root, "cart", on_call(f"{elsewhere}/schedules/S1", f"{elsewhere}/escalations/F1"))
    for answering in (account().api(), lambda asked: Reply(500)):
        with serving(answering) as server:
            found = collected(root, "pagerduty", server.url, TOKEN, limits=QUICK)
        assert not [each for each in found.records if each.subject == "cart"]
        assert [each for each in found.records if each.subject == "checkout"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.replace(b'"more": false', b'"more": true'),
        lambda body: body.replace(b'"id"', b'"\\u0069d2"'),
        lambda body: body.replace(b"2026-", b"9999999-"),
        lambda body: body.replace(b"+00:00", b""),
        lambda body: body[:-20],
        lambda body: b"[" * 100_000,
        lambda body: body.replace(b'"seconds_to_first_ack": 180', b'"seconds_to_first_ack": 99999999999999'),
        lambda body: body.replace(b'"incident_number": 1', b'"incident_number": 1e999'),
    ],
)
def test_spoilt_answers_make_no_evidence_better(root: Path, spoil: Callable[[bytes], bytes]) -> None:
    decide(root, "shadow", 20)
    given = account(incidents=[incident(1, 2, priority_name="P1"), incident(2, 5, ack=None)], notes={"PI1": ["grade"]})
    whole = {(each.subject, each.key): bytes(each.value) for each in pagerduty(root, given).records}
    api = given.api()

    def answer(asked: Asked) -> Reply:
        reply = api(asked)
        return reply._replace(body=spoil(reply.body))

    with serving(answer) as server:
        found = collected(root, "pagerduty", server.url, TOKEN, limits=QUICK)
    assert any(each.failed for each in found.records)
    for each in found.records:
        assert each.failed.isprintable()
        assert each.failed or bytes(each.value) == whole[each.subject, each.key]


def test_a_recording_gives_the_same_records_without_the_token(root: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    given = account(incidents=[incident(1, 2)])
    api = given.api()

    def echo(asked: Asked) -> Reply:
        reply = api(asked)
        return reply._replace(body=reply.body[:-1] + f', "echo": "{TOKEN}"}}'.encode())

    with serving(echo) as server:
        live = collected(root, "pagerduty", server.url, TOKEN, wire=RecordingWire(kept, AS_OF))
        again = collected(root, "pagerduty", server.url, TOKEN, wire=ReplayingWire(kept))
    assert live.records
    assert again.records == live.records
    assert TOKEN.encode() not in b"".join(each.read_bytes() for each in kept.rglob("*.json"))
