"""The digest of all that a stack follows from: where it is the same, there is nothing to do."""

import functools
import hashlib
import re
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

import msgspec

from pagerworthy.stacks.inputs import StackInputs, digest
from pagerworthy.stacks.outputs import Value

_encoder = msgspec.json.Encoder(order="deterministic")
_PACKAGE = Path(__file__).parents[2]
_NAME = "pagerworthy"
# What entries say reaches a program in its inputs, all of which count.
_BESIDE = (f"{_NAME}.catalog",)


# Python's own parser takes a hundred times as long; a test compares.
_IMPORT = re.compile(rf"^[ \t]*from ({_NAME}[\w.]*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)
_WORD = re.compile(r"\w+")


def digest_of(inputs: StackInputs, values: Mapping[str, Mapping[str, Value]], emulator: str = "") -> str:
    """`sha256:` and the digest of the inputs, of the peers' values that they ask for, of the cloud that is meant, and
    of the programs themselves."""
    whole = _encoder.encode([digest(inputs), values, emulator, programs()])
    return f"sha256:{hashlib.sha256(whole).hexdigest()}"


@functools.cache
def programs() -> str:
    """The digest of the code that says what stacks are made of, and the version of the provider: another Pagerworthy
    may make other resources of the same inputs."""
    found = hashlib.sha256(metadata.version("pulumi-aws").encode())
    for path in program_files(_PACKAGE):
        found.update(f"{path.relative_to(_PACKAGE).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()


def program_files(package: Path) -> list[Path]:
    """The files of the programs and of all modules of the package in this folder that they import, and those in turn.

    A module inside a package counts without the package's `__init__`, unless something is imported from that.
    """
    folder = package / "stacks" / "program"
    todo = sorted(folder.rglob("*.py"))
    found = set(todo)
    while todo:
        for name in _imported(todo.pop().read_text("utf-8")):
            path = _file_of(package, name)
            if path is not None and path not in found:
                found.add(path)
                todo.append(path)
    return sorted(found)


def _imported(source: str) -> Iterator[str]:
    """The names that a file imports from the package, of modules or of what is in them, as `package.module.name`."""
    for module, names in _IMPORT.findall(source):
        yield from (f"{module}.{name}" for name in _WORD.findall(names))


def _file_of(package: Path, name: str) -> Path | None:
    """The file of a module, or of the module that has a name; None for what is not of the package or does not count."""
    first, *parts = name.split(".")
    if first != _NAME or any(name == each or name.startswith(f"{each}.") for each in _BESIDE):
        return None
    for length in (len(parts), len(parts) - 1):
        at = package.joinpath(*parts[:length])
        for path in (at.with_suffix(".py"), at / "__init__.py"):
            if length and path.is_file():
                return path
    return None
