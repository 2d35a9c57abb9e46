"""How much the cloud has is said before `up` finds out."""

from pathlib import Path

import pytest

from pagerworthy.catalog.checks import cloud_limits
from tests.catalog.wrong_entries import problems_of, right_catalog

SERVICE = """apiVersion: pagerworthy/v1
kind: Service
metadata: {{name: {name}, description: One of many}}
spec:
  owner: payments
  system: storefront
  tier: 3
  phase: development
  environments: [{environments}]
  dependencies:
    - {{service: cart, criticality: soft, fallback: has none}}
    - {{resource: cart/valkey, criticality: soft, fallback: forgets}}
    - {{resource: checkout/events, criticality: soft, fallback: hears later}}
"""


def many(folder: Path, count: int, environments: str = "staging") -> Path:
    """The right catalog, and as many services that all call the same."""
    root = right_catalog(folder)
    for number in range(count):
        name = f"many-{number}"
        text = SERVICE.format(name=name, environments=environments)
        (root / f"catalog/services/{name}.yaml").write_text(text, encoding="utf-8")
    return root


def test_more_callers_than_rules_are_told_of_where_rules_let_them_in(tmp_path: Path) -> None:
    found = [each for each in problems_of(many(tmp_path, cloud_limits.RULES + 1)) if each.code == "PW720"]
    said = {(each.where.file, each.where.path) for each in found}
    # A topic is reached through AWS's own API, and has no rule.
    assert said == {
        ("catalog/services/cart.yaml", "spec.resources.valkey"),
        ("catalog/services/cart.yaml", "metadata.name"),
    }
    assert all("inbound rules" in each.help for each in found)


def test_more_callees_than_rules_are_told_of(tmp_path: Path) -> None:
    def found(count: int) -> list[tuple[str, str]]:
        root = right_catalog(tmp_path / str(count))
        for number in range(count):
            text = SERVICE.format(name=f"many-{number}", environments="staging").partition("  dependencies:")[0]
            (root / f"catalog/services/many-{number}.yaml").write_text(text, encoding="utf-8")
        calls = [f"    - {{service: many-{number}, criticality: soft, fallback: none}}" for number in range(count)]
        # Who calls over AWS's own API needs no rule.
        calls.append("    - {resource: checkout/events, criticality: soft, fallback: hears later}")
        head = SERVICE.format(name="hub", environments="staging").partition("  dependencies:")[0]
        text = "\n".join([f"{head}  dependencies:", *calls, ""])
        (root / "catalog/services/hub.yaml").write_text(text, encoding="utf-8")
        return [(each.where.file, each.help) for each in problems_of(root) if each.code == "PW720"]

    # Two more lead to AWS's endpoints and to S3.
    assert found(cloud_limits.RULES - 2) == []
    ((file, mend),) = found(cloud_limits.RULES - 1)
    assert file == "catalog/services/hub.yaml"
    assert "100 outbound rules per security group" in mend


def test_more_grants_than_a_role_has_room_for_are_told_of(tmp_path: Path) -> None:
    def found(count: int) -> list[str]:
        root = right_catalog(tmp_path / str(count))
        head = SERVICE.format(name="hub", environments="staging").partition("  dependencies:")[0]
        owned = [f"    queue-{number}: {{type: queue, encrypted: true}}" for number in range(count)]
        text = "\n".join([f"{head}  resources:", *owned, ""])
        (root / "catalog/services/hub.yaml").write_text(text, encoding="utf-8")
        return [each.message for each in problems_of(root) if each.code == "PW723"]

    assert found(28) == []
    (said,) = found(29)
    assert said.startswith("hub reaches 29 buckets, queues and topics, whose grants take up to 10440 characters")


def test_callers_elsewhere_and_few_enough_ones_do_not_count(tmp_path: Path) -> None:
    assert not [each for each in problems_of(many(tmp_path / "few", 40)) if each.code == "PW720"]
    assert not [each for each in problems_of(many(tmp_path / "none", 70, "")) if each.code == "PW720"]


def test_more_alarms_than_a_region_has_are_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = many(tmp_path, 10)
    assert not [each for each in problems_of(root) if each.code == "PW721"]
    monkeypatch.setattr(cloud_limits, "ALARMS", 20)
    found = [each for each in problems_of(root) if each.code == "PW721"]
    assert {each.where.file for each in found} == {
        "catalog/environments/production.yaml",
        "catalog/environments/staging.yaml",
    }
    assert all("CloudWatch alarms" in each.help for each in found)
