"""A real Prometheus with a past that a test writes."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.servers import running
from tests.tools import require_tool

_CONFIGURATION = """\
global: {evaluation_interval: %(interval)ds}
rule_files: [%(rules)s/*.yaml]
"""
# A series as text, and its samples: seconds of Unix time, and the number.
Past = Mapping[str, Sequence[tuple[float, float]]]


@contextmanager
def serving_past(folder: Path, past: Past, *, rules: Mapping[str, str], interval: int = 1) -> Iterator[str]:
    """The address of a server with these samples, which evaluates these rule files now."""
    rule_folder, data = folder / "rules", folder / "data"
    rule_folder.mkdir(parents=True)
    for name, text in rules.items():
        (rule_folder / name).write_text(text, encoding="utf-8")
    configuration = folder / "prometheus.yml"
    configuration.write_text(_CONFIGURATION % {"interval": interval, "rules": rule_folder}, encoding="utf-8")
    _write_blocks(folder / "past.txt", data, past)
    command = [
        require_tool("prometheus"),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={data}",
        "--storage.tsdb.retention.time=400d",
        "--log.level=warn",
    ]
    with running(command, folder / "log") as server:
        yield server.address


def _write_blocks(file: Path, data: Path, past: Past) -> None:
    """By promtool, which reads the samples of a metric one after another, and wants to know its type."""
    lines = []
    metrics: dict[str, list[str]] = {}
    for series in past:
        metrics.setdefault(series.partition("{")[0], []).append(series)
    for metric, several in metrics.items():
        # Whatever is a counter is one for whoever asks; the type of a gauge wants no ending.
        lines.append(f"# TYPE {metric} gauge")
        lines += [f"{series} {number!r} {moment:.3f}" for series in several for moment, number in past[series]]
    file.write_text("\n".join([*lines, "# EOF", ""]), encoding="utf-8")
    command = [
        str(require_tool("promtool")),
        "tsdb",
        "create-blocks-from",
        "openmetrics",
        "--quiet",
        str(file),
        str(data),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
