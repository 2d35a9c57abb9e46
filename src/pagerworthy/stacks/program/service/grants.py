"""What the service may do with AWS: one statement for each edge that is reached through AWS's own API.

No action and no resource has a wildcard, save the objects within a bucket: S3 has no other way to name them.
"""

from collections.abc import Mapping, Sequence

from pulumi import Input, Output

from pagerworthy.stacks.inputs import Access, Need, ServiceInputs
from pagerworthy.stacks.outputs import RESOURCE_KEYS
from pagerworthy.stacks.program.policies import Statement
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.places import key_arn
from pagerworthy.stacks.program.service.reach import Reach
from pagerworthy.stacks.program.service.subscriptions import Inbox

_READ: Mapping[str, tuple[str, ...]] = {
    "queue": ("sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
    # Whoever reads a topic reads a queue of their own that is subscribed to it.
    "topic": (),
}
_WRITE: Mapping[str, tuple[str, ...]] = {
    "queue": ("sqs:GetQueueAttributes", "sqs:SendMessage"),
    "topic": ("sns:Publish",),
}
_SEND = ("ses:SendEmail", "ses:SendRawEmail")
_OBJECTS: Mapping[Access, tuple[str, ...]] = {
    "read": ("s3:GetObject",),
    "write": ("s3:AbortMultipartUpload", "s3:PutObject"),
    "read-write": ("s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"),
}
# How AWS's key service names the service on whose behalf a key is used.
_VIA = {"queue": "sqs", "topic": "sns", "bucket": "s3"}


def task_statements(scope: Scope[ServiceInputs], reach: Reach) -> Sequence[Statement]:
    """What the service itself may do, in the order of what it needs; its secrets last."""
    statements: list[Statement] = []
    secrets: dict[str, tuple[Input[str], bool]] = {}
    for need in reach.needs():
        if need.kind != "resource":
            continue
        if "secret_arn" in RESOURCE_KEYS[need.type]:
            if (secret := reach.value(need, "secret_arn")) is not None:
                secrets[need.target] = (secret, need.regulated)
        else:
            statements += _of_resource(scope, reach, need)
    # Together, since those of one key are decrypted by one statement.
    return [*statements, *secret_statements(scope, secrets)]


def inbox_statements(scope: Scope[ServiceInputs], inboxes: Sequence[Inbox]) -> Sequence[Statement]:
    """Reading the queues in which topics' messages wait; their key is that of the service's own data."""
    statements: list[Statement] = []
    for inbox in inboxes:
        word = _word(inbox.name)
        statements.append(_allow(f"Use{word}", _READ["queue"], inbox.queue.arn))
        key = key_arn(scope, regulated=scope.inputs.regulated)
        statements.append(_allow(f"Decrypt{word}", ["kms:Decrypt"], key, condition=via(scope, _VIA["queue"])))
    return statements


def secret_statements(scope: Scope[ServiceInputs], secrets: Mapping[str, tuple[Input[str], bool]]) -> list[Statement]:
    """Reading secrets: for each name, its ARN and whether its key is that of regulated services."""
    statements = [
        _allow(f"Read{_word(name)}", ["secretsmanager:GetSecretValue"], arn) for name, (arn, _) in secrets.items()
    ]
    for regulated in sorted({regulated for _, regulated in secrets.values()}):
        word = "DecryptRegulatedSecrets" if regulated else "DecryptSecrets"
        key = key_arn(scope, regulated=regulated)
        statements.append(_allow(word, ["kms:Decrypt"], key, condition=via(scope, "secretsmanager")))
    return statements


def via(scope: Scope[ServiceInputs], *services: str) -> Mapping[str, object]:
    """The condition that a key is used only through these services of AWS."""
    names = [f"{each}.{scope.inputs.spec.region}.amazonaws.com" for each in services]
    return {"StringEquals": {"kms:ViaService": names}}


def _of_resource(scope: Scope[ServiceInputs], reach: Reach, need: Need) -> list[Statement]:
    word = _word(need.target)
    if "arn" not in RESOURCE_KEYS[need.type]:
        return []
    arn = reach.value(need, "arn")
    if arn is None:
        return []
    statements: list[Statement] = []
    if need.type == "email":
        # A letter goes out under the rules of a configuration set, and AWS wants a right to both.
        rules = reach.value(need, "configuration_set_arn")
        return [_allow(f"Use{word}", _SEND, *(each for each in (arn, rules) if each is not None))]
    if need.type == "bucket":
        if need.access != "write":
            statements.append(_allow(f"List{word}", ["s3:ListBucket"], arn))
        statements.append(_allow(f"Use{word}", _OBJECTS[need.access], Output.concat(arn, "/*")))
    elif actions := _actions(need):
        statements.append(_allow(f"Use{word}", actions, arn))
    if statements and need.type in _VIA:
        key = key_arn(scope, regulated=need.regulated)
        decrypting = ["kms:Decrypt"] if need.access == "read" else ["kms:Decrypt", "kms:GenerateDataKey"]
        statements.append(_allow(f"Decrypt{word}", decrypting, key, condition=via(scope, _VIA[need.type])))
    return statements


def _actions(need: Need) -> list[str]:
    reads = _READ[need.type] if need.access != "write" else ()
    writes = _WRITE[need.type] if need.access != "read" else ()
    return sorted({*reads, *writes})


def _allow(
    sid: str, actions: Sequence[str], *resources: Input[str], condition: Mapping[str, object] | None = None
) -> Statement:
    allowed = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": list(resources)}
    return {**allowed, "Condition": condition} if condition else allowed


def _word(name: str) -> str:
    """A name as an id of a statement, which has only letters and digits: `ProductCatalogAstronomyDb`."""
    parts = name.replace("/", "-").split("-")
    return "".join(part[:1].upper() + part[1:] for part in parts)
