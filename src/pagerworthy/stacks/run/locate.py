"""Where Pulumi's command line is, which one it is, and which variables it gets."""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

# Variables that the engine and its plugins need: where things are, whom to ask, and how to reach it.
_PASSED = re.compile(
    r"(PATH|HOME|USER|LOGNAME|USERNAME|SHELL|LANG|LC_\w+|TZ|TMPDIR|TEMP|TMP|XDG_\w+|SYSTEMROOT|COMSPEC|PATHEXT|APPDATA"
    r"|LOCALAPPDATA|USERPROFILE|SSL_CERT_(FILE|DIR)|\w*_PROXY|\w*_proxy|PULUMI_\w+|AWS_\w+|AZURE_\w+|ARM_\w+|GOOGLE_\w+"
    r"|GRPC_\w+|NO_COLOR)"
)
_CREDENTIALS = re.compile(r"(AWS|AZURE|ARM|GOOGLE)_\w+|GITHUB_TOKEN|PULUMI_ACCESS_TOKEN")


def find_program(environ: Mapping[str, str]) -> Path | None:
    """Where Pulumi's command line is: on the PATH, or where its installer puts it."""
    found = shutil.which("pulumi", path=environ.get("PATH"))
    usual = Path(environ.get("PULUMI_HOME") or Path(environ.get("HOME", "")) / ".pulumi") / "bin" / "pulumi"
    return Path(found) if found else usual if usual.is_file() else None


def version_of(program: Path, environment: Mapping[str, str]) -> str:
    """What the program calls its version; empty where it says none. Raises OSError where it cannot be run."""
    said = subprocess.run(  # noqa: S603 -- our own program, arguments apart
        [str(program), "version"],
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
        encoding="utf-8",
        errors="replace",
    ).stdout.strip()
    return said.removeprefix("v")


def environment_of(
    environ: Mapping[str, str], own: Mapping[str, str], program: Path, *, emulator: bool
) -> dict[str, str]:
    """The variables of an engine: the needed ones of ours, and those of the place.

    On an emulator no credentials are handed on: nothing that is tried there reaches an account.
    """
    kept = {name: value for name, value in environ.items() if _PASSED.fullmatch(name)}
    if emulator:
        kept = {name: value for name, value in kept.items() if not _CREDENTIALS.fullmatch(name)}
    # The plugins that come with Pulumi lie beside it.
    path = os.pathsep.join(each for each in (str(program.parent), kept.get("PATH", "")) if each)
    return {
        **kept,
        "PATH": path,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        **own,
    }
