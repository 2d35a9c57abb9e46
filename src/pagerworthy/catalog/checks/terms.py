"""The terms on which a waiver counts: how long it lives, and who signs it."""

from collections.abc import Mapping

import msgspec

from pagerworthy.catalog.catalog import Catalog
from pagerworthy.catalog.model import Team, Waiver
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where


class WaiverTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days a waiver may live, and which teams may sign one."""

    longest_days: int
    signed_by: tuple[str, ...]


def broken_terms(waiver: Waiver, terms: WaiverTerms, teams: Mapping[str, Team]) -> str:
    """Which of the terms a waiver breaks, in words; empty where it breaks none."""
    spec = waiver.spec
    signer = spec.approver
    if signer.team not in terms.signed_by:
        return f"team {signer.team} may not sign waivers; {' or '.join(terms.signed_by)} may"
    team = teams.get(signer.team)
    if team is None or signer.name not in {member.name for member in team.spec.members}:
        return f"{signer.name} is not in team {signer.team}"
    days = (spec.expires - spec.granted).days
    if days > terms.longest_days:
        return f"it lives {days} days, and the policy allows {terms.longest_days}"
    return ""


def check_waivers(catalog: Catalog, terms: WaiverTerms) -> list[Problem]:
    """PW308: waivers that do not count, because they live too long or somebody signed who may not."""
    return [
        problem(
            "PW308",
            f"the waiver does not count: {broken}",
            Where(
                file=catalog.file_of("Waiver", waiver.name),
                path="spec.expires" if broken.startswith("it lives") else "spec.approver",
            ),
            "see `waivers` in scoring/policy.yaml; a waiver that breaks it is not honoured",
        )
        for waiver in catalog.waivers
        # A team that is not there is a problem of its own, which `check` tells where it stands.
        if waiver.spec.approver.team in catalog.teams and (broken := broken_terms(waiver, terms, catalog.teams))
    ]
