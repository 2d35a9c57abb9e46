"""No false green: nothing improves because somebody else's entry cannot be read any more."""

import datetime as dt
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from pagerworthy.catalog import load
from pagerworthy.evidence import read_evidence, with_attestations
from pagerworthy.graph import DependencyGraph
from pagerworthy.scoring import Outcome, Rubric, load_rubric, score

ROOT = Path(__file__).parents[2]
AS_OF = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
_GOOD = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.WAIVED})
Outcomes = Mapping[tuple[str, str], tuple[Outcome, str]]


def rubric() -> Rubric:
    found = load_rubric(ROOT).rubric
    assert found is not None
    return found


def outcomes(root: Path, asked: Rubric) -> Outcomes:
    catalog = load(root, cache=False).catalog
    evidence = with_attestations(read_evidence(ROOT, [ROOT / "catalog/evidence"], as_of=AS_OF), catalog)
    found = score(catalog, DependencyGraph.of(catalog), evidence, asked, AS_OF)
    return {
        (card.service, result.id): (result.outcome, result.mend) for card in found.scorecards for result in card.results
    }


def improved(before: Outcomes, after: Outcomes) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        key: (str(before[key][0]), str(outcome))
        for key, (outcome, _) in after.items()
        if outcome in _GOOD and before[key][0] not in _GOOD
    }


@pytest.mark.parametrize("broken", ["cart", "checkout", "currency", "frontend", "kafka", "flagd"])
@pytest.mark.parametrize("how", ["a typo", "no sense at all"])
def test_nothing_of_the_demo_improves_because_an_entry_broke(broken: str, how: str, tmp_path: Path) -> None:
    asked = rubric()
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    before = outcomes(tmp_path, asked)
    entry = tmp_path / f"catalog/services/{broken}.yaml"
    text = entry.read_text()
    entry.write_text(text.replace("engagement:", "engagment:") if how == "a typo" else f"[\n# {text}")
    after = outcomes(tmp_path, asked)
    assert {name for name, _ in before} - {name for name, _ in after} == {broken}
    assert improved(before, after) == {}
    doubted = [key for key, (outcome, mend) in after.items() if mend]
    assert doubted
    assert all(after[key][0] in {Outcome.UNKNOWN, Outcome.WAIVED, Outcome.UPCOMING} for key in doubted)


SERVICE = """\
apiVersion: pagerworthy/v1
kind: Service
metadata: {{name: {name}, description: Something}}
spec:
  owner: team
  system: shop
  tier: 2
  phase: acceptance
  slos: [{{name: availability, objective: 99, window: 30d, sli: {{good: a, total: b}}}}]
  monitoring:
    dashboards: [{{title: Overview, url: "https://grafana.example.com/d/x"}}]
    alerts: [{{name: BudgetBurns, severity: page, slo: availability}}]
  runbooks: [{{title: It is slow, url: "https://wiki.example.com/slow"}}]
  oncall: {{schedule: "https://oncall.example.com/x"}}
  data: {{classification: confidential, regulations: [gdpr]}}
  dependencies: [{dependencies}]
  resources: {{store: {{type: postgres, size: small}}}}
"""


def write(root: Path, name: str, *needs: str) -> Path:
    file = root / f"catalog/services/{name}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    dependencies = ", ".join(needs)
    file.write_text(SERVICE.format(name=name, dependencies=dependencies))
    return file


def hard(target: str, more: str = "") -> str:
    return f"{{{'resource' if '/' in target else 'service'}: {target}, criticality: hard{more}}}"


def test_a_far_entry_that_closes_a_circle_and_a_second_writer_stay_in_doubt(tmp_path: Path) -> None:
    """`ant` needs `bee`, which needs `cat`, which needs `ant`; and `cat` writes the store of `safe`."""
    asked = rubric()
    write(tmp_path, "ant", hard("bee"))
    write(tmp_path, "bee", hard("cat"))
    write(tmp_path, "safe")
    broken = write(tmp_path, "cat", hard("ant"), hard("safe"), hard("safe/store", ", access: write"))
    before = outcomes(tmp_path, asked)
    watched = [("ant", "no-hard-cycle"), ("bee", "no-hard-cycle"), ("safe", "one-writer")]
    assert [str(before[key][0]) for key in watched] == ["fail"] * 3
    broken.write_text(broken.read_text().replace("tier: 2", "teir: 2"))
    after = outcomes(tmp_path, asked)
    assert [str(after[key][0]) for key in watched] == ["unknown"] * 3
    assert all("Mend the entry of cat (catalog/services/cat.yaml:" in after[key][1] for key in watched)
    assert improved(before, after) == {}


POLICY = """\
apiVersion: pagerworthy/v1
kind: Policy
breaches:
  - id: many-points
    title: It has many single points of failure
    when: size(graph.single_points) > 100
    detail: graph.single_points.join(', ')
"""


def test_a_limit_that_reads_the_graph_is_not_kept_where_the_graph_is_in_doubt(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    (tmp_path / "scoring").mkdir()
    (tmp_path / "scoring/policy.yaml").write_text(POLICY)
    asked = load_rubric(tmp_path).rubric
    assert asked is not None
    entry = tmp_path / "catalog/services/currency.yaml"
    found = {}
    for text in (entry.read_text(), entry.read_text().replace("engagement:", "engagment:")):
        entry.write_text(text)
        catalog = load(tmp_path, cache=False).catalog
        evidence = with_attestations(read_evidence(ROOT, [ROOT / "catalog/evidence"], as_of=AS_OF), catalog)
        scores = score(catalog, DependencyGraph.of(catalog), evidence, asked, AS_OF)
        (found[text],) = [card for card in scores.scorecards if card.service == "checkout"]
    before, after = found.values()
    assert before.breaches == ()
    (breach,) = after.breaches
    assert not breach.known
    assert "the entry of currency" in breach.detail
    assert str(after.verdict) == "freeze"
