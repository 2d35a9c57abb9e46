"""Which AWS a program talks to."""

import msgspec
from pulumi import ResourceOptions
from pulumi_aws._inputs import ProviderEndpointArgs
from pulumi_aws.provider import Provider, ProviderArgs

from pagerworthy.catalog import EnvironmentSpec

# The parts of AWS that the programs use, by the names that the provider gives their endpoints.
SERVICES = (
    "acm",
    "applicationautoscaling",
    "backup",
    "budgets",
    "cloudwatch",
    "ec2",
    "ecr",
    "ecs",
    "elasticache",
    "elbv2",
    "iam",
    "kms",
    "logs",
    "mq",
    "rds",
    "route53",
    "s3",
    "secretsmanager",
    "servicediscovery",
    "sesv2",
    "sns",
    "sqs",
    "sts",
    "wafv2",
)


class Cloud(msgspec.Struct, frozen=True):
    """AWS itself, or an emulator of it at `emulator` (`http://127.0.0.1:5000`), which needs no account."""

    emulator: str = ""

    def provider(self, spec: EnvironmentSpec) -> Provider:
        """The provider of an environment; where the entry names the account, no other one is ever touched."""
        if self.emulator:
            endpoints = [ProviderEndpointArgs(**dict.fromkeys(SERVICES, self.emulator))]
            arguments = ProviderArgs(
                region=spec.region,
                access_key="emulator",
                secret_key="emulator",  # noqa: S106 -- no secret: an emulator asks for none
                endpoints=endpoints,
                s3_use_path_style=True,
                skip_credentials_validation=True,
                skip_metadata_api_check=True,
                skip_requesting_account_id=False,
            )
        else:
            allowed = [spec.account] if spec.account else None
            arguments = ProviderArgs(region=spec.region, allowed_account_ids=allowed)
        return Provider("aws", arguments, ResourceOptions())
