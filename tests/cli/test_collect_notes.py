"""What `collect` says beside its records, and what makes nothing unknown."""

import shutil
from pathlib import Path

from click.testing import CliRunner

from pagerworthy.cli.app import app

RIGHT = Path(__file__).parents[1] / "examples" / "entries" / "right"


def test_notes_are_said_once_and_fail_nothing(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    shutil.copytree(RIGHT, root)
    service = min(path.stem for path in (root / "catalog/services").glob("*.yaml"))
    (root / "pagerworthy.toml").write_text('[collect.reports]\ndrills = ["drills.csv", "more/*.csv"]\n')
    rows = (f"{service},incident,2026-01-10,true", f"{service}s,incident,2026-01-10,true")
    (root / "drills.csv").write_text("\n".join(("service,kind,time,passed", *rows, rows[1])))
    result = CliRunner().invoke(app, ["--root", str(root), "collect", "reports"], standalone_mode=False)
    assert result.exception is None, result.exception
    assert result.return_value == 0
    notes = [line.strip() for line in result.stderr.splitlines() if line.startswith("  note: ")]
    assert notes == [
        "note: more/*.csv (of drills) matches no file",
        f"note: drills.csv:3: there is no service {service}s; did you mean {service}? (and 1 more like it)",
        "note: drills.csv:2 does not say where it can be looked up, so drill.incident is only declared: write source",
    ]
    written = (root / "catalog/evidence/collected/reports.jsonl").read_text()
    assert f'"{service}"' in written
    assert f"{service}s" not in written
