"""Services on ECS: a cluster, roles, a task, its repository, names and scaling."""

import json
from typing import Any

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import appautoscaling, ec2, ecr, ecs, iam, kms, servicediscovery

_TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            }
        ],
    }
)


def declare(opts: ResourceOptions, changed: bool) -> dict[str, Input[str]]:
    net = ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=opts)
    subnet = ec2.Subnet("subnet", vpc_id=net.id, cidr_block="10.0.1.0/24", opts=opts)
    group = ec2.SecurityGroup("group", name="shop", description="Shop", vpc_id=net.id, opts=opts)
    key = kms.Key("key", description="Keys of shops", enable_key_rotation=not changed, tags={"a": "b"}, opts=opts)
    kms.Alias("key", name="alias/shop", target_key_id=key.arn, opts=opts)
    role = iam.Role("role", name="shop", assume_role_policy=_TRUST, tags={"a": "2" if changed else "1"}, opts=opts)
    iam.RolePolicy(
        "grants",
        name="grants",
        role=role.name,
        policy=key.arn.apply(
            lambda arn: json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Action": "kms:Encrypt" if changed else "kms:Decrypt", "Resource": arn}
                    ],
                }
            )
        ),
        opts=opts,
    )
    iam.RolePolicyAttachment(
        "execution",
        role=role.name,
        policy_arn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
        opts=opts,
    )
    iam.Policy(
        "boundary",
        name="boundary",
        description="The most that a role may do",
        policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": "sqs:SendMessage" if changed else "sqs:ReceiveMessage",
                        "Resource": "*",
                    }
                ],
            }
        ),
        tags={"a": "2" if changed else "1"},
        opts=opts,
    )
    iam.OpenIdConnectProvider(
        "github",
        url="https://token.actions.githubusercontent.com",
        client_id_lists=["sts.amazonaws.com"],
        opts=opts,
    )
    repository = ecr.Repository(
        "images",
        name="shop",
        image_tag_mutability="IMMUTABLE",
        image_scanning_configuration={"scan_on_push": True},
        encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}],
        force_delete=True,
        tags={"a": "b"},
        opts=opts,
    )
    rule = {
        "rulePriority": 1,
        "description": "Old ones go",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 20 if changed else 10},
        "action": {"type": "expire"},
    }
    ecr.LifecyclePolicy("old", repository=repository.name, policy=json.dumps({"rules": [rule]}), opts=opts)
    ecr.RepositoryPolicy(
        "pull",
        repository=repository.name,
        policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "pull",
                        "Effect": "Allow",
                        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
                        "Action": ["ecr:BatchGetImage"],
                    }
                ],
            }
        ),
        opts=opts,
    )
    names = servicediscovery.PrivateDnsNamespace("names", name="shop.internal", vpc=net.id, tags={"a": "b"}, opts=opts)
    known = servicediscovery.Service(
        "name",
        name="shop",
        dns_config={
            "namespace_id": names.id,
            "dns_records": [{"ttl": 20 if changed else 10, "type": "A"}],
            "routing_policy": "MULTIVALUE",
        },
        opts=opts,
    )
    cluster = ecs.Cluster(
        "cluster",
        name="main",
        settings=[{"name": "containerInsights", "value": "enabled"}],
        service_connect_defaults={"namespace": names.arn},
        tags={"a": "b"},
        opts=opts,
    )
    containers = Output.all(repository.repository_url).apply(
        lambda parts: json.dumps(
            [
                {
                    "name": "shop",
                    "image": f"{parts[0]}:{'2' if changed else '1'}",
                    "essential": True,
                    "portMappings": [{"name": "http", "containerPort": 8080, "protocol": "tcp", "appProtocol": "http"}],
                    "environment": [{"name": "PORT", "value": "8080"}],
                    "stopTimeout": 30,
                }
            ]
        )
    )
    task = ecs.TaskDefinition(
        "task",
        family="shop",
        container_definitions=containers,
        cpu="256",
        memory="512",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        execution_role_arn=role.arn,
        task_role_arn=role.arn,
        runtime_platform={"cpu_architecture": "ARM64", "operating_system_family": "LINUX"},
        tags={"a": "b"},
        opts=opts,
    )
    canary: Any = {
        "strategy": "CANARY",
        "bake_time_in_minutes": "5",
        "canary_configuration": {"canary_percent": "10", "canary_bake_time_in_minutes": "10"},
    }
    connected: Any = {
        "enabled": True,
        "namespace": names.arn,
        "services": [
            {"port_name": "http", "discovery_name": "shop", "client_alias": [{"port": 8080, "dns_name": "shop"}]}
        ],
    }
    alarms: Any = {"alarm_names": ["shop-errors"], "enable": True, "rollback": True}
    network: Any = {"subnets": [subnet.id], "security_groups": [group.id], "assign_public_ip": False}
    service = ecs.Service(
        "service",
        name="shop",
        cluster=cluster.arn,
        task_definition=task.arn,
        desired_count=2,
        launch_type="FARGATE",
        platform_version="1.4.0",
        deployment_circuit_breaker={"enable": True, "rollback": True},
        deployment_minimum_healthy_percent=100,
        deployment_maximum_percent=150 if changed else 200,
        deployment_configuration=canary,
        alarms=alarms,
        availability_zone_rebalancing="ENABLED",
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        wait_for_steady_state=False,
        network_configuration=network,
        service_registries={"registry_arn": known.arn},
        service_connect_configuration=connected,
        tags={"a": "b"},
        opts=opts,
    )
    target = appautoscaling.Target(
        "scale",
        service_namespace="ecs",
        resource_id=Output.concat("service/", cluster.name, "/", service.name),
        scalable_dimension="ecs:service:DesiredCount",
        min_capacity=2,
        max_capacity=6 if changed else 4,
        tags={"a": "b"},
        opts=opts,
    )
    appautoscaling.Policy(
        "cpu",
        name="cpu",
        policy_type="TargetTrackingScaling",
        service_namespace=target.service_namespace,
        resource_id=target.resource_id,
        scalable_dimension=target.scalable_dimension,
        target_tracking_scaling_policy_configuration={
            "target_value": 70 if changed else 60,
            "predefined_metric_specification": {"predefined_metric_type": "ECSServiceAverageCPUUtilization"},
            "scale_in_cooldown": 300,
            "scale_out_cooldown": 60,
        },
        opts=opts,
    )
    return {"task": task.arn, "service": service.id, "repository": repository.repository_url, "key": key.arn}
