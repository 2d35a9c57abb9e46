"""`pagerworthy new` writes entries that are right, where they belong, and nothing else."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.catalog import load
from pagerworthy.cli.app import app


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


def start(root: Path) -> None:
    """A catalog with a team, a system and a service."""
    new(root, "team", "payments", "--member", "Ada Okafor", "--member", "Bo: Lindqvist")
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


def test_entry_leads_editors_to_its_schema_and_is_short(root: Path) -> None:
    start(root)
    text = (root / "catalog/services/checkout.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../../schemas/service.schema.json\n")
    assert len(text.splitlines()) < 20


def test_records_of_a_service(root: Path) -> None:
    start(root)
    incident = ["--started", "2026-01-01T00:00:00Z", "--mitigated", "2026-01-01T01:00:00Z", "--impact", "Orders failed"]
    new(root, "postmortem", "orders-lost", "--service", "checkout", "--severity", "sev2", *incident)
    people = ["--business", "Maya Hansen", "--development", "Ada Okafor", "--sre", "Jonas Weber"]
    new(root, "decision", "checkout", "shadow", *people, "--reason", "SRE: reads along")
    waiver = ["--reason", "It takes longer.", "--approver", "Ada Okafor", "--team", "payments"]
    new(root, "waiver", "checkout-slo", "--service", "checkout", "--criterion", "slo-measured", *waiver)
    loaded = load(root)
    assert not loaded.problems
    assert loaded.catalog.postmortems[0].spec.impact == "Orders failed"
    assert loaded.catalog.decisions[0].spec.reason == "SRE: reads along"
    assert loaded.catalog.waivers[0].spec.criterion == "slo-measured"


def test_agreement_takes_over_the_objectives(root: Path) -> None:
    start(root)
    path = root / "catalog/services/checkout.yaml"
    slo = "{name: availability, objective: 99.9, window: 30d, sli: {probe: probe_success}}"
    path.write_text(path.read_text(encoding="utf-8") + f"  slos: [{slo}]\n", encoding="utf-8")
    people = ["--business", "Maya Hansen", "--development", "Ada Okafor", "--sre", "Jonas Weber"]
    new(root, "decision", "checkout", "agree", *people, "--reason", "Agreed.")
    (decision,) = load(root).catalog.decisions
    assert [(level.slo, level.objective) for level in decision.spec.levels] == [("availability", 99.9)]


def test_acceptance_rests_on_what_was_judged(root: Path) -> None:
    start(root)
    people = ["--business", "Maya Hansen", "--development", "Ada Okafor", "--sre", "Jonas Weber"]
    new(root, "decision", "checkout", "accept", *people, "--reason", "Ready.", "--terms", "Back when it fails.")
    (decision,) = load(root).catalog.decisions
    assert decision.spec.basis is not None
    assert decision.spec.basis.rubric.startswith("sha256:")


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


def test_what_the_catalog_lacks_is_said_after_writing(root: Path) -> None:
    result = CliRunner().invoke(
        app,
        ["--root", str(root), "new", "service", "checkout", "--owner", "nobody", "--system", "shop", "--tier", "1"],
        standalone_mode=False,
    )
    assert result.return_value == 1
    assert "Wrote catalog/services/checkout.yaml" in result.output
    assert "PW201" in result.output


@pytest.mark.parametrize("text", ["no", "010", "a: b", "# x", "- y", "{z}", '"', "'", "null", "@x", "*a", "&b", "!c"])
def test_any_text_is_written_as_text(text: str, root: Path) -> None:
    start(root)
    new(root, "team", "others", "--member", f"Ada {text}", "--member", text, "--title", text)
    team = load(root).catalog.teams["others"]
    assert [person.name for person in team.spec.members] == [f"Ada {text}", text]
    assert team.metadata.title == text
