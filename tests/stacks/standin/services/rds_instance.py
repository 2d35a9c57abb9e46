"""RDS: instances."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.services.rds import retag_rds
from tests.stacks.standin.tags import listed, mapped
from tests.stacks.standin.values import Props, named, words

# What AWS has under another name than Pulumi, both ways.
_NAMES = {
    "allocatedStorage": "AllocatedStorage",
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "backupRetentionPeriod": "BackupRetentionPeriod",
    "backupWindow": "PreferredBackupWindow",
    "copyTagsToSnapshot": "CopyTagsToSnapshot",
    "deletionProtection": "DeletionProtection",
    "engineVersion": "EngineVersion",
    "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
    "instanceClass": "DBInstanceClass",
    "iops": "Iops",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "maxAllocatedStorage": "MaxAllocatedStorage",
    "multiAz": "MultiAZ",
    "publiclyAccessible": "PubliclyAccessible",
    "storageThroughput": "StorageThroughput",
    "storageType": "StorageType",
    "parameterGroupName": "DBParameterGroupName",
    "vpcSecurityGroupIds": "VpcSecurityGroupIds",
    "caCertIdentifier": "CACertificateIdentifier",
    "monitoringInterval": "MonitoringInterval",
    "monitoringRoleArn": "MonitoringRoleArn",
    "password": "MasterUserPassword",
    "manageMasterUserPassword": "ManageMasterUserPassword",
    "masterUserSecretKmsKeyId": "MasterUserSecretKmsKeyId",
    "port": "Port",
}
_ONCE = {
    "availabilityZone": "AvailabilityZone",
    "dbName": "DBName",
    "dbSubnetGroupName": "DBSubnetGroupName",
    "engine": "Engine",
    "kmsKeyId": "KmsKeyId",
    "storageEncrypted": "StorageEncrypted",
    "username": "MasterUsername",
}
_INSIGHTS = words(
    "performanceInsightsEnabled performanceInsightsKmsKeyId performanceInsightsRetentionPeriod databaseInsightsMode"
)
_LOGS = "enabledCloudwatchLogsExports"


class Instance(Kind):
    """Its id is the resource id that AWS makes, as since version 5 of the real plugin."""

    type_name = "aws:rds/instance:Instance"
    inputs = (
        words(
            "identifier applyImmediately allowMajorVersionUpgrade deleteAutomatedBackups engineLifecycleSupport "
            "finalSnapshotIdentifier skipFinalSnapshot enabledCloudwatchLogsExports networkType dedicatedLogVolume tags"
        )
        | _INSIGHTS
        | _NAMES.keys()
        | _ONCE.keys()
    )
    outputs = words(
        "arn address endpoint hostedZoneId resourceId status engineVersionActual masterUserSecrets allocatedStorage "
        "availabilityZone backupRetentionPeriod backupTarget backupWindow caCertIdentifier dbName dbSubnetGroupName "
        "engine engineLifecycleSupport engineVersion iops kmsKeyId licenseModel maintenanceWindow "
        "masterUserSecretKmsKeyId monitoringRoleArn multiAz networkType optionGroupName parameterGroupName port "
        "performanceInsightsKmsKeyId performanceInsightsRetentionPeriod storageThroughput storageType username "
        "vpcSecurityGroupIds databaseInsightsMode identifier latestRestorableTime"
    )
    replaces = words("engine username storageEncrypted kmsKeyId availabilityZone dbName")
    fixed = words(
        "applyImmediately allowMajorVersionUpgrade deleteAutomatedBackups finalSnapshotIdentifier skipFinalSnapshot "
        "engineLifecycleSupport password manageMasterUserPassword networkType dedicatedLogVolume"
    )
    unkept = _INSIGHTS | {_LOGS}
    secret = words("password")
    missing = words("DBInstanceNotFound")
    defaults = {  # noqa: RUF012
        "autoMinorVersionUpgrade": True,
        "copyTagsToSnapshot": False,
        "deleteAutomatedBackups": True,
        "monitoringInterval": 0,
        "publiclyAccessible": False,
        "skipFinalSnapshot": False,
    }

    def check(self, props: Props) -> None:
        if "password" in props and props.get("manageMasterUserPassword"):
            raise ValueError("password conflicts with manageMasterUserPassword")

    def create(self, aws: Aws, props: Props) -> str:
        logs = {"EnableCloudwatchLogsExports": props[_LOGS]} if props.get(_LOGS) else {}
        made = aws("rds").create_db_instance(
            DBInstanceIdentifier=props["identifier"],
            Tags=listed(props.get("tags")),
            **named(props, _NAMES | _ONCE),
            **logs,
        )
        return str(made["DBInstance"]["DbiResourceId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = self._find(aws, id_, props)
        if found is None:
            return None
        secret = found.get("MasterUserSecret")
        place = found.get("Endpoint") or {}
        # moto has `*.rds.amazonaws.com` with `aws1` inside; AWS has the account's mark and the region.
        address = f"{found['DBInstanceIdentifier']}.c{aws.account[:8]}.{aws.region}.rds.amazonaws.com"
        actual = {key: found.get(name) for key, name in (_NAMES | _ONCE).items() if name in found}
        actual.pop("password", None)
        return {
            **actual,
            "identifier": found["DBInstanceIdentifier"],
            "arn": found["DBInstanceArn"],
            "resourceId": id_,
            "status": found["DBInstanceStatus"],
            "address": address,
            "port": place.get("Port"),
            "endpoint": f"{address}:{place.get('Port')}",
            "hostedZoneId": "Z1RLNUO7B9Q6NB",
            "engineVersionActual": found["EngineVersion"],
            "engineVersion": self._version(found["EngineVersion"], props),
            "iamDatabaseAuthenticationEnabled": found.get("IAMDatabaseAuthenticationEnabled", False),
            "dbSubnetGroupName": (found.get("DBSubnetGroup") or {}).get("DBSubnetGroupName"),
            "parameterGroupName": found["DBParameterGroups"][0]["DBParameterGroupName"],
            "vpcSecurityGroupIds": [each["VpcSecurityGroupId"] for each in found.get("VpcSecurityGroups", [])],
            "masterUserSecretKmsKeyId": secret.get("KmsKeyId") if secret else None,
            "masterUserSecrets": [_secret_of(secret)] if secret else [],
            "tags": mapped(found.get("TagList")),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        arguments = named({key: props[key] for key in changed & props.keys()}, _NAMES)
        if "port" in changed:
            arguments["DBPortNumber"] = arguments.pop("Port")
        if "identifier" in changed:
            arguments["NewDBInstanceIdentifier"] = props["identifier"]
        if gone := sorted((changed & _NAMES.keys()) - props.keys() - {"password", "manageMasterUserPassword"}):
            raise NotImplementedError(f"the stand-in does not take back {', '.join(gone)} of an instance")
        if arguments:
            # Whether at once or in the next window: here there is no waiting.
            aws("rds").modify_db_instance(DBInstanceIdentifier=old["identifier"], ApplyImmediately=True, **arguments)
        if "tags" in changed:
            retag_rds(aws, old["arn"], props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        how: dict[str, Any] = {"SkipFinalSnapshot": True}
        if not props.get("skipFinalSnapshot"):
            if not props.get("finalSnapshotIdentifier"):
                raise RuntimeError("final_snapshot_identifier is required when skip_final_snapshot is false")
            how = {"SkipFinalSnapshot": False, "FinalDBSnapshotIdentifier": props["finalSnapshotIdentifier"]}
        aws("rds").delete_db_instance(DBInstanceIdentifier=props["identifier"], **how)

    def import_props(self, id_: str) -> Props:
        return {"identifier": id_}

    def _find(self, aws: Aws, id_: str, props: Props) -> dict[str, Any] | None:
        found = aws("rds").describe_db_instances(DBInstanceIdentifier=props["identifier"])["DBInstances"]
        return next((each for each in found if id_ in {each["DbiResourceId"], each["DBInstanceIdentifier"]}), None)

    def _version(self, actual: str, props: Props) -> str:
        """What the program asked for while the actual version begins so (`16` for 16.4), else the actual one."""
        said = str(props.get("engineVersion", ""))
        return said if said and (actual == said or actual.startswith(f"{said}.")) else actual


def _secret_of(found: dict[str, Any]) -> Props:
    return {
        "secretArn": found["SecretArn"],
        "secretStatus": found.get("SecretStatus", "active"),
        "kmsKeyId": found.get("KmsKeyId"),
    }
