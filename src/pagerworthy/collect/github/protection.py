"""What a change has to pass before it is on the main branch, and who proposes updates."""

import datetime as dt

from pagerworthy.collect.github.answers import Merged
from pagerworthy.collect.github.everything import RECENT, Known
from pagerworthy.evidence import Value
from pagerworthy.evidence.keys.delivery import Protection, Updates

# The accounts of Dependabot and of Renovate's app; a Renovate of one's own has another, and the same branches.
_BOTS = frozenset({"dependabot", "dependabot-preview", "renovate", "renovate-bot"})
_BRANCHES = ("dependabot/", "renovate/")
_HIDDEN = "GitHub shows no rules of the main branch to this token"


def protection(known: Known) -> Value | str | None:
    """Branch protection and rulesets together, the stricter of both; None for a repository without a branch.

    The rules of a ruleset that is only evaluated, or disabled, are not among those of a branch.
    """
    for field in ("defaultBranchRef", "refUpdateRule", "rules"):
        if field in known.faults:
            return known.faults[field]
    branch = known.branch
    if branch is None:
        return None
    if branch.rules is None or "rules" not in known.whole:
        return _HIDDEN
    reviews, owners = 0, False
    checks: set[str] = set()
    if classic := branch.ref_update_rule:
        reviews = classic.required_approving_review_count or 0
        checks.update(filter(None, classic.required_status_check_contexts or ()))
        owners = classic.requires_code_owner_reviews
    for rule in known.rules:
        if asked := rule.parameters:
            reviews = max(reviews, asked.required_approving_review_count)
            checks.update(check.context for check in asked.required_status_checks)
            checks.update(workflow.path for workflow in asked.workflows)
            owners = owners or asked.require_code_owner_review
    return Protection(
        protected=classic is not None or bool(known.rules),
        reviews=float(reviews),
        checks=float(len(checks)),
        code_owners=owners,
    )


def updates(known: Known, as_of: dt.datetime) -> Value | str:
    """Whether a machine's updates were merged in the last 90 days, and what alerts are open."""
    for field in ("pullRequests", "vulnerabilityAlerts", "hasVulnerabilityAlertsEnabled"):
        if field in known.faults:
            return known.faults[field]
    if not known.first.has_vulnerability_alerts_enabled:
        return "alerts on dependencies are switched off, so nobody knows whether there are any"
    if known.first.vulnerability_alerts is None:
        return "GitHub shows no alerts on dependencies to this token"
    active = any(_is_update(each, as_of) for each in known.merges)
    if not active and "pullRequests" not in known.whole:
        return "more pull requests were merged in the last 90 days than are read"
    return Updates(active=active, alerts=float(known.first.vulnerability_alerts.total_count))


def _is_update(merged: Merged, as_of: dt.datetime) -> bool:
    if merged.merged_at is None or not as_of - RECENT <= merged.merged_at <= as_of or merged.author is None:
        return False
    login = merged.author.login.lower().removesuffix("[bot]")
    machine = merged.author.typename == "Bot"
    return login in _BOTS or (machine and merged.head_ref_name.startswith(_BRANCHES))
