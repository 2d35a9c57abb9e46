"""Security, drills, and data that can be brought back."""

from typing import Annotated

from pagerworthy.evidence.keys.base import Attested, Drill, Key, Value, counted, in_days, says
from pagerworthy.evidence.record import Strength


class Findings(Value, frozen=True):
    count: Annotated[float, counted("findings that are open")]


class Image(Value, frozen=True):
    critical_overdue: Annotated[float, counted("critical findings that are older than policy allows")]
    root: Annotated[bool, says("the image runs as root")]


class OpenSsf(Value, frozen=True):
    score: Annotated[float, says("OpenSSF Scorecard's score", 0, 10)]


class Backup(Value, frozen=True):
    age_minutes: Annotated[float, says("minutes since the newest usable backup", 0, 52_560_000)]


class Restore(Value, frozen=True):
    age_days: Annotated[float, in_days("days since the restore was tried")]
    minutes: Annotated[float, says("minutes that it took", 0, 525_600)]
    complete: Annotated[bool, says("all data was there")]


_O = Strength.OBSERVED
_X = Strength.EXERCISED

KEYS = (
    Key("attest.security", Attested, "service", _O, "attestation", "the security review was done"),
    Key("attest.access", Attested, "service", _O, "attestation", "access was reviewed this quarter"),
    Key("scan.secrets", Findings, "service", _O, "reports", "secrets found in git"),
    Key("scan.image", Image, "service", _O, "reports", "findings in the image"),
    Key("scan.openssf", OpenSsf, "service", _O, "reports", "OpenSSF Scorecard"),
    Key("drill.incident", Drill, "service", _X, "reports", "an incident drill was held"),
    Key("drill.zone", Drill, "service", _X, "reports", "the loss of a zone was survived"),
    Key("drill.soft", Drill, "soft", _X, "reports", "the loss of each soft dependency was survived"),
    Key("drill.hard", Drill, "hard", _X, "reports", "users were served although a hard dependency was lost"),
    Key("backup.newest", Backup, "store", _O, "reports", "the newest backup of each store"),
    Key("restore.drill", Restore, "store", _X, "reports", "a restore of each store was tried"),
)
