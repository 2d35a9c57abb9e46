"""SQS."""

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import retag
from tests.stacks.standin.values import Props, words

_NUMBERS = {
    "visibilityTimeoutSeconds": "VisibilityTimeout",
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "maxMessageSize": "MaximumMessageSize",
    "delaySeconds": "DelaySeconds",
    "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
    "kmsDataKeyReusePeriodSeconds": "KmsDataKeyReusePeriodSeconds",
}
_TEXTS = {
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "redrivePolicy": "RedrivePolicy",
    "redriveAllowPolicy": "RedriveAllowPolicy",
    "deduplicationScope": "DeduplicationScope",
    "fifoThroughputLimit": "FifoThroughputLimit",
}
_FLAGS = {
    "fifoQueue": "FifoQueue",
    "contentBasedDeduplication": "ContentBasedDeduplication",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
}
_ALL = {**_NUMBERS, **_TEXTS, **_FLAGS}


def _attributes(props: Props, keys: frozenset[str]) -> dict[str, str]:
    texts = {_ALL[key]: str(props.get(key, "")) for key in keys & _ALL.keys()}
    return {name: text.lower() if text in {"True", "False"} else text for name, text in texts.items()}


class Queue(Kind):
    type_name = "aws:sqs/queue:Queue"
    inputs = words("name tags") | _ALL.keys()
    outputs = words(
        "arn url policy redriveAllowPolicy sqsManagedSseEnabled deduplicationScope fifoThroughputLimit "
        "kmsDataKeyReusePeriodSeconds maxMessageSize"
    )
    replaces = words("name fifoQueue")
    documents = words("policy redrivePolicy redriveAllowPolicy")
    defaults = {  # noqa: RUF012 -- a table, never written to
        "visibilityTimeoutSeconds": 30,
        "messageRetentionSeconds": 345600,
        "delaySeconds": 0,
        "receiveWaitTimeSeconds": 0,
        "fifoQueue": False,
    }
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        attributes = _attributes(props, frozenset(props))
        if not props.get("fifoQueue"):
            attributes.pop("FifoQueue", None)
        made = aws("sqs").create_queue(QueueName=props["name"], Attributes=attributes, tags=props.get("tags") or {})
        return str(made["QueueUrl"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        sqs = aws("sqs")
        found = sqs.get_queue_attributes(QueueUrl=id_, AttributeNames=["All"])["Attributes"]
        return {
            **{key: int(found[name]) for key, name in _NUMBERS.items() if name in found},
            **{key: found.get(name) or None for key, name in _TEXTS.items()},
            **{key: found.get(name) == "true" for key, name in _FLAGS.items()},
            "name": id_.rsplit("/", 1)[-1],
            "arn": found["QueueArn"],
            "url": id_,
            "tags": sqs.list_queue_tags(QueueUrl=id_).get("Tags"),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        sqs = aws("sqs")
        if attributes := _attributes(props, changed):
            sqs.set_queue_attributes(QueueUrl=id_, Attributes=attributes)
        if "tags" in changed:
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: sqs.tag_queue(QueueUrl=id_, Tags=tags),
                lambda keys: sqs.untag_queue(QueueUrl=id_, TagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("sqs").delete_queue(QueueUrl=id_)


class QueuePolicy(Kind):
    type_name = "aws:sqs/queuePolicy:QueuePolicy"
    inputs = words("queueUrl policy")
    replaces = words("queueUrl")
    documents = words("policy")

    def create(self, aws: Aws, props: Props) -> str:
        self._set(aws, props["queueUrl"], props["policy"])
        return str(props["queueUrl"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = aws("sqs").get_queue_attributes(QueueUrl=id_, AttributeNames=["All"])["Attributes"]
        return {"queueUrl": id_, "policy": found["Policy"]} if found.get("Policy") else None

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        self._set(aws, id_, props["policy"])

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        self._set(aws, id_, "")

    def _set(self, aws: Aws, url: str, policy: str) -> None:
        aws("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
