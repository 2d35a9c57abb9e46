"""Generates a large catalog: varied, valid, and the same for the same seed and size.

Services have a level; a hard dependency only leads to a lower one, so that there are no hard cycles, tiers fall
together with levels, and a service promises less than what it needs.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.yaml_text import Value, dump

AS_OF = dt.datetime(2026, 3, 31, 8, 0, tzinfo=dt.UTC)
EDGES = 5
_TODAY = AS_OF.date()
_OBJECTIVES = (99.99, 99.9, 99.5, 99.0)
_LEVEL_SHARES = (10, 20, 30, 40)
_PHASES = (
    ("design", 5),
    ("development", 8),
    ("testing", 7),
    ("acceptance", 15),
    ("delivery", 10),
    ("support", 35),
    ("maintenance", 12),
    ("capacity", 8),
)
_BEFORE_ACCEPTANCE = frozenset({"design", "development", "testing"})
_VOCABULARY = """
account audit basket billing catalog claim coupon credit customer delivery demand discount export feed fraud freight
gateway gift identity import index inventory invoice journal ledger letter loyalty mail market media notice offer order
parcel partner payment photo pick plan portal price profile quota quote rating refund region report return reward risk
route sales search session settle shelf ship stock store stream supply tax ticket token tour trade transfer travel usage
vendor video visit voucher wallet warehouse weather
"""
_WORDS = tuple(_VOCABULARY.split())
_LANGUAGES = ("go", "java", "python", "typescript", "rust", "kotlin", "csharp")
_EXTERNALS = ("stripe", "twilio", "mapbox", "auth0", "sendgrid")
_VERBS = ("Keeps", "Serves", "Checks", "Books", "Finds", "Sends", "Matches", "Prices")
_FIRST = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Tony", "Frances", "Dennis", "Radia", "Niklaus")
_LAST = ("Stone", "Rivers", "Meadows", "Field", "Brook", "Marsh", "Hill", "Wood", "Shore", "Lake")


@dataclass(frozen=True, slots=True)
class Planned:
    """What other services and the evidence need to know of a service before it is written."""

    name: str
    level: int
    tier: int
    phase: str
    team: str
    system: str
    resources: tuple[tuple[str, str], ...]
    slos: tuple[str, ...] = ()
    runbooks: tuple[str, ...] = ()
    dashboards: tuple[str, ...] = ()
    targets: dict[str, bool] = field(default_factory=dict)

    @property
    def is_live(self) -> bool:
        return self.phase not in _BEFORE_ACCEPTANCE


def generate(root: Path, count: int, seed: int = 1) -> list[Planned]:
    """Writes a catalog of `count` services under `root`, and says what it has planned for each."""
    rng = random.Random(seed)
    teams = [f"{_WORDS[number % len(_WORDS)]}-team-{number}" for number in range(max(count // 50, 4))]
    systems = [f"{_WORDS[number % len(_WORDS)]}-system-{number}" for number in range(max(count // 40, 4))]
    planned = [_plan(rng, number, teams, systems) for number in range(count)]
    by_level = [[each for each in planned if each.level == level] for level in range(len(_OBJECTIVES))]
    owners = [each for each in planned if each.resources]

    write_text(root, "pagerworthy.toml", f"[scoring]\nas_of = {AS_OF:%Y-%m-%dT%H:%M:%SZ}\n")
    write_entry(
        root,
        "environments",
        "production",
        "Environment",
        {"purpose": "production", "provider": "aws", "region": "eu-west-1", "zones": 3},
    )
    write_entry(
        root, "environments", "staging", "Environment", {"purpose": "staging", "provider": "aws", "region": "eu-west-1"}
    )
    write_entry(root, "teams", "sre", "Team", team_spec(rng, "sre", "sre"))
    for name in teams:
        write_entry(root, "teams", name, "Team", team_spec(rng, name, "development"))
    for name in systems:
        write_entry(root, "systems", name, "System", {"owner": rng.choice(teams), "business_owner": speaker(name)})
    for number in range(max(count // 20, 4)):
        write_text(root, f"catalog/runbooks/{_runbook(number)}.md", _runbook_text(rng, number))
    runbooks = [f"catalog/runbooks/{_runbook(number)}.md" for number in range(max(count // 20, 4))]
    finished = []
    for each in planned:
        done, spec = _spec(rng, each, runbooks, by_level, owners)
        finished.append(done)
        write_entry(root, "services", each.name, "Service", spec)
    for each in rng.sample(finished, count // 10):
        _entries_about(root, rng, each)
    return finished


def _plan(rng: random.Random, number: int, teams: list[str], systems: list[str]) -> Planned:
    level = 0 if number < len(_OBJECTIVES) else rng.choices(range(len(_OBJECTIVES)), _LEVEL_SHARES)[0]
    kinds = ("postgres", "redis", "queue", "bucket", "mysql")
    chosen = rng.sample(kinds, rng.choice((0, 0, 1, 1, 2)))
    return Planned(
        name=f"{rng.choice(_WORDS)}-{rng.choice(_WORDS)}-{number}",
        level=level,
        tier=min(level + 1, 4),
        phase=rng.choices([name for name, _ in _PHASES], [share for _, share in _PHASES])[0],
        team=rng.choice(teams),
        system=rng.choice(systems),
        resources=tuple((f"{kind}-main", kind) for kind in sorted(chosen)),
    )


def _spec(
    rng: random.Random,
    each: Planned,
    runbooks: list[str],
    by_level: list[list[Planned]],
    owners: list[Planned],
) -> tuple[Planned, dict[str, Value]]:
    dependencies = list(_dependencies(rng, each, by_level, owners))
    targets = {
        str(part.get("service") or part.get("resource") or part.get("external")): part["criticality"] == "hard"
        for part in dependencies
    }
    slos = ("availability", "latency") if each.is_live else ()
    own_runbooks = tuple(rng.sample(runbooks, 2)) if each.is_live else ()
    dashboards = (f"https://grafana.example.com/d/{each.name}",) if each.is_live else ()
    spec: dict[str, Value] = {
        "owner": each.team,
        "system": each.system,
        "tier": each.tier,
        "phase": each.phase,
        "engagement": rng.choice(("sre", "embedded", "hybrid") if each.tier < 3 else ("hybrid", "dev", "dev")),
        "environments": ["production", "staging"] if rng.random() < 0.7 else ["production"],
        "repository": f"https://git.example.com/{each.team}/{each.name}",
        "language": rng.choice(_LANGUAGES),
        "data": {"classification": rng.choice(("public", "internal", "confidential", "restricted"))},
    }
    if rng.random() < 0.7:
        spec["design"] = {"url": f"https://wiki.example.com/design/{each.name}", "reviewed": _days_ago(rng, 900)}
    if each.is_live:
        spec |= _live(rng, each, own_runbooks, dashboards)
    spec["dependencies"] = dependencies
    if each.resources:
        spec["resources"] = {name: _resource(rng, kind) for name, kind in each.resources}
    spec |= _optional(rng, each)
    done = Planned(
        each.name,
        each.level,
        each.tier,
        each.phase,
        each.team,
        each.system,
        each.resources,
        slos,
        own_runbooks,
        dashboards,
        targets,
    )
    return done, spec


def _live(
    rng: random.Random, each: Planned, runbooks: tuple[str, ...], dashboards: tuple[str, ...]
) -> dict[str, Value]:
    """What no service may lack from acceptance on."""
    title = "".join(part.capitalize() for part in each.name.split("-"))
    requests = f'http_requests_total{{service="{each.name}"'
    return {
        "slos": [
            {
                "name": "availability",
                "objective": _OBJECTIVES[each.level],
                "window": "30d",
                "sli": {
                    "good": f'sum(rate({requests},code!~"5.."}}[$window]))',
                    "total": f"sum(rate({requests}}}[$window]))",
                },
            },
            {
                "name": "latency",
                "objective": rng.choice((95, 99, 99.5)),
                "window": rng.choice(("28d", "30d")),
                "sli": {
                    "histogram": "http_request_duration_seconds",
                    "selector": f'service="{each.name}"',
                    "below": rng.choice(("100ms", "300ms", "1s")),
                },
            },
        ],
        "monitoring": {
            "dashboards": [{"title": each.name, "url": url} for url in dashboards],
            "logs": {
                "url": f"https://logs.example.com/{each.name}",
                "format": rng.choice(("json", "logfmt", "text")),
                "retention": rng.choice(("14d", "30d", "90d")),
            },
            "traces": {"url": f"https://traces.example.com/{each.name}"},
            "probes": [{"name": "front-door", "interval": "1m"}],
            "alerts": [
                {"name": f"{title}Burn", "severity": "page", "slo": "availability", "for": "2m"},
                {"name": f"{title}Slow", "severity": rng.choice(("page", "ticket")), "slo": "latency", "for": "5m"},
            ],
        },
        "runbooks": [
            {"title": "Requests fail", "path": runbooks[0], "alerts": [f"{title}Burn"]},
            {"title": "Requests are slow", "path": runbooks[1], "alerts": [f"{title}Slow"]},
        ],
        "oncall": {
            "schedule": f"https://oncall.example.com/schedules/{each.team}",
            "escalation": f"https://oncall.example.com/escalations/{each.team}",
            "channel": f"#{each.team}",
        },
    }


def _dependencies(
    rng: random.Random, each: Planned, by_level: list[list[Planned]], owners: list[Planned]
) -> Iterator[dict[str, Value]]:
    """Exactly `EDGES` edges, no two to the same target."""
    taken = {each.name}
    hard = min(each.level, rng.choice((0, 1, 2, 2)))
    count = 0
    for _ in range(hard):
        other = rng.choice(by_level[rng.randrange(each.level)])
        if other.name not in taken:
            taken.add(other.name)
            count += 1
            yield {
                "service": other.name,
                "criticality": "hard",
                "protocol": rng.choice(("grpc", "http")),
                "on_failure": f"No answer without {other.name}; users see an error page.",
                "timeout": rng.choice(("200ms", "500ms", "2s")),
                "retries": rng.randrange(3),
            }
    if rng.random() < 0.3:
        owner = rng.choice(owners)
        if owner.name not in taken:
            count += 1
            yield {
                "resource": f"{owner.name}/{owner.resources[0][0]}",
                "criticality": "soft",
                "access": rng.choice(("write", "read-write")),
                "fallback": "The last answer is kept for an hour.",
            }
    if rng.random() < 0.2:
        count += 1
        yield {
            "external": rng.choice(_EXTERNALS),
            "criticality": "soft",
            "availability": 99.9,
            "fallback": "Work waits in a queue until the provider answers.",
            "url": "https://status.example.com",
        }
    while count < EDGES:
        other = rng.choice(by_level[rng.randrange(len(by_level))] or by_level[0])
        if other.name in taken:
            continue
        taken.add(other.name)
        count += 1
        yield {
            "service": other.name,
            "criticality": "soft",
            "protocol": rng.choice(("grpc", "http", "kafka")),
            "fallback": f"Answers from a cache while {other.name} is away.",
            "timeout": rng.choice(("200ms", "500ms", "2s")),
        }


def _resource(rng: random.Random, kind: str) -> dict[str, Value]:
    made: dict[str, Value] = {"type": kind, "encrypted": rng.random() < 0.9}
    if kind == "bucket":
        return made | {"versioned": rng.random() < 0.5}
    if kind != "queue":
        made |= {"size": rng.choice(("small", "medium", "large")), "zones": rng.choice((1, 2, 3))}
    if kind in {"postgres", "mysql"}:
        made["backup"] = {"retention": rng.choice(("7d", "35d")), "rpo": "15m", "rto": rng.choice(("1h", "4h"))}
    return made


def _optional(rng: random.Random, each: Planned) -> dict[str, Value]:
    """What an entry may say, and about half of them do."""
    made: dict[str, Value] = {}
    if rng.random() < 0.7:
        fewest = rng.choice((1, 2, 3))
        made["compute"] = {
            "type": "fargate",
            "image": f"registry.example.com/{each.team}/{each.name}",
            "port": 8080,
            "cpu": 512,
            "memory": 1024,
            "zones": rng.choice((1, 2, 3)),
            "replicas": {"min": fewest, "max": fewest * 4},
            "health": {"liveness": {"path": "/live"}, "readiness": {"path": "/ready"}, "stop": "30s"},
        }
    if rng.random() < 0.6:
        made["release"] = {
            "strategy": rng.choice(("canary", "blue-green", "rolling", "recreate")),
            "rollback": rng.choice(("automated", "manual")),
            "pipeline": f"https://ci.example.com/{each.name}",
            "switches": rng.random() < 0.5,
        }
    if rng.random() < 0.5:
        made["capacity"] = {
            "peak": rng.randrange(1, 5000),
            "forecast": {"peak": rng.randrange(1, 9000), "by": _TODAY + dt.timedelta(rng.randrange(10, 300))},
            "overload": rng.choice(("shed", "limit", "queue", "none")),
        }
    if rng.random() < 0.4:
        made["toil"] = {"budget": rng.randrange(1, 8)}
    if rng.random() < 0.4:
        made["costs"] = {"budget": rng.randrange(100, 9000), "unit": "request", "center": each.team}
    if rng.random() < 0.5:
        date = _days_ago(rng, 300)
        made["security"] = {
            "review": {
                "url": f"https://security.example.com/{each.name}",
                "date": date,
                "expires": date + dt.timedelta(365),
            },
            "secrets": rng.choice(("secrets-manager", "parameter-store", "vault", "none")),
            "access_review": _days_ago(rng, 200),
        }
    return made


def _entries_about(root: Path, rng: random.Random, each: Planned) -> None:
    """A decision, a waiver or a post-mortem, now and then."""
    kind = rng.choice(("Decision", "Waiver", "Postmortem") if each.is_live else ("Waiver", "Postmortem"))
    if kind == "Decision":
        _decisions(root, rng, each)
    elif kind == "Waiver":
        granted = _days_ago(rng, 40)
        write_entry(
            root,
            "waivers",
            f"{each.name}-load",
            kind,
            {
                "service": each.name,
                "criterion": "load-test-recent",
                "reason": "The load generator is being replaced.",
                "granted": granted,
                "expires": granted + dt.timedelta(80),
                "approver": {"name": speaker("sre")["name"], "team": "sre"},
            },
        )
    else:
        started = AS_OF - dt.timedelta(rng.randrange(2, 300), minutes=rng.randrange(600))
        name = f"{each.name}-down"
        entry: dict[str, Value] = {
            "apiVersion": "pagerworthy/v1",
            "kind": kind,
            "metadata": {"name": name, "description": f"{each.name} answered with errors"},
            "spec": {
                "services": [each.name],
                "severity": rng.choice(("sev1", "sev2", "sev3")),
                "started": started,
                "detected": started + dt.timedelta(minutes=5),
                "mitigated": started + dt.timedelta(minutes=65),
                "trigger": "configuration",
                "impact": "One request in ten failed for an hour.",
                "blameless": rng.random() < 0.8,
                "actions": [{"text": "Add a check", "owner": each.team, "due": started.date() + dt.timedelta(60)}],
            },
        }
        write_text(
            root, f"catalog/postmortems/{name}.md", f"---\n{dump(entry)}---\n\n## Summary\nErrors for an hour.\n"
        )


def _decisions(root: Path, rng: random.Random, each: Planned) -> None:
    """An agreement, and for some what follows from it: a shadow period, and the pager."""
    time = AS_OF - dt.timedelta(rng.randrange(150, 400))
    parties: dict[str, Value] = {
        "business": speaker(each.system),
        "development": speaker(each.team),
        "sre": speaker("sre"),
    }
    terms = "SRE gives the pager back when the error budget is spent twice within 90 days."
    agreed: list[Value] = [{"slo": "availability", "objective": _OBJECTIVES[each.level]}]
    digest = f"sha256:{rng.getrandbits(256):064x}"
    steps: list[dict[str, Value]] = [
        {
            "action": "agree",
            "reason": "Tier and service levels as the entry has them.",
            "terms": terms,
            "levels": agreed,
        },
        {"action": "shadow", "reason": "SRE reads along for six weeks."},
        {
            "action": "accept",
            "pager": "sre",
            "reason": "The rung is reached.",
            "terms": terms,
            "basis": {"catalog": digest, "rubric": digest, "evidence": digest},
        },
    ]
    for number, step in enumerate(steps[: rng.randrange(1, 4)]):
        decided: dict[str, Value] = {"service": each.name, "time": time + dt.timedelta(40 * number), "parties": parties}
        write_entry(root, "decisions", f"{each.name}-{step['action']}", "Decision", decided | step)


def team_spec(rng: random.Random, name: str, role: str) -> dict[str, Value]:
    """A team of up to six."""
    first, others = speaker(name), [_person(rng) for _ in range(rng.randrange(1, 6))]
    return {
        "role": role,
        "members": [first, *others],
        "lead": first["name"],
        "contact": {"chat": f"#{name}", "email": f"{name}@example.com"},
        "rotation": rng.randrange(2, 9),
    }


def speaker(name: str) -> dict[str, Value]:
    """Who leads a team or owns a system, and signs for it."""
    return _person(random.Random(name))


def _person(rng: random.Random) -> dict[str, Value]:
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    return {"name": f"{first} {last}", "email": f"{first}.{last}@example.com".lower()}


def _runbook(number: int) -> str:
    return f"{_WORDS[number % len(_WORDS)]}-{number}"


def _runbook_text(rng: random.Random, number: int) -> str:
    sections = ("Symptoms", "Impact", "Diagnose", "Mitigate", "Escalate", "Verify")
    body = "\n\n".join(
        f"## {name}\n\n" + " ".join(f"Look at the {rng.choice(_WORDS)} of the {rng.choice(_WORDS)}." for _ in range(6))
        for name in sections
    )
    return f"# {_runbook(number)}\n\n{body}\n"


def _days_ago(rng: random.Random, most: int) -> dt.date:
    return _TODAY - dt.timedelta(rng.randrange(1, most))


def write_entry(root: Path, folder: str, name: str, kind: str, spec: dict[str, Value]) -> None:
    """Writes an entry into its folder of the catalog under `root`."""
    words = name.split("-")
    verb = _VERBS[sum(map(ord, name)) % len(_VERBS)]
    document: dict[str, Value] = {
        "apiVersion": "pagerworthy/v1",
        "kind": kind,
        "metadata": {
            "name": name,
            "title": " ".join(words).capitalize(),
            "description": f"{verb} what {words[0]} needs of {words[-2] if len(words) > 1 else name}",
        },
        "spec": spec,
    }
    schema = f"# yaml-language-server: $schema=../../schemas/{kind.lower()}.schema.json\n"
    write_text(root, f"catalog/{folder}/{name}.yaml", schema + dump(document))


def write_text(root: Path, name: str, text: str) -> None:
    """Writes a file under `root`."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
