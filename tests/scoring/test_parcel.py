"""Scorecards arrive as they were sent, and what they shared they share again."""

import msgspec

from pagerworthy.handover import PagerHolder
from pagerworthy.scoring import CriterionResult, Outcome, Rung, Scorecard, Verdict
from pagerworthy.scoring.parcel import Parcel, pack, unpack


def card(service: str, *results: CriterionResult) -> Scorecard:
    holder: PagerHolder = "dev"
    rungs = (Rung.NONE, Rung.NONE, Rung.BRONZE)
    return Scorecard(service, Verdict.DEFER, "so", holder, *rungs, 0.0, 0.0, 0.5, results=results)


def test_what_is_unpacked_is_what_was_packed() -> None:
    shared = CriterionResult("a", Outcome.UNKNOWN, "not known")
    own = CriterionResult("b", Outcome.PASS, "fine", evidence=("git.entry@2026-11-19T06:00:00Z",))
    sent = [card("cart", shared, own), card("checkout", shared), card("email")]
    content = msgspec.msgpack.encode(pack(sent))
    back = unpack(msgspec.msgpack.decode(content, type=Parcel))
    assert back == sent
    assert back[0].results[0] is back[1].results[0]
