"""Looks whether the files that entries name exist, and whether runbooks have the sections that are asked for."""

from collections.abc import Iterator
from pathlib import Path

from pagerworthy.catalog import Service
from pagerworthy.catalog.precheck import SIZE_LIMIT
from pagerworthy.evidence.collectors.collector import Context, record
from pagerworthy.evidence.collectors.markdown import sections
from pagerworthy.evidence.keys import Value
from pagerworthy.evidence.keys.repository import Sections
from pagerworthy.evidence.record import Record


class FilesCollector:
    """Reads the working tree: `files.design` and `files.runbook`.

    A document at an address is not a file: `links` opens it, and here there is no record of it. An entry that names no
    design document at all has none, which is known.
    """

    name = "files"
    keys = ("files.design", "files.runbook")

    def collect(self, context: Context) -> Iterator[Record]:
        for name, service in context.catalog.services.items():
            yield from self._design(context, service)
            for path in dict.fromkeys(runbook.path for runbook in service.spec.runbooks if runbook.path):
                found = _look(context.root, path, context.settings.runbook_sections)
                yield self._record(context, name, "files.runbook", found, f"read {path}", item=path)

    def _design(self, context: Context, service: Service) -> Iterator[Record]:
        design = service.spec.design
        if design and design.path:
            found = _look(context.root, design.path, ())
            yield self._record(context, service.name, "files.design", found, f"read {design.path}")
        elif not (design and design.url):
            entry = context.catalog.file_of("Service", service.name)
            none = Sections(exists=False)
            yield self._record(context, service.name, "files.design", none, f"read spec.design in {entry}")

    def _record(
        self, context: Context, subject: str, key: str, found: Value | str, query: str, item: str = ""
    ) -> Record:
        return record(self.name, subject, key, found, time=context.as_of, item=item, query=query)


def _look(root: Path, path: str, wanted: tuple[str, ...]) -> Value | str:
    """What is there, or why it cannot be seen. A path that leads out of the repository counts as not there."""
    file = root / path
    try:
        inside = file.resolve().is_relative_to(root.resolve())
        if not inside or not file.is_file():
            return Sections(exists=False, missing=wanted)
        with file.open("rb") as stream:
            content = stream.read(SIZE_LIMIT + 1)
    except (OSError, ValueError, RuntimeError):
        # RuntimeError is how pathlib reports symbolic links that lead in a circle.
        return f"{path} cannot be read"
    if len(content) > SIZE_LIMIT:
        return f"{path} is larger than {SIZE_LIMIT // 1024} KiB"
    present = sections(content.decode("utf-8", errors="replace")) if wanted else frozenset()
    return Sections(exists=True, missing=tuple(each for each in wanted if each.casefold() not in present))
