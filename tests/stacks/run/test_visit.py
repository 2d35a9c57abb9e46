"""What a visit makes of its inputs before any engine starts."""

from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from pagerworthy.stacks.inputs import Ask
from pagerworthy.stacks.outputs import LISTS, Value
from pagerworthy.stacks.program import Cloud
from pagerworthy.stacks.run.backend import BackendError
from pagerworthy.stacks.run.given import Giver
from pagerworthy.stacks.run.orders import Orders
from pagerworthy.stacks.run.peers import PeerStates
from pagerworthy.stacks.run.places import Place
from pagerworthy.stacks.run.plans import Plans
from pagerworthy.stacks.run.preflight import Ready
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.run import Watcher, tear_down
from pagerworthy.stacks.run.state import Record, StackState
from pagerworthy.stacks.run.visit import Visitor
from pagerworthy.stacks.zones import zones_of
from tests.stacks.run.tiny import SPEC, Tiny, declare, inputs


@pytest.mark.parametrize("zones", [1, 3])
def test_what_stands_in_for_subnets_is_as_many_as_the_network_makes(zones: int) -> None:
    giver = Giver(PeerStates(lambda _: None), "")
    spec = msgspec.structs.replace(SPEC, zones=zones)
    key = min(LISTS)
    (given,) = inputs(Tiny("cart", hard=("platform",), asks_for=key, spec=spec))
    values, absent = giver.announced(given)
    subnets = values.values["platform.staging"][key]
    assert isinstance(subnets, list)
    assert (len(subnets), absent) == (len(zones_of(spec)), ("platform.staging",))


HERE = "http://127.0.0.1:5000"


class Backend:
    """States without an engine; to begin anything of one is an error."""

    def __init__(self, **states: StackState) -> None:
        self._states = {f"{name}.staging": state for name, state in states.items()}

    def read(self, stack: str) -> StackState | None:
        return self._states.get(stack)

    def locks(self, stack: str) -> tuple[()]:
        return ()


def state(stack: str, outputs: Mapping[str, Value] | None = None, **record: Any) -> StackState:
    return StackState(stack, dict(outputs or {}), Record(**record))


def up(root: Path, tiny: Any, backend: Backend, *, needs: Any = None, emulator: str = "", **orders: Any) -> Visit:
    place = Place(root=root, backend=(root / "state").as_uri(), work=root / "work", emulator=emulator)
    command = SimpleNamespace(engines=SimpleNamespace(stopping=SimpleNamespace(is_set=lambda: False)), scrub=str)
    ready = cast("Ready", SimpleNamespace(backend=backend, place=place, command=command))
    return Visitor(ready, Cloud(emulator=emulator), declare, Orders(**orders), needs=needs).up(inputs(tiny)[0])


def test_a_stack_without_a_plan_is_left_alone(tmp_path: Path) -> None:
    plans = tmp_path / "plans"
    found = up(tmp_path, Tiny("cart"), Backend(), plans=plans, emulator=HERE)
    assert (found.outcome, found.message) == (Outcome.FAILED, f"there is no plan for cart.staging in {plans}")
    assert found.help.startswith(f"`pagerworthy preview staging cart --plans {plans} --emulator {HERE}`")
    assert not plans.exists()


def test_an_outdated_plan_is_no_plan(tmp_path: Path) -> None:
    plans = Plans(tmp_path / "plans")
    plans.new("cart.staging").write_text("{}")
    plans.keep("cart.staging", "sha256:0")
    found = up(tmp_path, Tiny("cart"), Backend(), plans=tmp_path / "plans")
    assert found.outcome is Outcome.FAILED
    assert found.message == "the plan for cart.staging is outdated: what it follows from has changed since"
    # It is left where it is, for who wants to look.
    assert (tmp_path / "plans" / "cart.staging.plan.json").is_file()


def test_all_that_is_missing_is_named_with_one_command(tmp_path: Path) -> None:
    needs = {"checkout.staging": ["cart.staging", "platform.staging"], "cart.staging": ["platform.staging"]}
    found = up(
        tmp_path,
        Tiny("checkout", hard=("cart", "platform")),
        Backend(),
        needs=lambda stack: needs.get(stack, ()),
        emulator=HERE,
    )
    assert found.message == "what it needs is not up yet: cart.staging, platform.staging"
    assert found.help == f"`pagerworthy up staging cart platform checkout --emulator {HERE}`"
    only = up(tmp_path, Tiny("checkout", hard=("cart",)), Backend(cart=state("cart.staging")))
    assert (only.message, only.help) == ("cart.staging has no output 'news.arn'", "`pagerworthy up staging cart`")


class Damaged(Backend):
    """One of whose states cannot be read."""

    def read(self, stack: str) -> StackState | None:
        if stack == "cart.staging":
            raise BackendError("the state of cart.staging cannot be read: here", "mend it", stack)
        return super().read(stack)


def test_a_state_that_cannot_be_read_fails_its_stack_and_blocks_what_asks_of_it(tmp_path: Path) -> None:
    own = up(tmp_path, Tiny("cart"), Damaged())
    assert (own.outcome, own.message, own.help) == (
        Outcome.FAILED,
        "the state of cart.staging cannot be read: here",
        "mend it",
    )
    for asking in (Tiny("checkout", hard=("cart",)), Tiny("checkout", soft=("cart",))):
        found = up(tmp_path, asking, Damaged())
        assert (found.outcome, found.blocked_by, found.help) == (Outcome.SKIPPED, "cart.staging", "mend it")


def test_nothing_that_a_stack_with_a_damaged_state_needs_is_destroyed(tmp_path: Path) -> None:
    place = Place(root=tmp_path, backend=(tmp_path / "state").as_uri(), work=tmp_path / "work")
    command = SimpleNamespace(engines=SimpleNamespace(stopping=SimpleNamespace(is_set=lambda: False)), scrub=str)
    ready = cast("Ready", SimpleNamespace(backend=Damaged(), place=place, command=command))
    visitor = Visitor(ready, Cloud(), declare, Orders())
    stacks = {"cart.staging": (Ask("platform.staging", "vpc_id"),), "platform.staging": (), "ad.staging": ()}
    watcher = SimpleNamespace(planned=list, started=str, ended=repr, tick=str, again=list)
    found = {each.stack: each for each in tear_down(visitor, stacks, {}, 2, cast("Watcher", watcher))}
    assert found["cart.staging"].outcome is Outcome.FAILED
    assert (found["platform.staging"].outcome, found["platform.staging"].blocked_by) == (
        Outcome.SKIPPED,
        "cart.staging",
    )
    assert found["ad.staging"].outcome is Outcome.ABSENT


def configured(root: Path, text: str) -> None:
    (root / "stacks").mkdir(exist_ok=True)
    (root / "stacks" / "Pulumi.cart.staging.yaml").write_text(f"config: {{{text}}}\n")


def test_what_plain_pulumi_rehearses_never_goes_to_the_real_cloud(tmp_path: Path) -> None:
    configured(tmp_path, f'"pagerworthy:emulator": "{HERE}"')
    found = up(tmp_path, Tiny("cart"), Backend())
    assert (found.outcome, HERE in found.message) == (Outcome.FAILED, True)
    assert found.help.startswith(f"add --emulator {HERE}")


class Released(Tiny, frozen=True):
    version: str = "initial"


def test_a_release_is_not_taken_back_because_a_file_is_missing(tmp_path: Path) -> None:
    backend = Backend(cart=state("cart.staging", release="v1.4.2"))
    # Far enough to see that it went on: nothing here can start an engine.
    refused = "v1.4.2 runs, and stacks/Pulumi.cart.staging.yaml names no release"
    found = up(tmp_path, Released("cart"), backend)
    assert found.message.startswith(refused)
    assert "commit that file" in found.help
    assert not up(tmp_path, Released("cart", version="v1.4.3"), backend).message.startswith(refused)
    configured(tmp_path, '"pagerworthy:version": initial')
    assert not up(tmp_path, Released("cart"), backend).message.startswith(refused)
