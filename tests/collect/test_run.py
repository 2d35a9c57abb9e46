"""Asking several sources at once: one that fails or hangs hides no other, and its keys are then not known."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pagerworthy.catalog import load
from pagerworthy.collect import Deadline, Gathered, SourceError, gather
from pagerworthy.evidence import KEYS, Record, items_of
from pagerworthy.evidence.collectors import Context, record
from pagerworthy.project import CollectSettings
from tests.evidence.world import AS_OF, service, start


class Fake:
    """A source that brings one record of each service, and then does something."""

    keys = ("git.entry", "links.dashboard")

    def __init__(self, name: str, then: Callable[[], object]) -> None:
        self.name = name
        self._then = then

    def collect(self, context: Context) -> Iterator[Record]:
        for name in context.catalog.services:
            yield record(self.name, name, "git.entry", KEYS["git.entry"].value(age_days=1.0), time=AS_OF)
            self._then()


def fail() -> None:
    raise SourceError("nobody is there")


def crash() -> None:
    raise ZeroDivisionError("by nought")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    root = start(tmp_path / "root")
    more = "  monitoring: {dashboards: [{title: One, url: 'https://d.example/1'}]}\n"
    service(root, "checkout", more=more)
    service(root, "pay", more=more)
    return Context(load(root).catalog, root, AS_OF, CollectSettings())


def gathered(context: Context, *fakes: Fake, seconds: float = 30) -> dict[str, Gathered]:
    return {each.source: each for each in gather(fakes, context, Deadline(seconds))}


@pytest.mark.parametrize(("then", "reason"), [(fail, "nobody is there"), (crash, "ZeroDivisionError: by nought")])
def test_a_source_that_fails_leaves_no_key_unsaid(context: Context, then: Callable[[], object], reason: str) -> None:
    found = gathered(context, Fake("bad", then), Fake("good", lambda: None))
    assert [each.failed for each in found["good"].records] == ["", ""]
    bad = found["bad"]
    assert bad.failed == reason
    wanted = {
        (name, key, item)
        for name, entry in context.catalog.services.items()
        for key in Fake.keys
        for item in items_of(entry, KEYS[key].per)
    }
    assert {(each.subject, each.key, each.item) for each in bad.records} == wanted
    assert {each.failed for each in bad.records} == {"", reason}


def test_a_source_that_hangs_has_failed_when_time_is_up(context: Context) -> None:
    never = threading.Event()
    started = time.monotonic()
    found = gathered(context, Fake("stuck", never.wait), Fake("good", lambda: None), seconds=0.5)
    assert time.monotonic() - started < 20
    assert found["good"].failed == ""
    assert found["stuck"].failed == "it was not done in time"
    assert {each.failed for each in found["stuck"].records} == {"", "it was not done in time"}
    never.set()
