"""What a cloud holds, asked of its own APIs and not of the stand-in: to find what was left behind."""

from collections.abc import Callable, Mapping
from typing import Any

import jmespath  # type: ignore[import-untyped]

# Service, operation, and where the names of things are in the answer; things that AWS itself makes are left out.
_LISTS: tuple[tuple[str, str, str, str], ...] = (
    ("vpc", "ec2", "describe_vpcs", "Vpcs[?!IsDefault].VpcId"),
    ("subnet", "ec2", "describe_subnets", "Subnets[?!DefaultForAz].SubnetId"),
    ("security group", "ec2", "describe_security_groups", "SecurityGroups[?GroupName!='default'].GroupId"),
    ("internet gateway", "ec2", "describe_internet_gateways", "InternetGateways[].InternetGatewayId"),
    ("nat gateway", "ec2", "describe_nat_gateways", "NatGateways[?State!='deleted'].NatGatewayId"),
    ("address", "ec2", "describe_addresses", "Addresses[].AllocationId"),
    ("endpoint", "ec2", "describe_vpc_endpoints", "VpcEndpoints[?State!='deleted'].VpcEndpointId"),
    ("flow log", "ec2", "describe_flow_logs", "FlowLogs[].FlowLogId"),
    ("route table", "ec2", "describe_route_tables", "RouteTables[?!Associations[?Main]].RouteTableId"),
    ("role", "iam", "list_roles", "Roles[].RoleName"),
    ("oidc provider", "iam", "list_open_id_connect_providers", "OpenIDConnectProviderList[].Arn"),
    ("key alias", "kms", "list_aliases", "Aliases[?TargetKeyId].AliasName | [?!starts_with(@, 'alias/aws/')]"),
    ("log group", "logs", "describe_log_groups", "logGroups[].logGroupName"),
    ("alarm", "cloudwatch", "describe_alarms", "[MetricAlarms, CompositeAlarms][][].AlarmName"),
    ("dashboard", "cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName"),
    ("topic", "sns", "list_topics", "Topics[].TopicArn"),
    ("subscription", "sns", "list_subscriptions", "Subscriptions[].SubscriptionArn"),
    ("queue", "sqs", "list_queues", "QueueUrls"),
    ("bucket", "s3", "list_buckets", "Buckets[].Name"),
    ("cluster", "ecs", "list_clusters", "clusterArns"),
    ("task definition", "ecs", "list_task_definitions", "taskDefinitionArns"),
    ("repository", "ecr", "describe_repositories", "repositories[].repositoryName"),
    ("namespace", "servicediscovery", "list_namespaces", "Namespaces[].Name"),
    ("discovery service", "servicediscovery", "list_services", "Services[].Name"),
    ("database", "rds", "describe_db_instances", "DBInstances[].DBInstanceIdentifier"),
    ("database subnets", "rds", "describe_db_subnet_groups", "DBSubnetGroups[].DBSubnetGroupName"),
    (
        "database parameters",
        "rds",
        "describe_db_parameter_groups",
        "DBParameterGroups[].DBParameterGroupName | [?!starts_with(@, 'default.')]",
    ),
    ("replication group", "elasticache", "describe_replication_groups", "ReplicationGroups[].ReplicationGroupId"),
    ("cache", "elasticache", "describe_cache_clusters", "CacheClusters[].CacheClusterId"),
    (
        "cache subnets",
        "elasticache",
        "describe_cache_subnet_groups",
        "CacheSubnetGroups[].CacheSubnetGroupName | [?@!='default']",
    ),
    ("broker", "mq", "list_brokers", "BrokerSummaries[].BrokerName"),
    ("secret", "secretsmanager", "list_secrets", "SecretList[].Name"),
    ("load balancer", "elbv2", "describe_load_balancers", "LoadBalancers[].LoadBalancerName"),
    ("target group", "elbv2", "describe_target_groups", "TargetGroups[].TargetGroupName"),
    ("certificate", "acm", "list_certificates", "CertificateSummaryList[].DomainName"),
    ("zone", "route53", "list_hosted_zones", "HostedZones[].Name"),
    ("identity", "sesv2", "list_email_identities", "EmailIdentities[].IdentityName"),
    ("configuration set", "sesv2", "list_configuration_sets", "ConfigurationSets"),
    ("vault", "backup", "list_backup_vaults", "BackupVaultList[].BackupVaultName"),
)


def inventory(client: Callable[[str], Any], services: frozenset[str], account: str) -> Mapping[str, list[str]]:
    """The names of what there is, by kind, of the services asked for (boto3's names) or of all if there are none.

    Security-group rules are not of it: a group is not empty for them, and they go with it.
    """
    found: dict[str, list[str]] = {}
    for kind, service, operation, path in _LISTS:
        if services and service not in services:
            continue
        names = jmespath.search(path, getattr(client(service), operation)()) or []
        if names:
            found[kind] = sorted(names)
    if not services or "budgets" in services:
        budgets = client("budgets").describe_budgets(AccountId=account).get("Budgets") or []
        found |= {"budget": sorted(each["BudgetName"] for each in budgets)} if budgets else {}
    if not services or "wafv2" in services:
        acls = client("wafv2").list_web_acls(Scope="REGIONAL")["WebACLs"]
        found |= {"web acl": sorted(each["Name"] for each in acls)} if acls else {}
    return found
