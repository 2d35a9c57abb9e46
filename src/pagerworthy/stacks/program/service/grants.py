"""What the service may do with AWS: one statement for each edge that is reached through AWS's own API.

No action and no resource has a wildcard, save the objects within a bucket: S3 has no other way to name them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pulumi import Input, Output

from pagerworthy.stacks.inputs import Access, Need, ServiceInputs
from pagerworthy.stacks.outputs import RESOURCE_KEYS
from pagerworthy.stacks.program.policies import Statement
from pagerworthy.stacks.program.scope import Scope
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


def task_statements(scope: Scope[ServiceInputs], reach: Reach, inboxes: Sequence[Inbox]) -> Sequence[Statement]:
    """What the service itself may do, in the order of what it needs, and last the keys for it.

    One policy has room for 10,240 characters, some fifty edges; keys are therefore not named again for each.
    """
    statements: list[Statement] = []
    keys = _Keys(scope)
    secrets: dict[str, tuple[Input[str], bool]] = {}
    for need in reach.needs():
        if need.kind != "resource":
            continue
        if "secret_arn" in RESOURCE_KEYS[need.type]:
            secret = reach.value(need, "secret_arn")
            if secret is not None:
                secrets[need.target] = (secret, need.regulated)
        else:
            statements += _of_resource(reach, need, keys)
    for inbox in inboxes:
        statements.append(_allow(f"Use{_word(inbox.name)}", _READ["queue"], inbox.queue.arn))
        keys.use("queue", "read", regulated=scope.inputs.regulated)
    return [*_told_apart(statements), *keys.statements(), *secret_statements(scope, secrets)]


def secret_statements(scope: Scope[ServiceInputs], secrets: Mapping[str, tuple[Input[str], bool]]) -> list[Statement]:
    """Reading secrets: for each name, its ARN and whether its key is that of regulated services."""
    if not secrets:
        return []
    statements = [
        _allow("ReadSecrets", ["secretsmanager:GetSecretValue"], *(arn for arn, _ in secrets.values())),
    ]
    for regulated in sorted({regulated for _, regulated in secrets.values()}):
        word = "DecryptRegulatedSecrets" if regulated else "DecryptSecrets"
        key = scope.key(regulated=regulated)
        statements.append(_allow(word, ["kms:Decrypt"], key, condition=via(scope, "secretsmanager")))
    return statements


def via(scope: Scope[ServiceInputs], *services: str) -> Mapping[str, object]:
    """The condition that a key is used only through these services of AWS."""
    names = [f"{each}.{scope.inputs.spec.region}.amazonaws.com" for each in services]
    return {"StringEquals": {"kms:ViaService": names}}


class _Keys:
    """The keys that the service's data is encrypted with: each with the services of AWS through which it is used."""

    def __init__(self, scope: Scope[ServiceInputs]) -> None:
        self._scope = scope
        # By whether the key is that of regulated services, and whether something is written.
        self._used: dict[tuple[bool, bool], set[str]] = {}

    def use(self, type_: str, access: Access, *, regulated: bool) -> None:
        """Notes that data of a type is read or written."""
        self._used.setdefault((regulated, access != "read"), set()).add(_VIA[type_])

    def statements(self) -> list[Statement]:
        """One statement for each key and use."""
        found = []
        for (regulated, writes), services in sorted(self._used.items()):
            word = f"{'Encrypt' if writes else 'Decrypt'}{'Regulated' if regulated else ''}Data"
            actions = ["kms:Decrypt", "kms:GenerateDataKey"] if writes else ["kms:Decrypt"]
            key = self._scope.key(regulated=regulated)
            found.append(_allow(word, actions, key, condition=via(self._scope, *sorted(services))))
        return found


def _of_resource(reach: Reach, need: Need, keys: _Keys) -> list[Statement]:
    arn = reach.value(need, "arn") if "arn" in RESOURCE_KEYS[need.type] else None
    if arn is None:
        return []
    word = _word(need.target)
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
    if statements:
        keys.use(need.type, need.access, regulated=need.regulated)
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


def _told_apart(statements: Sequence[Statement]) -> Iterator[Statement]:
    """The statements with ids of their own: `a-1b` and `a1b` are the same without hyphens, and AWS takes none twice."""
    seen: Counter[object] = Counter()
    for each in statements:
        seen[each["Sid"]] += 1
        yield {**each, "Sid": f"{each['Sid']}{seen[each['Sid']]}"} if seen[each["Sid"]] > 1 else each


def _word(name: str) -> str:
    """A name as an id of a statement, which has only letters and digits: `ProductCatalogAstronomyDb`."""
    parts = name.replace("/", "-").replace("_", "-").split("-")
    return "".join(part[:1].upper() + part[1:] for part in parts)
