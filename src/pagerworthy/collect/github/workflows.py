"""What workflow files say: which run the error-budget gate, so that it can stop something."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from pagerworthy.collect.github.answers import Folder

_LARGEST = 512 * 1024
# So much is read as YAML of one repository, which takes twenty seconds a megabyte.
_MOST_READ = 128 * 1024
_LOCAL = re.compile(r"\./\.github/workflows/([A-Za-z0-9._-]{1,100})")
_ELSEWHERE = re.compile(r"^[ \t]*(?:-[ \t]*)?uses:[ \t]*['\"]?[\w.-]+/[\w.-]+/\.github/workflows/", re.MULTILINE)
# Another opening ends the search for the closing braces: no text is read more than once.
_EXPRESSION = re.compile(r"\$\{\{(?:[^}$]|\$(?!\{\{))*+\}\}")
_BETWEEN = re.compile(r"(\|\||&&|[;|&])")
# What follows a command and takes its exit code away.
_HIDING = frozenset({"||", "|", "&"})
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")


class Gate(NamedTuple):
    """A step that runs the gate: the workflow files with whose runs it runs, the step's name, and for whom it asks.

    `name` is empty where an expression makes it; `service` is empty where one says for whom.
    """

    files: frozenset[str]
    name: str
    service: str


class Gates(NamedTuple):
    """The gates of a repository; `whole` is false where a workflow elsewhere, or an unreadable one, may have more."""

    found: tuple[Gate, ...]
    files: int
    whole: bool


class _Loader(yaml.SafeLoader):
    """Reads no alias: a few lines of them can stand for any number of nodes."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


def gates_of(folder: Folder | None) -> Gates:
    """The gates in the workflow files of a repository."""
    texts = {
        entry.name: entry.object
        for entry in (folder.entries or () if folder else ())
        if entry.object is not None and entry.name.endswith((".yml", ".yaml"))
    }
    whole, read = True, 0
    callers: dict[str, set[str]] = {}
    steps: list[tuple[str, str, str]] = []
    for name, file in texts.items():
        text = file.text
        if text is None or file.is_truncated or len(text) > _LARGEST:
            whole = False
            continue
        whole = whole and not _ELSEWHERE.search(text)
        for called in _LOCAL.findall(text):
            callers.setdefault(called, set()).add(name)
        if "pagerworthy" in text and "gate" in text:
            read += len(text)
            if read > _MOST_READ:
                whole = False
                continue
            try:
                steps += [(name, *step) for step in _steps(yaml.load(text, Loader=_Loader))]  # noqa: S506 -- a safe one
            except (yaml.YAMLError, RecursionError, ValueError):
                whole = False
    found = tuple(Gate(frozenset(_with_callers(file, callers)), name, service) for file, name, service in steps)
    return Gates(found, len(texts), whole)


def _with_callers(file: str, callers: dict[str, set[str]]) -> set[str]:
    """A file and all that call it: what is called runs as a part of its caller."""
    found: set[str] = set()
    waiting = [file]
    while waiting:
        if (each := waiting.pop()) not in found:
            found.add(each)
            waiting += callers.get(each, ())
    return found


def _steps(document: object) -> Iterator[tuple[str, str]]:
    """The name and the service of each step that runs the gate and lets it stop the job."""
    for job in _values(_of(document, "jobs")):
        if not _stops(job):
            continue
        steps = _of(job, "steps")
        for step in steps if isinstance(steps, list) else ():
            run = _of(step, "run")
            if isinstance(run, str) and _stops(step):
                for service in _services(run):
                    yield _shown(step, run), service


def _stops(part: object) -> bool:
    """Whether a job or step runs at all, and fails what it is a part of when it fails."""
    return not _of(part, "continue-on-error") and _of(part, "if") not in (False, "false", "${{ false }}")


def _services(run: str) -> Iterator[str]:
    lines = [line for line in run.replace("\\\n", " ").splitlines() if not line.lstrip().startswith("#")]
    if any(re.match(r"\s*set\s+\+\w*e", line) for line in lines):
        return
    for line in lines:
        parts = [*_BETWEEN.split(_EXPRESSION.sub("$", line)), ""]
        for command, then in zip(parts[::2], parts[1::2], strict=True):
            words = command.split()
            place = next((index for index, word in enumerate(words) if word.split("/")[-1] == "pagerworthy"), None)
            if place is None or "gate" not in words[place:]:
                continue
            rest = words[words.index("gate", place) + 1 :]
            # A glass that is always broken stops nothing.
            if then in _HIDING or words[0] in {"!", "echo"} or "--break-glass" in rest:
                continue
            named = next((each.strip("'\"") for each in rest if not each.startswith("-")), "")
            yield named if _NAME.fullmatch(named) else ""


def _shown(step: object, run: str) -> str:
    """The step's name as GitHub shows it."""
    name = _of(step, "name")
    shown = name if isinstance(name, str) else f"Run {run.strip().splitlines()[0]}"
    return "" if "${{" in shown else shown


def _of(part: object, name: str) -> object:
    return part.get(name) if isinstance(part, dict) else None


def _values(part: object) -> list[object]:
    return list(part.values()) if isinstance(part, dict) else []
