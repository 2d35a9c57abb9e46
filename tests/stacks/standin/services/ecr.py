"""ECR."""

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, words


class Repository(Kind):
    type_name = "aws:ecr/repository:Repository"
    inputs = words("name imageTagMutability imageScanningConfiguration encryptionConfigurations forceDelete tags")
    outputs = words("arn registryId repositoryUrl encryptionConfigurations")
    replaces = words("name encryptionConfigurations")
    fixed = words("forceDelete")
    defaults = {"imageTagMutability": "MUTABLE"}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        optional: Props = {}
        if scanning := props.get("imageScanningConfiguration"):
            optional["imageScanningConfiguration"] = scanning
        if encryption := props.get("encryptionConfigurations"):
            optional["encryptionConfiguration"] = {"encryptionType": "AES256", **encryption[0]}
        aws("ecr").create_repository(
            repositoryName=props["name"],
            imageTagMutability=props["imageTagMutability"],
            tags=listed(props.get("tags")),
            **optional,
        )
        return str(props["name"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        ecr = aws("ecr")
        found = ecr.describe_repositories(repositoryNames=[id_])["repositories"][0]
        return {
            "name": id_,
            "arn": found["repositoryArn"],
            "registryId": found["registryId"],
            "repositoryUrl": found["repositoryUri"],
            "imageTagMutability": found["imageTagMutability"],
            "imageScanningConfiguration": found.get("imageScanningConfiguration"),
            "encryptionConfigurations": [found["encryptionConfiguration"]],
            "tags": mapped(ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        ecr = aws("ecr")
        if "imageTagMutability" in changed:
            ecr.put_image_tag_mutability(repositoryName=id_, imageTagMutability=props["imageTagMutability"])
        if "imageScanningConfiguration" in changed:
            scanning = props.get("imageScanningConfiguration", {"scanOnPush": False})
            ecr.put_image_scanning_configuration(repositoryName=id_, imageScanningConfiguration=scanning)
        if "tags" in changed:
            arn = old["arn"]
            retag(
                props.get("tags"),
                old.get("tags"),
                lambda tags: ecr.tag_resource(resourceArn=arn, tags=listed(tags)),
                lambda keys: ecr.untag_resource(resourceArn=arn, tagKeys=keys),
            )

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ecr").delete_repository(repositoryName=id_, force=bool(props.get("forceDelete")))


class LifecyclePolicy(Kind):
    type_name = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
    inputs = words("repository policy")
    outputs = words("registryId")
    replaces = inputs
    documents = words("policy")
    delete_first = True

    def create(self, aws: Aws, props: Props) -> str:
        aws("ecr").put_lifecycle_policy(repositoryName=props["repository"], lifecyclePolicyText=props["policy"])
        return str(props["repository"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("ecr").get_lifecycle_policy(repositoryName=id_)
        return {"repository": id_, "registryId": found["registryId"], "policy": found["lifecyclePolicyText"]}

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ecr").delete_lifecycle_policy(repositoryName=id_)


class RepositoryPolicy(Kind):
    type_name = "aws:ecr/repositoryPolicy:RepositoryPolicy"
    inputs = words("repository policy")
    outputs = words("registryId")
    replaces = words("repository")
    documents = words("policy")

    def create(self, aws: Aws, props: Props) -> str:
        aws("ecr").set_repository_policy(repositoryName=props["repository"], policyText=props["policy"])
        return str(props["repository"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("ecr").get_repository_policy(repositoryName=id_)
        return {"repository": id_, "registryId": found["registryId"], "policy": found["policyText"]}

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        aws("ecr").set_repository_policy(repositoryName=id_, policyText=props["policy"])

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("ecr").delete_repository_policy(repositoryName=id_)
