"""Who brings a key: a collector of this version, a person, or whoever writes its records."""

import functools

from pagerworthy.evidence.attested import ATTESTED
from pagerworthy.evidence.keys import KEYS

# What must be there before a collector can look at all; without it there is no record, whoever collects.
_CHECKOUT = "where collect.checkouts in the settings names a checkout of the service's spec.repository"
_STACK = "where pagerworthy[stacks] is installed and spec.environments names one of production"
_RENDERED = tuple(name for name, key in KEYS.items() if key.collector == "stacks")
_SERIES = "where a series says it of the service, see `pagerworthy docs sources`"
_PANELS = "dashboard.panels"
# Where `rules dashboards` puts what it made; what others draw is known to Grafana alone.
_OURS = "/d/pagerworthy-service-"
_OTHERS = (
    "Prometheus knows the panels of `rules dashboards` alone: of this one, a command under collect.exec asks Grafana"
)
_LIMITS = ("capacity.autoscaler", "capacity.headroom", "capacity.limits", "capacity.storage")
_ASKED = {
    **dict.fromkeys(("git.activity", "git.design", "git.releases", "git.lead", "git.approvals"), _CHECKOUT),
    **dict.fromkeys(_RENDERED, _STACK),
    # Without such a series there is nothing to say, and so no record: others may know it.
    **dict.fromkeys((*_LIMITS, "deploys.errors", "targets.up"), _SERIES),
}
# What is kept of documents: those in this repository are read, those at an address can only be opened.
_DOCUMENTS = frozenset({"files.design", "files.runbook"})
_IN_HERE = frozenset({"git.runbook", "runbook.mentions"})
NOBODY = "no source can look into a document elsewhere: keep it in this repository"


def collector_of(key: str, place: str = "") -> str:
    """The source that brings a key of what lies at a place, a path or an address; empty where none can."""
    if "://" in place:
        if key in _DOCUMENTS:
            return "links"
        if key in _IN_HERE:
            return ""
        if key == _PANELS and _OURS not in place:
            return "exec"
    return KEYS[key].collector


def is_collected(key: str) -> bool:
    """Whether a collector of this version writes the key."""
    # Collectors know how to run git and more, and most commands collect nothing.
    from pagerworthy.evidence.collectors import NAMES

    return KEYS[key].collector in NAMES


def attested_by(key: str, service: str) -> str:
    """How a key of a service is attested, as a clause."""
    return f"a person attests it in catalog/attestations/: `pagerworthy new attestation {service} {key}`"


def brought_by(key: str, place: str = "") -> str:
    """Who brings a key of what lies at a place, as a clause: what to run, or that its record must be written. KeyError
    for an unknown key."""
    if key in ATTESTED:
        return attested_by(key, "SERVICE")
    if is_collected(key):
        return brought_shortly(key, place)
    return f"no collector of this version brings it: write a record from {KEYS[key].collector}"


@functools.lru_cache(4096)
def brought_shortly(key: str, place: str = "") -> str:
    """Who brings a key, for where many keys stand one below the other: of what no collector brings, the source alone.

    KeyError for an unknown key.
    """
    source = collector_of(key, place)
    if not source:
        return NOBODY
    if key == _PANELS and source == "exec":
        return _OTHERS
    if key in ATTESTED:
        return "a person attests it"
    if not is_collected(key):
        return f"from {source}"
    if key in _DOCUMENTS and not place:
        return f"the {source} collector brings it of a file of this repository, and links of one at an address"
    asked = _ASKED.get(key)
    return f"the {source} collector brings it{f' {asked}' if asked else ''}"
