"""What runs, where, and what it may reach."""

from typing import Annotated

from pagerworthy.evidence.keys.base import Key, Value, counted, in_days, says
from pagerworthy.evidence.record import Strength


class Callees(Value, frozen=True):
    names: Annotated[tuple[str, ...], says("what the service was seen to call")] = ()


class Crossings(Value, frozen=True):
    paths: Annotated[tuple[str, ...], says("network paths into the cardholder zone that no entry declares")] = ()


class Drift(Value, frozen=True):
    drifted: Annotated[float, counted("resources that differ from what was brought up")]
    unmanaged: Annotated[float, counted("resources that stacks still hold and no entry asks for")]


class Live(Value, frozen=True):
    resources: Annotated[float, counted("resources that its stacks hold")]
    missing: Annotated[tuple[str, ...], says("environments for production in which it has no stack")] = ()
    unfinished: Annotated[tuple[str, ...], says("those in which its last update did not succeed, and why")] = ()
    behind: Annotated[tuple[str, ...], says("those in which `up` would not leave its stack alone")] = ()
    updated: Annotated[str, says("when the one that was updated longest ago was, in UTC; empty for never")] = ""


class Placement(Value, frozen=True):
    replicas: Annotated[float, counted("replicas that run at the least", 1_000_000)]
    zones: Annotated[float, counted("zones over which they are spread", 100)]
    single_zone_stores: Annotated[tuple[str, ...], says("data stores in one zone only")] = ()


class Health(Value, frozen=True):
    readiness: Annotated[bool, says("a readiness probe is configured")]
    liveness: Annotated[bool, says("a liveness probe is configured")]
    stop_seconds: Annotated[float, says("seconds that a replica has to finish its requests", 0, 86_400)]


class Grants(Value, frozen=True):
    wildcards: Annotated[tuple[str, ...], says("grants with a wildcard")] = ()
    public: Annotated[tuple[str, ...], says("what is reachable from the internet")] = ()


class Secrets(Value, frozen=True):
    managed: Annotated[bool, says("all secrets come from a secret manager")]


class Encryption(Value, frozen=True):
    at_rest: Annotated[bool, says("everything stored is encrypted")]
    in_transit: Annotated[bool, says("everything sent is encrypted")]


class Tags(Value, frozen=True):
    missing: Annotated[tuple[str, ...], says("tags that are asked for and not on every resource")] = ()


class Timeouts(Value, frozen=True):
    timeout_ms: Annotated[float, says("the time-out that is configured, in milliseconds; 0 is none", 0, 86_400_000)]
    backoff: Annotated[bool, says("retries back off and are bounded")]


class AuditLogs(Value, frozen=True):
    retention_days: Annotated[float, in_days("days for which audit logs are kept")]


_L = Strength.LINKED
_O = Strength.OBSERVED

KEYS = (
    Key("traffic.callees", Callees, "service", _O, "prometheus", "what the service really calls"),
    Key("traffic.crossings", Crossings, "service", _O, "pulumi", "undeclared paths into the cardholder zone"),
    Key("stack.live", Live, "service", _O, "pulumi", "its stacks in production, and whether its entry asks for them"),
    Key("stack.drift", Drift, "service", _O, "pulumi", "whether the cloud is what was brought up"),
    Key("stack.placement", Placement, "service", _L, "stacks", "replicas and zones"),
    Key("stack.health", Health, "service", _L, "stacks", "health probes and the time to stop"),
    Key("stack.grants", Grants, "service", _L, "stacks", "grants and exposure"),
    Key("stack.secrets", Secrets, "service", _L, "stacks", "where secrets come from"),
    Key("stack.encryption", Encryption, "service", _L, "stacks", "encryption at rest and in transit"),
    Key("stack.tags", Tags, "service", _L, "stacks", "tags for owner, tier, data class and cost"),
    Key("mesh.timeouts", Timeouts, "dependency", _L, "reports", "time-outs and retries of each dependency"),
    Key("audit.logs", AuditLogs, "service", _L, "pulumi", "how long audit logs are kept"),
)
