"""A catalog with a service that two teams share, for tools that page people."""

import datetime as dt
from pathlib import Path

from tests.evidence.world import AS_OF, TEAM, service, start, write

_ON_CALL = "  oncall: {{schedule: {schedule}, escalation: {escalation}}}\n"


def on_call(schedule: str, escalation: str) -> str:
    """The part of an entry that says who is called."""
    return _ON_CALL.format(schedule=schedule, escalation=escalation)


def catalog(root: Path, own: str, sre: str, *, postmortem: bool = False) -> Path:
    """`checkout`, which SRE is to take over, of `payments`; `own` and `sre` say who is called."""
    start(root)
    write(root, "catalog/teams/payments.yaml", TEAM + own)
    text = TEAM.replace("payments", "sre").replace("role: development", "role: sre")
    text = text.replace("Ada, email: ada@example.com", "Sam, email: sam@example.com").replace("Bo,", "Bix,")
    write(root, "catalog/teams/sre.yaml", text.replace("bo-b", "bix-b") + sre)
    service(root, "checkout", "  engagement: sre\n" + sre)
    service(root, "cart", own)
    service(root, "quiet")
    if postmortem:
        began = AS_OF - dt.timedelta(days=40)
        write(root, "catalog/postmortems/lost-orders.md", _POSTMORTEM.format(began=began, ended=began.replace(hour=12)))
    return root


def decide(root: Path, action: str, days: float) -> None:
    """A decision about checkout, so many days ago."""
    moment = (AS_OF - dt.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    write(
        root,
        f"catalog/decisions/checkout-{action}.yaml",
        _DECISION.format(action=action, moment=moment, digest="0" * 64),
    )


def ago(days: float, minutes: float = 0) -> str:
    """A moment before the one for which the tests collect, and so many minutes later."""
    return (AS_OF - dt.timedelta(days=days) + dt.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


_DECISION = """\
apiVersion: pagerworthy/v1
kind: Decision
metadata: {{name: checkout-{action}}}
spec:
  service: checkout
  action: {action}
  time: {moment}
  parties: {{business: {{name: Bea}}, development: {{name: Ada}}, sre: {{name: Sam}}}}
  reason: As agreed
  terms: As agreed
  basis: {{catalog: "sha256:{digest}", rubric: "sha256:{digest}", evidence: "sha256:{digest}"}}
"""
_POSTMORTEM = """\
---
apiVersion: pagerworthy/v1
kind: Postmortem
metadata: {{name: lost-orders, title: Orders were lost, description: Orders were lost}}
spec:
  services: [checkout]
  severity: sev1
  started: {began:%Y-%m-%dT%H:%M:%SZ}
  mitigated: {ended:%Y-%m-%dT%H:%M:%SZ}
  trigger: change
  impact: Orders were lost
  actions: []
---
What happened.
"""
