"""One configured provider's way to the cloud: boto3 clients of the moto server, and what moto has no place for."""

import threading
from collections.abc import Mapping
from typing import Any

from tests.stacks.standin.memory import Memory

# The names that the provider's `endpoints` give to what boto3 calls otherwise.
ENDPOINT_NAMES: Mapping[str, tuple[str, ...]] = {
    "application-autoscaling": ("applicationautoscaling", "appautoscaling"),
    "elbv2": ("elbv2", "elb", "elasticloadbalancingv2"),
    "logs": ("logs", "cloudwatchlogs"),
}
# Errors of botocore that say "there is no such thing", whatever the service.
GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist", "ResourceNotFound")


class Clients:
    """boto3 clients of one moto server, made once: making one takes 100 ms."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._lock = threading.Lock()
        self._made: dict[tuple[str, str, str], Any] = {}

    def get(self, service: str, region: str, endpoint: str = "") -> Any:
        """A client; `endpoint` where it is not the server's own."""
        key = (service, region, endpoint or self.endpoint)
        with self._lock:
            if key not in self._made:
                import boto3
                from botocore.config import Config

                client = boto3.client(
                    service,
                    region_name=region,
                    endpoint_url=key[2],
                    aws_access_key_id="standin",
                    aws_secret_access_key="standin",  # noqa: S106 -- moto asks for none
                    config=Config(
                        retries={"max_attempts": 1},
                        max_pool_connections=50,
                        s3={"addressing_style": "path"},
                    ),
                )
                client.meta.events.register("provide-client-params.*.*", _without_empty_tags)
                self._made[key] = client
            return self._made[key]


_TAGS = frozenset({"Tags", "tags", "TagSpecifications", "BackupVaultTags"})


def _without_empty_tags(params: dict[str, Any], **_about: Any) -> dict[str, Any]:
    """Some of AWS's operations refuse an empty list of tags, where all take none."""
    return {key: value for key, value in params.items() if value or key not in _TAGS}


class Aws:
    """The cloud of one account and region as a handler sees it: `aws("ec2")` is boto3's client."""

    def __init__(
        self, clients: Clients, memory: Memory, region: str, account: str, endpoints: Mapping[str, str] | None
    ) -> None:
        self._clients = clients
        self.memory = memory
        self.region = region
        self.account = account
        self._endpoints = endpoints

    def __call__(self, service: str) -> Any:
        if self._endpoints is None:
            return self._clients.get(service, self.region)
        names = ENDPOINT_NAMES.get(service, (service,))
        endpoint = next((self._endpoints[name] for name in names if name in self._endpoints), None)
        if endpoint is None:
            raise LookupError(f"the provider's endpoints lack {names[0]}: this call would reach the real AWS")
        return self._clients.get(service, self.region, endpoint)

    def within(self, region: str) -> "Aws":
        """The same account in another region."""
        return Aws(self._clients, self.memory, region, self.account, self._endpoints)

    def arn(self, service: str, rest: str, *, region: bool = True) -> str:
        return f"arn:aws:{service}:{self.region if region else ''}:{self.account}:{rest}"


def error_code(error: Exception) -> str:
    """AWS's code of an error of boto3; empty for other errors."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""


def is_gone(error: Exception, more: frozenset[str] = frozenset()) -> bool:
    """Whether an error of boto3 says that there is no such thing."""
    code = error_code(error)
    return code in more or code == "404" or any(word in code for word in GONE)
