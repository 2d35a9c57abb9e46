"""The sentence that gives a verdict's reason stays one that is read at once."""

import pytest

from pagerworthy.handover import Pager
from pagerworthy.scoring.model import Breach, Rung, Verdict
from pagerworthy.scoring.verdicts import Standing, conclude
from tests.site.world import world


def reason(*details: str) -> str:
    """The reason of a freeze because of limits that nobody can judge, each for one of these reasons."""
    source = world()
    breaches = [
        Breach(f"b-{n}", f"Limit {n} is crossed", Verdict.FREEZE, text, known=False) for n, text in enumerate(details)
    ]
    stand = Standing(Rung.GOLD, Rung.GOLD, Rung.GOLD, 100.0, 100.0, 1.0, ())
    service = source.catalog.services["cart"]
    verdict, text = conclude(service, Pager(holder="sre"), stand, breaches, source.policy, 0)
    assert verdict is Verdict.FREEZE
    assert "until it is known" in text
    return text


def test_one_unknown_limit_is_told_with_its_cause() -> None:
    assert "limit 0 is crossed (not known: nobody looked)" in reason("not known: nobody looked")


@pytest.mark.parametrize("amount", [2, 4, 7])
def test_several_are_named_and_their_causes_left_to_the_list(amount: int) -> None:
    text = reason(*["not known: no collector has looked (slo.budget of availability; from prometheus)"] * amount)
    assert f"{amount} of its limits are not known" in text
    assert all(f"limit {n} is crossed" in text for n in range(amount))
    assert "(" not in text
