"""KMS."""

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, words


class Key(Kind):
    type_name = "aws:kms/key:Key"
    inputs = words(
        "description policy enableKeyRotation rotationPeriodInDays deletionWindowInDays isEnabled keyUsage "
        "customerMasterKeySpec multiRegion bypassPolicyLockoutSafetyCheck tags"
    )
    outputs = words("arn keyId policy multiRegion rotationPeriodInDays description")
    replaces = words("keyUsage customerMasterKeySpec multiRegion")
    fixed = words("deletionWindowInDays bypassPolicyLockoutSafetyCheck")
    documents = words("policy")
    defaults = {  # noqa: RUF012
        "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "isEnabled": True,
        "bypassPolicyLockoutSafetyCheck": False,
    }

    def create(self, aws: Aws, props: Props) -> str:
        kms = aws("kms")
        policy = {"Policy": props["policy"]} if "policy" in props else {}
        made = kms.create_key(
            Description=props.get("description", ""),
            KeyUsage=props["keyUsage"],
            KeySpec=props["customerMasterKeySpec"],
            MultiRegion=props.get("multiRegion", False),
            Tags=listed(props.get("tags"), "TagKey", "TagValue"),
            **policy,
        )
        id_ = str(made["KeyMetadata"]["KeyId"])
        if props.get("enableKeyRotation"):
            self._rotate(aws, id_, props)
        if not props["isEnabled"]:
            kms.disable_key(KeyId=id_)
        return id_

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        kms = aws("kms")
        found = kms.describe_key(KeyId=id_)["KeyMetadata"]
        if found["KeyState"] == "PendingDeletion":
            return None
        rotation = kms.get_key_rotation_status(KeyId=id_)
        return {
            "arn": found["Arn"],
            "keyId": id_,
            "description": found.get("Description") or None,
            "keyUsage": found["KeyUsage"],
            "customerMasterKeySpec": found["KeySpec"],
            "isEnabled": found["Enabled"],
            "multiRegion": found.get("MultiRegion", False),
            "enableKeyRotation": rotation["KeyRotationEnabled"],
            "rotationPeriodInDays": rotation.get("RotationPeriodInDays"),
            "policy": kms.get_key_policy(KeyId=id_, PolicyName="default")["Policy"],
            "tags": mapped(kms.list_resource_tags(KeyId=id_)["Tags"], "TagKey", "TagValue"),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        kms = aws("kms")
        if "description" in changed:
            kms.update_key_description(KeyId=id_, Description=props.get("description", ""))
        if "policy" in changed and "policy" in props:
            kms.put_key_policy(KeyId=id_, PolicyName="default", Policy=props["policy"])
        if changed & {"enableKeyRotation", "rotationPeriodInDays"}:
            self._rotate(aws, id_, props)
        if "isEnabled" in changed:
            (kms.enable_key if props["isEnabled"] else kms.disable_key)(KeyId=id_)
        if "tags" in changed:
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: kms.tag_resource(KeyId=id_, Tags=listed(tags, "TagKey", "TagValue")),
                lambda keys: kms.untag_resource(KeyId=id_, TagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        # A key is never gone at once: AWS keeps it for some days in which it can be called back.
        aws("kms").schedule_key_deletion(KeyId=id_, PendingWindowInDays=props.get("deletionWindowInDays", 30))

    def _rotate(self, aws: Aws, id_: str, props: Props) -> None:
        period = {key[0].upper() + key[1:]: props[key] for key in ("rotationPeriodInDays",) if key in props}
        if props.get("enableKeyRotation"):
            aws("kms").enable_key_rotation(KeyId=id_, **period)
        else:
            aws("kms").disable_key_rotation(KeyId=id_)


class Alias(Kind):
    type_name = "aws:kms/alias:Alias"
    inputs = words("name targetKeyId")
    outputs = words("arn targetKeyArn")
    replaces = words("name")
    named = "name"

    def check(self, props: Props) -> None:
        if not str(props.get("name", "alias/")).startswith("alias/"):
            raise ValueError("an alias's name begins with alias/")

    def create(self, aws: Aws, props: Props) -> str:
        aws("kms").create_alias(AliasName=props["name"], TargetKeyId=props["targetKeyId"])
        return str(props["name"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = next((each for each in self._all(aws) if each["AliasName"] == id_), None)
        if found is None or "TargetKeyId" not in found:
            return None
        key = aws("kms").describe_key(KeyId=found["TargetKeyId"])["KeyMetadata"]
        # A program may name the key by its id or its ARN; what it said is kept while it is the same key.
        said = props.get("targetKeyId")
        target = said if said in {key["KeyId"], key["Arn"]} else key["KeyId"]
        return {"name": id_, "arn": found["AliasArn"], "targetKeyId": target, "targetKeyArn": key["Arn"]}

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        aws("kms").update_alias(AliasName=id_, TargetKeyId=props["targetKeyId"])

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("kms").delete_alias(AliasName=id_)

    def _all(self, aws: Aws) -> list[Props]:
        return [each for page in aws("kms").get_paginator("list_aliases").paginate() for each in page["Aliases"]]
