"""The provider's settings, as the real plugin's: where to, as whom, and which account only."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.stacks.standin.aws import Aws, Clients
from tests.stacks.standin.memory import Memory
from tests.stacks.standin.values import Props, words

KNOWN = words(
    "version region accessKey secretKey token profile endpoints allowedAccountIds forbiddenAccountIds assumeRoles "
    "assumeRoleWithWebIdentity skipCredentialsValidation skipMetadataApiCheck skipRegionValidation "
    "skipRequestingAccountId s3UsePathStyle s3UsEast1RegionalEndpoint stsRegion maxRetries defaultTags ignoreTags "
    "retryMode insecure"
)
# Settings that would change what resources look like, so it is wrong to pass over them.
UNSUPPORTED = words("defaultTags ignoreTags assumeRoleWithWebIdentity assumeRoles profile")


def check_settings(settings: Props) -> list[tuple[str, str]]:
    """The settings that the stand-in does not know, each with the reason."""
    wrong = [(key, f"the stand-in does not know the provider's setting {key}") for key in settings.keys() - KNOWN]
    wrong += [(key, f"the stand-in does not carry out {key}") for key in settings.keys() & UNSUPPORTED]
    return sorted(wrong)


def configured(settings: Props, clients: Clients, memory: Memory) -> Aws:
    """The cloud under these settings. Raises LookupError for settings amiss, PermissionError for a wrong account."""
    region = settings.get("region")
    if not region:
        raise LookupError("Missing region information: set the provider's region")
    endpoints = _endpoints(_parsed(settings.get("endpoints")))
    aws = Aws(clients, memory, str(region), "", endpoints)
    account = str(aws("sts").get_caller_identity()["Account"])
    allowed = _parsed(settings.get("allowedAccountIds")) or []
    forbidden = _parsed(settings.get("forbiddenAccountIds")) or []
    if (allowed and account not in allowed) or account in forbidden:
        raise PermissionError(f"AWS account ID not allowed: {account}")
    return Aws(clients, memory, str(region), account, endpoints)


def _parsed(value: Any) -> Any:
    """Settings that are no text reach a provider as JSON in a text."""
    return json.loads(value) if isinstance(value, str) else value


def _endpoints(blocks: list[dict[str, str]] | None) -> Mapping[str, str] | None:
    """The endpoints by service; None where the settings have none and the stand-in's own moto is AWS itself."""
    if not blocks:
        return None
    merged = {service: url for block in blocks for service, url in block.items() if url}
    for service, url in merged.items():
        if urlsplit(url).hostname not in {"127.0.0.1", "localhost"}:
            raise LookupError(f"the endpoint of {service} is not on this machine: {url}")
    return merged
