"""SES. moto knows identities and configuration sets; what hangs on them is the stand-in's own."""

import hashlib

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.remembered import Remembered
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, pascal, words


def _arn(aws: Aws, kind: str, name: str) -> str:
    return aws.arn("ses", f"{kind}/{name}")


def _retag(aws: Aws, arn: str, props: Props, old: Props) -> None:
    ses = aws("sesv2")
    retag(
        props.get("tags"),
        old.get("tags"),
        lambda tags: ses.tag_resource(ResourceArn=arn, Tags=listed(tags)),
        lambda keys: ses.untag_resource(ResourceArn=arn, TagKeys=keys),
    )


class EmailIdentity(Kind):
    type_name = "aws:sesv2/emailIdentity:EmailIdentity"
    inputs = words("emailIdentity configurationSetName dkimSigningAttributes tags")
    outputs = words("arn dkimSigningAttributes identityType verificationStatus verifiedForSendingStatus")
    replaces = words("emailIdentity")
    fixed = words("dkimSigningAttributes configurationSetName")
    unkept = words("configurationSetName dkimSigningAttributes")
    missing = words("NotFoundException")

    def create(self, aws: Aws, props: Props) -> str:
        optional: Props = {}
        if "configurationSetName" in props:
            optional["ConfigurationSetName"] = props["configurationSetName"]
        aws("sesv2").create_email_identity(EmailIdentity=props["emailIdentity"], **optional)
        # moto shows other tags where it lists them than where it shows the identity: one place is used, this.
        _retag(aws, _arn(aws, "identity", props["emailIdentity"]), props, {})
        return str(props["emailIdentity"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("sesv2").get_email_identity(EmailIdentity=id_)
        tags = aws("sesv2").list_tags_for_resource(ResourceArn=_arn(aws, "identity", id_))["Tags"]
        # Easy DKIM gives a domain three tokens; moto gives every one the same.
        tokens = [hashlib.sha256(f"{aws.account}{id_}{n}".encode()).hexdigest()[:32] for n in range(3)]
        return {
            "emailIdentity": id_,
            "arn": _arn(aws, "identity", id_),
            "identityType": found["IdentityType"],
            "verificationStatus": found.get("VerificationStatus") or "PENDING",
            "verifiedForSendingStatus": found.get("VerifiedForSendingStatus", False),
            "dkimSigningAttributes": {
                **(props.get("dkimSigningAttributes") or {}),
                "signingAttributesOrigin": "AWS_SES",
                "status": "PENDING",
                "tokens": tokens,
            },
            "tags": mapped(tags),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if "tags" in changed:
            _retag(aws, _arn(aws, "identity", id_), props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("sesv2").delete_email_identity(EmailIdentity=id_)


_OPTIONS = words("deliveryOptions reputationOptions sendingOptions suppressionOptions trackingOptions vdmOptions")


class ConfigurationSet(Kind):
    """moto cannot change one: it is made anew under its name."""

    type_name = "aws:sesv2/configurationSet:ConfigurationSet"
    inputs = words("configurationSetName tags") | _OPTIONS
    outputs = words("arn") | _OPTIONS
    replaces = words("configurationSetName")
    fixed = _OPTIONS
    missing = words("NotFoundException ConfigurationSetDoesNotExist")

    def create(self, aws: Aws, props: Props) -> str:
        self._make(aws, props)
        return str(props["configurationSetName"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        ses = aws("sesv2")
        ses.get_configuration_set(ConfigurationSetName=id_)
        tags = ses.list_tags_for_resource(ResourceArn=_arn(aws, "configuration-set", id_))["Tags"]
        return {
            "configurationSetName": id_,
            "arn": _arn(aws, "configuration-set", id_),
            "tags": mapped(tags),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            self.delete(aws, id_, props)
            self._make(aws, {**props, "tags": old.get("tags")})
        if "tags" in changed:
            _retag(aws, _arn(aws, "configuration-set", id_), props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("sesv2").delete_configuration_set(ConfigurationSetName=id_)

    def _make(self, aws: Aws, props: Props) -> None:
        options = {key[0].upper() + key[1:]: pascal(props[key]) for key in _OPTIONS if key in props}
        tags = {"Tags": listed(props["tags"])} if props.get("tags") else {}
        aws("sesv2").create_configuration_set(ConfigurationSetName=props["configurationSetName"], **options, **tags)


class ConfigurationSetEventDestination(Remembered):
    type_name = "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination"
    inputs = words("configurationSetName eventDestinationName eventDestination")
    replaces = words("configurationSetName eventDestinationName")

    def new_id(self, aws: Aws, props: Props) -> str:
        aws("sesv2").get_configuration_set(ConfigurationSetName=props["configurationSetName"])
        return f"{props['configurationSetName']}|{props['eventDestinationName']}"


class EmailIdentityMailFromAttributes(Remembered):
    type_name = "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes"
    inputs = words("emailIdentity mailFromDomain behaviorOnMxFailure")
    replaces = words("emailIdentity")
    defaults = {"behaviorOnMxFailure": "USE_DEFAULT_VALUE"}  # noqa: RUF012

    def new_id(self, aws: Aws, props: Props) -> str:
        aws("sesv2").get_email_identity(EmailIdentity=props["emailIdentity"])
        return str(props["emailIdentity"])
