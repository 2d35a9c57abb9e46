"""Email domains: letters that arrive, and somebody who hears when they do not."""

from typing import Any

import pytest
from msgspec.structs import replace

from pagerworthy.catalog import Resource
from pagerworthy.stacks.render import Rendered, render
from tests.stacks.service.made import ALARM, ENVIRONMENT, checkout, one, resource_need, statements

RECORD = "aws:route53/record:Record"


def email(domain: str = "post.shop.example.com", **given: Any) -> Rendered:
    return render(checkout(resources={"letters": Resource(type="email", domain=domain)}, **given))


def records(rendered: Rendered) -> dict[tuple[str, str], list[str]]:
    return {(each.inputs["type"], each.inputs["name"]): each.inputs["records"] for each in rendered.of_type(RECORD)}


def test_letters_are_signed_and_aligned() -> None:
    rendered = email()
    found = records(rendered)
    signatures = [name for kind, name in found if kind == "CNAME"]
    assert len(signatures) == 3
    assert all(name.endswith("._domainkey.post.shop.example.com") for name in signatures)
    assert found["TXT", "_dmarc.post.shop.example.com"][0].startswith("v=DMARC1; p=quarantine")
    assert found["TXT", "bounce.post.shop.example.com"] == ["v=spf1 include:amazonses.com -all"]
    assert found["MX", "bounce.post.shop.example.com"] == ["10 feedback-smtp.eu-west-1.amazonses.com"]
    sender = one(rendered, "aws:sesv2/emailIdentityMailFromAttributes:EmailIdentityMailFromAttributes")
    assert sender.inputs["mailFromDomain"] == "bounce.post.shop.example.com"
    assert {each.inputs["zoneId"] for each in rendered.of_type(RECORD)} == {"<platform.production:zone_id>"}


def test_letters_travel_encrypted_and_not_to_those_who_complained() -> None:
    rules = one(email(), "aws:sesv2/configurationSet:ConfigurationSet").inputs
    assert rules["deliveryOptions"] == {"tlsPolicy": "REQUIRE"}
    assert rules["reputationOptions"] == {"reputationMetricsEnabled": True}
    assert rules["suppressionOptions"] == {"suppressedReasons": ["BOUNCE", "COMPLAINT"]}


def test_every_letter_goes_by_the_rules_and_its_fate_is_counted() -> None:
    rendered = email()
    identity = one(rendered, "aws:sesv2/emailIdentity:EmailIdentity")
    assert identity.inputs["configurationSetName"] == "production-checkout-letters"
    events = one(rendered, "aws:sesv2/configurationSetEventDestination:ConfigurationSetEventDestination")
    destination = events.inputs["eventDestination"]
    assert destination["enabled"]
    assert {"BOUNCE", "COMPLAINT", "REJECT"} <= set(destination["matchingEventTypes"])
    # Who reads a letter and where they click is nobody's business.
    assert not {"OPEN", "CLICK"} & set(destination["matchingEventTypes"])


def test_its_holder_hears_before_aws_stops_the_letters() -> None:
    alarms = {each.name: each.inputs for each in email().of_type(ALARM) if each.name.startswith("letters-")}
    thresholds = {
        name: (each["metricName"], each["threshold"], each["alarmActions"][0].rpartition(".")[2])
        for name, each in alarms.items()
    }
    assert thresholds == {
        "letters-bounces": ("Reputation.BounceRate", 0.05, "ticket-sre>"),
        "letters-bounces-page": ("Reputation.BounceRate", 0.1, "page-sre>"),
        "letters-complaints": ("Reputation.ComplaintRate", 0.001, "ticket-sre>"),
        "letters-complaints-page": ("Reputation.ComplaintRate", 0.005, "page-sre>"),
    }
    assert all(
        each["dimensions"] == {"ses:configuration-set": "production-checkout-letters"} for each in alarms.values()
    )


def test_whoever_needs_it_may_send_from_this_domain_by_these_rules_and_no_other() -> None:
    rendered = render(checkout(needs=(resource_need("post", "letters", "email"),)))
    (grant,) = [each for each in statements(rendered, "task-grants") if "ses:SendEmail" in each["Action"]]
    assert set(grant["Resource"]) == {
        "<post.production:letters.arn>",
        "<post.production:letters.configuration_set_arn>",
    }


def test_each_region_takes_its_own_letters_back() -> None:
    found = records(email(spec=replace(ENVIRONMENT, region="us-east-1")))
    assert found["MX", "bounce.post.shop.example.com"] == ["10 feedback-smtp.us-east-1.amazonses.com"]


@pytest.mark.parametrize(("domain", "here"), [("example.org", "shop.example.com"), ("post.shop.example.com", "")])
def test_a_domain_that_is_not_the_environments_is_refused(domain: str, here: str) -> None:
    with pytest.raises(ValueError, match=r"is to be called (post\.shop\.example\.com|example\.org)"):
        email(domain, spec=replace(ENVIRONMENT, domain=here))
