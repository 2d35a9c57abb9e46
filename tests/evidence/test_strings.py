"""No string within a value shows otherwise than it is written: refused in files, made visible by collectors."""

import datetime as dt
import json
from pathlib import Path

import msgspec
import pytest

from pagerworthy.evidence import Record, read_evidence
from pagerworthy.evidence.collectors import record
from pagerworthy.evidence.keys.alerting import Firing
from tests.evidence.world import AS_OF

_LINE = {
    "subject": "checkout",
    "key": "files.runbook",
    "time": "2026-11-19T06:00:00Z",
    "source": "files",
    "strength": "linked",
    "item": "runbooks/slow.md",
}
_DISGUISED = ("\u202egnihton", "\x1b[31mred", "\x07", "a\u200bb", "\ufeff", "\x7f", "\u2066x")


def _problems(folder: Path, value: object, *, escaped: bool) -> list[str]:
    line = json.dumps({**_LINE, "value": value}, ensure_ascii=escaped)
    (folder / "e.jsonl").write_text(f"{json.dumps({**_LINE, 'value': {'exists': True}})}\n{line}\n")
    found = read_evidence(folder, [folder], as_of=AS_OF)
    return [f"{each.code} {each.where.line} {each.message}" for each in found.problems]


@pytest.mark.parametrize("text", _DISGUISED)
@pytest.mark.parametrize("escaped", [True, False])
def test_what_a_page_would_show_otherwise_is_refused_at_its_place(tmp_path: Path, text: str, escaped: bool) -> None:
    (problem,) = _problems(tmp_path, {"exists": True, "missing": ["one", f"x{text}"]}, escaped=escaped)
    assert problem == "PW401 2 not a record: value.missing[1] has control or invisible characters"


@pytest.mark.parametrize("text", ["Grüße, 你好", "two\nlines\tand a tab", 'a "quote" \\ and é'])
@pytest.mark.parametrize("escaped", [True, False])
def test_what_people_write_is_no_disguise(tmp_path: Path, text: str, escaped: bool) -> None:
    assert not _problems(tmp_path, {"exists": True, "missing": [text]}, escaped=escaped)


@pytest.mark.parametrize("text", _DISGUISED)
def test_what_a_source_hides_is_made_visible(tmp_path: Path, text: str) -> None:
    found = record("x", "checkout", "alerts.firing", Firing(pages=(f"a{text}", "Grüße")), time=AS_OF, query=f"q{text}")
    failed = record("x", "checkout", "alerts.firing", f"down {text}", time=AS_OF - dt.timedelta(days=1))
    (tmp_path / "e.jsonl").write_bytes(b"\n".join(map(_encoded, (found, failed))))
    evidence = read_evidence(tmp_path, [tmp_path], as_of=AS_OF)
    assert not evidence.problems
    known = evidence.of("checkout")["alerts.firing"][""]
    assert isinstance(known.value, Firing)
    assert known.value.pages[1] == "Grüße"
    for shown in (known.value.pages[0], known.record.query, failed.failed):
        assert "\N{REPLACEMENT CHARACTER}" in shown
        assert text not in shown


def _encoded(found: Record) -> bytes:
    return msgspec.json.encode(found)
