"""Ways in which a service might look better than it is, each tried on a copy of the demo's repository."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pagerworthy.cli.pipeline import Assessment, CannotAssess, assess
from pagerworthy.project import open_project
from pagerworthy.scoring import Outcome, Scorecard, Verdict

ROOT = Path(__file__).parents[2]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    shutil.copy(ROOT / "pagerworthy.toml", tmp_path)
    return tmp_path


def assessed(root: Path) -> Assessment:
    return assess(open_project(root), cache=False)


def card(found: Assessment, service: str) -> Scorecard:
    return next(each for each in found.scores.scorecards if each.service == service)


def outcome(found: Assessment, service: str, criterion: str) -> Outcome:
    return next(each.outcome for each in card(found, service).results if each.id == criterion)


def change(root: Path, file: str, *changes: tuple[str, str]) -> None:
    path = root / "catalog" / file
    text = path.read_text()
    for before, after in changes:
        assert before in text, (file, before)
        text = text.replace(before, after)
    path.write_text(text)


def evidence(root: Path, service: str, worse: Callable[[dict[str, object]], dict[str, object] | None]) -> None:
    file = root / "catalog" / "evidence" / f"{service}.jsonl"
    lines = [worse(json.loads(line)) for line in file.read_text().splitlines()]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines if line is not None))


BREACHES = {"slo.budget", "deploys.stability", "pages.load", "toil.hours"}


@pytest.mark.parametrize("key", sorted(BREACHES))
@pytest.mark.parametrize("service", ["cart", "checkout"])
def test_losing_sight_of_a_limit_ends_no_freeze_and_keeps_no_pager(root: Path, service: str, key: str) -> None:
    evidence(root, service, lambda record: None if record["key"] == key else record)
    assert card(assessed(root), service).verdict is Verdict.FREEZE


def test_declaring_that_a_limit_is_kept_does_not_show_it(root: Path) -> None:
    def declared(record: dict[str, object]) -> dict[str, object]:
        return record | {"strength": "declared"} if record["key"] in BREACHES else record

    evidence(root, "checkout", declared)
    found = card(assessed(root), "checkout")
    assert found.verdict is Verdict.FREEZE
    assert "4 of its limits are not known" in found.reason


def test_a_limit_that_is_broken_stays_broken_on_weaker_evidence(root: Path) -> None:
    evidence(root, "cart", lambda record: record | {"strength": "declared"})
    assert any(breach.known for breach in card(assessed(root), "cart").breaches)


def test_a_broken_post_mortem_hides_no_overdue_action(root: Path) -> None:
    before = outcome(assessed(root), "recommendation", "actions-done")
    for file in (root / "catalog" / "postmortems").glob("recommendation-*.md"):
        file.write_text(file.read_text().replace("kind: Postmortem", "kind:\tPostmortem: x"))
    after = assessed(root)
    assert before is Outcome.FAIL
    assert outcome(after, "recommendation", "actions-done") is Outcome.UNKNOWN
    assert card(after, "recommendation").verdict in {Verdict.FREEZE, Verdict.HAND_BACK}


def test_a_broken_dependency_hides_no_lower_tier(root: Path) -> None:
    assert outcome(assessed(root), "shipping", "no-lower-tier") is Outcome.FAIL
    (root / "catalog" / "services" / "quote.yaml").write_text("kind: Service\n")
    assert outcome(assessed(root), "shipping", "no-lower-tier") is Outcome.UNKNOWN


def test_reading_along_never_moves_the_pager_to_sre(root: Path) -> None:
    change(root, "decisions/payment-2026-10-08-shadow.yaml", ("action: shadow", "action: shadow\n  pager: sre"))
    with pytest.raises(CannotAssess) as stopped:
        assessed(root)
    assert {problem.where.path for problem in stopped.value.problems} == {"spec.pager"}


@pytest.mark.parametrize(
    "change_",
    [("name: Jonas Weber", "name: Nobody"), ("team: sre", "team: ordering"), ("expires: 2027-", "expires: 2028-")],
)
def test_a_waiver_that_breaks_the_policy_does_not_count(root: Path, change_: tuple[str, str]) -> None:
    waiver = next(
        file.name
        for file in sorted((root / "catalog" / "waivers").iterdir())
        if outcome(assessed(root), *_waived(file)) is Outcome.WAIVED
    )
    text = (root / "catalog" / "waivers" / waiver).read_text()
    approver = text.split("approver:")[1]
    before, after = change_
    if before.startswith("name"):
        before = "name: " + approver.split("name: ")[1].split(",")[0].split("\n")[0]
    change(root, f"waivers/{waiver}", (before, after))
    found = assessed(root)
    assert outcome(found, *_waived(root / "catalog" / "waivers" / waiver)) is not Outcome.WAIVED
    assert "PW308" in {problem.code for problem in found.problems}


def _waived(file: Path) -> tuple[str, str]:
    words = dict(line.strip().split(": ", 1) for line in file.read_text().splitlines() if ": " in line)
    return words["service"], words["criterion"]


def test_with_engagement_dev_nothing_is_offered_to_sre(root: Path) -> None:
    found = assessed(root)
    dev = [name for name, service in found.catalog.services.items() if service.spec.engagement == "dev"]
    assert dev
    assert {card(found, name).verdict for name in dev} == {Verdict.DEFER}


def test_what_is_to_be_done_later_is_not_done_now(root: Path) -> None:
    file = next(
        path
        for path in (root / "catalog" / "decisions").iterdir()
        if "action: accept-with-conditions" in path.read_text()
    )
    service = file.read_text().split("service: ")[1].split("\n")[0]
    text = file.read_text()
    due = text.split("due: ")[1][:10]
    rest = text.replace(due, "2026-11-01")
    for line in [line for line in rest.splitlines() if line.strip().startswith("done:")]:
        rest = rest.replace(line, line.split("done:")[0] + "done: 2026-12-31")
    file.write_text(rest)
    broken = {breach.id for breach in card(assessed(root), service).breaches}
    assert "conditions-overdue" in broken
