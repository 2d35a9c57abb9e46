"""What ran on the main branch: how often the pipeline is green, and whether the gate was among its steps."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pagerworthy.collect.github.answers import Ran
from pagerworthy.collect.github.everything import RECENT, Known, there
from pagerworthy.collect.github.places import Asked
from pagerworthy.collect.github.workflows import Gate, Gates
from pagerworthy.evidence import Value
from pagerworthy.evidence.keys.base import Active
from pagerworthy.evidence.keys.delivery import Pipeline

_GREEN = frozenset({"SUCCESS"})
_RED = frozenset({"FAILURE", "TIMED_OUT", "STARTUP_FAILURE"})
_BY_HAND = frozenset({"workflow_dispatch", "repository_dispatch"})
# Pull requests' own runs, and those that GitHub makes up itself, as for pages and Dependabot.
_NOT_OURS = frozenset({"pull_request", "pull_request_target", "dynamic"})
_NO_DEPLOYMENT = (
    "no deployment to production is seen: name the workflow that deploys in release.pipeline, or let it deploy to an "
    "environment of production"
)
# So many of the newest runs of a workflow are looked at for its steps.
_NEWEST = 2


class Run(NamedTuple):
    """A finished run of a workflow on the main branch."""

    suite: str
    file: str
    event: str
    conclusion: str
    time: dt.datetime


def runs_of(known: Known, as_of: dt.datetime) -> list[Run] | str:
    """The runs of the newest commits, the newest first, or why they are not seen."""
    for field in ("defaultBranchRef", "target"):
        if field in known.faults:
            return known.faults[field]
    return sorted(_runs(known, as_of), key=lambda each: each.time, reverse=True)


def _runs(known: Known, as_of: dt.datetime) -> Iterator[Run]:
    branch = known.branch
    history = branch.target.history if branch and branch.target else None
    for commit in history.nodes or () if history else ():
        suites = commit.check_suites.nodes or () if commit and commit.check_suites else ()
        for suite in suites:
            if suite is None or suite.workflow_run is None or suite.status != "COMPLETED" or branch is None:
                continue
            run = suite.workflow_run
            here = suite.branch is None or suite.branch.name == branch.name
            if here and run.event not in _NOT_OURS and as_of - RECENT <= suite.created_at <= as_of:
                file = run.workflow.resource_path.rpartition("/")[2]
                yield Run(suite.id, file, run.event, suite.conclusion or "", suite.created_at)


def pipeline(runs: list[Run] | str, asked: Asked, *, deployed: bool) -> Value | str | None:
    """How often the pipeline is green, of the runs that came to an end by themselves; None where none did.

    It needs no hand where it is started by events, more often than not, and deploys: its entry names the workflow that
    does, or deployments to production are seen.
    """
    if isinstance(runs, str):
        return runs
    ended = [
        run for run in runs if run.conclusion in _GREEN | _RED and (not asked.workflow or run.file == asked.workflow)
    ]
    if not ended:
        return None
    if not asked.workflow and not deployed:
        return _NO_DEPLOYMENT
    by_hand = sum(run.event in _BY_HAND for run in ended)
    automated = by_hand < len(ended) / 2 if asked.workflow else by_hand < len(ended)
    return Pipeline(automated=automated, green=sum(run.conclusion in _GREEN for run in ended) / len(ended))


def suites_for(gates: Gates, runs: list[Run] | str) -> list[str]:
    """The suites whose steps have to be looked at."""
    return [run.suite for gate in gates.found for run in _newest(gate, runs)]


def _newest(gate: Gate, runs: list[Run] | str) -> list[Run]:
    if isinstance(runs, str):
        return []
    return [run for run in runs if run.file in gate.files and run.conclusion in _GREEN | _RED][:_NEWEST]


def gate(
    gates: Gates, runs: list[Run] | str, steps: Mapping[str, Ran | str], asked: Asked, *, shared: bool
) -> Value | str | None:
    """Whether the gate was a step of the pipeline that ran, for this service.

    Where no workflow has it, it does not run. Where one has it, and it was not seen to run, that is not known.
    """
    if isinstance(runs, str):
        return runs
    if not gates.files or not runs:
        return None
    mine = [each for each in gates.found if each.service in {"", asked.service}]
    reason = ""
    for each in mine:
        for run in _newest(each, runs):
            ran = steps.get(run.suite, "GitHub does not show its steps")
            if isinstance(ran, str):
                reason = ran
            elif _is_among(each, ran, asked.service, any_job=bool(each.service) or not shared):
                return Active(active=True)
    if reason:
        return reason
    return Active(active=False) if gates.whole and not mine else None


def _is_among(gate: Gate, ran: Ran, service: str, *, any_job: bool) -> bool:
    for job in there(ran.check_runs.nodes if ran.check_runs else None):
        if not (any_job or re.search(rf"(?<![\w-]){re.escape(service)}(?![\w-])", job.name)):
            continue
        for step in there(job.steps.nodes if job.steps else None):
            named = step.name == gate.name if gate.name else False
            if named and step.conclusion in {"SUCCESS", "FAILURE"}:
                return True
    return False
