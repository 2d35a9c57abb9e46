"""What `pagerworthy rules test --format json` prints; held to `schemas/rules-test.schema.json`."""

from collections.abc import Iterable

import msgspec

from pagerworthy.slo.simulate.result import Rehearsal, Shown


class ObjectiveDoc(msgspec.Struct, frozen=True, kw_only=True):
    """An objective and what each scenario shows of it; `objective` is in percent, and `interval` that of scrapes and
    evaluations, in seconds.
    """

    id: str
    service: str
    slo: str
    objective: float
    window: str
    interval: int
    right: bool
    scenarios: tuple[Shown, ...]


class Document(msgspec.Struct, frozen=True):
    """All of them, and whether all is right."""

    right: bool
    objectives: tuple[ObjectiveDoc, ...]


def document(found: Iterable[Rehearsal]) -> Document:
    """The answer for machines: an objective each, by id."""
    rows = [
        ObjectiveDoc(
            id=objective.id,
            service=objective.service.name,
            slo=objective.slo.name,
            objective=objective.slo.objective,
            window=objective.slo.window,
            interval=rehearsal.case.interval,
            right=not rehearsal.wrong,
            scenarios=rehearsal.shown,
        )
        for rehearsal in found
        for objective in rehearsal.objectives
    ]
    rows.sort(key=lambda row: (row.service, row.slo))
    return Document(all(row.right for row in rows), tuple(rows))
