"""What documents are called: in OpenSLO names hold for all services together, in an entry for one."""

import hashlib

_LONGEST = 63


def document_name(service: str, slo: str) -> str:
    """The name of the document for an SLO of a service: at most 63 characters, as OpenSLO allows."""
    name = f"{service}-{slo}"
    if len(name) <= _LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST - 9].rstrip('-')}-{digest}"
