"""A small catalog with everything in it that a page can show, and scores for it: no stage before the site runs."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from pagerworthy.catalog import ENTRY_TYPES, Catalog
from pagerworthy.catalog.catalog import assemble
from pagerworthy.catalog.model import Entry, Located
from pagerworthy.evidence import Record, Strength, read_evidence
from pagerworthy.graph import DependencyGraph
from pagerworthy.handover import PagerHolder, pager_at
from pagerworthy.problem import Problem, Where
from pagerworthy.project import SiteSettings
from pagerworthy.scoring import (
    Breach,
    Criterion,
    CriterionResult,
    Digests,
    Fix,
    Outcome,
    Policy,
    Rung,
    Scorecard,
    Scores,
    Verdict,
)
from pagerworthy.site import SiteInput
from tests.site.past import files_of, past_of

AS_OF = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
# What a stranger writes where a sentence is asked for.
HOSTILE = "</script><script>window.pwned=1</script><img src=x onerror=window.pwned=1>\u2028{{7*7}}]]>&\"'"

POLICY = msgspec.convert(
    {
        "currency": "EUR",
        "areas": [
            {"id": "ownership", "title": "Ownership"},
            {"id": "service-levels", "title": "Service levels"},
            {"id": "monitoring", "title": "Monitoring"},
        ],
        "limits": {},
        "weights": {"bronze": 3, "silver": 2, "gold": 1},
        "required": {
            name: {"1": "gold", "2": "silver", "3": "silver", "4": "bronze"}
            for name in ("sre", "embedded", "hybrid", "dev")
        },
        "conditions": {"at_most": 3, "within_days": 90},
        "waivers": {"longest_days": 120, "signed_by": ["sre"]},
        "breaches": [],
        "repeat": {"freezes": 2, "within_days": 90},
    },
    Policy,
)


def entry(kind: str, name: str, spec: dict[str, Any], title: str = "", description: str = "") -> Entry:
    """An entry, without the schema: the site must not rely on what it refuses."""
    metadata = {"name": name, "title": title or name.capitalize(), "description": description}
    return msgspec.convert(
        {"apiVersion": "pagerworthy/v1", "kind": kind, "metadata": metadata, "spec": spec},
        ENTRY_TYPES[kind],
        strict=False,
    )


def _person(name: str) -> dict[str, str]:
    return {"name": name}


def _decision(service: str, day: str, action: str, **more: Any) -> Entry:
    parties = {"business": _person("Ada"), "development": _person("Bo"), "sre": _person("Cy")}
    return entry(
        "Decision",
        f"{service}-{day}-{action}",
        {
            "service": service,
            "action": action,
            "time": f"{day}T10:00:00Z",
            "parties": parties,
            "reason": f"It was decided to {action}.",
            **more,
        },
    )


def _service(name: str, tier: int = 2, description: str = "", title: str = "", **more: Any) -> Entry:
    spec = {"owner": "shop", "system": "store", "tier": tier, "phase": "acceptance", "engagement": "sre", **more}
    return entry("Service", name, spec, title=title, description=description or f"It is {name}")


def entries() -> list[Entry]:
    """Every kind of entry, and every form that a page has."""
    oncall = {
        "schedule": "https://oncall.example.com/s",
        "escalation": "https://oncall.example.com/e",
        "channel": "#help",
    }
    objectives = [
        {"name": "availability", "objective": 99.9, "window": "30d", "sli": {"good": "a", "total": "b"}},
        {"name": "latency", "objective": 99, "window": "30d", "sli": {"histogram": "h", "below": "300ms"}},
        {"name": "freshness", "objective": 95, "window": "7d", "sli": {"probe": "p"}, "description": HOSTILE},
    ]
    big = _service(
        "cart",
        1,
        "Keeps what people want to buy",
        oncall=oncall,
        environments=["production", "staging"],
        repository="https://github.com/example/cart",
        language="go",
        data={"classification": "confidential", "regulations": ["gdpr"]},
        slos=objectives,
        runbooks=[
            {"title": "Cart is slow", "path": "catalog/runbooks/cart-slow.md", "alerts": ["CartSlow"]},
            {"title": "Gone", "path": "catalog/runbooks/gone.md"},
            {"title": "Elsewhere", "url": "https://wiki.example.com/cart"},
        ],
        monitoring={
            "dashboards": [{"title": "Cart", "url": "https://grafana.example.com/d/cart"}],
            "logs": {"url": "https://logs.example.com"},
            "traces": {"url": "https://traces.example.com"},
        },
        dependencies=[
            {"service": "mail", "criticality": "soft", "fallback": "sent later"},
            {"external": "bank", "criticality": "hard", "availability": 99.95, "on_failure": "no payment"},
            {"resource": "mail/outbox", "criticality": "hard", "protocol": "amqp"},
            *({"service": f"part-{number:02}", "criticality": "soft"} for number in range(14)),
        ],
        compute={
            "type": "fargate",
            "image": "example/cart",
            "port": 8080,
            "cpu": 512,
            "memory": 1024,
            "zones": 3,
            "replicas": {"min": 3, "max": 9},
        },
        resources={
            "valkey": {"type": "redis", "size": "small", "zones": 2, "encrypted": True, "backup": {"retention": "7d"}}
        },
        release={"strategy": "canary", "rollback": "automated", "pipeline": "https://ci.example.com"},
        capacity={"peak": 20, "overload": "shed"},
        toil={"budget": 4},
        costs={"budget": 900},
        links=[{"title": "Source", "url": "javascript:alert(1)"}],
    )
    hostile = _service(
        "mail",
        2,
        HOSTILE,
        HOSTILE,
        phase="design",
        engagement="dev",
        environments=["production"],
        resources={"outbox": {"type": "queue", "description": HOSTILE}},
        dependencies=[{"service": "cart", "criticality": "soft", "fallback": HOSTILE}],
        oncall={"schedule": "javascript:alert(1)", "channel": HOSTILE},
        links=[{"title": HOSTILE, "url": "data:text/html,<script>window.pwned=1</script>"}],
    )
    worker: dict[str, Any] = {"environments": ["production"]}
    worker["compute"] = {"type": "fargate", "image": "example/part", "port": 9090, "replicas": {"min": 1, "max": 1}}
    parts = [
        _service(
            f"part-{number:02}",
            1 + number % 4,
            dependencies=[{"service": "base", "criticality": "hard"}],
            system="parts",
            **(worker if number < 3 else {}),
        )
        for number in range(14)
    ]
    action = {"text": "Alert on the lag", "owner": "shop", "due": "2026-10-01"}
    return [
        big,
        hostile,
        *parts,
        _service("base", 2, owner="missing", system="parts"),
        _service("lonely", 4),
        entry(
            "Team",
            "shop",
            {
                "role": "development",
                "members": [{"name": "Bo", "github": "bo"}, {"name": HOSTILE}],
                "lead": "Bo",
                "contact": {"chat": "#shop", "url": "https://wiki.example.com", "odd": "javascript:alert(1)"},
                "oncall": oncall,
                "rotation": 4,
            },
            description=HOSTILE,
        ),
        entry("Team", "sre", {"role": "sre", "members": [_person("Cy")]}),
        entry("System", "store", {"owner": "shop", "business_owner": _person("Ada"), "users": "Shoppers"}),
        entry("System", "parts", {"owner": "shop", "part_of": "store"}),
        entry(
            "Environment",
            "production",
            {"purpose": "production", "provider": "aws", "region": "eu-west-1", "zones": 3, "budget": 5000},
            description=HOSTILE,
        ),
        entry(
            "Environment",
            "staging",
            {"purpose": "staging", "provider": "aws", "region": "eu-west-1", "account": "111122223333"},
        ),
        _decision("cart", "2026-03-01", "agree", levels=[{"slo": "availability", "objective": 99.9}]),
        _decision(
            "cart",
            "2026-06-01",
            "accept-with-conditions",
            terms="It goes back after two freezes.",
            conditions=[
                {"text": "Test a restore", "owner": "shop", "due": "2026-11-01"},
                {"text": "Add a probe", "owner": "shop", "due": "2026-12-01"},
                {"text": "Name a lead", "owner": "shop", "due": "2026-07-01", "done": "2026-06-20"},
            ],
            basis={"catalog": "sha256:" + "a" * 64, "rubric": "sha256:" + "b" * 64, "evidence": "sha256:" + "c" * 64},
        ),
        _decision("cart", "2026-11-10", "freeze", reason=HOSTILE),
        _decision("vanished", "2026-11-15", "agree"),
        *(
            entry(
                "Waiver",
                name,
                {
                    "service": "cart",
                    "criterion": criterion,
                    "reason": HOSTILE,
                    "granted": granted,
                    "expires": expires,
                    "approver": {"name": "Cy", "team": team},
                    "compensation": "We look by hand.",
                },
            )
            for name, criterion, granted, expires, team in (
                ("in-force", "monitoring-2", "2026-10-01", "2026-12-01", "sre"),
                ("expired", "monitoring-1", "2026-06-01", "2026-07-01", "sre"),
                ("unsigned", "gone-criterion", "2026-10-01", "2026-12-20", "shop"),
            )
        ),
        *(
            entry(
                "Attestation",
                name,
                {
                    "service": "cart",
                    "attests": key,
                    "by": {"name": HOSTILE, "capacity": HOSTILE},
                    "date": date,
                    "until": until,
                    "about": about,
                    "statement": HOSTILE,
                    **more,
                },
            )
            for name, key, date, until, about, more in (
                ("reviewed", "attest.security", "2026-10-01", "2026-12-01", {"url": "https://example.com/a?b&c"}, {}),
                ("reviewed-before", "attest.security", "2025-10-01", "2026-09-30", {"text": HOSTILE}, {}),
                (
                    "refused",
                    "cost.unit",
                    "2026-11-01",
                    "2027-11-01",
                    {"path": "docs/cost.md", "text": HOSTILE},
                    {"unit_cost": {"cost": 0.5, "accepted": False}},
                ),
            )
        ),
        entry(
            "Postmortem",
            "lost-carts",
            {
                "services": ["cart"],
                "severity": "sev2",
                "started": "2026-09-01T08:00:00Z",
                "detected": "2026-09-01T08:05:00Z",
                "mitigated": "2026-09-01T08:45:00Z",
                "trigger": "change",
                "impact": HOSTILE,
                "actions": [action, {**action, "text": "Done", "done": "2026-09-20"}],
                "blameless": True,
            },
            title="Carts were lost",
        ),
    ]


RUNBOOK = f"""# Cart is slow

## Symptoms

{HOSTILE}

#### Skipped a level

[a script](javascript:alert(1)) [the other](gone.md) [post-mortem](../postmortems/lost-carts.md)
![image](https://example.com/x.png) <b>bold</b> [web](https://example.com/)

| metric | value |
|---|---|
| p99 | 300 ms |

## Symptoms

```promql
sum(rate(http_requests_total{{service="cart"}}[5m])) by (le, code, method, route, instance, pod, node, zone, region)
```
"""
POSTMORTEM = (
    f"---\nkind: Postmortem\n---\n# Carts were lost\n\nWhat happened. {HOSTILE}\n\n## Timeline\n\n- 08:00 start\n"
)


def criteria() -> tuple[Criterion, ...]:
    """Four criteria in each of three areas."""
    return tuple(
        Criterion(
            id=f"{area}-{number}",
            question=f"Does {area} answer question {number}?",
            area=area,
            phase="acceptance",
            rung=Rung(1 + number % 3),
            strength=Strength.OBSERVED,
            pass_="evidence.slo.budget.all(b, b.remaining > 0.0)",  # noqa: S106 -- CEL, not a password
            why=HOSTILE if number == 3 else "Because it matters.",
            fix=Fix(text="Do it.", effort=("small", "medium", "large")[number % 3]),
            needs=("slo.budget",) if area == "service-levels" else ("git.activity",),
            max_age=dt.timedelta(days=7),
            applies="service.tier <= 3" if number == 2 else "true",
            gating=number == 0,
            file=f"scoring/criteria/{area}/{area}-{number}.yaml",
        )
        for area in ("ownership", "service-levels", "monitoring")
        for number in range(4)
    )


def record(subject: str, key: str, value: dict[str, Any] | None, item: str = "", failed: str = "") -> Record:
    """A record of evidence of the day before."""
    return Record(
        subject=subject,
        key=key,
        time=AS_OF - dt.timedelta(days=1),
        source="prometheus",
        strength="observed",
        item=item,
        query='sum(rate(x{a="<b>"}[$window]))',
        failed=failed,
        value=msgspec.Raw(msgspec.json.encode(value)),
    )


OUTCOMES = tuple(Outcome)
VERDICTS = tuple(Verdict)


def scorecard(
    name: str, position: int, rubric: Iterable[Criterion], holder: PagerHolder, references: tuple[str, ...]
) -> Scorecard:
    """Outcomes in turn, so that all of them are on some page."""
    results = []
    for number, criterion in enumerate(rubric):
        outcome = OUTCOMES[(number + position) % len(OUTCOMES)]
        results.append(
            CriterionResult(
                criterion.id,
                outcome,
                HOSTILE if number == 5 else f"found {number}",
                Strength.OBSERVED if outcome is Outcome.PASS else None,
                references if number % 2 else (),
                "in-force" if outcome is Outcome.WAIVED else "",
                Outcome.FAIL if outcome is Outcome.WAIVED else None,
            )
        )
    open_ = [each.id for each in results if each.outcome in {Outcome.FAIL, Outcome.UNKNOWN}]
    return Scorecard(
        service=name,
        verdict=VERDICTS[position % len(VERDICTS)],
        reason="2 criteria are short of gold.",
        holder=holder,
        rung=Rung(position % 4),
        rung_with_waivers=Rung(min(position % 4 + 1, 3)),
        required_rung=Rung(1 + position % 3),
        score=61.5,
        score_with_waivers=70.0,
        coverage=0.75,
        results=tuple(results),
        blocking=tuple(open_[:3]),
        breaches=(
            Breach("budget", "An error budget is spent", Verdict.FREEZE, "availability: none left"),
            Breach("pages", "Shifts get more pages than agreed", Verdict.FREEZE, "not known", known=False),
        )
        if position == 0
        else (),
    )


def catalog_of(found: Iterable[Entry]) -> Catalog:
    """The catalog of these entries, each in a file of its own."""
    folders = {"Postmortem": "postmortems"}
    return assemble(
        [
            Located(entry=each, file=f"catalog/{folders.get(each.kind, each.kind.lower())}/{each.name}.md")
            for each in found
        ]
    )


def world(found: Iterable[Entry] | None = None, *, url: str = "") -> SiteInput:
    """The input of a site of these entries, or of all that `entries` has."""
    catalog = catalog_of(entries() if found is None else found)
    rubric = criteria()
    records: list[Record] = []
    for name, service in catalog.services.items():
        records.append(record(name, "git.activity", {"commits_90d": 12, "owner_commits_90d": 7}))
        for slo, remaining in zip(service.spec.slos, (-0.5, 0.1), strict=False):
            records.append(record(name, "slo.budget", {"compliance": 99.8, "remaining": remaining}, slo.name))
        if service.spec.slos:
            burned = {"days": [30, 20, 4, 0], "remaining": [1, 0.7, -0.4, -0.5]}
            records.append(record(name, "slo.burndown", burned, service.spec.slos[0].name))
        if len(service.spec.slos) > 2:
            records.append(record(name, "slo.budget", None, "freshness", failed=HOSTILE.replace("\u2028", " ")))
    evidence = read_evidence(Path(), [], as_of=AS_OF, extra=records)
    assert not evidence.problems
    references: dict[str, list[str]] = {}
    for each in records:
        references.setdefault(each.subject, []).append(each.reference)
    cards = []
    for position, name in enumerate(catalog.services):
        pager = pager_at([each for each in catalog.decisions if each.spec.service == name], AS_OF)
        cards.append(scorecard(name, position, rubric, pager.holder, tuple(references[name])))
    return SiteInput(
        catalog=catalog,
        graph=DependencyGraph.of(catalog),
        evidence=evidence,
        scores=Scores(
            as_of=AS_OF,
            digests=Digests(catalog="sha256:c", rubric="sha256:r", evidence="sha256:e"),
            scorecards=tuple(cards),
        ),
        criteria=rubric,
        policy=POLICY,
        settings=SiteSettings(title="The shop", url=url, notice="A test."),
        documents={
            "catalog/runbooks/cart-slow.md": RUNBOOK,
            "catalog/runbooks/deep/er.md": "# Deeper\n\n[up](../cart-slow.md)\n",
            "catalog/postmortems/lost-carts.md": POSTMORTEM,
        },
        problems=(
            Problem("PW101", f"not an entry: {HOSTILE}", Where("catalog/services/broken.yaml", 3, 5), "mend it"),
        ),
        past=past_of(files_of(AS_OF, HOSTILE), AS_OF),
    )


def many(amount: int) -> SiteInput:
    """A catalog of many services, each of which needs some before it."""
    found = [
        _service(
            f"s-{number}",
            1 + number % 4,
            dependencies=[
                {"service": f"s-{number // factor}", "criticality": "hard" if factor == 2 else "soft"}
                for factor in (2, 3, 5)
                if number // factor != number
            ],
            system=f"sys-{number % 200}",
        )
        for number in range(amount)
    ]
    return world(found)
