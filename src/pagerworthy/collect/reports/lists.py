"""What the lists of ours have in common: rows by service, each wrong one said of its service where that is known."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from pagerworthy.collect.reports.documents import rows
from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.collect.reports.model import Fault, Look, Said, WrongReportError, named_service


class Part(Protocol):
    """A row; `service` is whose it is."""

    @property
    def service(self) -> str: ...


_T = TypeVar("_T", bound=Part)
Reader = Callable[[Sequence[ReportFile], Look], Iterator[Said | Fault]]


def each_alone(kind: type[_T], keys: Sequence[str], say: Callable[[_T, str, Look], Said]) -> Reader:
    """Rows that each say something by themselves; `say` is given the row and its place."""

    def read(files: Sequence[ReportFile], look: Look) -> Iterator[Said | Fault]:
        for file in files:
            try:
                for row in rows(file, kind):
                    try:
                        if row.value is None:
                            raise WrongReportError(row.fault)
                        said = say(row.value, row.place, look)
                    except WrongReportError as error:
                        reason = row.fault or f"{row.place}: {error}"
                        yield from _wrong(row.service or named_service(file, look), keys, reason, look, spoils=False)
                    else:
                        yield said
            except WrongReportError as error:
                yield from _wrong(named_service(file, look), keys, f"{file.path}: {error}", look, spoils=False)

    return read


def together(
    kind: type[_T], keys: Sequence[str], say: Callable[[str, list[tuple[_T, str]], Look], Iterator[Said]]
) -> Reader:
    """Rows that say something only with all others of their service, from all files.

    A wrong one, or a file that cannot be read, makes what they say together not known.
    """

    def read(files: Sequence[ReportFile], look: Look) -> Iterator[Said | Fault]:
        found: defaultdict[str, list[tuple[_T, str]]] = defaultdict(list)
        wrong: dict[str, str] = {}
        for file in files:
            named = named_service(file, look)
            try:
                for row in rows(file, kind):
                    if row.value is not None:
                        found[row.service].append((row.value, row.place))
                    elif row.service or named:
                        wrong.setdefault(row.service or named, row.fault)
                    else:
                        yield Fault(row.fault, spoils=True)
            except WrongReportError as error:
                reason = f"{file.path}: {error}"
                if named:
                    wrong.setdefault(named, reason)
                else:
                    yield Fault(reason, spoils=True)
        for service, parts in found.items():
            if service not in wrong:
                try:
                    yield from say(service, parts, look)
                except WrongReportError as error:
                    wrong[service] = str(error)
        for service, reason in wrong.items():
            yield from _wrong(service, keys, reason, look, spoils=True)

    return read


def _wrong(service: str, keys: Sequence[str], reason: str, look: Look, *, spoils: bool) -> Iterator[Said | Fault]:
    if service in look.context.catalog.services:
        for key in keys:
            yield Said(service, key, "", reason, look.as_of, "")
    else:
        yield Fault(reason, spoils=spoils)
