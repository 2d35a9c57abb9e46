"""`pagerworthy new criterion` starts criteria that compile, and changes nothing else of the rubric."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.project import data_folder
from pagerworthy.scoring import Criterion, load_rubric

ASKS = ["--area", "ownership", "--question", "Does the owner: have a chat?"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "catalog").mkdir()
    return tmp_path


def new(root: Path, *arguments: str) -> tuple[int, str]:
    """The exit code of `new criterion` and what it says."""
    result = CliRunner().invoke(app, ["--root", str(root), "new", "criterion", *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def criteria(root: Path) -> dict[str, Criterion]:
    loaded = load_rubric(root)
    assert loaded.rubric is not None, loaded.problems
    return {criterion.id: criterion for criterion in loaded.rubric.criteria}


def test_a_criterion_of_ones_own_is_asked_beside_the_shipped(root: Path) -> None:
    shipped = criteria(root)
    code, said = new(root, "has-chat", *ASKS, "--pass", "team.has_contact", "--phase", "testing", "--rung", "gold")
    assert code == 0, said
    own = criteria(root)
    assert own.keys() - shipped.keys() == {"has-chat"}
    assert (own["has-chat"].pass_, own["has-chat"].phase) == ("team.has_contact", "testing")


def test_a_criterion_that_says_nothing_yet_holds_for_nobody(root: Path) -> None:
    code, said = new(root, "has-chat", *ASKS)
    assert code == 0, said
    assert "no service passes" in said
    assert 'pass: "false"' in (root / "scoring/criteria/ownership/has-chat.yaml").read_text(encoding="utf-8")


def test_evidence_is_asked_for_as_strong_as_it_can_be(root: Path) -> None:
    code, said = new(root, "has-events", *ASKS, "--needs", "slo.events", "--pass", "size(evidence.slo.events) > 0")
    assert code == 0, said
    found = criteria(root)["has-events"]
    assert (found.strength.word, found.needs) == ("observed", ("slo.events",))
    assert found.max_age is not None


def test_a_shipped_criterion_is_copied_to_be_changed(root: Path) -> None:
    before = criteria(root)
    code, said = new(root, "slo-measured")
    assert code == 0, said
    (file,) = (root / "scoring").rglob("*.yaml")
    assert file.read_bytes() == (data_folder("scoring") / file.relative_to(root / "scoring")).read_bytes()
    assert criteria(root).keys() == before.keys()


def test_a_shipped_criterion_is_left_out_by_its_id_alone(root: Path) -> None:
    before = criteria(root)
    code, said = new(root, "slo-measured", "--leave-out")
    assert code == 0, said
    (file,) = (root / "scoring").rglob("*.yaml")
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert lines == ["id: slo-measured", "disabled: true"]
    assert before.keys() - criteria(root).keys() == {"slo-measured"}
    explained = CliRunner().invoke(app, ["--root", str(root), "explain", "slo-measured"])
    assert explained.exit_code == 0
    assert "left out" in explained.output


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["has-chat"], "--question"),
        (["has-chat", "--area", "ownershp", "--question", "Q?"], "did you mean ownership?"),
        (["has-chat", *ASKS, "--pass", "team.has_contat"], "has_contat"),
        (["has-chat", *ASKS, "--pass", "size(evidence.slo.events) > 0"], "evidence"),
        (["has-chat", *ASKS, "--needs", "slo.event"], "did you mean slo.events?"),
        (["slo-measured", *ASKS], "is a shipped criterion"),
        (["slo-mesured", "--leave-out"], "did you mean slo-measured?"),
        (["../x", *ASKS], "is not a name"),
    ],
)
def test_nothing_wrong_is_written(arguments: list[str], says: str, root: Path) -> None:
    code, said = new(root, *arguments)
    assert code == 2
    assert says in said
    assert not (root / "scoring").exists()


def test_nothing_is_written_over(root: Path) -> None:
    new(root, "slo-measured", "--leave-out")
    (file,) = (root / "scoring").rglob("*.yaml")
    before = file.read_bytes()
    code, said = new(root, "slo-measured")
    assert code == 2
    assert "is there already" in said
    assert file.read_bytes() == before


def test_a_broken_rubric_is_shown_first(root: Path) -> None:
    (root / "scoring").mkdir()
    (root / "scoring/policy.yaml").write_text("limits: []\n", encoding="utf-8")
    code, said = new(root, "has-chat", *ASKS)
    assert code == 2
    assert "scoring/policy.yaml:1" in said
    assert not (root / "scoring/criteria").exists()
