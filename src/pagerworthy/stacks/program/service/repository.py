"""The repository of the service's image, where it lies in this account's own registry."""

import json

from pulumi_aws.ecr._inputs import RepositoryEncryptionConfigurationArgs, RepositoryImageScanningConfigurationArgs
from pulumi_aws.ecr.lifecycle_policy import LifecyclePolicy, LifecyclePolicyArgs
from pulumi_aws.ecr.repository import Repository, RepositoryArgs
from pulumi_aws.ecr.repository_policy import RepositoryPolicy, RepositoryPolicyArgs

from pagerworthy.stacks.images import repository_of
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.policies import document, partition
from pagerworthy.stacks.program.scope import Scope

# Enough to go back to any release of the last months; a regulated service keeps what it ran for a year and more.
_KEPT = 50
_KEPT_REGULATED = 1000
_UNTAGGED_DAYS = 14


def declare_repository(scope: Scope[ServiceInputs]) -> Repository | None:
    """Declares the repository, or nothing where it is not this stack's to declare.

    A tag that is pushed stays what it is: what was tested is what runs, and a rollback finds what ran before.
    """
    compute = scope.inputs.compute
    found = repository_of(compute.image) if compute else None
    if found is None or not scope.inputs.owns_image:
        return None
    repository = Repository(
        "image-repository",
        RepositoryArgs(
            name=found.name,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[
                RepositoryEncryptionConfigurationArgs(
                    encryption_type="KMS", kms_key=scope.key(regulated=scope.inputs.regulated)
                )
            ],
            tags=scope.tagged(found.name),
        ),
        # Other environments run its images, and AWS would not delete it with images in it.
        scope.options(keep=True),
    )
    LifecyclePolicy(
        "image-lifecycle",
        LifecyclePolicyArgs(repository=repository.name, policy=_lifecycle(regulated=scope.inputs.regulated)),
        scope.options(),
    )
    if scope.inputs.image_readers:
        _readers(scope, repository)
    return repository


def _lifecycle(*, regulated: bool) -> str:
    kept = _KEPT_REGULATED if regulated else _KEPT
    rules = [
        {
            "rulePriority": 1,
            "description": "What no tag points at is half of a push, or was never meant to run",
            "selection": {
                "tagStatus": "untagged",
                "countType": "sinceImagePushed",
                "countUnit": "days",
                "countNumber": _UNTAGGED_DAYS,
            },
            "action": {"type": "expire"},
        },
        {
            "rulePriority": 2,
            "description": "Releases that nobody goes back to",
            "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": kept},
            "action": {"type": "expire"},
        },
    ]
    return json.dumps({"rules": rules}, sort_keys=True)


def _readers(scope: Scope[ServiceInputs], repository: Repository) -> None:
    """Lets the accounts of other environments pull the same image: what was tested there is what runs here."""
    arn = f"arn:{partition(scope.inputs.spec.region)}"
    RepositoryPolicy(
        "image-readers",
        RepositoryPolicyArgs(
            repository=repository.name,
            policy=document(
                [
                    {
                        "Sid": "PullFromOtherEnvironments",
                        "Effect": "Allow",
                        "Principal": {"AWS": [f"{arn}:iam::{each}:root" for each in scope.inputs.image_readers]},
                        "Action": [
                            "ecr:BatchCheckLayerAvailability",
                            "ecr:BatchGetImage",
                            "ecr:GetDownloadUrlForLayer",
                        ],
                    }
                ]
            ),
        ),
        scope.options(),
    )
