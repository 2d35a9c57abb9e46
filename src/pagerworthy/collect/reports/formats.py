"""The one list of formats, by their names in the settings."""

from pagerworthy.collect.reports import (
    backups,
    changes,
    costs,
    drills,
    gitleaks,
    grype,
    incidents,
    load_tests,
    logs,
    scorecard,
    timeouts,
    toil,
    trivy,
)
from pagerworthy.collect.reports.model import Format

_MODULES = (
    load_tests,
    drills,
    scorecard,
    trivy,
    grype,
    gitleaks,
    toil,
    incidents,
    changes,
    logs,
    costs,
    backups,
    timeouts,
)
FORMATS: dict[str, Format] = {module.FORMAT.name: module.FORMAT for module in _MODULES}
