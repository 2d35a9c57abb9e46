"""`pagerworthy new` writes entries that are right, where they belong, and nothing else."""

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.catalog import load
from pagerworthy.cli.app import app
from pagerworthy.cli.write_entry import create


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    (root / "catalog").mkdir(parents=True)
    return root


def new(root: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of `new` and what it says."""
    result = CliRunner().invoke(app, ["--root", str(root), "new", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


PEOPLE = ["--business", "Maya Hansen", "--development", "Ada Okafor", "--sre", "Jonas Weber"]
SLO = "{name: availability, objective: 99.9, window: 30d, sli: {probe: probe_success}}"


def start(root: Path) -> None:
    """A catalog with two teams, a system and a service."""
    new(root, "team", "payments", "--member", "Ada Okafor", "--member", "Bo: Lindqvist")
    new(root, "team", "sre", "--role", "sre", "--member", "Jonas Weber")
    new(root, "system", "shop", "--owner", "payments", "--business-owner", "Maya Hansen")
    new(root, "service", "checkout", "--owner", "payments", "--system", "shop", "--tier", "1", "--phase", "design")


def test_first_entries_make_a_right_catalog(root: Path) -> None:
    start(root)
    new(root, "environment", "production", "--purpose", "production", "--region", "eu-west-1")
    loaded = load(root)
    assert not loaded.problems
    catalog = loaded.catalog
    assert [person.name for person in catalog.teams["payments"].spec.members] == ["Ada Okafor", "Bo: Lindqvist"]
    assert catalog.systems["shop"].spec.business_owner is not None
    assert catalog.services["checkout"].spec.tier == 1
    assert catalog.environments["production"].spec.region == "eu-west-1"
    result = CliRunner().invoke(app, ["--root", str(root), "check", "--strict"], standalone_mode=False)
    assert result.return_value == 0, result.output


def test_what_a_service_runs_on_is_there_to_be_uncommented(root: Path) -> None:
    start(root)
    new(root, "environment", "production", "--purpose", "production", "--region", "eu-west-1")
    path = root / "catalog" / "services" / "checkout.yaml"
    text, mark = path.read_text(), "  # environments:"
    before, after = text[: text.index(mark)], text[text.index(mark) :]
    path.write_text(before + after.replace("  # ", "  "))
    loaded = load(root)
    assert not loaded.problems
    spec = loaded.catalog.services["checkout"].spec
    assert (spec.environments, list(spec.resources)) == (("production",), ["db"])
    assert spec.compute is not None
    result = CliRunner().invoke(app, ["--root", str(root), "check", "--strict"], standalone_mode=False)
    assert result.return_value == 0, result.output


def test_no_service_is_called_as_each_environments_platform(root: Path) -> None:
    start(root)
    code, said = new(root, "service", "platform", "--owner", "payments", "--system", "shop", "--tier", "1")
    assert (code, "another name" in said) == (2, True)
    assert not (root / "catalog" / "services" / "platform.yaml").exists()


def test_entry_leads_editors_to_its_schema_and_is_short(root: Path) -> None:
    start(root)
    text = (root / "catalog/services/checkout.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../../schemas/service.schema.json\n")
    assert len(text.splitlines()) < 20


def test_records_of_a_service(root: Path) -> None:
    start(root)
    incident = ["--started", "2026-01-01T00:00:00Z", "--mitigated", "2026-01-01T01:00:00Z", "--impact", "Orders failed"]
    new(root, "postmortem", "orders-lost", "--service", "checkout", "--severity", "sev2", *incident)
    new(root, "decision", "checkout", "shadow", *PEOPLE, "--reason", "SRE: reads along")
    waiver = ["--reason", "It takes longer.", "--approver", "Jonas Weber", "--team", "sre"]
    new(root, "waiver", "checkout-slo", "--service", "checkout", "--criterion", "slo-measured", *waiver)
    loaded = load(root)
    assert not loaded.problems
    assert loaded.catalog.postmortems[0].spec.impact == "Orders failed"
    assert loaded.catalog.decisions[0].spec.reason == "SRE: reads along"
    assert loaded.catalog.waivers[0].spec.criterion == "slo-measured"


def agree(root: Path) -> None:
    """The three parties agree on an objective."""
    path = root / "catalog/services/checkout.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f"  slos: [{SLO}]\n", encoding="utf-8")
    code, said = new(
        root, "decision", "checkout", "agree", *PEOPLE, "--reason", "Agreed.", "--time", "2026-01-01 10:00"
    )
    assert code == 0, said


def test_agreement_takes_over_the_tier_and_the_objectives(root: Path) -> None:
    start(root)
    agree(root)
    (decision,) = load(root).catalog.decisions
    assert decision.spec.tier == 1
    assert decision.spec.time == dt.datetime(2026, 1, 1, 10, tzinfo=dt.UTC)
    assert [(level.slo, level.objective) for level in decision.spec.levels] == [("availability", 99.9)]


def test_acceptance_rests_on_what_was_judged_and_says_when_the_verdict_is_another(root: Path) -> None:
    start(root)
    agree(root)
    code, said = new(
        root, "decision", "checkout", "accept", *PEOPLE, "--reason", "Ready.", "--terms", "Back when it fails."
    )
    assert code == 0, said
    assert "accept against the verdict defer" in said
    decision = load(root).catalog.decisions[-1]
    assert decision.spec.basis is not None
    assert decision.spec.basis.rubric.startswith("sha256:")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["accept", "--terms", "Back when it fails."], "PW220"),
        (["resume"], "PW220"),
        (["agree"], "spec.levels"),
        (["shadow", "--time", "2999-01-01"], "has not come"),
        (["shadow", "--sre", "Jonas Webr"], "did you mean Jonas Weber?"),
        (["freeze", "--sre", "Ada Okafor"], "two parties"),
    ],
)
def test_wrong_decision_is_not_written(arguments: list[str], says: str, root: Path) -> None:
    start(root)
    code, said = new(root, "decision", "checkout", *PEOPLE, "--reason", "Because.", *arguments)
    assert code == 2
    assert says in said
    assert not (root / "catalog/decisions").exists()


def test_no_decision_follows_one_that_cannot_be_read(root: Path) -> None:
    start(root)
    folder = root / "catalog/decisions"
    folder.mkdir()
    (folder / "checkout-shadow.yaml").write_text("kind: Decision\n", encoding="utf-8")
    code, said = new(root, "decision", "checkout", "shadow", *PEOPLE, "--reason", "Because.")
    assert code == 2
    assert "checkout-shadow.yaml cannot be read" in said
    assert len(list(folder.iterdir())) == 1


def test_a_decision_that_makes_a_later_one_wrong_is_not_written(root: Path) -> None:
    start(root)
    assert new(root, "decision", "checkout", "freeze", *PEOPLE, "--reason", "Spent.", "--time", "2026-02-01")[0] == 0
    code, said = new(root, "decision", "checkout", "freeze", *PEOPLE, "--reason", "Spent.", "--time", "2026-01-01")
    assert code == 2
    assert "catalog/decisions/checkout-2026-02-01-freeze.yaml" in said
    assert len(load(root).catalog.decisions) == 1


def test_all_that_is_wrong_with_a_waiver_is_said_at_once(root: Path) -> None:
    start(root)
    signed = [
        "--reason",
        "It takes longer.",
        "--approver",
        "Ada Okafr",
        "--team",
        "payments",
        "--expires",
        "2029-01-01",
    ]
    code, said = new(root, "waiver", "checkout-slo", "--service", "chekout", "--criterion", "slo-measued", *signed)
    assert code == 2
    for each in ("PW203", "PW217", "PW235", "may not sign waivers", "the policy allows 120"):
        assert each in said, each
    assert not (root / "catalog/waivers").exists()


@pytest.mark.parametrize(
    "day", ["2026-11-30", "2026-11-30 10:00", "2026-11-30T10:00:00Z", "2026-11-30T10:00", "2026-11-30T23:30:00-01:00"]
)
def test_days_and_moments_are_read_alike_everywhere(day: str, root: Path) -> None:
    start(root)
    signed = ["--reason", "It takes longer.", "--approver", "Jonas Weber", "--team", "sre", "--expires", day]
    (root / "pagerworthy.toml").write_text("[scoring]\nas_of = 2026-11-20T00:00:00Z\n", encoding="utf-8")
    code, said = new(root, "waiver", "checkout-slo", "--service", "checkout", "--criterion", "slo-measured", *signed)
    assert code == 0, said
    (waiver,) = load(root).catalog.waivers
    # A moment is the day that it is in UTC.
    assert waiver.spec.expires == dt.date(2026, 12 if "-01:00" in day else 11, 1 if "-01:00" in day else 30)
    assert CliRunner().invoke(app, ["--root", str(root), "check", "--as-of", day]).exit_code == 0


@pytest.mark.parametrize("day", ["tomorrow", "30.11.2026", "", "2026-13-01"])
def test_what_is_no_time_is_refused_with_the_forms_that_are(day: str, root: Path) -> None:
    start(root)
    arguments = ["--service", "checkout", "--severity", "sev1", "--impact", "x", "--mitigated", "2026-01-01"]
    code, said = new(root, "postmortem", "lost", *arguments, "--started", day)
    assert code == 2
    assert "2026-03-31T14:05:00Z" in said


def test_runbook_has_the_sections_that_are_asked_for(root: Path) -> None:
    (root / "pagerworthy.toml").write_text('[collect]\nrunbook_sections = ["Impact", "Rollback"]\n', encoding="utf-8")
    code, _ = new(root, "runbook", "checkout-slow")
    assert code == 0
    text = (root / "catalog/runbooks/checkout-slow.md").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Checkout slow",
        "## Impact",
        "## Rollback",
    ]


@pytest.mark.parametrize(
    "name", ["../../x", "/etc/passwd", "a/b", "-rf", "Checkout", "a b", "x" * 60, "é", "", ".", "a--b"]
)
def test_unsafe_names_are_refused(name: str, root: Path) -> None:
    before = sorted(root.parent.rglob("*"))
    for kind in (("team", "--member", "Ada"), ("runbook",)):
        code, said = new(root, kind[0], *kind[1:], "--", name)
        assert code == 2
        assert "is not a name" in said
    assert [path for path in sorted(root.parent.rglob("*")) if "cache" not in path.parts] == [
        path for path in before if "cache" not in path.parts
    ]


def test_nothing_is_written_over(root: Path) -> None:
    start(root)
    path = root / "catalog/teams/payments.yaml"
    before = path.read_bytes()
    code, said = new(root, "team", "payments", "--member", "Somebody Else")
    assert code == 2
    assert "is there already" in said
    assert path.read_bytes() == before


def test_links_are_not_written_through(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (root / "catalog/teams").symlink_to(outside)
    code, said = new(root, "team", "payments", "--member", "Ada")
    assert code == 2
    assert "symbolic link" in said
    (root / "catalog/runbooks").mkdir()
    (root / "catalog/runbooks/slow.md").symlink_to(outside / "slow.md")
    assert new(root, "runbook", "slow")[0] == 2
    assert not list(outside.iterdir())


def test_wrong_entry_is_not_written(root: Path) -> None:
    code, said = new(root, "service", "checkout", "--owner", "No Such", "--system", "shop", "--tier", "1")
    assert code == 2
    assert "PW108" in said
    assert "no-such" in said
    assert not (root / "catalog/services").exists()


def test_later_phase_needs_more_than_the_first_lines(root: Path) -> None:
    start(root)
    arguments = ["--owner", "payments", "--system", "shop", "--tier", "1", "--phase", "support"]
    code, said = new(root, "service", "payment", *arguments)
    assert code == 2
    assert "add oncall:" in said


def test_what_the_catalog_lacks_is_said_and_nothing_is_written(root: Path) -> None:
    code, said = new(root, "service", "checkout", "--owner", "nobody", "--system", "shop", "--tier", "1")
    assert code == 2
    assert "PW201" in said
    assert "PW202" in said
    assert not (root / "catalog/services").exists()


def test_errors_that_were_there_before_hold_up_no_new_entry(root: Path) -> None:
    start(root)
    (root / "catalog/services/cart.yaml").write_text("kind: Service\n", encoding="utf-8")
    (root / "catalog/teams/payments.yaml").rename(root / "catalog/teams/other.yaml")
    code, said = new(root, "team", "support", "--member", "Lea Fox")
    assert code == 0, said


def test_a_second_entry_of_a_name_is_not_written(root: Path) -> None:
    start(root)
    (root / "catalog/teams/eu").mkdir()
    (root / "catalog/teams/payments.yaml").rename(root / "catalog/teams/eu/payments.yaml")
    code, said = new(root, "team", "payments", "--member", "Lea Fox")
    assert code == 2
    assert "catalog/teams/eu/payments.yaml is the team payments already" in said


def test_a_team_has_members(root: Path) -> None:
    code, said = new(root, "team", "payments")
    assert code == 2
    assert "--member" in said


@pytest.mark.parametrize("text", ["no", "010", "a: b", "# x", "- y", "{z}", '"', "'", "null", "@x", "*a", "&b", "!c"])
def test_any_text_is_written_as_text(text: str, root: Path) -> None:
    start(root)
    new(root, "team", "others", "--member", f"Ada {text}", "--member", text, "--title", text)
    team = load(root).catalog.teams["others"]
    assert [person.name for person in team.spec.members] == [f"Ada {text}", text]
    assert team.metadata.title == text


def test_an_entry_that_cannot_be_written_whole_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnicodeEncodeError):
        create(tmp_path, "catalog/runbooks/half.md", "\udc80")
    assert not (tmp_path / "catalog/runbooks/half.md").exists()
