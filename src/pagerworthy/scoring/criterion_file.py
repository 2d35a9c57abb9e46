"""What a criterion's file says, once its schema has passed."""

from collections.abc import Mapping
from typing import Any

from pagerworthy.evidence import Strength
from pagerworthy.scoring.model import Criterion, Fix, Rung
from pagerworthy.scoring.policy import parse_age


def criterion_of(data: Mapping[str, Any], file: str) -> Criterion:
    """The criterion that the data of a `file` describe; its expressions are not compiled."""
    return Criterion(
        id=data["id"],
        question=data["question"],
        area=data["area"],
        phase=data["phase"],
        rung=Rung[data["rung"].upper()],
        strength=Strength[data["strength"].upper()],
        pass_=data["pass"],
        why=data["why"],
        fix=Fix(**data["fix"]),
        needs=tuple(data.get("needs", ())),
        max_age=parse_age(data.get("max_age", "")),
        applies=data.get("applies", "true"),
        detail=data["detail"],
        gating=data.get("gating", False),
        file=file,
    )
