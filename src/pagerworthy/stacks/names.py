"""What stacks and cloud resources are called: the same each time, and never longer than the cloud allows."""

import hashlib

PROJECT = "pagerworthy"
PLATFORM = "platform"


def stack_name(service: str, environment: str) -> str:
    """The name of a service's stack: `checkout.production`."""
    return f"{service}.{environment}"


def platform_stack(environment: str) -> str:
    """The name of an environment's platform stack. No service may be called so."""
    return stack_name(PLATFORM, environment)


def physical(*parts: str, limit: int) -> str:
    """The parts joined by hyphens; what is longer than `limit` is cut and ends in eight digits of its digest.

    Two different names that are cut stay different: the digest is of the whole.
    """
    whole = "-".join(parts)
    if len(whole) <= limit:
        return whole
    mark = hashlib.sha256(whole.encode()).hexdigest()[:8]
    return f"{whole[: limit - 9].rstrip('-')}-{mark}"
