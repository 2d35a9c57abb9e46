"""The newest usable backup of each store."""

import datetime as dt

from pagerworthy.collect.reports.base import Day, Name, Told, has_store
from pagerworthy.collect.reports.lists import about_item, each_alone
from pagerworthy.collect.reports.model import Format, Look, Said, WrongReportError
from pagerworthy.evidence.keys.safety import Backup

_KEYS = ("backup.newest",)


class BackupRow(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A backup that can be used, and when it was made; of several the newest counts."""

    store: Name
    time: Day


def _say(row: BackupRow, place: str, look: Look) -> Said:
    time = look.past(row.time)
    if not has_store(row.service, row.store, look):
        raise WrongReportError(f"{row.service} has no resource {row.store}")
    found = Backup(age_minutes=float((look.as_of - time) // dt.timedelta(minutes=1)))
    return Said(row.service, "backup.newest", row.store, found, look.as_of, place, held=time)


FORMAT = Format("backups", _KEYS, each_alone(BackupRow, _KEYS, _say, about=about_item(_KEYS, "store")))
