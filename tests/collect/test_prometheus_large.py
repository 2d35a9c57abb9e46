"""Ten thousand services are asked for in as many questions as ten."""

import threading
import tracemalloc
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import Catalog
from pagerworthy.collect import Deadline, Surroundings
from pagerworthy.collect.prometheus import open_collector
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence import KEYS, Record
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings
from tests.collect.synthetic_prometheus import AS_OF, catalog, server

MOST_QUESTIONS = 50
# Far less than all that is answered for so many services.
MOST_BYTES_A_SERVICE = 6_000


def look(services: Catalog, root: Path) -> tuple[int, list[Record], int]:
    """The questions that were asked, some of the records, and the most memory that it took beside them, in bytes."""
    made, asked = server(len(services.services))
    threading.Thread(target=made.serve_forever, daemon=True).start()
    settings = CollectSettings()
    variables = {"PAGERWORTHY_PROMETHEUS_URL": f"http://127.0.0.1:{made.server_address[1]}"}
    try:
        collector = open_collector(Surroundings(root, settings, variables, Deadline(580), Wire()))
        assert collector is not None
        records = []
        for number, each in enumerate(collector.collect(Context(services, root, AS_OF, settings))):
            if number % 997 == 0 or len(services.services) <= 10:
                records.append(each)
        return len(asked), records, number + 1
    finally:
        made.shutdown()
        made.server_close()


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, list[Record], int]:
    return look(catalog(10), tmp_path_factory.mktemp("few"))


def test_the_synthetic_server_is_understood(few: tuple[int, list[Record], int]) -> None:
    _, records, _ = few
    mine = {each.key: each for each in records if each.subject == "service-00003"}
    said = {key: each.failed or msgspec.json.decode(each.value, type=KEYS[key].value) for key, each in mine.items()}
    assert not [key for key, each in mine.items() if each.failed], said
    assert {"slo.events", "slo.budget", "slo.burndown", "rules.slo", "rules.paging", "traffic.callees"} <= said.keys()
    assert said["traffic.callees"] == KEYS["traffic.callees"].value(names=("service-00004",))


def test_ten_thousand_services_are_asked_for_as_ten_are(few: tuple[int, list[Record], int], tmp_path: Path) -> None:
    asked, records, count = look(catalog(10_000), tmp_path)
    assert asked == few[0] <= MOST_QUESTIONS
    assert count == few[2] * 1_000
    assert not [each for each in records if each.failed]


def test_no_answer_is_held_as_a_whole(tmp_path: Path) -> None:
    services = catalog(2_000)
    len(list(services.services.values()))
    tracemalloc.start()
    try:
        look(services, tmp_path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 2_000 * MOST_BYTES_A_SERVICE + 20_000_000
