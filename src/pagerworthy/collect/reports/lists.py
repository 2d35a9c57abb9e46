"""What the lists of ours have in common: rows by service, each wrong one said of its service where that is known."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

from pagerworthy.collect.reports.base import Told
from pagerworthy.collect.reports.documents import Row, rows
from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.collect.reports.model import (
    NEVER,
    UNDATED,
    Fault,
    Look,
    Note,
    NothingYetError,
    Said,
    WrongReportError,
    named_service,
    until,
    why,
)
from pagerworthy.evidence.text import inert

_SERVICE = re.compile(r"[a-z][a-z0-9-]{0,62}")


class Part(Protocol):
    """A row; `service` is whose it is, and `origin` where it can be looked up."""

    @property
    def service(self) -> str: ...

    @property
    def origin(self) -> str: ...


class About(NamedTuple):
    """What a row is about: keys, and an item of them; without one, each may be meant."""

    keys: Sequence[str]
    item: str = ""


_T = TypeVar("_T", bound=Part)
Raw = Mapping[str, object]
Reader = Callable[[Sequence[ReportFile], Look], Iterator[Said | Fault | Note]]


def about_item(keys: Sequence[str], name: str) -> Callable[[Raw], About]:
    """Finds what a row that is wrong may be about, where its item stands under `name`."""

    def about(raw: Raw) -> About:
        item = raw.get(name)
        return About(keys, item if isinstance(item, str) else "")

    return about


def _time(raw: Raw) -> dt.datetime:
    return until(raw.get("time"))


def each_alone(
    kind: type[_T],
    keys: Sequence[str],
    say: Callable[[_T, str, Look], Said],
    *,
    about: Callable[[Raw], About] | None = None,
    when: Callable[[Raw], dt.datetime] = _time,
) -> Reader:
    """Rows that each say something by themselves; `say` is given the row and its place.

    Of a row that is wrong, `about` tells by what stands there which keys and which item it may be about, and `when` the
    latest moment that it may be of.
    """
    everything = About(keys)

    def read(files: Sequence[ReportFile], look: Look) -> Iterator[Said | Fault | Note]:
        for file in files:
            try:
                for row in rows(file, kind):
                    if _is_nobodys(row.service, look):
                        yield _nobodys(row)
                        continue
                    try:
                        if row.value is None:
                            raise WrongReportError(row.fault)
                        place = _looked_up(row.value, row.place, look)
                        said = say(row.value, place, look)
                    except Exception as error:  # noqa: BLE001 -- one row that cannot be read hides no other
                        reason = row.fault or f"{row.place}: {why(error)}"
                        held = NEVER if isinstance(error, NothingYetError) else when(row.raw)
                        what = about(row.raw) if about else everything
                        yield from _wrong(row.service or named_service(file, look), what, reason, look, held)
                    else:
                        yield said._replace(declared=not row.value.origin)
            except Exception as error:  # noqa: BLE001 -- nor does a file
                reason, held = f"{file.path}: {why(error)}", look.last_written(file)
                yield from _wrong(named_service(file, look), everything, reason, look, held)

    return read


def together(
    kind: type[_T], keys: Sequence[str], say: Callable[[str, list[tuple[_T, str]], Look], Iterator[Said]]
) -> Reader:
    """Rows that say something only with all others of their service, from all files.

    A wrong one, or a file that cannot be read, makes what they say together not known.
    """

    def read(files: Sequence[ReportFile], look: Look) -> Iterator[Said | Fault | Note]:
        found: defaultdict[str, list[tuple[_T, str]]] = defaultdict(list)
        wrong: dict[str, str] = {}
        for each in _each(kind, files, look):
            if _is_nobodys(each.service, look):
                yield _nobodys(each)
            elif each.value is not None:
                found[each.service].append((each.value, each.place))
            elif each.service:
                wrong.setdefault(each.service, each.fault)
            else:
                yield Fault(each.fault, spoils=True)
        for service, parts in found.items():
            if service not in wrong:
                try:
                    yield from say(service, parts, look)
                except WrongReportError as error:
                    wrong[service] = str(error)
        for service, reason in wrong.items():
            yield from _wrong(service, About(keys), reason, look, UNDATED)

    return read


def _is_nobodys(service: str, look: Look) -> bool:
    """Whether a row is about a service that the catalog lacks: one that has left it, or is misspelt."""
    catalog = look.context.catalog
    return bool(_SERVICE.fullmatch(service)) and service not in catalog.services and service not in catalog.unreadable


def _nobodys(row: Row[_T]) -> Note:
    return Note(f"{row.place}: there is no service {row.service}", row.service, row.service)


def past(text: str, place: str, look: Look) -> dt.datetime:
    """The moment of a row that counts together with others. Raises WrongReportError for one that is yet to come."""
    try:
        return look.past(text)
    except WrongReportError as error:
        raise WrongReportError(f"{place}: {error}") from error


def _looked_up(row: Part, place: str, look: Look) -> str:
    """The place of a row, and where what it says can be looked up. Raises WrongReportError where that is not there."""
    named = row.source if isinstance(row, Told) else ""
    if not named:
        return place
    if fault := look.origins(named):
        raise WrongReportError(f"source is a file of the repository or a web address: {inert(named, 100)}: {fault}")
    return f"{place}, from {named}"


def _each(kind: type[_T], files: Sequence[ReportFile], look: Look) -> Iterator[Row[_T]]:
    """The rows of all files; what is wrong, be it a whole file, with the service that it is about, if that is known."""
    for file in files:
        named = named_service(file, look)
        try:
            for row in rows(file, kind):
                if row.value is None:
                    yield row._replace(service=row.service or named)
                    continue
                try:
                    yield row._replace(service=row.value.service, place=_looked_up(row.value, row.place, look))
                except Exception as error:  # noqa: BLE001 -- as above
                    yield Row(row.place, None, row.value.service, f"{row.place}: {why(error)}")
        except Exception as error:  # noqa: BLE001 -- as above
            yield Row(file.path, None, named, f"{file.path}: {why(error)}")


def _wrong(service: str, about: About, reason: str, look: Look, held: dt.datetime) -> Iterator[Said | Fault]:
    """What is wrong with a row or a file: of its service, or else of whichever it may be."""
    if _SERVICE.fullmatch(service):
        for key in about.keys:
            yield Said(service, key, about.item, reason, look.as_of, "", held)
    else:
        yield Fault(reason, spoils=True, held=held)
