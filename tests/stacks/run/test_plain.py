"""What `pulumi up` in `stacks/` heeds of the catalog, on the demo's; no engine is needed."""

import shutil
from pathlib import Path

import pulumi
import pytest

from pagerworthy.stacks.run import plain
from tests.stacks.demo import ROOT


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    shutil.copy(ROOT / "pagerworthy.toml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("repository")
def test_a_freeze_by_decision_stops_it_until_somebody_says_why() -> None:
    inputs, frozen = plain.read("cart.production")
    assert inputs.stack == "cart.production"
    assert frozen == "cart is frozen by the decision cart-2026-11-18-freeze"
    with pytest.raises(pulumi.RunError, match=r"cart-2026-11-18-freeze.*pagerworthy:break-glass"):
        plain._heed(frozen, " ")
    plain._heed(frozen, "INC-12")
    # A freeze that is lifted is none, and a platform is no service.
    assert [plain.read(f"{each}.production")[1] for each in ("checkout", "platform")] == ["", ""]


def test_what_follows_from_an_entry_that_cannot_be_read_is_refused(repository: Path) -> None:
    entry = repository / "catalog" / "services" / "cart.yaml"
    entry.write_text("apiVersion: pagerworthy/v1\nkind: Service\nspec: [\n")
    for stack, why in (("checkout", "the entry of cart cannot be read"), ("platform", "what cart needs of it")):
        with pytest.raises(pulumi.RunError, match=f"{stack}.production stays as it is: {why}"):
            plain.read(f"{stack}.production")
    assert plain.read("ad.production")[0].stack == "ad.production"


def test_a_hard_circle_is_refused(repository: Path) -> None:
    path = repository / "catalog" / "services" / "currency.yaml"
    text = path.read_text()
    hard = "dependencies:\n    - {service: checkout, criticality: hard, protocol: grpc}"
    path.write_text(text.replace("dependencies:", hard, 1))
    with pytest.raises(pulumi.RunError, match="a hard cycle cannot come up"):
        plain.read("checkout.production")
