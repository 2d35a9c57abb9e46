"""What `pulumi up` in `stacks/` heeds of the catalog, on the demo's; no engine is needed."""

import shutil
from pathlib import Path

import pulumi
import pytest

from pagerworthy.stacks.outputs import DERIVING
from pagerworthy.stacks.run import plain
from pagerworthy.stacks.run.inline import seed_mark
from tests.stacks.demo import ROOT, demo, stacks_of


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
    # To look is no deployment.
    plain._heed(frozen, "", looks=True)
    assert plain.read("cart.staging")[1] == ""
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


def test_the_outputs_of_a_stack_that_was_never_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(message: str) -> None:
        def invoke(*_: object) -> None:
            raise RuntimeError(message)

        monkeypatch.setattr(pulumi.runtime, "invoke", invoke)

    told('invoke of pulumi:pulumi:readStackOutputs failed: unknown stack "organization/pagerworthy/cart.staging"')
    assert plain._outputs("cart.staging") is None
    told("no route to host")
    with pytest.raises(pulumi.RunError, match=r"cart\.staging cannot be read: no route to host"):
        plain._outputs("cart.staging")


def test_a_stack_with_passwords_is_not_brought_up_without_its_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    stacks = stacks_of(demo())
    deriving = [
        name for name in stacks.services if any(each.type in DERIVING for each in stacks.resources(name).values())
    ]
    with pytest.raises(pulumi.RunError, match=f"lacks the seed .*`pulumi config refresh -s {deriving[0]}.production`"):
        plain._know_seed(stacks.service(deriving[0]), known=False)
    plain._know_seed(stacks.platform(), known=False)
    said: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    monkeypatch.setattr(pulumi.runtime, "get_config", lambda _: "one")
    inputs = stacks.service(deriving[0])
    for before in (seed_mark(inputs.stack, "one"), "", seed_mark(inputs.stack, "other")):
        assert said == []
        monkeypatch.setattr(plain, "_outputs", lambda _, mark=before: {"pagerworthy": {"seed": mark}})
        plain._know_seed(inputs, known=True)
    assert "all passwords that are made from it change" in said[0]


def test_what_derives_passwords_is_known() -> None:
    folder = ROOT / "src" / "pagerworthy" / "stacks" / "program" / "resources"
    found = {path.stem for path in folder.rglob("*.py") if "= derived_password(" in path.read_text()}
    assert found == DERIVING
