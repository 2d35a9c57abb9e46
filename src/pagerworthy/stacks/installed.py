"""Whether Pulumi's Python packages are here: only rendering and running need them."""

import shlex
from importlib.util import find_spec
from pathlib import Path

# By their own names: nobody but us could be meant by them, and the versions are those of pyproject.toml.
_BY_NAME = "pip install 'pulumi>=3.200,<4' 'pulumi-aws>=7,<8'"
# What `init --stacks` writes: the same versions as here, each with its digest.
LOCK = "requirements-stacks.txt"


def install(checkout: Path = Path(__file__).parents[3], here: Path | None = None) -> str:
    """The one command that brings the packages: from a lock, in a checkout of ours and where `init` has written one."""
    folder = here or Path.cwd()
    if (checkout / "requirements" / "stacks.txt").is_file() and (checkout / "Makefile").is_file():
        return "make stacks" if folder == checkout else f"make -C {shlex.quote(str(checkout))} stacks"
    if (folder / LOCK).is_file():
        return f"pip install --require-hashes -r {LOCK}"
    return _BY_NAME


def missing_package() -> str:
    """The name of a package that is not installed; empty where all are."""
    return next((name for name in ("pulumi", "pulumi_aws") if find_spec(name) is None), "")
