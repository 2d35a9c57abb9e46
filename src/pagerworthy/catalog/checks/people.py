"""Whether teams have the people that they are said to have."""

from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.problem import Problem


def members(scope: Scope) -> Iterator[Problem]:
    """PW225: a team that owns something has members."""
    for kind, entries in (("service", scope.catalog.services), ("system", scope.catalog.systems)):
        for entry in entries.values():
            team = scope.catalog.teams.get(entry.spec.owner)
            if team is not None and not team.spec.members:
                message = f"the {kind} {entry.name} belongs to {team.name}, a team without members"
                file = scope.catalog.file_of("Team", team.name)
                mend = f"add the members to {file}, or name another owner"
                yield scope.problem("PW225", message, entry, "spec.owner", mend)


def belonging(scope: Scope) -> Iterator[Problem]:
    """PW235: a lead is in the team, and an approver in the team that they sign for."""
    for team in scope.catalog.teams.values():
        names = [person.name for person in team.spec.members]
        if team.spec.lead and team.spec.lead not in names:
            near = scope.near(team.spec.lead, names)
            mend = f"did you mean {near}?" if near else "add the person to spec.members"
            yield scope.problem("PW235", f"{team.spec.lead} is not in the team {team.name}", team, "spec.lead", mend)
    for waiver in scope.catalog.waivers:
        approver = waiver.spec.approver
        signing = scope.catalog.teams.get(approver.team)
        if signing is not None and approver.name not in {person.name for person in signing.spec.members}:
            near = scope.near(approver.name, [person.name for person in signing.spec.members])
            mend = f"did you mean {near}?" if near else f"add the person to the entry of {approver.team}"
            message = f"{approver.name} is not in the team {approver.team}"
            yield scope.problem("PW235", message, waiver, "spec.approver.name", mend)
