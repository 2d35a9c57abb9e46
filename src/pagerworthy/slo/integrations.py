"""How a receiver of Alertmanager is reached, where the organisation's own file does not say it.

Keys are secrets: a configuration names the file that holds each, and never the key.
"""

from collections.abc import Mapping
from typing import Literal

from pagerworthy.slo.routes import DEAD_MAN, UNKNOWN, Receiver, RoutePlan

Kind = Literal["pagerduty", "opsgenie", "slack", "webhook"]


def integrations(plan: RoutePlan, kind: Kind, secrets: str) -> Mapping[str, object]:
    """The integration of each receiver by name; `secrets` is the folder, as Alertmanager sees it, of one file each.

    The dead man's switch has none: what it needs is a service that calls when it is no longer heard.
    """
    every = (*plan.receivers, Receiver(UNKNOWN, "ticket"))
    return {each.name: _integration(each, kind, f"{secrets}/{each.name}") for each in every if each.name != DEAD_MAN}


def _integration(receiver: Receiver, kind: Kind, secret: str) -> dict[str, object]:
    pages = receiver.severity == "page"
    match kind:
        case "pagerduty":
            severity = "critical" if pages else "warning"
            return {"pagerduty_configs": [{"routing_key_file": secret, "severity": severity}]}
        case "opsgenie":
            return {"opsgenie_configs": [{"api_key_file": secret, "priority": "P1" if pages else "P4"}]}
        case "slack":
            return {"slack_configs": [{"api_url_file": secret, "send_resolved": True} | _channel(receiver)]}
        case "webhook":
            return {"webhook_configs": [{"url_file": secret}]}


def _channel(receiver: Receiver) -> dict[str, object]:
    if receiver.team is None:
        return {}
    spec = receiver.team.spec
    on_call = spec.oncall.channel if spec.oncall and receiver.severity == "page" else ""
    channel = on_call or spec.contact.get("chat", "")
    return {"channel": channel} if channel else {}
