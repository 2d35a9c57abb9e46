"""Reports to write: a small one with every outcome, and generated ones with the worst text that an entry can hold."""

import datetime as dt
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import strategies as st

from pagerworthy.catalog import (
    Approver,
    Catalog,
    Located,
    Metadata,
    Service,
    ServiceSpec,
    Waiver,
    WaiverSpec,
    assemble,
)
from pagerworthy.evidence import Strength
from pagerworthy.problem import Problem, Severity, Where
from pagerworthy.report import ProblemReport, ScoreReport
from pagerworthy.scoring import (
    Breach,
    Criterion,
    CriterionResult,
    Digests,
    Fix,
    Outcome,
    Rung,
    Scorecard,
    Scores,
    Verdict,
)

AS_OF = dt.datetime(2026, 3, 31, 8, 0, tzinfo=dt.UTC)
# What a pull request of a stranger might hold: markup, commands to a runner, escapes to a terminal, halves of pairs.
HOSTILE = (
    "::set-env name=PATH::/tmp",
    "a\n::error::b",
    "a\r\n  ::add-mask::b",
    "##[add-mask]x",
    "100%0A::error::x",
    "\x1b[2J\x1b]0;owned\x07",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "]]><a/>",
    "[x](javascript:alert(1))",
    "| a | b |\n|---|",
    "`a` <b> `",
    "@everyone #1 https://example.com www.example.com",
    "<!-- pagerworthy score -->",
    "\ud800 \x00 \ufffe \u202e",
    "",
)
texts = st.sampled_from(HOSTILE) | st.text(st.characters(codec=None), max_size=40)
lines = st.integers(0, 30)


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    line = draw(lines)
    return Problem(
        code=draw(st.sampled_from(["PW001", "PW018", "PW104", "PW201", "PW999"])),
        message=draw(texts),
        where=Where(
            file=draw(st.sampled_from(["catalog/services/a.yaml", "catalog/teams/b c:é.yaml", "pagerworthy.toml"])),
            line=line,
            column=draw(lines) if line else 0,
            path=draw(st.sampled_from(["", "spec.tier", "spec.slos[1].objective"]) | texts),
        ),
        help=draw(texts),
        severity=draw(st.sampled_from(Severity)),
    )


problem_reports = st.lists(problems(), max_size=6).map(
    lambda found: ProblemReport(tuple(found), ("catalog/services/z.yaml",))
)


def criterion(name: str, **given: Any) -> Criterion:
    filled: dict[str, Any] = {
        "question": f"Is {name} so?",
        "area": "monitoring",
        "phase": "acceptance",
        "rung": Rung.SILVER,
        "strength": Strength.OBSERVED,
        "pass_": "true",
        "why": "Because it matters.",
        "fix": Fix("Make `it` so.", "small"),
    }
    return Criterion(id=name, **(filled | given))


CRITERIA = (
    criterion("a-passes"),
    criterion("b-fails", gating=True, rung=Rung.BRONZE),
    criterion("c-unknown"),
    criterion("d-waived"),
    criterion("e-upcoming", phase="capacity"),
    criterion("f-not-applicable", area="security"),
)
RECORD = "slo.events[availability]@2026-03-30T06:00:00Z"


def results(detail: str = "what was found") -> tuple[CriterionResult, ...]:
    """Every outcome once, in the order of `CRITERIA`."""
    return (
        CriterionResult("a-passes", Outcome.PASS, detail, Strength.OBSERVED, (RECORD,)),
        CriterionResult("b-fails", Outcome.FAIL, detail, Strength.LINKED, (RECORD,)),
        CriterionResult("c-unknown", Outcome.UNKNOWN, detail),
        CriterionResult(
            "d-waived", Outcome.WAIVED, detail, Strength.LINKED, (), waiver="ad-d", without_waiver=Outcome.FAIL
        ),
        CriterionResult("e-upcoming", Outcome.UPCOMING, "due in the capacity phase"),
        CriterionResult("f-not-applicable", Outcome.NOT_APPLICABLE, "does not apply to this service"),
    )


def card(name: str = "ad", verdict: Verdict = Verdict.DEFER, text: str = "what was found", **given: Any) -> Scorecard:
    filled: dict[str, Any] = {
        "reason": text,
        "holder": "dev",
        "rung": Rung.NONE,
        "rung_with_waivers": Rung.BRONZE,
        "required_rung": Rung.GOLD,
        "score": 40.0,
        "score_with_waivers": 62.5,
        "coverage": 0.75,
        "results": results(text),
        "blocking": ("b-fails", "c-unknown", "d-waived"),
        "breaches": (
            Breach("budget-spent", "An error budget is spent", Verdict.FREEZE, text),
            Breach("pages-too-many", "Too many pages", Verdict.FREEZE, text, known=False),
        ),
    }
    return Scorecard(service=name, verdict=verdict, **(filled | given))


def score_report(*cards: Scorecard, reason: str = "Replaced in May.", whole: bool = False) -> ScoreReport:
    digest = "sha256:" + "0" * 64
    areas = (SimpleNamespace(id="monitoring", title="Monitoring"), SimpleNamespace(id="security", title="Security"))
    breaches = (
        SimpleNamespace(id="budget-spent", title="An error budget is spent"),
        SimpleNamespace(id="pages-too-many", title="Too many pages"),
    )
    rubric = SimpleNamespace(criteria=CRITERIA, policy=SimpleNamespace(areas=areas, breaches=breaches))
    return ScoreReport(
        scores=Scores(AS_OF, Digests(digest, digest, digest), cards),
        rubric=cast("Any", rubric),
        catalog=_catalog([each.service for each in cards], reason),
        whole=whole,
    )


def _catalog(names: list[str], reason: str) -> Catalog:
    services = [
        Located(
            Service(
                apiVersion="pagerworthy/v1",
                metadata=Metadata(name=name),
                spec=ServiceSpec(owner="shop", system="store", tier=1, phase="acceptance"),
            ),
            f"catalog/services/{name}.yaml",
        )
        for name in names
    ]
    waiver = Waiver(
        apiVersion="pagerworthy/v1",
        metadata=Metadata(name="ad-d"),
        spec=WaiverSpec(
            service="ad",
            criterion="d-waived",
            reason=reason,
            granted=AS_OF.date(),
            expires=AS_OF.date(),
            approver=Approver(name="Ada", team="sre"),
        ),
    )
    return assemble([*services, Located(waiver, "catalog/waivers/ad-d.yaml")])


score_reports = st.builds(
    lambda text, verdicts, whole: score_report(
        *(card(f"s{number}", verdict, text) for number, verdict in enumerate(verdicts)),
        reason=text.encode("utf-8", "replace").decode(),
        whole=whole,
    ),
    texts,
    st.lists(st.sampled_from(Verdict), max_size=4),
    st.booleans(),
)
