"""S3's buckets; most of their settings are types of their own, in `s3_settings`."""

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped
from tests.stacks.standin.values import Props, words


class Bucket(Kind):
    type_name = "aws:s3/bucket:Bucket"
    inputs = words("bucket forceDestroy objectLockEnabled tags")
    outputs = words("arn bucketDomainName bucketRegionalDomainName bucketRegion hostedZoneId")
    replaces = words("bucket objectLockEnabled")
    fixed = words("forceDestroy objectLockEnabled")
    defaults = {"forceDestroy": False}  # noqa: RUF012
    named = "bucket"

    def create(self, aws: Aws, props: Props) -> str:
        s3 = aws("s3")
        place = {} if aws.region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": aws.region}}
        s3.create_bucket(
            Bucket=props["bucket"], ObjectLockEnabledForBucket=props.get("objectLockEnabled", False), **place
        )
        self._tag(aws, props["bucket"], props)
        return str(props["bucket"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        s3 = aws("s3")
        s3.head_bucket(Bucket=id_)
        try:
            tags = mapped(s3.get_bucket_tagging(Bucket=id_)["TagSet"])
        except s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchTagSet":
                raise
            tags = None
        return {
            "bucket": id_,
            "arn": f"arn:aws:s3:::{id_}",
            "bucketDomainName": f"{id_}.s3.amazonaws.com",
            "bucketRegionalDomainName": f"{id_}.s3.{aws.region}.amazonaws.com",
            "bucketRegion": aws.region,
            "tags": tags,
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if "tags" in changed:
            self._tag(aws, id_, props)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        s3 = aws("s3")
        if props.get("forceDestroy"):
            found = s3.list_object_versions(Bucket=id_)
            for each in (*found.get("Versions", []), *found.get("DeleteMarkers", [])):
                s3.delete_object(Bucket=id_, Key=each["Key"], VersionId=each["VersionId"])
        s3.delete_bucket(Bucket=id_)

    def _tag(self, aws: Aws, id_: str, props: Props) -> None:
        if tags := props.get("tags"):
            aws("s3").put_bucket_tagging(Bucket=id_, Tagging={"TagSet": listed(tags)})
        else:
            aws("s3").delete_bucket_tagging(Bucket=id_)
