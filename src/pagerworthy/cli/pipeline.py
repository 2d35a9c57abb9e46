"""From a repository to its scores: what `score`, `site` and the reports share."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from pagerworthy.catalog import Catalog, check, check_waivers, load, locate
from pagerworthy.cli.kept_scores import keep_shelf, read_shelf
from pagerworthy.cli.options import moment
from pagerworthy.cli.unread_attestations import unread_attestations
from pagerworthy.evidence import Evidence, configured_paths, read_evidence, with_attestations
from pagerworthy.graph import DependencyGraph, GraphFacts, graph_facts
from pagerworthy.parallel import at_once
from pagerworthy.problem import Problem, Severity, Where
from pagerworthy.project import Project, ProjectError
from pagerworthy.scoring import Rubric, Scores, load_rubric, score

_POSTMORTEMS = "catalog/postmortems/"
_NAME = re.compile(r"[a-z0-9-]+")
_START = 128 * 1024
# Fewer services are compared sooner than a second process starts.
_MANY = 600
# A verdict that rests on one of these that cannot be read would be another verdict, not a smaller one. A folder that is
# nearly called so holds what somebody took for decisions or waivers.
_DECIDING = ("catalog/decision", "catalog/waiver", "scoring")
# Reading a file and its schema, and the order of decisions. That a decision names a service or an objective which is
# gone is a problem, too, but it must not stop the others' scores.
_BREAKS = ("PW0", "PW1", "PW220", "PW222", "PW3")


class _Compared(msgspec.Struct, frozen=True):
    """What follows from entries alone, beside each other: their problems, and the facts of the graph."""

    problems: list[Problem]
    facts: dict[str, GraphFacts]


class Assessment(msgspec.Struct, frozen=True):
    """All that is known of a repository at a moment."""

    as_of: dt.datetime
    catalog: Catalog
    graph: DependencyGraph
    evidence: Evidence
    rubric: Rubric
    scores: Scores
    problems: tuple[Problem, ...]


class CannotAssess(Exception):  # noqa: N818 -- names what happened
    """A broken rubric, waiver or decision: nothing is judged until it is mended. Exit code 2."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = tuple(problems)


def evidence_paths(project: Project, given: Sequence[Path]) -> list[Path]:
    """The paths given on the command line, or else those of the settings.

    Raises ProjectError for a path that does not exist. A configured folder that is not there yet is no evidence.
    """
    for path in given:
        if not path.exists():
            raise ProjectError(
                Problem(
                    code="PW501",
                    message=f"there is no evidence at {path}",
                    where=Where(file=str(path)),
                    help="name a .jsonl file, or a folder of them, with --evidence PATH",
                )
            )
    if given:
        return list(given)
    paths, problems = configured_paths(project.root, project.settings.evidence.paths)
    if problems:
        raise ProjectError(problems[0])
    return list(paths)


def _nothing(step: str) -> None:
    """Says nothing of a step."""


def assess(
    project: Project,
    *,
    as_of: dt.datetime | None = None,
    evidence: Sequence[Path] = (),
    cache: bool = True,
    say: Callable[[str], None] | None = None,
) -> Assessment:
    """Loads, graphs and scores a repository.

    A service's own mistake leaves the others scored and comes back in `problems`. Raises CannotAssess where the
    rubric, a waiver or a decision is broken, and ProjectError where the evidence named does not exist. `say` is told
    of each step as it begins, and an empty text at the end.
    """
    say = say or _nothing
    when = moment(project, as_of)
    paths = evidence_paths(project, evidence)
    say("reading entries")
    loaded = load(project.root, cache=cache)
    say("checking entries, the rubric and evidence")
    read = load_rubric(project.root)
    catalog, rubric = loaded.catalog, read.rubric
    criteria = None if rubric is None else [criterion.id for criterion in rubric.criteria]
    graph = DependencyGraph.of(catalog)

    def evidence_of() -> Evidence:
        subjects = [*catalog.services, *catalog.unreadable]
        return read_evidence(project.root, paths, as_of=when, subjects=subjects, cache=cache)

    def compared() -> _Compared:
        return _Compared(check(catalog, project.root, as_of=when, criteria=criteria), graph_facts(catalog, graph))

    many = len(catalog.services) >= _MANY
    known, found = at_once(evidence_of, compared, _Compared) if many else (evidence_of(), compared())
    problems = [*loaded.problems, *read.problems, *found.problems]
    broken = [problem for problem in problems if _stops(problem)]
    if broken or rubric is None:
        say("")
        raise CannotAssess(locate(project.root, broken or list(read.problems)))
    known = with_attestations(known, catalog, unread_attestations(project.root, loaded.problems, catalog))
    problems += [*known.problems, *check_waivers(catalog, rubric.policy.waivers)]
    say(f"scoring {len(catalog.services):,} services")
    unread = _unread_postmortems(project.root, problems, catalog)
    # At another moment everything may be different: what follows from this one is only kept where it comes again.
    shelf = read_shelf(project.root) if cache and (as_of or project.settings.scoring.as_of) else None
    scores = score(catalog, graph, known, rubric, when, unread=unread, facts=found.facts, shelf=shelf)
    if shelf is not None:
        keep_shelf(project.root, shelf)
    say("")
    return Assessment(
        as_of=when,
        catalog=catalog,
        graph=graph,
        evidence=known,
        rubric=rubric,
        scores=scores,
        problems=tuple(locate(project.root, problems)),
    )


def _stops(problem: Problem) -> bool:
    """Whether nothing can be judged because of this problem."""
    return (
        problem.severity is Severity.ERROR
        and problem.where.file.casefold().startswith(_DECIDING)
        and problem.code.startswith(_BREAKS)
    )


def _unread_postmortems(root: Path, problems: Sequence[Problem], catalog: Catalog) -> dict[str, list[str]]:
    """The post-mortems that cannot be read, by each service that they may be about: every one that they name.

    One that names no service may be about any.
    """
    broken = sorted(
        {
            problem.where.file
            for problem in problems
            if problem.severity is Severity.ERROR and problem.where.file.startswith(_POSTMORTEMS)
        }
    )
    about: dict[str, list[str]] = {}
    for file in broken:
        named = catalog.services.keys() & set(_NAME.findall(_start_of(root / file)))
        for service in sorted(named or catalog.services.keys()):
            about.setdefault(service, []).append(file.removeprefix(_POSTMORTEMS))
    return about


def _start_of(file: Path) -> str:
    """As much of a broken file as could hold its front matter; nothing of what is no file of its own."""
    try:
        if file.is_symlink() or not file.is_file():
            return ""
        with file.open("rb") as stream:
            return stream.read(_START).decode("utf-8", errors="replace")
    except OSError:
        return ""
