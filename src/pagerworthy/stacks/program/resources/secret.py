"""Passwords that a stack makes itself: the same on every run, and kept only in Secrets Manager and in the state's
encrypted part."""

import hashlib
import hmac
import json

from pulumi import Config, Output
from pulumi_aws.secretsmanager.secret import Secret, SecretArgs
from pulumi_aws.secretsmanager.secret_version import SecretVersion, SecretVersionArgs

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.program.resources.place import in_production, key_arn
from pagerworthy.stacks.program.scope import Scope


def derived_password(scope: Scope[ServiceInputs], name: str) -> Output[str]:
    """64 hexadecimal digits for a resource: HMAC-SHA-256 of its place under the stack's secret `pagerworthy:seed`.

    A new seed changes every password; no password says anything of another one or of the seed.
    """
    place = f"{scope.inputs.stack}/{name}".encode()
    seed: Output[str] = Config(PROJECT).require_secret("seed")
    return Output.secret(seed.apply(lambda value: hmac.digest(value.encode(), place, hashlib.sha256).hex()))


def keep_secret(scope: Scope[ServiceInputs], name: str, user: str, password: Output[str]) -> Secret:
    """Keeps a user and password as RDS keeps its own: a JSON object with `username` and `password`."""
    physical = scope.name(name, limit=512)
    secret = Secret(
        f"{name}-secret",
        SecretArgs(
            name=physical,
            description=f"User and password of {name} of {scope.inputs.service}",
            kms_key_id=key_arn(scope),
            # Elsewhere the name must be free again at once, so that what was taken down can come up.
            recovery_window_in_days=30 if in_production(scope) else 0,
            tags=scope.tagged(physical),
        ),
        scope.options(),
    )
    content = password.apply(lambda value: json.dumps({"username": user, "password": value}, sort_keys=True))
    SecretVersion(
        f"{name}-secret-version",
        SecretVersionArgs(secret_id=secret.id, secret_string=content),
        scope.options(),
    )
    return secret
