"""Whether the decisions about a service follow from each other.

Who carries a pager is worked out from the decisions in their order; one that cannot follow was either recorded
wrongly, or another is missing.
"""

import datetime as dt
from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Decision, PagerHolder
from pagerworthy.problem import Problem

_SRE: frozenset[PagerHolder] = frozenset({"shared", "sre"})


def order(scope: Scope) -> Iterator[Problem]:
    """PW220, PW221, PW222: each decision follows from those before it, at a time of its own that has come."""
    # A decision that cannot be read may be the one that is missing here.
    whole = not scope.any_broken("Decision")
    for service, decisions in _by_service(scope).items():
        state = _State()
        previous: Decision | None = None
        for decision in decisions:
            time = decision.spec.time
            if time > scope.as_of:
                message = f"the decision is dated {_shown(time)}, and does not count at {_shown(scope.as_of)}"
                mend = "mend the time, if it is wrong; it is in UTC"
                yield scope.problem("PW221", message, "Decision", decision.name, "spec.time", mend)
            elif previous is not None and previous.spec.time == time:
                message = f"{previous.name} was decided at the same moment, {_shown(time)}"
                mend = "write when each of them was decided"
                yield scope.problem("PW222", message, "Decision", decision.name, "spec.time", mend)
            wrong = state.take(decision)
            if wrong and whole and service in scope.catalog.ties:
                yield scope.problem("PW220", wrong[0], "Decision", decision.name, "spec.action", wrong[1])
            previous = decision


def levels(scope: Scope) -> Iterator[Problem]:
    """PW224: what was last agreed on is what the service's SLOs measure."""
    for name, decisions in _by_service(scope).items():
        ties = scope.catalog.ties.get(name)
        agreed = [each for each in decisions if each.spec.action == "agree"]
        if ties is None or not agreed:
            continue
        slos = ties.slos
        for index, level in enumerate(agreed[-1].spec.levels):
            if level.slo not in slos:
                near = scope.near(level.slo, slos)
                mend = f"did you mean {near}?" if near else f"the SLOs of {name} are {', '.join(slos) or 'none yet'}"
                path = f"spec.levels[{index}].slo"
                yield scope.problem("PW224", f"{name} has no SLO {level.slo}", "Decision", agreed[-1].name, path, mend)


class _State:
    """What the decisions so far amount to."""

    def __init__(self) -> None:
        self.agreed = False
        self.frozen = False
        self.holder: PagerHolder = "dev"

    def take(self, decision: Decision) -> tuple[str, str] | None:
        """Follows one decision; says what is wrong with it, and how to mend that."""
        spec = decision.spec
        wrong = self._wrong(decision)
        match spec.action:
            case "agree":
                self.agreed = True
            case "shadow":
                self.holder = spec.pager or "shadow"
            case "accept" | "accept-with-conditions":
                self.holder = spec.pager or "sre"
            case "freeze":
                self.frozen = True
            case "resume":
                self.frozen = False
            case "hand-back":
                self.holder, self.frozen = "dev", False
        return wrong

    def _wrong(self, decision: Decision) -> tuple[str, str] | None:
        service = decision.spec.service
        held = self.holder in _SRE
        match decision.spec.action:
            case "accept" | "accept-with-conditions" if not self.agreed:
                mend = "record the agreement on tier and service levels first: action: agree"
                return f"{service} is accepted, and nothing was agreed on before", mend
            case "shadow" if held:
                return f"SRE is to shadow the pager of {service}, and carries it already", "hand it back first"
            case "keep" if not held:
                return f"SRE is to keep the pager of {service}, and does not carry it", "record the acceptance first"
            case "hand-back" if self.holder == "dev":
                return f"the pager of {service} is handed back, and its team has it", "record the acceptance first"
            case "freeze" if self.frozen:
                return f"{service} is frozen, and was frozen before", "record the resume in between"
            case "resume" if not self.frozen:
                return f"{service} resumes, and was not frozen", "record the freeze before, or remove this"
        return None


def _by_service(scope: Scope) -> dict[str, list[Decision]]:
    groups: dict[str, list[Decision]] = {}
    for decision in scope.catalog.decisions:
        groups.setdefault(decision.spec.service, []).append(decision)
    return groups


def _shown(time: dt.datetime) -> str:
    return time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
