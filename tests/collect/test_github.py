"""GitHub: what is seen of repositories, asked in batches, and what is not known where it cannot be seen."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pagerworthy.collect import Gathered
from pagerworthy.collect.github.places import web_hosts
from pagerworthy.collect.replay import RecordingWire, ReplayingWire
from tests.collect.github_api import TOKEN, GitHub, Repository, deployment, merged, suite
from tests.collect.server import Asked, Reply, serving
from tests.collect.world import collected, said
from tests.evidence.world import AS_OF, service, start

GATE = """\
on: push
jobs:
  deploy:
    steps:
      - name: The gate
        run: pagerworthy gate checkout
"""
_DEPLOYED = {"deploy": {"The gate": "SUCCESS"}}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return start(tmp_path / "root")


def entry(root: Path, name: str, repository: str, pipeline: str = "") -> None:
    """A service in a repository of the test's GitHub."""
    release = f"  release: {{strategy: canary, rollback: manual, pipeline: '{pipeline}'}}\n" if pipeline else ""
    file = service(root, name, release)
    file.write_text(file.read_text().replace("https://github.com/example/checkout", repository))


def github(
    root: Path, repositories: Mapping[str, Repository], services: Mapping[str, str] | None = None, pipeline: str = ""
) -> Gathered:
    """What GitHub says of services, by the repositories of the same names, or of those given."""
    with serving(GitHub(repositories)) as server:
        for name, place in (services or {name.split("/")[1]: name for name in repositories}).items():
            entry(root, name, f"{server.url}/{place}", pipeline and f"{server.url}/{pipeline}")
        return collected(root, "github", server.url, TOKEN)


def test_protection_is_the_stricter_of_branch_rules_and_rulesets(root: Path) -> None:
    classic = {
        "requiredApprovingReviewCount": 1,
        "requiredStatusCheckContexts": ["build", "test"],
        "requiresCodeOwnerReviews": False,
    }
    rules: list[dict[str, Any]] = [
        {
            "type": "PULL_REQUEST",
            "parameters": {
                "__typename": "PullRequestParameters",
                "requiredApprovingReviewCount": 2,
                "requireCodeOwnerReview": True,
            },
        },
        {
            "type": "REQUIRED_STATUS_CHECKS",
            "parameters": {
                "__typename": "RequiredStatusChecksParameters",
                "requiredStatusChecks": [{"context": "test"}, {"context": "scan"}],
            },
        },
        {"type": "DELETION", "parameters": None},
    ]
    found = github(
        root,
        {
            "example/both": Repository(classic=classic, rules=rules),
            "example/many": Repository(rules=[rules[2]] * 150 + rules[:1]),
            "example/none": Repository(),
            "example/empty": Repository(branch=False),
        },
    ).records
    assert said(found, "both", "github.protection") == {
        "protected": True,
        "reviews": 2.0,
        "checks": 3.0,
        "code_owners": True,
    }
    # The rule that counts is on the second page.
    many = said(found, "many", "github.protection")
    assert isinstance(many, dict)
    assert many["reviews"] == 2.0
    none = said(found, "none", "github.protection")
    assert isinstance(none, dict)
    assert none["protected"] is False
    assert said(found, "empty", "github.protection") is None


def test_updates_are_active_where_a_machine_s_were_merged(root: Path) -> None:
    bot = merged(80, "dependabot", "Bot", "dependabot/npm/x")
    found = github(
        root,
        {
            "example/active": Repository(merges=[merged(2)] * 130 + [bot], alerts=3),
            "example/own": Repository(merges=[merged(2, "our-renovate", "Bot", "renovate/all")]),
            "example/person": Repository(merges=[merged(2, "ada", "User", "renovate/all")]),
            "example/old": Repository(merges=[merged(100, "dependabot", "Bot", "x")]),
            "example/off": Repository(merges=[bot], alerts_enabled=False),
            "example/hidden": Repository(merges=[bot], hidden=frozenset({"vulnerabilityAlerts"})),
        },
    ).records
    assert said(found, "active", "github.updates") == {"active": True, "alerts": 3.0}
    assert said(found, "own", "github.updates") == {"active": True, "alerts": 0.0}
    for name in ("person", "old"):
        assert said(found, name, "github.updates") == {"active": False, "alerts": 0.0}
    assert "switched off" in str(said(found, "off", "github.updates"))
    assert "may not see" in str(said(found, "hidden", "github.updates"))
    # What it may see is known all the same.
    assert isinstance(said(found, "hidden", "github.protection"), dict)


def test_deployments_say_how_often_how_stable_and_what_was_taken_back(root: Path) -> None:
    steady = [deployment(day, "abcdefghij"[day], "IN_PROGRESS", "SUCCESS") for day in range(1, 9)]
    failing = [
        deployment(10, "a", "SUCCESS"),
        deployment(8, "b", "IN_PROGRESS", "FAILURE"),
        deployment(8 - 0.25, "c", "SUCCESS"),
        deployment(3, "d", "PENDING"),
        deployment(2, "e", "SUCCESS", environment="staging"),
    ]
    back = [
        deployment(9, "a", "SUCCESS", "INACTIVE"),
        deployment(6, "b", "SUCCESS", "INACTIVE"),
        deployment(5, "a", "SUCCESS", "INACTIVE"),
        deployment(4, "b", "SUCCESS"),
    ]
    found = github(
        root,
        {
            "example/steady": Repository(deployments=steady),
            "example/failing": Repository(deployments=failing),
            "example/back": Repository(deployments=back),
            "example/idle": Repository(deployments=[deployment(100, "a", "SUCCESS")]),
            "example/never": Repository(),
            "example/hidden": Repository(deployments=[deployment(1, "a")], hidden=frozenset({"pullRequests"})),
        },
    ).records
    assert said(found, "steady", "deploys.frequency") == {"per_week": 2.0}
    assert said(found, "steady", "deploys.stability") == {"failure_rate": 0.0, "failed_28d": 0.0, "restore_hours": 0.0}
    assert said(found, "steady", "deploys.rollback") is None
    stable = said(found, "failing", "deploys.stability")
    assert isinstance(stable, dict)
    assert stable["failure_rate"] == pytest.approx(1 / 3)
    assert stable["failed_28d"] == 1.0
    assert stable["restore_hours"] == pytest.approx(5.0)
    taken = said(found, "back", "deploys.rollback")
    assert isinstance(taken, dict)
    assert taken["age_days"] == pytest.approx(5.0)
    assert taken["passed"] is True
    # What was taken back had failed: a quarter of four, for a day.
    assert said(found, "back", "deploys.stability") == {
        "failure_rate": 0.25,
        "failed_28d": 1.0,
        "restore_hours": 24.0,
    }
    assert said(found, "idle", "deploys.frequency") == {"per_week": 0.0}
    assert said(found, "idle", "deploys.stability") is None
    assert said(found, "never", "deploys.frequency") is None


def test_a_shared_repository_is_asked_once_and_its_deployments_are_told_apart(root: Path) -> None:
    shop = Repository(
        deployments=[
            deployment(1, "a", "SUCCESS", environment="production/cart"),
            deployment(2, "b", "SUCCESS", environment="production/cart"),
            deployment(3, "c", "FAILURE", environment="production-pay"),
            deployment(4, "d", "SUCCESS", environment="production"),
        ]
    )
    api = GitHub({"example/shop": shop})
    with serving(api) as server:
        for name in ("cart", "pay", "mail"):
            entry(root, name, f"{server.url}/Example/Shop.git")
        found = collected(root, "github", server.url, TOKEN).records
    assert len(api.questions) == 1
    assert api.questions[0].count("repository(") == 1
    assert said(found, "cart", "deploys.frequency") == {"per_week": 0.5}
    assert said(found, "pay", "deploys.frequency") == {"per_week": 0.0}
    # Nobody knows which of the services a deployment to plain production was of.
    assert said(found, "mail", "deploys.frequency") is None
    assert said(found, "mail", "github.protection") == said(found, "cart", "github.protection")


def test_a_long_history_is_read_page_after_page(root: Path) -> None:
    many = [deployment(index / 10, f"{index:x}", "SUCCESS") for index in range(1, 1001)]
    found = github(root, {"example/busy": Repository(deployments=many)}).records
    assert said(found, "busy", "deploys.frequency") == {"per_week": 279 / 4}
    endless = [deployment(index / 400, f"{index:x}", "SUCCESS") for index in range(1, 3000)]
    found = github(root, {"example/busy": Repository(deployments=endless)}).records
    assert "more deployments" in str(said(found, "busy", "deploys.frequency"))


@pytest.mark.parametrize(
    ("runs", "pipeline", "expected"),
    [
        ([("ci.yml", "push", "SUCCESS")] * 3 + [("ci.yml", "push", "FAILURE")], "", {"automated": True, "green": 0.75}),
        ([("ci.yml", "workflow_dispatch", "SUCCESS")], "", {"automated": False, "green": 1.0}),
        (
            [("ci.yml", "push", "FAILURE"), ("go.yml", "push", "SUCCESS"), ("go.yml", "push", "CANCELLED")],
            "example/web/actions/workflows/go.yml",
            {"automated": True, "green": 1.0},
        ),
        ([("ci.yml", "pull_request", "SUCCESS"), ("x", "dynamic", "SUCCESS")], "", None),
        ([], "", None),
    ],
)
def test_the_pipeline_is_what_ran_on_the_main_branch(
    root: Path, runs: list[tuple[str, str, str]], pipeline: str, expected: dict[str, object] | None
) -> None:
    suites = [
        suite(f"s{index}", file, index + 1, event=event, conclusion=end)
        for index, (file, event, end) in enumerate(runs)
    ]
    repository = Repository(suites=suites, deployments=[deployment(1, "a", "SUCCESS")])
    found = github(root, {"example/web": repository}, pipeline=pipeline).records
    assert said(found, "web", "github.pipeline") == expected


def test_a_pipeline_whose_deployments_nobody_sees_is_not_called_automated(root: Path) -> None:
    found = github(root, {"example/web": Repository(suites=[suite("s", "ci.yml", 1)])}).records
    assert "name the workflow" in str(said(found, "web", "github.pipeline"))


def test_a_pipeline_elsewhere_is_nothing_that_github_knows_of(root: Path) -> None:
    repository = Repository(suites=[suite("s", "ci.yml", 1)], workflows={"ci.yml": "on: push"})
    with serving(GitHub({"example/web": repository})) as server:
        entry(root, "web", f"{server.url}/example/web", "https://ci.example.com/x")
        entry(root, "elsewhere", "https://git.example.com/example/elsewhere")
        found = collected(root, "github", server.url, TOKEN).records
    assert said(found, "web", "github.pipeline") is None
    assert said(found, "web", "gate.active") is None
    assert isinstance(said(found, "web", "github.protection"), dict)
    assert not [each for each in found if each.subject == "elsewhere"]


@pytest.mark.parametrize(
    ("workflow", "jobs", "expected"),
    [
        (GATE, _DEPLOYED, True),
        (GATE, {"deploy": {"The gate": "FAILURE"}}, True),
        (GATE, {"deploy": {"The gate": "SKIPPED"}}, None),
        (GATE, {"deploy": {"Another": "SUCCESS"}}, None),
        (GATE.replace("name: The gate\n        ", ""), {"deploy": {"Run pagerworthy gate checkout": "SUCCESS"}}, True),
        (GATE.replace("gate checkout", "gate ${{ inputs.a || 'b' }}"), _DEPLOYED, True),
        (GATE.replace("gate checkout", "gate checkout || true"), _DEPLOYED, False),
        (GATE.replace("gate checkout", "gate --break-glass always checkout"), _DEPLOYED, False),
        (GATE.replace("run: pager", "run: '# pager").replace("gate checkout", "gate checkout'"), _DEPLOYED, False),
        (GATE.replace("gate checkout", "gate cart"), _DEPLOYED, False),
        (GATE.replace("deploy:\n", "deploy:\n    continue-on-error: true\n"), _DEPLOYED, False),
        (GATE.replace("deploy:\n", "deploy:\n    if: false\n"), _DEPLOYED, False),
        ("on: push\njobs: {a: {uses: other/tools/.github/workflows/deploy.yml@v1}}\n", _DEPLOYED, False),
        ("jobs:\n  a:\n    uses: other/tools/.github/workflows/deploy.yml@v1\n", _DEPLOYED, None),
        ("a: &a [pagerworthy gate]\nb: *a\n", _DEPLOYED, None),
        ("pagerworthy gate: [" * 5000, _DEPLOYED, None),
        ("on: push\njobs: {}\n", {}, False),
    ],
)
def test_the_gate_is_active_where_its_step_ran(
    root: Path, workflow: str, jobs: dict[str, dict[str, str]], expected: bool | None
) -> None:
    repository = Repository(workflows={"go.yml": workflow}, suites=[suite("s", "go.yml", 1, jobs=jobs)])
    found = github(root, {"example/checkout": repository}).records
    assert said(found, "checkout", "gate.active") == (None if expected is None else {"active": expected})


def test_a_gate_in_a_called_workflow_runs_with_its_caller(root: Path) -> None:
    caller = "on: push\njobs: {go: {uses: ./.github/workflows/called.yml}}\n"
    repository = Repository(
        workflows={"called.yml": GATE, "caller.yml": caller}, suites=[suite("s", "caller.yml", 1, jobs=_DEPLOYED)]
    )
    found = github(root, {"example/checkout": repository}).records
    assert said(found, "checkout", "gate.active") == {"active": True}


def test_in_a_shared_repository_a_gate_is_whose_job_it_is(root: Path) -> None:
    workflow = GATE.replace("gate checkout", "gate ${{ matrix.service }}")
    jobs = {"deploy (cart)": {"The gate": "SUCCESS"}}
    repository = Repository(workflows={"go.yml": workflow}, suites=[suite("s", "go.yml", 1, jobs=jobs)])
    found = github(root, {"example/shop": repository}, {"cart": "example/shop", "art": "example/shop"}).records
    assert said(found, "cart", "gate.active") == {"active": True}
    assert said(found, "art", "gate.active") is None


def test_a_repository_that_is_gone_concerns_its_services_only(root: Path) -> None:
    found = github(
        root, {"example/here": Repository()}, {"here": "example/here", "gone": "example/gone", "lost": "example/gone"}
    )
    assert not found.failed
    assert isinstance(said(found.records, "here", "github.protection"), dict)
    for name in ("gone", "lost"):
        assert "no example/gone that the token may see" in str(said(found.records, name, "github.protection"))
        assert "example/gone" in str(said(found.records, name, "deploys.stability"))


def test_sixty_repositories_take_three_questions(root: Path) -> None:
    api = GitHub({f"example/s{index}": Repository(classic=None) for index in range(60)})
    with serving(api) as server:
        for index in range(60):
            entry(root, f"s{index}", f"{server.url}/example/s{index}")
        found = collected(root, "github", server.url, TOKEN).records
    assert len(api.questions) == 3
    assert {each.subject for each in found} == {f"s{index}" for index in range(60)}
    assert not any(each.failed for each in found if each.key == "github.protection")


def test_no_repository_is_asked_twice_though_all_are_not_asked_at_once(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pagerworthy.collect.github.collector._AT_A_TIME", 2)
    runs = Repository(suites=[suite("s", "go.yml", 1)])
    api = GitHub({**{f"example/s{index}": Repository() for index in range(7)}, "example/release": runs})
    names = [f"s{index}" for index in range(7)]
    with serving(api) as server:
        for name in names:
            pipeline = f"{server.url}/example/release/actions/workflows/go.yml"
            entry(root, name, f"{server.url}/example/{name}", pipeline)
        found = collected(root, "github", server.url, TOKEN).records
        said_of = [json.loads(each.body)["variables"] for each in server.asked]
    asked = [str(value) for each in said_of for name, value in each.items() if name.startswith("n")]
    assert sorted(asked) == ["release", *names]
    for name in names:
        assert said(found, name, "github.pipeline") == {"automated": True, "green": 1.0}


def test_one_repository_that_is_too_heavy_hides_no_other(root: Path) -> None:
    api = GitHub({f"example/s{index}": Repository() for index in range(8)})

    def answer(asked: Asked) -> Reply:
        heavy = b'"s3"' in asked.body
        return Reply(502, b"Server Error") if heavy else api(asked)

    with serving(answer) as server:
        for index in range(8):
            entry(root, f"s{index}", f"{server.url}/example/s{index}")
        found = collected(root, "github", server.url, TOKEN, seconds=60).records
    unseen = {each.subject for each in found if each.failed and each.key == "github.protection"}
    assert unseen == {"s3"}
    assert "502" in str(said(found, "s3", "github.protection"))


@pytest.mark.parametrize("status", [429, 403])
def test_a_secondary_limit_is_waited_for(root: Path, status: int) -> None:
    api = GitHub({"example/web": Repository()})
    times: list[float] = []

    def answer(asked: Asked) -> Reply:
        times.append(time.monotonic())
        return Reply(status, b'{"message": "slow down"}', {"Retry-After": "1"}) if len(times) == 1 else api(asked)

    with serving(answer) as server:
        entry(root, "web", f"{server.url}/example/web")
        found = collected(root, "github", server.url, TOKEN)
    assert not found.failed
    assert times[1] - times[0] > 0.9


@pytest.mark.parametrize(("ahead", "reason"), [(2, ""), (7200, "GitHub's limit is used up for another 120 minutes")])
def test_a_used_up_limit_is_waited_for_or_said(root: Path, ahead: int, reason: str) -> None:
    api = GitHub({f"example/s{index}": Repository() for index in range(30)})
    refused = json.dumps({"data": None, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]})
    times: list[float] = []

    def answer(asked: Asked) -> Reply:
        times.append(time.monotonic())
        limit = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) + ahead)}
        return Reply(200, refused.encode(), limit) if len(times) == 1 else api(asked)

    with serving(answer) as server:
        for index in range(30):
            entry(root, f"s{index}", f"{server.url}/example/s{index}")
        found = collected(root, "github", server.url, TOKEN)
    reasons = {each.failed for each in found.records if each.key == "github.protection"}
    assert reasons & {reason}
    if reason:
        # Both questions may have been on their way; none is asked after the answer.
        assert len(times) <= 2
    else:
        assert times[-1] - times[0] > 0.5


def test_a_token_that_is_not_accepted_is_said_of_every_service(root: Path) -> None:
    with serving(GitHub({"example/web": Repository()})) as server:
        entry(root, "web", f"{server.url}/example/web")
        entry(root, "elsewhere", "https://git.example.com/a/b")
        found = collected(root, "github", server.url, "wrong")
        assert len(server.asked) == 1
    assert "401" in found.failed
    assert all("401" in each.failed for each in found.records)


_HOSTILE = [
    (
        b'{"data": {"r0": {"defaultBranchRef": {"name": "m", "rules": {"pageInfo": {"endCursor": "x", '
        b'"hasNextPage": true}, "nodes": [null]}}}}}'
    ),
    (
        b'{"data": {"r0": {"defaultBranchRef": {"name": "m", "refUpdateRule": {"requiredApprovingReviewCount": 1e6,'
        b' "requiresCodeOwnerReviews": true}, "rules": {"pageInfo": {"hasNextPage": false}}}}}}'
    ),
    (
        b'{"data": {"r0": {"deployments": {"pageInfo": {"hasNextPage": false}, "nodes": [{"commitOid": "a",'
        b' "createdAt": "2026-01-01T00:00:00"}]}}}}'
    ),
    b'{"data": {"r0": {"vulnerabilityAlerts": {"totalCount": 1e400}}}}',
    b'{"data": {"r0": {"vulnerabilityAlerts": {"totalCount": -5}, "hasVulnerabilityAlertsEnabled": true}}}',
    b'{"data": {"r0": {}, "r1": {}}, "errors": [{"path": ["r0", 5, "x"], "type": "\\u0007\\u001b[31m"}]}',
    b'{"data": {"r0": null}, "errors": [{"path": ["r0"], "type": "\\u0007\\u001b[31m"}]}',
    b'{"data": null, "errors": [{"message": "gh-token-of-nobody"}]}',
    b"[" * 100_000,
    b'{"data": {"r0": ' + b"[" * 100_000,
]


@pytest.mark.parametrize("body", _HOSTILE)
def test_whatever_is_answered_nothing_is_made_up(root: Path, body: bytes) -> None:
    with serving(lambda asked: Reply(200, body)) as server:
        entry(root, "web", f"{server.url}/example/web")
        found = collected(root, "github", server.url, TOKEN)
    for each in found.records:
        assert each.failed
        assert each.failed.isprintable()


def test_a_recording_of_github_gives_the_same_records(root: Path, tmp_path: Path) -> None:
    repository = Repository(
        workflows={"go.yml": GATE},
        suites=[suite("s", "go.yml", 1, jobs=_DEPLOYED)],
        deployments=[deployment(1, "a", "SUCCESS")],
        merges=[merged(1)] * 120,
    )
    kept = tmp_path / "kept"
    with serving(GitHub({"example/checkout": repository})) as server:
        entry(root, "checkout", f"{server.url}/example/checkout")
        live = collected(root, "github", server.url, TOKEN, wire=RecordingWire(kept, AS_OF))
    again = collected(root, "github", server.url, TOKEN, wire=ReplayingWire(kept))
    assert again.records == live.records
    assert TOKEN.encode() not in b"".join(each.read_bytes() for each in kept.rglob("*.json"))
    assert all(each.response.startswith("sha256:") for each in live.records)


def test_github_enterprise_is_asked_below_its_own_address(root: Path) -> None:
    with serving(GitHub({"example/web": Repository()})) as server:
        entry(root, "web", f"{server.url}/example/web")
        found = collected(root, "github", f"{server.url}/api/v3", TOKEN)
        assert {asked.path for asked in server.asked} == {"/api/graphql"}
    assert not found.failed


@pytest.mark.parametrize(
    ("api", "hosts"),
    [
        ("https://api.github.com", {"github.com"}),
        ("https://api.octo.ghe.com", {"octo.ghe.com"}),
        ("https://github.example.com/api/v3", {"github.example.com"}),
        ("https://cache.example.com/github", {"cache.example.com", "github.com"}),
    ],
)
def test_an_api_knows_the_repositories_of_its_own_host(api: str, hosts: set[str]) -> None:
    assert web_hosts(api) == hosts


def test_a_repository_of_another_github_is_not_asked_about(root: Path) -> None:
    with serving(GitHub({"example/web": Repository()})) as server:
        entry(root, "web", "https://github.com/example/web")
        found = collected(root, "github", f"{server.url}/api/v3", TOKEN)
        assert not server.asked
    assert not found.records


@pytest.mark.parametrize(
    "body", [b" " * (9 << 20), b"<html>", b'{"data": null, "errors": [{"message": "Something went wrong"}]}']
)
def test_two_repositories_with_too_much_to_say_hide_no_other(root: Path, body: bytes) -> None:
    api = GitHub({f"example/s{index}": Repository() for index in range(8)})

    def answer(asked: Asked) -> Reply:
        return Reply(200, body) if b'"s1"' in asked.body or b'"s6"' in asked.body else api(asked)

    with serving(answer) as server:
        for index in range(8):
            entry(root, f"s{index}", f"{server.url}/example/s{index}")
        found = collected(root, "github", server.url, TOKEN)
    assert not found.failed
    assert {each.subject for each in found.records if each.failed and each.key == "github.protection"} == {"s1", "s6"}


def test_a_limit_that_is_said_to_be_over_and_is_not_is_asked_rarely(root: Path) -> None:
    refused = json.dumps({"data": None, "errors": [{"type": "RATE_LIMITED"}]}).encode()

    def answer(_: Asked) -> Reply:
        return Reply(200, refused, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time.time()) - 30)})

    entry(root, "web", "https://github.com/example/web")
    with serving(answer) as server:
        found = collected(root, "github", server.url, TOKEN, seconds=5)
        assert 1 < len(server.asked) <= 4
    assert "limit is used up" in found.failed
