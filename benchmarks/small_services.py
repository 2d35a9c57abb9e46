"""Generates a catalog of small services, of which each stack has some twenty resources.

Services stand in levels: a hard dependency leads to the level below and a soft one further down, so that whoever brings
them up in the order of `pagerworthy waves` finds all that they ask for, and nobody has to be visited twice.
"""

import random
from pathlib import Path

from benchmarks.catalog import AS_OF, speaker, team_spec, write_entry, write_text
from benchmarks.yaml_text import Value

ENVIRONMENT = "staging"
REGION = "eu-west-1"
_LEVELS = 4
_TEAMS = ("anchor-team", "beacon-team", "compass-team")


def generate_small(root: Path, stacks: int, seed: int = 1) -> None:
    """Writes a catalog under `root` of which `ENVIRONMENT` has so many stacks: the platform's and one a service."""
    rng = random.Random(seed)
    write_text(root, "pagerworthy.toml", f"[scoring]\nas_of = {AS_OF:%Y-%m-%dT%H:%M:%SZ}\n")
    write_entry(
        root,
        "environments",
        ENVIRONMENT,
        "Environment",
        {"purpose": "staging", "provider": "aws", "region": REGION, "zones": 2},
    )
    write_entry(root, "teams", "sre", "Team", team_spec(rng, "sre", "sre"))
    for team in _TEAMS:
        write_entry(root, "teams", team, "Team", team_spec(rng, team, "development"))
    write_entry(root, "systems", "fleet", "System", {"owner": _TEAMS[0], "business_owner": speaker("fleet")})
    names = [f"vessel-{number}" for number in range(stacks - 1)]
    levels = [names[level * len(names) // _LEVELS : (level + 1) * len(names) // _LEVELS] for level in range(_LEVELS)]
    for level, members in enumerate(levels):
        for name in members:
            write_entry(root, "services", name, "Service", _service(rng, name, levels[:level]))


def _service(rng: random.Random, name: str, below: list[list[str]]) -> dict[str, Value]:
    needs: list[Value] = []
    if below and below[-1]:
        other = rng.choice(below[-1])
        needs.append({"service": other, "criticality": "hard", "protocol": "http", "on_failure": "No answer."})
    if lower := [each for level in below[:-1] for each in level]:
        other = rng.choice(lower)
        needs.append({"service": other, "criticality": "soft", "protocol": "http", "fallback": "The last answer."})
    spec: dict[str, Value] = {
        "owner": rng.choice(_TEAMS),
        "system": "fleet",
        "tier": 4,
        "phase": "development",
        "engagement": "dev",
        "environments": [ENVIRONMENT],
        "repository": f"https://git.example.com/fleet/{name}",
        "language": "go",
        "data": {"classification": "internal"},
        "compute": {
            "type": "fargate",
            "image": f"registry.example.com/fleet/{name}",
            "port": 8080,
            "cpu": 256,
            "memory": 512,
            "replicas": {"min": 1, "max": 2},
            "health": {"liveness": {"path": "/live"}, "readiness": {"path": "/ready"}, "stop": "30s"},
        },
    }
    if needs:
        spec["dependencies"] = needs
    if rng.random() < 0.3:
        spec["resources"] = {"jobs": {"type": "queue", "encrypted": True}}
    return spec
