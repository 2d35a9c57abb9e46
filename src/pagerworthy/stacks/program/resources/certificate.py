"""Certificates for public names: issued and renewed by AWS, for whoever holds the zone."""

from pulumi import Output
from pulumi_aws.acm.certificate import Certificate
from pulumi_aws.acm.certificate_validation import CertificateValidation
from pulumi_aws.route53.record import Record

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.provided import Limit
from pagerworthy.stacks.program.scope import Scope


def certificate(scope: Scope[ServiceInputs], name: str, domain: str) -> tuple[Output[str], Limit]:
    """Declares a certificate and waits until it is issued, which the record in the zone brings about.

    Returns its ARN, and the limit of its age.
    """
    zone = scope.platform("zone_id")
    wanted = Certificate(
        f"{name}-certificate",
        domain_name=domain,
        validation_method="DNS",
        tags=scope.tagged(domain),
        opts=scope.options(),
    )
    # One name, so one record; as long as it stands, AWS renews the certificate by itself.
    proof = wanted.domain_validation_options[0]
    record = Record(
        f"{name}-certificate-proof",
        zone_id=zone,
        name=proof.resource_record_name,
        type=proof.resource_record_type,
        records=[proof.resource_record_value],
        ttl=300,
        opts=scope.options(),
    )
    issued = CertificateValidation(
        f"{name}-certificate-issued",
        certificate_arn=wanted.arn,
        validation_record_fqdns=[record.fqdn],
        opts=scope.options(),
    )
    return issued.certificate_arn, Limit(
        "expiry",
        "AWS/CertificateManager",
        "DaysToExpiry",
        {"CertificateArn": issued.certificate_arn},
        30,
        "AWS renews certificates two months before; that it could not means that the record in the zone is gone.",
        above=False,
        statistic="Minimum",
        period=86400,
        periods=1,
    )
