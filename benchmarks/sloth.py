"""Sloth beside `rules build`: the same objectives, as its specifications."""

import os
import shutil
from pathlib import Path

from pagerworthy.catalog import Service, Sli, load
from pagerworthy.slo import good_and_total

# Of `go install`, where no PATH leads there.
_GO_BIN = Path.home() / "go" / "bin"
_WINDOW = "{{.window}}"


def sloth_command(root: Path, folder: Path) -> tuple[list[str | Path], int] | None:
    """Sloth's command for all objectives of the catalog, and how many there are; None where there is no Sloth."""
    program = shutil.which("sloth", path=os.pathsep.join([os.environ.get("PATH", ""), str(_GO_BIN)]))
    if program is None:
        return None
    specs, out = folder / "sloth" / "specs", folder / "sloth" / "rules"
    shutil.rmtree(folder / "sloth", ignore_errors=True)
    specs.mkdir(parents=True)
    out.mkdir()
    count = 0
    for service in load(root).catalog.services.values():
        if service.spec.slos:
            (specs / f"{service.name}.yaml").write_text(_spec(service), encoding="utf-8")
            count += len(service.spec.slos)
    return [program, "generate", "--input", specs, "--out", out], count


def _spec(service: Service) -> str:
    lines = ["version: prometheus/v1", f"service: {service.name}", "slos:"]
    for slo in service.spec.slos:
        errors, total = _queries(slo.sli)
        lines += [
            f"- name: {slo.name}",
            f"  objective: {slo.objective}",
            "  sli:",
            "    events:",
            f"      error_query: '{errors}'",
            f"      total_query: '{total}'",
            "  alerting:",
            f"    name: {service.name}-{slo.name}",
            "    page_alert: {labels: {severity: page}}",
            "    ticket_alert: {labels: {severity: ticket}}",
        ]
    return "\n".join(lines) + "\n"


def _queries(sli: Sli) -> tuple[str, str]:
    """The queries of bad and of all events, which the generated objectives all have."""
    good, total = good_and_total(sli, _WINDOW)
    return f"({total}) - ({good})", total
