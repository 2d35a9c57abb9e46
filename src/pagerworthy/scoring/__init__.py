"""Scoring: the rubric, and the pure function from catalog, graph and evidence to scorecards and verdicts."""

from pagerworthy.scoring.criterion_file import criterion_of
from pagerworthy.scoring.load import LoadedRubric, load_policy, load_rubric
from pagerworthy.scoring.model import (
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
from pagerworthy.scoring.policy import Policy
from pagerworthy.scoring.rubric import Rubric
from pagerworthy.scoring.score import score
from pagerworthy.scoring.shelf import Shelf

__all__ = [
    "Breach",
    "Criterion",
    "CriterionResult",
    "Digests",
    "Fix",
    "LoadedRubric",
    "Outcome",
    "Policy",
    "Rubric",
    "Rung",
    "Scorecard",
    "Scores",
    "Shelf",
    "Verdict",
    "criterion_of",
    "load_policy",
    "load_rubric",
    "score",
]
