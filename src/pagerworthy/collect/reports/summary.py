"""What a load generator says of a test."""

from typing import NamedTuple


class Summary(NamedTuple):
    """Requests a second over the whole test, the share that failed, percentiles in milliseconds, and thresholds."""

    rate: float
    failed_share: float | None
    p95_ms: float | None
    p99_ms: float | None
    thresholds_met: bool | None
