"""The first lines of each kind of entry, as `pagerworthy new` writes them: valid, short, and commented."""

from collections.abc import Mapping, Sequence
from typing import Any

from pagerworthy.catalog import as_yaml


def head(kind: str, name: str, title: str = "", description: str = "", *, front_matter: bool = False) -> str:
    """The envelope down to `spec:`."""
    metadata = {"name": name, "title": title, "description": description}
    lines = [
        f"# yaml-language-server: $schema=../../schemas/{kind.lower()}.schema.json",
        "apiVersion: pagerworthy/v1",
        f"kind: {kind}",
        "metadata:",
        *(f"  {key}: {as_yaml(value)}" for key, value in metadata.items() if value),
        "spec:",
    ]
    return "\n".join(["---", *lines] if front_matter else lines) + "\n"


def fields(values: Mapping[str, Any], comments: Mapping[str, str] | None = None) -> str:
    """One line for each value under `spec:`, with its comment; those that are None are left out."""
    told = comments or {}
    text = ""
    for key, value in values.items():
        if isinstance(value, Mapping) and any(isinstance(part, Mapping) for part in value.values()):
            text += f"  {key}:\n" + "".join(f"    {name}: {as_yaml(part)}\n" for name, part in value.items())
        elif value is not None:
            line = f"  {key}: {as_yaml(value)}"
            text += (f"{line:<30} # {told[key]}" if key in told else line) + "\n"
    return text


def items(key: str, values: Sequence[Mapping[str, Any]]) -> str:
    """A list under `spec:`, one line for each item."""
    return f"  {key}:\n" + "".join(f"    - {as_yaml(value)}\n" for value in values) if values else f"  {key}: []\n"


_CRITERION_SCHEMA = "# yaml-language-server: $schema=../../../schemas/criterion.schema.json\n"


def criterion(values: Mapping[str, Any]) -> str:
    """A whole criterion; those of its values that are None are left out."""
    lines = [f"{key}: {as_yaml(value)}" for key, value in values.items() if value is not None]
    told = [f"{line:<28} # {CRITERION[key]}" if (key := line.split(":")[0]) in CRITERION else line for line in lines]
    return _CRITERION_SCHEMA + "\n".join(told) + "\n"


def left_out(name: str) -> str:
    """The file that leaves a shipped criterion out."""
    return f"{_CRITERION_SCHEMA}id: {as_yaml(name)}\ndisabled: true\n"


CRITERION = {
    "phase": "due from here on; before it, the outcome is upcoming",
    "rung": "bronze, silver or gold",
    "strength": "declared, linked, observed or exercised: weaker evidence does not pass it",
    "max_age": "older evidence does not count",
    "pass": "CEL: when the answer is yes",
    "detail": "CEL: what was found, as people read it",
}
SERVICE = {
    "owner": "a team of catalog/teams/",
    "system": "a system of catalog/systems/",
    "tier": "1 (most critical) to 4",
    "phase": "from acceptance on, slos, monitoring, runbooks and oncall have to be here",
    "engagement": "who should carry the pager: sre, embedded, hybrid or dev",
}
SERVICE_MORE = """\
  # What it needs; hard means that it fails without, soft that it does without, and how.
  dependencies: []
  #  - {service: payment, criticality: hard}
  #  - {service: email, criticality: soft, fallback: the confirmation is sent later}
  # environments: [production] # where it is brought up; below, what it runs on and owns there
  # compute: {type: fargate, image: ghcr.io/owner/name, port: 8080, cpu: 256, memory: 512, replicas: {min: 2, max: 4}}
  # resources: {db: {type: postgres, size: small, version: "17"}}
"""
TEAM = {"role": "development, sre, business or platform"}
SYSTEM = {"owner": "a team of catalog/teams/", "business_owner": "speaks for the business, and signs decisions"}
ENVIRONMENT = {"purpose": "production, staging or development"}
WAIVER = {
    "criterion": "`pagerworthy explain ID` says what it asks",
    "expires": "a waiver never renews itself",
}
ATTESTATION = {
    "attests": "`pagerworthy docs evidence` says what each key is",
    "until": "the last day on which it holds; it never renews itself",
}
POSTMORTEM = """\
---

## What happened

## What users noticed

## Why

## What went well, and what did not

## What we change
"""


_SECTIONS = {
    "symptoms": "Which alert fires, and what the dashboard shows.",
    "impact": "What users notice, and which promise is at risk.",
    "diagnose": "1. What to look at first, and what it means.",
    "mitigate": "- What to do, command by command, the least risky first.",
    "escalate": "Whom to call when that does not help.",
    "verify": "How to tell that it is over.",
}


def runbook(title: str, sections: Sequence[str]) -> str:
    """A runbook with the sections that are asked for, each with what belongs there."""
    parts = [f"## {each}\n{_SECTIONS.get(each.lower(), 'Write here what belongs here.')}\n" for each in sections]
    return "\n".join([f"# {title}\n", *parts])
