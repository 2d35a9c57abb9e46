"""The report, the summary and the lines of a run."""

import datetime as dt
import io
import json
from pathlib import Path

import jsonschema

from pagerworthy.stacks.losses import Loss
from pagerworthy.stacks.run.progress import Progress, detail_of, lost_lines, table
from pagerworthy.stacks.run.report import RunReport, markdown, report_of, write_report
from pagerworthy.stacks.run.result import MEANINGS, Outcome, Visit
from pagerworthy.stacks.run.schedule import Step
from pagerworthy.stacks.run.values import Shift
from pagerworthy.stacks.run.watch import Change

SCHEMA = json.loads((Path(__file__).parents[3] / "schemas" / "run.schema.json").read_text())
CHANGES = (
    Change("aws:sqs/queue:Queue", "orders", "create"),
    Change("aws:sqs/queue:Queue", "dead", "replace", "", ("name",)),
)
VISITS = (
    Visit("platform.staging", Outcome.UNCHANGED, wave=1),
    Visit("cart.staging", Outcome.CHANGED, CHANGES, 3.2, waiting=("ads.staging:arn",), notes=("a note",), wave=2),
    Visit("mail.staging", Outcome.FAILED, message="no | <b>`whoami`</b>\n::error::", help="do this", wave=2),
    Visit("ads.staging", Outcome.SKIPPED, message="blocked by mail.staging", blocked_by="mail.staging", wave=3),
)


def plain(text: str, *colours: str) -> str:
    return text


def report(*, finished: bool = True) -> RunReport:
    started = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)
    return report_of("up", "staging", VISITS, started=started, seconds=4.2, finished=finished, orphans=["old.staging"])


def test_a_report_is_as_its_schema_says(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "report.json"
    write_report(path, report(finished=False))
    found = json.loads(path.read_text())
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    assert [each.name for each in path.parent.iterdir()] == ["report.json"]
    assert found["summary"] == {"changed": 1, "unchanged": 1, "failed": 1, "skipped": 1}
    assert found["finished"] is False
    assert found["stacks"][1]["counts"] == {"create": 1, "replace": 1}
    assert set(SCHEMA["properties"]["summary"]["propertyNames"]["enum"]) == {each.value for each in Outcome}
    assert MEANINGS.keys() == set(Outcome)


def test_the_examples_of_the_schema_are_of_its_form() -> None:
    row = SCHEMA["properties"]["stacks"]
    jsonschema.Draft202012Validator(row).validate(row["examples"][0])


def test_a_summary_says_what_went_wrong_and_runs_nothing_of_it() -> None:
    said = markdown(report())
    assert "1 changed, 1 unchanged, 1 failed, 1 skipped, in 4 s." in said
    assert "| `mail.staging` | failed |  | no \\| &lt;b>'whoami'&lt;/b> ::error:: |" in said
    assert "`platform.staging`" not in said
    assert "`pagerworthy destroy staging --orphans`" in said


def test_lines_are_plain_where_nobody_watches_and_lively_where_somebody_does() -> None:
    for live in (False, True):
        stream = io.StringIO()
        progress = Progress(stream, plain, live=live)
        progress.planned([Step(visit.stack, visit.wave) for visit in VISITS])
        for visit in VISITS:
            progress.started(visit.stack)
            progress.ended(visit)
        progress.close()
        said = stream.getvalue()
        assert ("\033" in said) is live
        assert "4 stacks in 3 waves\n" in said
        assert "[2]  cart.staging: changed, 1 created, 1 replaced (3.2 s)\n" in said
        assert "note: left out until they are up: what it needs of ads.staging\n" in said
        assert ("wave 1 0/1  wave 2 0/2  |  platform.staging 0 s" in said) is live
        assert progress.visits == VISITS


def test_a_table_has_what_is_not_as_it_was() -> None:
    lines = table(report(), plain)
    assert [line.split()[0] for line in lines[:3]] == ["cart.staging", "mail.staging", "ads.staging"]
    assert lines[-1] == "1 changed, 1 unchanged, 1 failed, 1 skipped, in 4 s"


LOST = Visit(
    "points.staging",
    Outcome.PLANNED,
    (
        Change("aws:iam/role:Role", "task", "update", "", ("policy",), (Shift("policy", '"a"', '"b"'),)),
        Change("aws:sns/topic:Topic", "news", "delete"),
        Change(
            "aws:rds/instance:Instance",
            "points",
            "replace",
            "",
            ("engine", "password"),
            (Shift("engine", '"postgres"', '"mysql"'),),
            Loss("replace", "points", "postgres", "its data is"),
        ),
    ),
)


def lossy(operation: str) -> RunReport:
    started = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)
    emulator = "http://127.0.0.1:5000"
    return report_of(
        operation,
        "staging",
        [LOST],
        started=started,
        seconds=1,
        finished=True,
        orphans=["old.staging"],
        emulator=emulator,
    )


def test_what_loses_data_is_first_and_says_so(tmp_path: Path) -> None:
    lost = "DATA IS LOST: replaces points (postgres): its data is lost"
    assert detail_of(LOST) == [
        f"     ± points  aws:rds/instance:Instance  (password)  {lost}",
        '         engine: "postgres" -> "mysql"',
        "     - news  aws:sns/topic:Topic",
        "     ~ task  aws:iam/role:Role",
        '         policy: "a" -> "b"',
    ]
    lines = lost_lines(lossy("preview"), plain)
    assert lines[:2] == ["DATA WOULD BE LOST:", "  points.staging replaces points (postgres): its data is lost"]
    assert lost_lines(lossy("up"), plain)[0] == "DATA WAS LOST:"
    assert lost_lines(lossy("drift"), plain) == []
    assert lost_lines(report(), plain) == []
    page = markdown(lossy("preview"))
    assert "> **Data would be lost:**\n> - points.staging replaces points (postgres): its data is lost\n" in page
    write_report(tmp_path / "report.json", lossy("preview"))
    text = (tmp_path / "report.json").read_text()
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))
    # Names, and never values.
    assert '"loses": "replaces points (postgres): its data is lost"' in text
    assert "mysql" not in text


def test_what_is_to_be_copied_stays_on_the_emulator() -> None:
    assert "`pagerworthy destroy staging --orphans --emulator http://127.0.0.1:5000`" in markdown(lossy("up"))


def test_a_second_round_is_announced_and_each_error_has_a_line() -> None:
    stream = io.StringIO()
    progress = Progress(stream, plain, live=False)
    progress.planned([Step("a.staging", 1)])
    progress.again(["a.staging"])
    progress.ended(Visit("a.staging", Outcome.FAILED, message="role: denied\nqueue: denied"))
    assert stream.getvalue().splitlines() == [
        "1 stack in 1 wave",
        "once more, for what has come up since: a.staging",
        "[1]  a.staging: failed",
        "     role: denied",
        "     queue: denied",
    ]
