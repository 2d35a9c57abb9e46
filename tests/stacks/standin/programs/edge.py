"""The way in: names, certificates, load balancers, a firewall, mail and what it may cost."""

from typing import Any

from pulumi import Input, ResourceOptions
from pulumi_aws import acm, budgets, ec2, lb, route53, s3, sesv2, sns, wafv2


def declare(opts: ResourceOptions, changed: bool) -> dict[str, Input[str]]:
    net = ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=opts)
    subnets = [
        ec2.Subnet(
            f"public-{zone}",
            vpc_id=net.id,
            cidr_block=f"10.0.{n}.0/24",
            availability_zone=f"eu-central-1{zone}",
            opts=opts,
        ).id
        for n, zone in enumerate("ab")
    ]
    group = ec2.SecurityGroup("group", name="edge", description="Edge", vpc_id=net.id, opts=opts)
    tags = {"Name": "edge", "turn": "2" if changed else "1"}
    zone = route53.Zone("zone", name="shop.example", comment="Shops" if changed else "Shop", tags=tags, opts=opts)
    certificate = acm.Certificate(
        "certificate",
        domain_name="www.shop.example",
        subject_alternative_names=["shop.example"],
        validation_method="DNS",
        tags=tags,
        opts=opts,
    )
    proofs = [
        route53.Record(
            f"proof-{n}",
            zone_id=zone.zone_id,
            name=certificate.domain_validation_options[n].resource_record_name,
            type=certificate.domain_validation_options[n].resource_record_type,
            records=[certificate.domain_validation_options[n].resource_record_value],
            ttl=300,
            allow_overwrite=True,
            opts=opts,
        )
        for n in range(2)
    ]
    valid = acm.CertificateValidation(
        "certificate",
        certificate_arn=certificate.arn,
        validation_record_fqdns=[proof.fqdn for proof in proofs],
        opts=opts,
    )
    logs = s3.Bucket("logs", bucket="edge-logs", force_destroy=True, opts=opts)
    balancer = lb.LoadBalancer(
        "balancer",
        name="edge",
        load_balancer_type="application",
        internal=False,
        security_groups=[group.id],
        subnets=subnets,
        drop_invalid_header_fields=True,
        enable_deletion_protection=False,
        idle_timeout=120 if changed else 60,
        access_logs={"bucket": logs.bucket, "enabled": True, "prefix": "edge"},
        tags=tags,
        opts=opts,
    )
    target = lb.TargetGroup(
        "target",
        name="shop",
        port=8080,
        protocol="HTTP",
        target_type="ip",
        vpc_id=net.id,
        deregistration_delay=30,
        health_check={"path": "/ready" if changed else "/health", "matcher": "200", "interval": 10, "timeout": 5},
        tags=tags,
        opts=opts,
    )
    other = lb.TargetGroup(
        "other", name="other", port=8081, protocol="HTTP", target_type="ip", vpc_id=net.id, opts=opts
    )
    lb.Listener(
        "plain",
        load_balancer_arn=balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=[
            {"type": "redirect", "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"}}
        ],
        opts=opts,
    )
    listener = lb.Listener(
        "tls",
        load_balancer_arn=balancer.arn,
        port=443,
        protocol="HTTPS",
        ssl_policy="ELBSecurityPolicy-TLS13-1-2-2021-06",
        certificate_arn=valid.certificate_arn,
        default_actions=[
            {"type": "fixed-response", "fixed_response": {"content_type": "text/plain", "status_code": "404"}}
        ],
        tags=tags,
        opts=opts,
    )
    lb.ListenerRule(
        "shop",
        listener_arn=listener.arn,
        priority=20 if changed else 10,
        conditions=[{"host_header": {"values": ["www.shop.example"]}}, {"path_pattern": {"values": ["/*"]}}],
        actions=[
            {
                "type": "forward",
                "forward": {
                    "target_groups": [
                        {"arn": target.arn, "weight": 90 if changed else 100},
                        {"arn": other.arn, "weight": 10 if changed else 0},
                    ]
                },
            }
        ],
        tags=tags,
        opts=opts,
    )
    route53.Record(
        "www",
        zone_id=zone.zone_id,
        name="www.shop.example",
        type="A",
        aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": not changed}],
        opts=opts,
    )
    seen: Any = {"cloudwatch_metrics_enabled": True, "metric_name": "edge", "sampled_requests_enabled": True}
    rules: Any = [
        {
            "name": "common",
            "priority": 1,
            "override_action": {"none": {}},
            "statement": {
                "managed_rule_group_statement": {"name": "AWSManagedRulesCommonRuleSet", "vendor_name": "AWS"}
            },
            "visibility_config": seen,
        },
        {
            "name": "rate",
            "priority": 2,
            "action": {"count": {}} if changed else {"block": {}},
            "statement": {"rate_based_statement": {"limit": 2000, "aggregate_key_type": "IP"}},
            "visibility_config": seen,
        },
    ]
    acl = wafv2.WebAcl(
        "firewall",
        name="edge",
        scope="REGIONAL",
        default_action=wafv2.WebAclDefaultActionArgs(allow=wafv2.WebAclDefaultActionAllowArgs()),
        visibility_config=seen,
        rules=rules,
        tags=tags,
        opts=opts,
    )
    wafv2.WebAclAssociation("firewall", resource_arn=balancer.arn, web_acl_arn=acl.arn, opts=opts)
    letters = sesv2.ConfigurationSet(
        "letters",
        configuration_set_name="shop",
        reputation_options={"reputation_metrics_enabled": True},
        sending_options={"sending_enabled": not changed},
        tags=tags,
        opts=opts,
    )
    sender = sesv2.EmailIdentity(
        "sender",
        email_identity="mail.shop.example",
        configuration_set_name=letters.configuration_set_name,
        tags=tags,
        opts=opts,
    )
    for n in range(3):
        token = sender.dkim_signing_attributes.tokens[n]
        route53.Record(
            f"dkim-{n}",
            zone_id=zone.zone_id,
            name=token.apply(lambda text: f"{text}._domainkey.mail.shop.example"),
            type="CNAME",
            ttl=300,
            records=[token.apply(lambda text: f"{text}.dkim.amazonses.com")],
            opts=opts,
        )
    route53.Record(
        "dmarc",
        zone_id=zone.zone_id,
        name="_dmarc.mail.shop.example",
        type="TXT",
        ttl=600 if changed else 300,
        records=["v=DMARC1; p=reject"],
        opts=opts,
    )
    sesv2.EmailIdentityMailFromAttributes(
        "sender",
        email_identity=sender.email_identity,
        mail_from_domain="bounce.mail.shop.example",
        behavior_on_mx_failure="REJECT_MESSAGE" if changed else "USE_DEFAULT_VALUE",
        opts=opts,
    )
    topic = sns.Topic("bounces", name="bounces", opts=opts)
    sesv2.ConfigurationSetEventDestination(
        "bounces",
        configuration_set_name=letters.configuration_set_name,
        event_destination_name="bounces",
        event_destination={
            "matching_event_types": ["BOUNCE"] if changed else ["BOUNCE", "COMPLAINT"],
            "enabled": True,
            "sns_destination": {"topic_arn": topic.arn},
        },
        opts=opts,
    )
    budgets.Budget(
        "budget",
        name="shop",
        budget_type="COST",
        time_unit="MONTHLY",
        limit_amount="2000" if changed else "1000",
        limit_unit="USD",
        cost_filters=[{"name": "TagKeyValue", "values": ["user:environment$production"]}],
        notifications=[
            {
                "comparison_operator": "GREATER_THAN",
                "notification_type": "FORECASTED",
                "threshold": 100,
                "threshold_type": "PERCENTAGE",
                "subscriber_sns_topic_arns": [topic.arn],
            }
        ],
        tags=tags,
        opts=opts,
    )
    return {"dns": balancer.dns_name, "certificate": valid.certificate_arn, "acl": acl.arn, "zone": zone.zone_id}
