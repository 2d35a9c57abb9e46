"""Looks whether the files that entries name exist, and whether runbooks have the sections that are asked for."""

from collections.abc import Iterator
from pathlib import Path

from pagerworthy.evidence.collectors.collector import Context, record
from pagerworthy.evidence.keys import Sections, Value
from pagerworthy.evidence.record import Record

_MAX_BYTES = 1024 * 1024


class FilesCollector:
    """Reads the working tree: `files.design` and `files.runbook`."""

    name = "files"
    keys = ("files.design", "files.runbook")

    def collect(self, context: Context) -> Iterator[Record]:
        wanted = context.settings.runbook_sections
        for name, service in context.catalog.services.items():
            design = service.spec.design
            if design and design.path:
                found = _look(context.root, design.path, ())
                yield record(self.name, name, "files.design", found, time=context.as_of, query=f"read {design.path}")
            for runbook in service.spec.runbooks:
                if runbook.path:
                    yield record(
                        self.name,
                        name,
                        "files.runbook",
                        _look(context.root, runbook.path, wanted),
                        time=context.as_of,
                        item=runbook.path,
                        query=f"read {runbook.path}",
                    )


def _look(root: Path, path: str, sections: tuple[str, ...]) -> Value | str:
    """What is there, or why it cannot be seen. A path that leads out of the repository counts as not there."""
    file = root / path
    try:
        inside = file.resolve().is_relative_to(root.resolve())
        if not inside or not file.is_file():
            return Sections(exists=False, missing=sections)
        with file.open("rb") as stream:
            content = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if len(content) > _MAX_BYTES:
        return f"{path} is larger than 1 MiB"
    present = _headings(content.decode("utf-8", errors="replace"))
    return Sections(exists=True, missing=tuple(each for each in sections if each.casefold() not in present))


def _headings(text: str) -> frozenset[str]:
    """The headings of a Markdown text that have something below them; one without would be a section in name only."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(text)
    found: set[str] = set()
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            following = tokens[index + 3].type if index + 3 < len(tokens) else "heading_open"
            if following != "heading_open":
                found.add(tokens[index + 1].content.strip().casefold())
    return frozenset(found)
