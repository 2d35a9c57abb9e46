"""What breaks if a service breaks is told on its page as `graph impact` tells it."""

import re

import pytest

from pagerworthy.graph import impact_of
from pagerworthy.site.index import Blast, index_of
from pagerworthy.site.pages.service import blast_words
from tests.site.world import world


def test_pages_count_as_the_command_line_does() -> None:
    source = world()
    index = index_of(source)
    for name in source.catalog.services:
        impact = impact_of(source.catalog, source.graph, name)
        steps = [row.soft_steps for row in impact.degrades]
        blast = index.blast(name)
        assert (blast.fails, blast.degrades, blast.may_notice) == (
            len(impact.fails),
            sum(each == 1 for each in steps),
            sum(each > 1 for each in steps),
        )


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((0, 0, 0), "If Cart fails, no other service notices."),
        ((1, 1, 0), "If Cart fails, 1 other service fails with it: 1 of tier 1. 1 degrades."),
        ((0, 2, 3), "If Cart fails, no other service fails with it. 2 degrade; 3 more may notice."),
        ((2, 0, 1), "If Cart fails, 2 other services fail with it: 2 of tier 1. 1 may notice."),
    ],
)
def test_the_words_are_those_of_the_command_line(counts: tuple[int, int, int], said: str) -> None:
    fails, degrades, may_notice = counts
    told = " ".join(blast_words("Cart", Blast(fails, (fails, 0, 0, 0), degrades, may_notice, ())))
    assert told == said
    assert not re.search(r"\b1 (degrade|fail|services)\b", told)
