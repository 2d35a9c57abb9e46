"""Whether the decisions about a service follow from each other.

Who carries a pager is worked out from the decisions in their order; one that cannot follow was either recorded
wrongly, or another is missing.
"""

import datetime as dt
from collections.abc import Iterator

import msgspec

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Decision, PagerHolder, Person
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


def parties(scope: Scope) -> Iterator[Problem]:
    """PW236: whoever decided for a party belongs to it, as far as today's entries tell.

    Of each service the last decision of each action is looked at: people leave their teams, and what has been decided
    again since cannot be mended and need not be.
    """
    newest = {(each.spec.service, each.spec.action): each for each in scope.catalog.decisions}
    sre = _Party("in a team with the role sre", "the entry of such a team", *_sre(scope))
    for decision in newest.values():
        ties = scope.catalog.ties.get(decision.spec.service)
        if ties is None:
            continue
        signed = decision.spec.parties
        for role, person, party in (
            ("business", signed.business, _business(scope, ties.system)),
            ("development", signed.development, _development(scope, ties.owner)),
            ("sre", signed.sre, sre),
        ):
            if party is None or not party.known or any(_same(person, each) for each in party.people):
                continue
            near = scope.near(person.name, [each.name for each in party.people])
            now = f"did you mean {near}? otherwise name" if near else "name"
            mend = (
                f"{now} somebody who is, or add them to {party.entry}; leave it if they were when this was decided: "
                "the entries say only who is today"
            )
            message = f"{person.name} decides for {role}, and is not {party.what}"
            yield scope.problem("PW236", message, "Decision", decision.name, f"spec.parties.{role}.name", mend)


class _Party(msgspec.Struct, frozen=True):
    """Who may speak for a party today: `what` they are, the `entry` that says so, and whether it could be read."""

    what: str
    entry: str
    people: tuple[Person, ...]
    known: bool = True


def _sre(scope: Scope) -> tuple[tuple[Person, ...], bool]:
    teams = scope.catalog.teams.values()
    people = tuple(person for team in teams if team.spec.role == "sre" for person in team.spec.members)
    # The team that could not be read may be the one.
    return people, not scope.any_broken("Team")


def _development(scope: Scope, owner: str) -> _Party | None:
    team = scope.catalog.teams.get(owner)
    if team is None:
        return None
    return _Party(f"in {team.name}, the team that owns the service", f"the entry of {team.name}", team.spec.members)


def _business(scope: Scope, name: str) -> _Party | None:
    system = scope.catalog.systems.get(name)
    if system is None or system.spec.business_owner is None:
        return None
    owner = system.spec.business_owner
    return _Party(f"{owner.name}, the business owner of {system.name}", f"the entry of {system.name}", (owner,))


def _same(one: Person, other: Person) -> bool:
    """Whether two entries mean one person: names are written in more than one way, addresses are not."""
    return (
        one.name == other.name
        or (bool(one.email) and one.email.lower() == other.email.lower())
        or (bool(one.github) and one.github.lower() == other.github.lower())
    )


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
