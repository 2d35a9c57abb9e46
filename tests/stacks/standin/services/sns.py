"""SNS."""

import json

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, words

_ATTRIBUTES = {
    "displayName": "DisplayName",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
    "deliveryPolicy": "DeliveryPolicy",
    "signatureVersion": "SignatureVersion",
    "tracingConfig": "TracingConfig",
    "contentBasedDeduplication": "ContentBasedDeduplication",
}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class Topic(Kind):
    type_name = "aws:sns/topic:Topic"
    inputs = words("name fifoTopic tags") | _ATTRIBUTES.keys()
    outputs = words("arn owner policy signatureVersion tracingConfig displayName")
    replaces = words("name fifoTopic")
    documents = words("policy deliveryPolicy")
    unkept = words("signatureVersion tracingConfig")
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        attributes = {to: _text(props[key]) for key, to in _ATTRIBUTES.items() if key in props}
        if props.get("fifoTopic"):
            attributes["FifoTopic"] = "true"
        made = aws("sns").create_topic(Name=props["name"], Attributes=attributes, Tags=listed(props.get("tags")))
        return str(made["TopicArn"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        sns = aws("sns")
        found = sns.get_topic_attributes(TopicArn=id_)["Attributes"]
        tags = sns.list_tags_for_resource(ResourceArn=id_)["Tags"]
        return {
            **{key: found.get(name) for key, name in _ATTRIBUTES.items() if key not in self.unkept},
            "name": id_.rsplit(":", 1)[-1],
            "arn": id_,
            "owner": found["Owner"],
            "fifoTopic": found.get("FifoTopic") == "true",
            "contentBasedDeduplication": found.get("ContentBasedDeduplication") == "true",
            "tags": mapped(tags),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        sns = aws("sns")
        for key in changed & _ATTRIBUTES.keys():
            value = _text(props.get(key, ""))
            sns.set_topic_attributes(TopicArn=id_, AttributeName=_ATTRIBUTES[key], AttributeValue=value)
        if "tags" in changed:
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: sns.tag_resource(ResourceArn=id_, Tags=listed(tags)),
                lambda keys: sns.untag_resource(ResourceArn=id_, TagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("sns").delete_topic(TopicArn=id_)


class TopicPolicy(Kind):
    type_name = "aws:sns/topicPolicy:TopicPolicy"
    inputs = words("arn policy")
    outputs = words("owner")
    replaces = words("arn")
    documents = words("policy")

    def create(self, aws: Aws, props: Props) -> str:
        self._set(aws, props["arn"], props["policy"])
        return str(props["arn"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("sns").get_topic_attributes(TopicArn=id_)["Attributes"]
        return {"arn": id_, "owner": found["Owner"], "policy": found.get("Policy")}

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        self._set(aws, id_, props["policy"])

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        # As the real plugin: the policy that every topic has from the start, with which its owner may do all.
        statement = {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["SNS:Publish", "SNS:Subscribe"],
            "Resource": id_,
            "Condition": {"StringEquals": {"AWS:SourceOwner": aws.account}},
        }
        policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
        self._set(aws, id_, json.dumps(policy))

    def _set(self, aws: Aws, arn: str, policy: str) -> None:
        aws("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


_SUBSCRIPTION = {
    "rawMessageDelivery": "RawMessageDelivery",
    "filterPolicy": "FilterPolicy",
    "filterPolicyScope": "FilterPolicyScope",
    "deliveryPolicy": "DeliveryPolicy",
    "redrivePolicy": "RedrivePolicy",
    "subscriptionRoleArn": "SubscriptionRoleArn",
}


class TopicSubscription(Kind):
    type_name = "aws:sns/topicSubscription:TopicSubscription"
    inputs = words("topic protocol endpoint confirmationTimeoutInMinutes endpointAutoConfirms") | _SUBSCRIPTION.keys()
    outputs = words("arn ownerId pendingConfirmation confirmationWasAuthenticated filterPolicyScope")
    replaces = words("topic protocol endpoint")
    fixed = words("confirmationTimeoutInMinutes endpointAutoConfirms")
    documents = words("filterPolicy deliveryPolicy redrivePolicy")

    def create(self, aws: Aws, props: Props) -> str:
        attributes = {to: _text(props[key]) for key, to in _SUBSCRIPTION.items() if key in props}
        made = aws("sns").subscribe(
            TopicArn=props["topic"],
            Protocol=props["protocol"],
            Endpoint=props["endpoint"],
            Attributes=attributes,
            ReturnSubscriptionArn=True,
        )
        return str(made["SubscriptionArn"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("sns").get_subscription_attributes(SubscriptionArn=id_)["Attributes"]
        return {
            **{key: found.get(name) for key, name in _SUBSCRIPTION.items()},
            "rawMessageDelivery": found.get("RawMessageDelivery") == "true",
            "arn": id_,
            "topic": found["TopicArn"],
            "protocol": found["Protocol"],
            "endpoint": found["Endpoint"],
            "ownerId": aws.account,
            "pendingConfirmation": found.get("PendingConfirmation") == "true",
            "confirmationWasAuthenticated": True,
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        for key in changed & _SUBSCRIPTION.keys():
            aws("sns").set_subscription_attributes(
                SubscriptionArn=id_, AttributeName=_SUBSCRIPTION[key], AttributeValue=_text(props.get(key, ""))
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("sns").unsubscribe(SubscriptionArn=id_)
