"""Reads the `_stats.csv` that Locust writes with `--csv`: the line of all requests together.

https://docs.locust.io/en/stable/retrieving-stats.html
"""

import csv
import io
import math

from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.collect.reports.model import WrongReportError
from pagerworthy.collect.reports.summary import Summary


def read(file: ReportFile) -> Summary:
    """Raises WrongReportError."""
    try:
        reader = csv.DictReader(io.StringIO(file.content.decode(), newline=""))
        line = next((each for each in reader if each.get("Name") == "Aggregated"), None)
    except (csv.Error, UnicodeDecodeError) as error:
        raise WrongReportError("it is no CSV in UTF-8") from error
    if line is None:
        raise WrongReportError("it has no line Aggregated, so it is no _stats.csv of Locust")
    requests, failures = _number(line, "Request Count"), _number(line, "Failure Count")
    if not requests or failures > requests:
        raise WrongReportError("it counts no requests, or more failures than requests")
    return Summary(
        rate=_number(line, "Requests/s"),
        failed_share=failures / requests,
        p95_ms=_number(line, "95%"),
        p99_ms=_number(line, "99%"),
        thresholds_met=None,
    )


def _number(line: dict[str, str], name: str) -> float:
    try:
        found = float(line[name])
    except (KeyError, TypeError, ValueError) as error:
        raise WrongReportError(f"it has no number under {name}") from error
    if not math.isfinite(found) or found < 0:
        raise WrongReportError(f"it has no number under {name}")
    return found
