"""CloudWatch's log groups."""

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import retag
from tests.stacks.standin.values import Props, named, words


class LogGroup(Kind):
    type_name = "aws:cloudwatch/logGroup:LogGroup"
    inputs = words("name retentionInDays kmsKeyId logGroupClass skipDestroy tags")
    outputs = words("arn logGroupClass")
    replaces = words("name logGroupClass")
    fixed = words("skipDestroy")
    defaults = {"retentionInDays": 0, "skipDestroy": False}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        logs = aws("logs")
        optional = {"kmsKeyId": "kmsKeyId", "logGroupClass": "logGroupClass", "tags": "tags"}
        logs.create_log_group(logGroupName=props["name"], **named(props, optional))
        if props["retentionInDays"]:
            logs.put_retention_policy(logGroupName=props["name"], retentionInDays=props["retentionInDays"])
        return str(props["name"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        logs = aws("logs")
        groups = logs.describe_log_groups(logGroupNamePrefix=id_)["logGroups"]
        found = next((each for each in groups if each["logGroupName"] == id_), None)
        if found is None:
            return None
        return {
            "name": id_,
            # The plugin leaves out the `:*` with which AWS means the group's streams.
            "arn": found["arn"].removesuffix(":*"),
            "retentionInDays": found.get("retentionInDays", 0),
            "kmsKeyId": found.get("kmsKeyId"),
            "logGroupClass": found.get("logGroupClass", "STANDARD"),
            "tags": logs.list_tags_log_group(logGroupName=id_)["tags"] or None,
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        logs = aws("logs")
        if "retentionInDays" in changed:
            if props["retentionInDays"]:
                logs.put_retention_policy(logGroupName=id_, retentionInDays=props["retentionInDays"])
            else:
                logs.delete_retention_policy(logGroupName=id_)
        if "kmsKeyId" in changed:
            if key := props.get("kmsKeyId"):
                logs.associate_kms_key(logGroupName=id_, kmsKeyId=key)
            else:
                logs.disassociate_kms_key(logGroupName=id_)
        if "tags" in changed:
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: logs.tag_log_group(logGroupName=id_, tags=tags),
                lambda keys: logs.untag_log_group(logGroupName=id_, tags=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        if not props.get("skipDestroy"):
            aws("logs").delete_log_group(logGroupName=id_)
