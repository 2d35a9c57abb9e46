"""Rules as Prometheus reads them."""

import msgspec


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A recording rule, which has `record`, or an alerting rule, which has `alert`.

    Prometheus expands templates in the labels and annotations of alerts: what comes from an entry is in them as text.
    `hold` is how long the condition lasts before the alert fires, as Prometheus writes durations; empty for at once.
    `note` is a comment for whoever reads the file.
    """

    expr: str
    record: str = ""
    alert: str = ""
    hold: str = ""
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    note: str = ""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Rules that are evaluated one after another: each sees what those before it have recorded."""

    name: str
    rules: tuple[Rule, ...]


class RuleFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file for Prometheus: `name` is that of the file, `source` says what it was made from."""

    name: str
    source: str
    groups: tuple[Group, ...]
