"""The JSON Schema of the formats that are ours, made of the types that read them."""

from typing import Any

import msgspec

from pagerworthy.collect.reports.backups import BackupRow
from pagerworthy.collect.reports.changes import ChangeRow
from pagerworthy.collect.reports.costs import CostRow
from pagerworthy.collect.reports.drills import DrillRow
from pagerworthy.collect.reports.incidents import IncidentRow
from pagerworthy.collect.reports.load_tests import LoadTestRow
from pagerworthy.collect.reports.logs import LogRow
from pagerworthy.collect.reports.timeouts import TimeoutRow
from pagerworthy.collect.reports.toil import ToilRow

ROWS = {
    "load_tests": LoadTestRow,
    "drills": DrillRow,
    "toil": ToilRow,
    "incidents": IncidentRow,
    "changes": ChangeRow,
    "logs": LogRow,
    "costs": CostRow,
    "backups": BackupRow,
    "timeouts": TimeoutRow,
}


def schema() -> dict[str, Any]:
    """What `schemas/reports.schema.json` has: each format, as one row or a list of them, under its name."""
    _, parts = msgspec.json.schema_components(ROWS.values(), ref_template="#/$defs/{name}")
    files = {}
    for name, row in ROWS.items():
        one = {"$ref": f"#/$defs/{row.__name__}"}
        files[name] = {"anyOf": [one, {"type": "array", "items": one}]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Reports that the reports collector reads",
        "description": "Each is in YAML or JSON one of these, or a list of them; or in CSV, one a line.",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in files],
        "$defs": {**files, **parts},
    }
