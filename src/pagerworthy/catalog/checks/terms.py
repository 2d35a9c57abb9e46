"""The terms on which a waiver counts: how long it lives, and who signs it."""

import datetime as dt
from collections.abc import Iterator, Mapping

import msgspec

from pagerworthy.catalog.catalog import Catalog
from pagerworthy.catalog.model import Team, Waiver
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where

_APPROVER = "spec.approver"
_EXPIRES = "spec.expires"


class WaiverTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many days a waiver may live, and which teams may sign one."""

    longest_days: int
    signed_by: tuple[str, ...]


def broken_terms(waiver: Waiver, terms: WaiverTerms, teams: Mapping[str, Team]) -> str:
    """Which of the terms a waiver breaks, in words; empty where it breaks none."""
    return "; ".join(said for _, said in _broken(waiver, terms, teams))


def check_waivers(catalog: Catalog, terms: WaiverTerms) -> list[Problem]:
    """PW308: waivers that do not count, because they live too long or somebody signed who may not."""
    return [
        problem(
            "PW308",
            f"the waiver does not count: {said}",
            Where(file=catalog.file_of("Waiver", waiver.name), path=path),
            "see `waivers` in scoring/policy.yaml; a waiver that breaks it is not honoured",
        )
        for waiver in catalog.waivers
        # A team that is not there is a problem of its own, which `check` tells where it stands.
        for path, said in _broken(waiver, terms, catalog.teams)
        if path == _EXPIRES or waiver.spec.approver.team in catalog.teams
    ]


def _broken(waiver: Waiver, terms: WaiverTerms, teams: Mapping[str, Team]) -> Iterator[tuple[str, str]]:
    """Every term that the waiver breaks: its place in the entry, and what is wrong there."""
    spec = waiver.spec
    signer = spec.approver
    team = teams.get(signer.team)
    if signer.team not in terms.signed_by:
        yield _APPROVER, f"team {signer.team} may not sign waivers; {' or '.join(terms.signed_by)} may"
    elif team is None or signer.name not in {member.name for member in team.spec.members}:
        yield _APPROVER, f"{signer.name} is not in team {signer.team}"
    days = (spec.expires - spec.granted).days
    if days > terms.longest_days:
        last = spec.granted + dt.timedelta(days=terms.longest_days)
        yield _EXPIRES, f"it lives {days} days, and the policy allows {terms.longest_days}: until {last}"
