"""Which rule files a catalog has: one for each service with objectives, and one for all."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

import msgspec

from pagerworthy import __version__
from pagerworthy.catalog import Catalog, Decision, PagerHolder, Service, glance
from pagerworthy.handover import pager_at
from pagerworthy.problem import Problem, Severity
from pagerworthy.slo.rules.annotations import Texts
from pagerworthy.slo.rules.build import ENDING

# Raised when the same entry is to give other rules.
FORM = 1
_SERVICES = "catalog/services/"
_LEVELS = "spec.slos"


class Wanted(msgspec.Struct, frozen=True):
    """The rules of a service, not made yet; `stamp` is the digest of all that they follow from."""

    services: Mapping[str, Service]
    subject: str
    source: str
    texts: Texts
    stamp: str

    @property
    def name(self) -> str:
        return f"{self.subject}{ENDING}"

    @property
    def service(self) -> Service:
        return self.services[self.subject]


class RulePlan(msgspec.Struct, frozen=True):
    """What a folder of rules is to hold.

    `unsure` are the files of services that cannot be built because of `problems`: what stands there stays, since old
    alerts are better than none.
    """

    wanted: tuple[Wanted, ...]
    unsure: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()


def plan_rules(catalog: Catalog, problems: Iterable[Problem], as_of: dt.datetime, site: str) -> RulePlan:
    """Plans the rules of a catalog; `problems` are those of reading it.

    `as_of` decides who holds each pager, and `site` is the address at which runbooks are published, or empty.
    """
    services = catalog.places.get("Service", {})
    broken = {file for file in catalog.files if file.startswith(_SERVICES)} - set(services.values())
    hindering = tuple(problem for problem in problems if _hinders(problem, broken))
    stopped = {problem.where.file for problem in hindering}
    held = holders(catalog.decisions, as_of)
    wanted = []
    for name, seen in glance(catalog.services, _Entry):
        source = services[name]
        if seen.spec.slos != _NONE and source not in stopped:
            texts = Texts(holder=held.get(name, "dev"), site=site)
            wanted.append(Wanted(catalog.services, name, source, texts, _stamp(seen, source, texts)))
    unsure = {f"{name}{ENDING}" for name, file in services.items() if file in stopped}
    unsure |= {f"{PurePosixPath(file).stem}{ENDING}" for file in broken}
    return RulePlan(tuple(wanted), frozenset(unsure - {each.name for each in wanted}), hindering)


def _hinders(problem: Problem, broken: set[str]) -> bool:
    """Whether no rules can be made of the entry: it cannot be read, or an objective is wrong."""
    if problem.severity is not Severity.ERROR or not problem.where.file.startswith(_SERVICES):
        return False
    return problem.where.file in broken or problem.where.path.startswith(_LEVELS)


def holders(decisions: Iterable[Decision], as_of: dt.datetime) -> Mapping[str, PagerHolder]:
    """Who holds the pager of each service on which there are decisions, at a moment."""
    by_service: dict[str, list[Decision]] = {}
    for decision in decisions:
        by_service.setdefault(decision.spec.service, []).append(decision)
    return {name: pager_at(made, as_of).holder for name, made in by_service.items()}


_NONE = msgspec.Raw(msgspec.msgpack.encode([]))


class _Metadata(msgspec.Struct, frozen=True):
    name: str
    title: str = ""


class _Monitoring(msgspec.Struct, frozen=True):
    alerts: msgspec.Raw = _NONE
    dashboards: tuple[msgspec.Raw, ...] = ()


class _Spec(msgspec.Struct, frozen=True):
    owner: str
    system: str
    tier: int
    phase: str
    slos: msgspec.Raw = _NONE
    monitoring: _Monitoring = _Monitoring()
    runbooks: msgspec.Raw = _NONE


class _Entry(msgspec.Struct, frozen=True):
    """The parts of an entry that its rules follow from, and nothing else: an edit elsewhere changes no rule."""

    metadata: _Metadata
    spec: _Spec


_encoder = msgspec.msgpack.Encoder()


def _stamp(seen: _Entry, source: str, texts: Texts) -> str:
    spec = seen.spec
    monitoring = msgspec.structs.replace(spec.monitoring, dashboards=spec.monitoring.dashboards[:1])
    inputs = (FORM, __version__, source, texts, seen.metadata, msgspec.structs.replace(spec, monitoring=monitoring))
    return hashlib.sha256(_encoder.encode(inputs)).hexdigest()[:32]
