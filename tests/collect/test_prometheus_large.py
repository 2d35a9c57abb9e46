"""Ten thousand services are asked for in as many questions as ten."""

import threading
import time
import tracemalloc
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from pagerworthy.catalog import Catalog
from pagerworthy.collect import Deadline, Surroundings
from pagerworthy.collect.prometheus import open_collector
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import KEYS, Record
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings
from tests.collect.synthetic_prometheus import AS_OF, answer, catalog, server

MOST_QUESTIONS = 50
# Beyond the server's own, which this thread only waits for.
MOST_SECONDS = 10
# Of what one more service adds to all answers. What was said in numbers is kept; the list of rules alone, were it held
# until it is whole, would be more.
LARGEST_SHARE = 0.5


class Seen(NamedTuple):
    """What was asked; some of the records, and how many there are; and the seconds that this thread worked for it."""

    asked: list[str]
    records: list[Record]
    total: int
    seconds: float


def look(services: Catalog, root: Path) -> Seen:
    """Looks at a server that works in a thread of its own."""
    made, asked = server(len(services.services))
    threading.Thread(target=made.serve_forever, daemon=True).start()
    settings = CollectSettings()
    variables = {"PAGERWORTHY_PROMETHEUS_URL": f"http://127.0.0.1:{made.server_address[1]}"}
    try:
        collector = open_collector(Surroundings(root, settings, variables, Deadline(580), Wire()))
        assert collector is not None
        records = []
        began = time.thread_time()
        for number, each in enumerate(collector.collect(Context(services, root, AS_OF, settings))):
            if number % 997 == 0 or len(services.services) <= 10:
                records.append(each)
        return Seen(asked, records, number + 1, time.thread_time() - began)
    finally:
        made.shutdown()
        made.server_close()


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return look(catalog(10), tmp_path_factory.mktemp("few"))


def test_the_synthetic_server_is_understood(few: Seen) -> None:
    mine = {each.key: each for each in few.records if each.subject == "service-00003"}
    said = {key: each.failed or msgspec.json.decode(each.value, type=KEYS[key].value) for key, each in mine.items()}
    assert not [key for key, each in mine.items() if each.failed], said
    assert {"slo.events", "slo.budget", "slo.burndown", "rules.slo", "rules.paging", "traffic.callees"} <= said.keys()
    assert said["traffic.callees"] == KEYS["traffic.callees"].value(names=("service-00004",))


def test_ten_thousand_services_are_asked_for_as_ten_are(few: Seen, tmp_path: Path) -> None:
    found = look(catalog(10_000), tmp_path)
    assert len(found.asked) == len(few.asked) <= MOST_QUESTIONS
    assert found.total == few.total * 1_000
    assert not [each for each in found.records if each.failed]
    assert found.seconds < MOST_SECONDS


def _peak(services: int, root: Path) -> tuple[int, int]:
    """The most memory that a look takes beside the catalog, and the length of all answers, in bytes."""
    made = catalog(services)
    # Entries are unpacked once they are looked at, which is no part of the look.
    assert all(service.spec for service in made.services.values())
    tracemalloc.start()
    try:
        asked = look(made, root).asked
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    parts = [urlsplit(each) for each in asked]
    return peak, sum(len(piece) for each in parts for piece in answer(each.path, parse_qs(each.query), services))


def test_what_is_kept_is_a_small_part_of_what_is_answered(tmp_path: Path) -> None:
    few, few_bytes = _peak(500, tmp_path)
    many, many_bytes = _peak(2_000, tmp_path)
    assert many - few < LARGEST_SHARE * (many_bytes - few_bytes)
