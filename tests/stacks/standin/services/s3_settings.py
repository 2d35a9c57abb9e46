"""The settings of S3's buckets that are resources of their own; each has its bucket's name for its id."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped
from tests.stacks.standin.values import Props, camel, pascal, words


class _Setting(Kind):
    """A setting of a bucket: put as a whole, read, and taken away."""

    replaces = words("bucket")

    def create(self, aws: Aws, props: Props) -> str:
        self.put(aws, str(props["bucket"]), props)
        return str(props["bucket"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        found = self.get(aws, id_)
        return None if found is None else {"bucket": id_, **found}

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        self.put(aws, id_, props)

    def put(self, aws: Aws, bucket: str, props: Props) -> None:
        raise NotImplementedError

    def get(self, aws: Aws, bucket: str) -> Props | None:
        raise NotImplementedError


class BucketVersioning(_Setting):
    type_name = "aws:s3/bucketVersioning:BucketVersioning"
    inputs = words("bucket versioningConfiguration")

    def put(self, aws: Aws, bucket: str, props: Props) -> None:
        status = props["versioningConfiguration"]["status"]
        if status != "Disabled":
            aws("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": status})

    def get(self, aws: Aws, bucket: str) -> Props:
        status = aws("s3").get_bucket_versioning(Bucket=bucket).get("Status", "Disabled")
        return {"versioningConfiguration": {"status": status}}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        # Versioning cannot be undone, only suspended.
        if props["versioningConfiguration"]["status"] == "Enabled":
            aws("s3").put_bucket_versioning(Bucket=id_, VersioningConfiguration={"Status": "Suspended"})


class BucketServerSideEncryptionConfiguration(_Setting):
    type_name = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    inputs = words("bucket rules")
    missing = words("ServerSideEncryptionConfigurationNotFoundError")

    def put(self, aws: Aws, bucket: str, props: Props) -> None:
        rules = []
        for rule in props["rules"]:
            made: Props = {}
            if default := rule.get("applyServerSideEncryptionByDefault"):
                key = {"KMSMasterKeyID": default["kmsMasterKeyId"]} if "kmsMasterKeyId" in default else {}
                made["ApplyServerSideEncryptionByDefault"] = {"SSEAlgorithm": default["sseAlgorithm"], **key}
            if "bucketKeyEnabled" in rule:
                made["BucketKeyEnabled"] = rule["bucketKeyEnabled"]
            rules.append(made)
        aws("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": rules})

    def get(self, aws: Aws, bucket: str) -> Props:
        found = aws("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        rules = []
        for rule in found:
            default = rule.get("ApplyServerSideEncryptionByDefault", {})
            key = {"kmsMasterKeyId": default["KMSMasterKeyID"]} if default.get("KMSMasterKeyID") else {}
            rules.append(
                {
                    "applyServerSideEncryptionByDefault": {"sseAlgorithm": default.get("SSEAlgorithm"), **key},
                    "bucketKeyEnabled": rule.get("BucketKeyEnabled", False),
                }
            )
        return {"rules": rules}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("s3").delete_bucket_encryption(Bucket=id_)


_BLOCKS = words("blockPublicAcls blockPublicPolicy ignorePublicAcls restrictPublicBuckets")


class BucketPublicAccessBlock(_Setting):
    type_name = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
    inputs = words("bucket skipDestroy") | _BLOCKS
    fixed = words("skipDestroy")
    defaults = dict.fromkeys(sorted(_BLOCKS), False)

    def put(self, aws: Aws, bucket: str, props: Props) -> None:
        blocks = pascal({key: props.get(key, False) for key in _BLOCKS})
        aws("s3").put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocks)

    def get(self, aws: Aws, bucket: str) -> Props:
        found = aws("s3").get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
        return dict(camel(found))

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("s3").delete_public_access_block(Bucket=id_)


class BucketPolicy(_Setting):
    type_name = "aws:s3/bucketPolicy:BucketPolicy"
    inputs = words("bucket policy")
    documents = words("policy")

    def put(self, aws: Aws, bucket: str, props: Props) -> None:
        aws("s3").put_bucket_policy(Bucket=bucket, Policy=props["policy"])

    def get(self, aws: Aws, bucket: str) -> Props:
        return {"policy": aws("s3").get_bucket_policy(Bucket=bucket)["Policy"]}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("s3").delete_bucket_policy(Bucket=id_)


class BucketOwnershipControls(_Setting):
    type_name = "aws:s3/bucketOwnershipControls:BucketOwnershipControls"
    inputs = words("bucket rule")
    missing = words("OwnershipControlsNotFoundError")

    def put(self, aws: Aws, bucket: str, props: Props) -> None:
        aws("s3").put_bucket_ownership_controls(Bucket=bucket, OwnershipControls={"Rules": [pascal(props["rule"])]})

    def get(self, aws: Aws, bucket: str) -> Props:
        rules = aws("s3").get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
        return {"rule": camel(rules[0])}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("s3").delete_bucket_ownership_controls(Bucket=id_)


class BucketLifecycleConfiguration(_Setting):
    type_name = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    inputs = words("bucket rules transitionDefaultMinimumObjectSize")
    outputs = words("transitionDefaultMinimumObjectSize")
    fixed = words("transitionDefaultMinimumObjectSize")

    def put(self, aws: Aws, bucket: str, props: Props) -> None:
        rules = [_rule(each) for each in props["rules"]]
        aws("s3").put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})

    def get(self, aws: Aws, bucket: str) -> Props:
        found = aws("s3").get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        return {"rules": [_rule_of(each) for each in found]}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("s3").delete_bucket_lifecycle(Bucket=id_)


def _rule(rule: Props) -> dict[str, Any]:
    made: dict[str, Any] = pascal({key: value for key, value in rule.items() if key not in {"id", "filter"}})
    made["ID"] = rule["id"]
    # moto, as AWS, wants a filter or a prefix; an empty one is for all objects.
    made["Filter"] = {"Prefix": ""}
    if chosen := rule.get("filter"):
        both = chosen.get("and")
        if both:
            and_ = pascal({key: value for key, value in both.items() if key != "tags"})
            made["Filter"] = {"And": {**and_, "Tags": listed(both.get("tags"))}}
        elif chosen:
            made["Filter"] = pascal(chosen)
    return made


def _rule_of(found: dict[str, Any]) -> Props:
    rule = dict(camel({key: value for key, value in found.items() if key not in {"ID", "Filter"}}))
    rule["id"] = found["ID"]
    chosen = found.get("Filter") or {}
    if both := chosen.get("And"):
        tags = mapped(both.get("Tags"))
        rule["filter"] = {"and": {**camel({key: each for key, each in both.items() if key != "Tags"}), "tags": tags}}
    else:
        rule["filter"] = {} if chosen.get("Prefix") == "" and len(chosen) == 1 else camel(chosen)
    return rule
