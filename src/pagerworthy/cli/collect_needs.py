"""Which evidence somebody waits for: what a due criterion, or a limit of the contract, needs."""

from pagerworthy.catalog import PHASES, Catalog
from pagerworthy.evidence import Record
from pagerworthy.project import Project

# Whoever is not yet accepted has no contract to break.
_ACCEPTED = PHASES.index("acceptance")


class Needs:
    """By the rubric that holds in a repository; where it cannot be read, all evidence is needed."""

    def __init__(self, project: Project, catalog: Catalog) -> None:
        self._project = project
        self._catalog = catalog
        self._by_phase: dict[str, frozenset[str]] | None = None

    def has(self, record: Record) -> bool:
        """Whether a criterion that is due for the record's service, in the phase that it is in, needs its key.

        Of a service whose entry cannot be read, all is needed.
        """
        service = self._catalog.services.get(record.subject)
        if service is None:
            return True
        if self._by_phase is None:
            self._by_phase = self._read()
        return not self._by_phase or record.key in self._by_phase[service.spec.phase]

    def _read(self) -> dict[str, frozenset[str]]:
        from pagerworthy.scoring import load_rubric

        rubric = load_rubric(self._project.root).rubric
        if rubric is None:
            return {}
        limits = {key for each in rubric.breaches for key in each.rule.needs}
        return {
            phase: frozenset(
                key for each in rubric.criteria if PHASES.index(each.phase) <= place for key in each.needs
            ).union(limits if place >= _ACCEPTED else ())
            for place, phase in enumerate(PHASES)
        }
