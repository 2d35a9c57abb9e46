"""The pager's holder as a pure function of decisions."""

import datetime as dt

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.catalog import Action, Decision
from pagerworthy.handover import pager_at

START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
ACTIONS: tuple[Action, ...] = (
    "agree",
    "shadow",
    "accept",
    "accept-with-conditions",
    "defer",
    "keep",
    "freeze",
    "resume",
    "hand-back",
)


def decision(action: Action, day: int, pager: str | None = None) -> Decision:
    person = {"name": "Ada Okafor"}
    spec: dict[str, object] = {
        "service": "checkout",
        "action": action,
        "time": (START + dt.timedelta(days=day)).isoformat(),
        "parties": {"business": person, "development": person, "sre": person},
        "reason": "Agreed.",
    }
    if pager:
        spec["pager"] = pager
    return msgspec.convert(
        {
            "apiVersion": "pagerworthy/v1",
            "kind": "Decision",
            "metadata": {"name": f"checkout-{day}-{action}"},
            "spec": spec,
        },
        Decision,
    )


def test_a_team_holds_its_pager_until_sre_accepts() -> None:
    steps: list[tuple[Action, str]] = [
        ("agree", "dev"),
        ("shadow", "shadow"),
        ("defer", "shadow"),
        ("accept", "sre"),
        ("freeze", "sre"),
        ("resume", "sre"),
        ("hand-back", "dev"),
    ]
    decisions = [decision(action, day) for day, (action, _) in enumerate(steps)]
    for day, (_, holder) in enumerate(steps):
        assert pager_at(decisions, START + dt.timedelta(days=day)).holder == holder


def test_an_acceptance_may_share_the_pager() -> None:
    assert pager_at([decision("accept", 0, "shared")], START).holder == "shared"


def test_a_freeze_lasts_until_it_is_lifted_and_is_counted_afterwards() -> None:
    decisions = [decision("accept", 0), decision("freeze", 1), decision("resume", 2), decision("freeze", 3)]
    after = pager_at(decisions, START + dt.timedelta(days=2, hours=1))
    assert (after.frozen, len(after.freezes)) == (False, 1)
    assert pager_at(decisions, START + dt.timedelta(days=4)).frozen


@given(
    st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 30)), max_size=12).flatmap(
        lambda steps: st.tuples(st.just(steps), st.permutations(steps))
    ),
    st.integers(-1, 31),
)
def test_order_of_files_never_matters_and_the_future_is_not_seen(
    both: tuple[list[tuple[Action, int]], list[tuple[Action, int]]], day: int
) -> None:
    steps, shuffled = both
    moment = START + dt.timedelta(days=day)
    everything = pager_at([decision(*step) for step in shuffled], moment)
    past = pager_at([decision(*step) for step in steps if step[1] <= day], moment)
    assert everything == past


@given(st.lists(st.sampled_from(("agree", "defer", "keep", "freeze", "resume")), max_size=8))
def test_only_taking_over_or_handing_back_moves_the_pager(actions: list[Action]) -> None:
    decisions = [decision(action, day) for day, action in enumerate(actions)]
    assert pager_at(decisions, START + dt.timedelta(days=99)).holder == "dev"
