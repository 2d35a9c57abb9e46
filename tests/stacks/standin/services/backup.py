"""AWS Backup. moto cannot change plans and has no selections: both are the stand-in's own."""

import hashlib

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.remembered import Remembered, uuid
from tests.stacks.standin.tags import retag
from tests.stacks.standin.values import Props, words


class Vault(Kind):
    type_name = "aws:backup/vault:Vault"
    inputs = words("name kmsKeyArn forceDestroy tags")
    outputs = words("arn kmsKeyArn recoveryPoints")
    replaces = words("name kmsKeyArn")
    fixed = words("forceDestroy")
    defaults = {"forceDestroy": False}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        key = {"EncryptionKeyArn": props["kmsKeyArn"]} if "kmsKeyArn" in props else {}
        aws("backup").create_backup_vault(BackupVaultName=props["name"], BackupVaultTags=props.get("tags") or {}, **key)
        return str(props["name"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        backup = aws("backup")
        vaults = backup.list_backup_vaults()["BackupVaultList"]
        found = next((each for each in vaults if each["BackupVaultName"] == id_), None)
        if found is None:
            return None
        return {
            "name": id_,
            "arn": found["BackupVaultArn"],
            "kmsKeyArn": found.get("EncryptionKeyArn"),
            "recoveryPoints": found.get("NumberOfRecoveryPoints", 0),
            "tags": backup.list_tags(ResourceArn=found["BackupVaultArn"]).get("Tags") or None,
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        backup = aws("backup")
        retag(
            props.get("tags"),
            old.get("tags"),
            lambda tags: backup.tag_resource(ResourceArn=old["arn"], Tags=tags),
            lambda keys: backup.untag_resource(ResourceArn=old["arn"], TagKeyList=keys),
        )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("backup").delete_backup_vault(BackupVaultName=id_)


class Plan(Remembered):
    type_name = "aws:backup/plan:Plan"
    inputs = words("name rules advancedBackupSettings tags")
    outputs = words("arn version")
    replaces = words("name")
    named = "name"

    def check(self, props: Props) -> None:
        for rule in props.get("rules", []):
            life = rule.get("lifecycle", {})
            if "coldStorageAfter" in life and life.get("deleteAfter", 9999) < life["coldStorageAfter"] + 90:
                raise ValueError("what is moved to cold storage is kept there for at least 90 days")

    def new_id(self, aws: Aws, props: Props) -> str:
        return uuid()

    def made(self, aws: Aws, id_: str, props: Props) -> Props:
        version = hashlib.sha256(repr(sorted(props.items())).encode()).hexdigest()[:24]
        return {"arn": aws.arn("backup", f"backup-plan:{id_}"), "version": version}


class Selection(Remembered):
    type_name = "aws:backup/selection:Selection"
    inputs = words("name planId iamRoleArn resources notResources selectionTags conditions")
    outputs = words("notResources conditions")
    replaces = inputs
    named = "name"

    def new_id(self, aws: Aws, props: Props) -> str:
        if aws.memory.get(Plan.type_name, props["planId"]) is None:
            raise RuntimeError(f"api error ResourceNotFoundException: no backup plan {props['planId']}")
        return uuid()
