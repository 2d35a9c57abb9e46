"""`email`: a domain that may send, and whose letters arrive: signed, aligned, and watched for complaints."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pulumi import Output
from pulumi_aws.route53.record import Record
from pulumi_aws.sesv2.configuration_set import ConfigurationSet
from pulumi_aws.sesv2.configuration_set_event_destination import ConfigurationSetEventDestination
from pulumi_aws.sesv2.email_identity import EmailIdentity
from pulumi_aws.sesv2.email_identity_mail_from_attributes import EmailIdentityMailFromAttributes

from pagerworthy.catalog import Resource
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.provided import Limit, Provided
from pagerworthy.stacks.program.resources.public_name import public_name
from pagerworthy.stacks.program.scope import Scope

# What becomes of a letter, save who opened it or clicked in it: that is the reader's business.
_EVENTS = ("BOUNCE", "COMPLAINT", "DELIVERY", "DELIVERY_DELAY", "REJECT", "RENDERING_FAILURE", "SEND")
# Easy DKIM has three keys, so that one can be renewed while another is in use.
_KEYS = 3
_HOUR = 3600
# What receivers do with letters in our name that are neither signed nor sent by us, and what they tell nobody.
_DMARC = "v=DMARC1; p=quarantine; adkim=r; aspf=r"


def declare(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """A domain identity of SES with its records in the environment's zone, and what is counted of its letters.

    An account starts in SES's sandbox, where it may only send to addresses that it has proved; leaving it is asked of
    AWS by a person, once an account.
    """
    domain = public_name(scope, name, resource)
    rules = _rules_of_sending(scope, name)
    identity = EmailIdentity(
        name,
        email_identity=domain,
        configuration_set_name=rules.configuration_set_name,
        tags=scope.tagged(domain),
        opts=scope.options(),
    )
    _sign(scope, name, domain, identity)
    _return_path(scope, name, domain, identity)
    _text(scope, f"{name}-dmarc", f"_dmarc.{domain}", _DMARC)
    return Provided(
        outputs={"arn": identity.arn, "configuration_set_arn": rules.arn},
        limits=tuple(_limits(rules.configuration_set_name)),
    )


def _rules_of_sending(scope: Scope[ServiceInputs], name: str) -> ConfigurationSet:
    """TLS on the way, no second letter to whoever bounced or complained, and every fate counted."""
    physical = scope.name(name, limit=64)
    rules = ConfigurationSet(
        f"{name}-sending",
        configuration_set_name=physical,
        delivery_options={"tls_policy": "REQUIRE"},
        reputation_options={"reputation_metrics_enabled": True},
        sending_options={"sending_enabled": True},
        suppression_options={"suppressed_reasons": ["BOUNCE", "COMPLAINT"]},
        tags=scope.tagged(physical),
        opts=scope.options(),
    )
    ConfigurationSetEventDestination(
        f"{name}-events",
        configuration_set_name=rules.configuration_set_name,
        event_destination_name="metrics",
        event_destination={
            "enabled": True,
            "matching_event_types": list(_EVENTS),
            "cloud_watch_destination": {
                "dimension_configurations": [
                    {
                        "dimension_name": "ses:configuration-set",
                        "dimension_value_source": "MESSAGE_TAG",
                        "default_dimension_value": physical,
                    }
                ]
            },
        },
        opts=scope.options(),
    )
    return rules


def _sign(scope: Scope[ServiceInputs], name: str, domain: str, identity: EmailIdentity) -> None:
    tokens = identity.dkim_signing_attributes.tokens
    for number in range(_KEYS):
        token = tokens[number]
        Record(
            f"{name}-dkim-{number + 1}",
            zone_id=scope.platform("zone_id"),
            name=Output.concat(token, f"._domainkey.{domain}"),
            type="CNAME",
            records=[Output.concat(token, ".dkim.amazonses.com")],
            ttl=_HOUR,
            opts=scope.options(),
        )


def _return_path(scope: Scope[ServiceInputs], name: str, domain: str, identity: EmailIdentity) -> None:
    """Letters come back to a name of ours, so that SPF speaks for the domain of the sender and not for Amazon's."""
    back = f"bounce.{domain}"
    server = Record(
        f"{name}-return-path",
        zone_id=scope.platform("zone_id"),
        name=back,
        type="MX",
        records=[f"10 feedback-smtp.{scope.inputs.spec.region}.amazonses.com"],
        ttl=_HOUR,
        opts=scope.options(),
    )
    _text(scope, f"{name}-spf", back, "v=spf1 include:amazonses.com -all")
    EmailIdentityMailFromAttributes(
        f"{name}-mail-from",
        email_identity=identity.email_identity,
        mail_from_domain=back,
        # Without the record a letter goes out under Amazon's name; its signature still speaks for us.
        behavior_on_mx_failure="USE_DEFAULT_VALUE",
        opts=scope.options(depends_on=[server]),
    )


def _text(scope: Scope[ServiceInputs], logical: str, name: str, text: str) -> None:
    Record(
        logical,
        zone_id=scope.platform("zone_id"),
        name=name,
        type="TXT",
        records=[text],
        ttl=_HOUR,
        opts=scope.options(),
    )


def _limits(rules: Output[str]) -> Iterator[Limit]:
    """AWS reviews an account at 5 % of bounces or 0.1 % of complaints, and may stop it at 10 % or 0.5 %."""
    here = {"ses:configuration-set": rules}
    bounces, complaints = "Reputation.BounceRate", "Reputation.ComplaintRate"
    stopped = "AWS may stop all letters of this account any time."
    yield _limit("bounces", bounces, here, 0.05, "At 10 % AWS may stop all letters of this account.")
    yield _limit("bounces-page", bounces, here, 0.10, stopped, severity="page")
    yield _limit("complaints", complaints, here, 0.001, "At 0.5 % AWS may stop all letters of this account.")
    yield _limit("complaints-page", complaints, here, 0.005, stopped, severity="page")


def _limit(
    word: str,
    metric: str,
    dimensions: Mapping[str, Output[str]],
    share: float,
    why: str,
    severity: Literal["page", "ticket"] = "ticket",
) -> Limit:
    # SES counts over days and says what it has found every hour or so.
    return Limit(
        word, "AWS/SES", metric, dimensions, share, why, severity, statistic="Average", period=_HOUR, periods=1
    )
