"""What docs/sources.md says of reports: each of its rows is read, and says what it should."""

import json
import re
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import load
from pagerworthy.collect import Deadline, Surroundings, gather
from pagerworthy.collect.reports import FORMATS, open_collector
from pagerworthy.collect.reports.schema import ROWS
from pagerworthy.collect.surroundings import Wire
from pagerworthy.evidence.collectors import Context
from pagerworthy.project import CollectSettings, ReportsSettings
from tests.evidence.world import AS_OF, URL, commit, git, service, start

PAGE = (Path(__file__).parents[2] / "docs/sources.md").read_text(encoding="utf-8")
_MORE = """\
  resources: {orders: {type: postgres, size: small}}
  dependencies:
    - {service: payment, criticality: hard}
"""
_K6 = {
    "metrics": {
        "http_reqs": {"count": 6000, "rate": 100.0},
        "http_req_failed": {"passes": 6, "fails": 5994, "value": 0.001},
        "http_req_duration": {"avg": 100, "p(95)": 180.5, "p(99)": 300},
    }
}


def _described() -> dict[str, tuple[str, str]]:
    """By format, the head of its rows on the page, and the rows."""
    block = next(each for each in re.findall(r"(?s)```yaml\n(.*?)```", PAGE) if "# drills" in each)
    parts = re.split(r"(?m)^# (\w+)(.*)\n", block)[1:]
    return {name: (head, rows) for name, head, rows in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}


DESCRIBED = _described()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = start(tmp_path / "root")
    service(root, "checkout", _MORE)
    file = service(root, "payment")
    file.write_text(file.read_text().replace(URL, "https://github.com/example/payment"))
    code = start(tmp_path / "code")
    commit(code, "2026-11-01")
    git(code, "tag", "v1.0.0")
    for name in ("reports/k6.json", "docs/restore.md", "reports/changes.md"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(json.dumps(_K6))
    return root


def test_each_list_has_a_row_and_each_tool_a_line() -> None:
    assert set(DESCRIBED) == set(ROWS)
    tools = set(re.findall(r"(?m)^\| `(\w+)` \| .*(?:json|csv)", PAGE))
    assert tools == (set(FORMATS) - set(ROWS)) | {"load_tests"}


@pytest.mark.parametrize("name", ROWS)
def test_a_row_of_the_page_is_read_and_can_be_looked_up(name: str, root: Path) -> None:
    (root / "reports/rows.yaml").write_text(DESCRIBED[name][1])
    settings = CollectSettings(
        reports=ReportsSettings(**{name: ("reports/rows.yaml",)}),  # type: ignore[arg-type]
        checkouts={URL: "../code"},
    )
    collector = open_collector(Surroundings(root, settings, {}, Deadline(60), Wire()))
    assert collector is not None
    (found,) = gather([collector], Context(load(root).catalog, root, AS_OF, settings), Deadline(60))
    assert (found.failed, found.notes) == ("", ())
    records = [each for each in found.records if each.subject == "checkout"]
    assert records
    assert not [each.failed for each in records if each.failed]


@pytest.mark.parametrize("name", ROWS)
def test_the_page_names_all_columns_and_which_of_them_may_be_left_out(name: str) -> None:
    head, rows = DESCRIBED[name]
    row: type[msgspec.Struct] = ROWS[name]  # type: ignore[assignment]
    fields = msgspec.structs.fields(row)
    assert set(re.findall(r"[{ ](\w+): ", rows)) == {each.encode_name for each in fields}
    optional = {each.encode_name for each in fields if not each.required}
    told = re.search(r"\[(.*)\]", head)
    # What only some kinds of drill have is said in words.
    words = {"what", "minutes", "complete"} if name == "drills" else set()
    assert set(told[1].split(", ") if told else []) | words == optional
