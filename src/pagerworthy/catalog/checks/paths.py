"""Whether the files that entries name are there."""

import stat
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Kind
from pagerworthy.problem import Problem


class _Known:
    """The files of the catalog; what only suggestions need is worked out once, and only when it is asked for."""

    def __init__(self, files: Iterable[str]) -> None:
        self.paths = frozenset(files)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        return tuple(sorted(each for each in self.paths if each.endswith(".md")))

    def named(self, name: str) -> str:
        """The first file of this name, wherever it is; empty where there is none."""
        return self._by_name.get(name, "")

    @cached_property
    def _by_name(self) -> dict[str, str]:
        return {each.rsplit("/", 1)[-1]: each for each in sorted(self.paths, reverse=True)}


def files(scope: Scope) -> Iterator[Problem]:
    """PW213, PW214: runbooks, design documents and what people attest are regular files of this repository."""
    known = _Known(scope.catalog.files)
    for attestation in scope.catalog.attestations:
        path = attestation.spec.about.path
        if path and path not in known.paths:
            yield from _file(scope, "Attestation", attestation.name, path, "spec.about.path", known)
    if known.paths.issuperset(chain.from_iterable([ties.files for ties in scope.catalog.ties.values()])):
        return
    for name, ties in scope.catalog.ties.items():
        if not known.paths.issuperset(ties.files):
            spec = scope.catalog.services[name].spec
            for index, runbook in enumerate(spec.runbooks):
                if runbook.path and runbook.path not in known.paths:
                    yield from _file(scope, "Service", name, runbook.path, f"spec.runbooks[{index}].path", known)
            if spec.design is not None and spec.design.path and spec.design.path not in known.paths:
                yield from _file(scope, "Service", name, spec.design.path, "spec.design.path", known)


def _file(scope: Scope, kind: Kind, name: str, path: str, place: str, known: _Known) -> Iterator[Problem]:
    here = scope.root
    mode = 0
    for part in path.split("/"):
        here = here / part
        try:
            mode = here.lstat().st_mode
        except OSError:
            mend = _mend(scope, path, known)
            yield scope.problem("PW213", f"there is no file {path}", kind, name, place, mend)
            return
        if stat.S_ISLNK(mode):
            message = f"{here.relative_to(scope.root).as_posix()} is a symbolic link, and links are not followed"
            yield scope.problem("PW214", message, kind, name, place, "name the file itself")
            return
    if not stat.S_ISREG(mode):
        mend = "name a file, from the repository's root"
        yield scope.problem("PW214", f"{path} is not a file", kind, name, place, mend)


def _mend(scope: Scope, path: str, known: _Known) -> str:
    same = known.named(path.rsplit("/", 1)[-1])
    if same:
        return f"did you mean {same}? paths start at the repository's root"
    near = scope.near(path, known.texts)
    return f"did you mean {near}?" if near else f"write {path}, or mend the path; paths start at the repository's root"
