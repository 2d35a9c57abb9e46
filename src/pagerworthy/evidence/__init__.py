"""Evidence: typed records, the store that reads them, and the collectors that bring them."""

from pagerworthy.evidence.attested import ATTESTED, with_attestations
from pagerworthy.evidence.bringers import attested_by, brought_by, brought_shortly, collector_of, is_collected
from pagerworthy.evidence.drills import survived
from pagerworthy.evidence.items import STORES, items_of
from pagerworthy.evidence.keys import KEYS, Key, Per, Value, key_help
from pagerworthy.evidence.known import Known, SubjectEvidence
from pagerworthy.evidence.places import COLLECTED, configured_paths
from pagerworthy.evidence.record import Record, Strength, StrengthWord
from pagerworthy.evidence.store import Evidence, is_stale, read_evidence

__all__ = [
    "ATTESTED",
    "COLLECTED",
    "KEYS",
    "STORES",
    "Evidence",
    "Key",
    "Known",
    "Per",
    "Record",
    "Strength",
    "StrengthWord",
    "SubjectEvidence",
    "Value",
    "attested_by",
    "brought_by",
    "brought_shortly",
    "collector_of",
    "configured_paths",
    "is_collected",
    "is_stale",
    "items_of",
    "key_help",
    "read_evidence",
    "survived",
    "with_attestations",
]
