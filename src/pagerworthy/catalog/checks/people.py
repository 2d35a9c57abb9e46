"""Whether teams have the people that they are said to have."""

from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Kind
from pagerworthy.problem import Problem


def members(scope: Scope) -> Iterator[Problem]:
    """PW225: a team that owns something has members."""
    empty = {name for name, team in scope.catalog.teams.items() if not team.spec.members}
    if not empty:
        return
    owned: list[tuple[Kind, str, str]] = [("Service", name, ties.owner) for name, ties in scope.catalog.ties.items()]
    owned += [("System", name, system.spec.owner) for name, system in scope.catalog.systems.items()]
    for kind, name, owner in owned:
        if owner in empty:
            message = f"the {kind.lower()} {name} belongs to {owner}, a team without members"
            mend = f"add the members to {scope.names('Team')[owner]}, or name another owner"
            yield scope.problem("PW225", message, kind, name, "spec.owner", mend)


def approvers(scope: Scope) -> Iterator[Problem]:
    """PW235: an approver is in the team that they sign for."""
    for waiver in scope.catalog.waivers:
        approver = waiver.spec.approver
        team = scope.catalog.teams.get(approver.team)
        if team is not None and approver.name not in {person.name for person in team.spec.members}:
            near = scope.near(approver.name, [person.name for person in team.spec.members])
            mend = f"did you mean {near}?" if near else f"add the person to the entry of {approver.team}"
            message = f"{approver.name} is not in the team {approver.team}"
            yield scope.problem("PW235", message, "Waiver", waiver.name, "spec.approver.name", mend)
