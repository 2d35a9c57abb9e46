"""Programs that tests drive and that do not come with Python: found here, or the test says what it lacks."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

# Set by `.ci/run`, which installs them: there, a missing program is a failure and no test passes by not running.
REQUIRE = "PAGERWORTHY_REQUIRE_TOOLS"
# Names, with spaces between them, of programs that even `.ci/run` could not install on this machine.
OPTIONAL = "PAGERWORTHY_OPTIONAL_TOOLS"


@dataclass(frozen=True)
class Tool:
    """A program by the names that it goes by; one that cannot be installed everywhere is `optional`."""

    names: tuple[str, ...]
    found_in: str
    optional: bool = False


TOOLS: dict[str, Tool] = {
    "actionlint": Tool(("actionlint",), "go install github.com/rhysd/actionlint/cmd/actionlint"),
    "alertmanager": Tool(("prometheus-alertmanager", "alertmanager"), "the Debian package prometheus-alertmanager"),
    "amtool": Tool(("amtool",), "the Debian package prometheus-alertmanager"),
    "chromium": Tool(("chromium", "chromium-browser", "google-chrome"), "the Debian package chromium"),
    "git": Tool(("git",), "the Debian package git"),
    "node": Tool(("node",), "the Debian package nodejs", optional=True),
    "prometheus": Tool(("prometheus",), "the Debian package prometheus"),
    "oslo": Tool(("oslo",), "go install github.com/OpenSLO/oslo/cmd/oslo", optional=True),
    "promtool": Tool(("promtool",), "the Debian package prometheus"),
    "pulumi": Tool(("pulumi",), "Pulumi's own installer", optional=True),
    "shellcheck": Tool(("shellcheck",), "the Debian package shellcheck"),
    "sloth": Tool(("sloth",), "go install github.com/slok/sloth/cmd/sloth@v0.12.0", optional=True),
    "zizmor": Tool(("zizmor",), "the development requirements"),
}


def find_tool(name: str) -> Path | None:
    """Where the program is: beside this Python, or on the PATH. Raises KeyError for one that the table lacks."""
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    for candidate in TOOLS[name].names:
        if found := shutil.which(candidate, path=places):
            return Path(found)
    return None


def require_tool(name: str) -> Path:
    """The program's path; without it the test is skipped, or fails where all programs must be there."""
    tool = TOOLS[name]
    if found := find_tool(name):
        return found
    reason = f"skipped, {name} not found: it comes with {tool.found_in}"
    optional = tool.optional or name in os.environ.get(OPTIONAL, "").split()
    if os.environ.get(REQUIRE) == "1" and not optional:
        pytest.fail(f"{reason}, and {REQUIRE}=1 asks for it")
    pytest.skip(reason)
