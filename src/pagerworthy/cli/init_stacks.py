"""The files by which a repository of its own brings its cloud up: ours, with what only fits our checkout replaced."""

import re
from collections.abc import Iterator
from pathlib import Path

from pagerworthy.project import data_folder
from pagerworthy.stacks.installed import LOCK

PROJECT_FILES = ("Pulumi.yaml", "__main__.py", "README.md")
WORKFLOWS = ("preview.yml", "provision.yml", "wave.yml")
_SAID = "Say in requirements.txt where Pagerworthy comes from: it is on no package index, and the file says how"
_DEMAND = rf"""if ! grep -q '^[^#[:space:]]' requirements.txt; then
  echo "::error file=requirements.txt,title=Nothing to install::{_SAID}"
  exit 1
fi"""
# How our own jobs install, and what does the same in a repository without our Makefile: locks first, each with digests.
_OURS = "python -m pip install -r requirements.txt"
_INSTALLS = {
    "make stacks": f"{_DEMAND}\npython -m pip install --require-hashes -r {LOCK}\n{_OURS}",
    "make .venv/.installed": f"{_DEMAND}\n{_OURS}",
}
_STEP = re.compile(r"^( *)run: (make \S+)$", re.MULTILINE)


def stacks_files() -> Iterator[tuple[str, bytes]]:
    """Every file that provisioning needs beside the catalog: its path from the root, and its content."""
    folder = data_folder("stacks")
    for name in PROJECT_FILES:
        yield f"stacks/{name}", (folder / name).read_bytes()
    # What zizmor is to know of these workflows, for whoever lets it look at them.
    yield ".github/zizmor.yml", (_beside("github", ".github") / "zizmor.yml").read_bytes()
    workflows = _beside("workflows", ".github/workflows")
    for name in WORKFLOWS:
        yield f".github/workflows/{name}", elsewhere((workflows / name).read_text("utf-8"))
    yield LOCK, (_beside("requirements", "requirements") / "stacks.txt").read_bytes()


def elsewhere(workflow: str) -> bytes:
    """A workflow of ours as it runs where Pagerworthy is installed from `requirements.txt`.

    Raises KeyError for a `make` of which nobody has said what does the same.
    """

    def install(step: re.Match[str]) -> str:
        indent = f"\n{step[1]}  "
        return f"{step[1]}run: |{indent}{indent.join(_INSTALLS[step[2]].splitlines())}"

    return _STEP.sub(install, workflow).replace(".venv/bin/", "").encode()


def _beside(shipped: str, checkout: str) -> Path:
    """A folder beside `stacks`: in the wheel under another name than in a checkout."""
    top = data_folder("stacks").parent
    return top / shipped if (top / shipped).is_dir() else top / checkout
