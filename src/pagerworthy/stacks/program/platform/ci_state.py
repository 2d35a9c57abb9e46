"""What CI may do with the state of stacks, where Pulumi keeps it in a bucket and its secrets with a key of AWS."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from pulumi import Input, Output

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.policies import Statement, partition
from pagerworthy.stacks.program.scope import Scope

_BUCKET, _KEY = "s3", "awskms"


def state_statements(scope: Scope[PlatformInputs], account: Input[str], *, writes: bool) -> Sequence[Statement]:
    """Reading the state, and writing it as well; nothing for a backend or a keeper of secrets outside of AWS."""
    return [*_bucket(scope, writes=writes), *_key(scope, account, writes=writes)]


def _bucket(scope: Scope[PlatformInputs], *, writes: bool) -> Iterator[Statement]:
    """For `s3://bucket/folder?region=eu-west-1`: its objects in that folder."""
    address = urlsplit(scope.inputs.backend)
    if address.scheme != _BUCKET or not address.netloc:
        return
    bucket = f"arn:{partition(scope.inputs.spec.region)}:s3:::{address.netloc}"
    folder = address.path.strip("/")
    objects = f"{bucket}/{folder}/*" if folder else f"{bucket}/*"
    actions = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"] if writes else ["s3:GetObject"]
    yield {"Sid": "ListState", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket}
    yield {"Sid": "State", "Effect": "Allow", "Action": actions, "Resource": objects}


def _key(scope: Scope[PlatformInputs], account: Input[str], *, writes: bool) -> Iterator[Statement]:
    """For `awskms:///arn:...`, `awskms://1234-...` or `awskms://alias/name`, each with `?region=`."""
    address = urlsplit(scope.inputs.secrets_provider)
    if address.scheme != _KEY:
        return
    actions = ["kms:Decrypt", "kms:Encrypt"] if writes else ["kms:Decrypt"]
    whole = f"{address.netloc}{address.path}".strip("/")
    statement = {"Sid": "StateSecrets", "Effect": "Allow", "Action": actions}
    if whole.startswith("arn:"):
        yield {**statement, "Resource": whole}
        return
    region = next((each.removeprefix("region=") for each in address.query.split("&") if each.startswith("region=")), "")
    keys = f"arn:{partition(scope.inputs.spec.region)}:kms:{region or scope.inputs.spec.region}:"
    if whole.startswith("alias/"):
        # Which key an alias means is not said by its name, so that the name is what counts.
        named = {"StringEquals": {"kms:RequestAlias": whole}}
        yield {**statement, "Resource": Output.concat(keys, account, ":key/*"), "Condition": named}
    else:
        yield {**statement, "Resource": Output.concat(keys, account, f":key/{whole}")}
