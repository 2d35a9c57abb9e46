"""How changes are made, approved and released."""

from typing import Annotated

from pagerworthy.evidence.keys.base import Attested, Drill, Key, Value, among, counted, says, share
from pagerworthy.evidence.record import Strength


class Protection(Value, frozen=True):
    protected: Annotated[bool, says("the main branch is protected")]
    reviews: Annotated[float, counted("approvals that a change needs", 100)]
    checks: Annotated[float, counted("checks that a change must pass", 1_000)]
    code_owners: Annotated[bool, says("an owner of the changed code has to approve")] = False


class Pipeline(Value, frozen=True):
    automated: Annotated[bool, says("build, test and deployment need no hand")]
    green: Annotated[float, share("share of runs on the main branch that succeeded")]


class Updates(Value, frozen=True):
    active: Annotated[bool, says("dependency updates are proposed by a machine and merged")]
    alerts: Annotated[float, counted("open alerts on dependencies")]


class DeployFrequency(Value, frozen=True):
    per_week: Annotated[float, says("deployments a week over the last 28 days", 0, 100_000)]


class DeployStability(Value, frozen=True):
    failure_rate: Annotated[float, share("share of deployments that failed")]
    failed_28d: Annotated[float, counted("deployments that failed in the last 28 days")]
    restore_hours: Annotated[float, says("median hours until service was restored", 0, 8_760)]


class DeployErrors(Value, frozen=True):
    worst_ratio: Annotated[
        float, says("error ratio during a deployment over that before it, the worst of the last ten", 0, 1e9)
    ]


class Approvals(Value, frozen=True):
    changes: Annotated[float, counted("changes to production in the last 90 days")]
    self_approved: Annotated[float, counted("those whose approver was their author")]

    def __post_init__(self) -> None:
        among("self_approved", self.self_approved, "changes", self.changes)


_O = Strength.OBSERVED
_X = Strength.EXERCISED

KEYS = (
    Key("github.protection", Protection, "service", _O, "github", "protection of the main branch"),
    Key("github.pipeline", Pipeline, "service", _O, "github", "the pipeline and how often it is green"),
    Key("github.updates", Updates, "service", _O, "github", "dependency updates"),
    Key("deploys.frequency", DeployFrequency, "service", _O, "github", "how often it is deployed"),
    Key("deploys.stability", DeployStability, "service", _O, "github", "how often a deployment fails"),
    Key("deploys.errors", DeployErrors, "service", _O, "prometheus", "errors during deployments"),
    Key("deploys.rollback", Drill, "service", _X, "github", "a rollback was done"),
    Key("changes.approvals", Approvals, "service", _O, "reports", "approver differs from author"),
    Key("attest.switches", Attested, "service", _O, "attestation", "risky features have a switch"),
)
