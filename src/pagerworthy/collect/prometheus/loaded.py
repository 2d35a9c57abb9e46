"""The alerting rules that a server has loaded, and what is known of each objective and each service by them."""

import re
from collections.abc import Callable, Iterable, Mapping

import msgspec

from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.prometheus.server import Group, Rule, Server
from pagerworthy.evidence.text import inert
from pagerworthy.slo.rules import names

QUERY = "GET /api/v1/rules?type=alert"

# Whoever did not take our rules calls a page so.
PAGES = frozenset({"page", "critical"})
_BURNS = "slo:sli_error:ratio_rate"
_SERVICE = re.compile(rf'\b{names.SERVICE}="([^"\\]+)"')
_SLO = re.compile(rf'\b{names.SLO}="([^"\\]+)"')
_RUNBOOKS = ("runbook_url", "runbook")
_MOST_NAMED = 50


class Guard(msgspec.Struct, gc=False):
    """What is loaded for one objective: severities of burn-rate alerts, and whether missing data is noticed.

    `health` is the worst of its rules, as Prometheus says it; `interval` is in seconds, 0 where it is not said.
    """

    severities: tuple[str, ...] = ()
    absent: bool = False
    health: str = ""
    interval: float = 0


class Paging(msgspec.Struct, gc=False):
    """The rules of a service that page: how many, what they are called, and those that name no runbook."""

    pages: int = 0
    names: frozenset[str] = frozenset()
    without_runbook: tuple[str, ...] = ()


class Loaded(msgspec.Struct, frozen=True):
    """By service and objective, and by service; `digest` is that of the answer.

    `shared` are the names of rules that page and say of no service: they may be about several.
    """

    guards: Mapping[tuple[str, str], Guard]
    paging: Mapping[str, Paging]
    shared: frozenset[str]
    digest: str

    @classmethod
    def of(cls, server: Server, label: str, named: Callable[[str], str]) -> "Loaded":
        """Asks for them. Raises SourceError; also where there is not one rule: that is no ruler."""
        gathering, digest = server.rules(lambda: _begin(label, named))
        if not gathering.seen:
            raise SourceError("it says of no alerting rule at all: none are loaded, or its rules are elsewhere")
        return cls(gathering.guards, gathering.paging, frozenset(gathering.shared), digest)

    def named(self, service: str, declared: Iterable[str]) -> tuple[str, ...]:
        """The rules that page for a service, by name: its own, and of the shared ones those that it declares."""
        own = self.paging.get(service, Paging()).names
        wanted = {inert(name) for name in declared}
        here = wanted & (own | self.shared)
        return tuple(sorted(here | set(sorted(own)[:_MOST_NAMED])))


class _Gathering:
    def __init__(self, label: str, named: Callable[[str], str]) -> None:
        self.guards: dict[tuple[str, str], Guard] = {}
        self.paging: dict[str, Paging] = {}
        self.shared: set[str] = set()
        self.seen = False
        self._label = label
        self._named = named

    def take(self, group: Group) -> None:
        for rule in group.rules or ():
            if rule.type in {"", "alerting"}:
                self.seen = True
                self._take(rule, group.interval)

    def _take(self, rule: Rule, interval: float) -> None:
        labels = rule.labels or {}
        service = self._named(labels.get(self._label) or _first(_SERVICE, rule.query))
        severity = labels.get(names.SEVERITY) or labels.get("severity", "")
        if not service:
            if severity in PAGES:
                self.shared.add(inert(rule.name))
            return
        if severity in PAGES:
            self._pages(self.paging.setdefault(service, Paging()), rule)
        if slo := labels.get("slo") or _first(_SLO, rule.query):
            self._guards(self.guards.setdefault((service, slo), Guard()), rule, severity, interval)

    @staticmethod
    def _pages(paging: Paging, rule: Rule) -> None:
        paging.pages += 1
        paging.names |= {inert(rule.name)}
        said = rule.annotations or {}
        if not any(said.get(each, "").strip() for each in _RUNBOOKS) and len(paging.without_runbook) < _MOST_NAMED:
            paging.without_runbook = tuple(sorted({*paging.without_runbook, inert(rule.name)}))

    @staticmethod
    def _guards(guard: Guard, rule: Rule, severity: str, interval: float) -> None:
        # An alert on missing data looks at the same series.
        if (rule.labels or {}).get("data") or "absent" in rule.query:
            guard.absent = True
        elif _BURNS in rule.query and severity:
            kind = "page" if severity in PAGES else "ticket"
            guard.severities = tuple(sorted({*guard.severities, kind}))
        else:
            return
        guard.health = max(guard.health, rule.health or "unknown", key=_badness)
        guard.interval = interval


def _begin(label: str, named: Callable[[str], str]) -> tuple[_Gathering, Callable[[Group], None]]:
    gathering = _Gathering(label, named)
    return gathering, gathering.take


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _badness(health: str) -> int:
    return {"": 0, "ok": 1, "unknown": 2}.get(health, 3)
