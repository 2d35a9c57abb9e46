"""Secrets Manager."""

import base64

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, named, words


class Secret(Kind):
    type_name = "aws:secretsmanager/secret:Secret"
    inputs = words("name description kmsKeyId policy recoveryWindowInDays forceOverwriteReplicaSecret tags")
    outputs = words("arn policy")
    replaces = words("name")
    fixed = words("recoveryWindowInDays forceOverwriteReplicaSecret")
    documents = words("policy")
    defaults = {"recoveryWindowInDays": 30, "forceOverwriteReplicaSecret": False}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        optional = {"description": "Description", "kmsKeyId": "KmsKeyId"}
        made = aws("secretsmanager").create_secret(
            Name=props["name"], Tags=listed(props.get("tags")), **named(props, optional)
        )
        if "policy" in props:
            aws("secretsmanager").put_resource_policy(SecretId=made["ARN"], ResourcePolicy=props["policy"])
        return str(made["ARN"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        manager = aws("secretsmanager")
        found = manager.describe_secret(SecretId=id_)
        if found.get("DeletedDate"):
            return None
        policy = manager.get_resource_policy(SecretId=id_).get("ResourcePolicy") if "policy" in props else None
        return {
            "arn": id_,
            "name": found["Name"],
            "description": found.get("Description") or None,
            "kmsKeyId": found.get("KmsKeyId") or None,
            "policy": policy,
            "tags": mapped(found.get("Tags")),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        manager = aws("secretsmanager")
        if changed & {"description", "kmsKeyId"}:
            optional = {"description": "Description", "kmsKeyId": "KmsKeyId"}
            manager.update_secret(SecretId=id_, **named(props, optional))
        if "policy" in changed:
            manager.put_resource_policy(SecretId=id_, ResourcePolicy=props["policy"])
        if "tags" in changed:
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: manager.tag_resource(SecretId=id_, Tags=listed(tags)),
                lambda keys: manager.untag_resource(SecretId=id_, TagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        days = props.get("recoveryWindowInDays", 30)
        how = {"RecoveryWindowInDays": days} if days else {"ForceDeleteWithoutRecovery": True}
        aws("secretsmanager").delete_secret(SecretId=id_, **how)


class SecretVersion(Kind):
    type_name = "aws:secretsmanager/secretVersion:SecretVersion"
    inputs = words("secretId secretString secretBinary versionStages")
    outputs = words("arn secretArn versionId versionStages hasSecretStringWo")
    replaces = words("secretId secretString secretBinary")
    secret = words("secretString secretBinary")

    def create(self, aws: Aws, props: Props) -> str:
        value = {"SecretString": props["secretString"]} if "secretString" in props else {}
        if "secretBinary" in props:
            value["SecretBinary"] = base64.b64decode(props["secretBinary"])
        stages = {"VersionStages": props["versionStages"]} if "versionStages" in props else {}
        made = aws("secretsmanager").put_secret_value(SecretId=props["secretId"], **value, **stages)
        return f"{made['ARN']}|{made['VersionId']}"

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        arn, _, version = id_.partition("|")
        found = aws("secretsmanager").get_secret_value(SecretId=arn, VersionId=version)
        stages = found.get("VersionStages") or []
        if not stages:
            return None
        return {
            "secretArn": found["ARN"],
            "arn": found["ARN"],
            "versionId": version,
            "versionStages": stages,
            "secretString": found.get("SecretString"),
            "hasSecretStringWo": False,
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        raise NotImplementedError("the stand-in does not move stages of secrets")

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        # As the real plugin: the current version goes with its secret, an older one when AWS wants.
        arn, _, version = id_.partition("|")
        versions = aws("secretsmanager").describe_secret(SecretId=arn).get("VersionIdsToStages", {})
        if stages := [each for each in versions.get(version, []) if each != "AWSCURRENT"]:
            for stage in stages:
                aws("secretsmanager").update_secret_version_stage(
                    SecretId=arn, VersionStage=stage, RemoveFromVersionId=version
                )
