"""What services run on: ECS, their names, their scaling, their queues."""

from typing import Any

from tests.stacks.standin.mended.patch import put

# Of a service's settings, those that moto hears of when it makes one and does not keep.
_SERVICE = {
    "deploymentConfiguration": "deployment_configuration",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "capacityProviderStrategy": "capacity_provider_strategy",
}


def keep_services() -> None:
    """AWS shows how an ECS service is deployed, and what it is connected to; moto forgets both."""
    from moto.ecs.responses import EC2ContainerServiceResponse as Responses

    def keep(request: Any, answer: Any) -> Any:
        service = answer.result["service"]
        for key, name in _SERVICE.items():
            value = request._get_param(key)
            if value is not None:
                setattr(service, name, value)
        connected = request._get_param("serviceConnectConfiguration")
        if service.deployments:
            newest = service.deployments[0]
            newest["taskDefinition"] = service.task_definition
            newest["networkConfiguration"] = service.network_configuration
            if connected is not None:
                newest["serviceConnectConfiguration"] = connected
        return answer

    def create(request: Any) -> Any:
        return keep(request, make(request))

    def update(request: Any) -> Any:
        return keep(request, change(request))

    make: Any = put(Responses, "create_service", create)
    change: Any = put(Responses, "update_service", update)


def forget_clusters() -> None:
    """AWS does not list clusters that are deleted."""
    from moto.ecs.models import EC2ContainerServiceBackend as Backend

    def arns(backend: Any) -> list[str]:
        return [cluster.arn for cluster in backend.clusters.values() if cluster.status == "ACTIVE"]

    put(Backend, "list_clusters", arns)


def delete_zones() -> None:
    """AWS deletes a namespace's hosted zone with it."""
    from moto.route53.models import route53_backends
    from moto.servicediscovery.models import ServiceDiscoveryBackend as Backend

    def delete(backend: Any, namespace_id: str) -> str:
        namespace = backend.namespaces.get(namespace_id)
        operation = original(backend, namespace_id)
        zone = ((namespace.dns_properties if namespace else None) or {}).get("HostedZoneId")
        if zone:
            route53_backends[backend.account_id][backend.partition].zones.pop(zone.removeprefix("/hostedzone/"), None)
        return str(operation)

    original = put(Backend, "delete_namespace", delete)


def delete_alarms() -> None:
    """AWS keeps the alarms of a scaling policy that is changed; moto makes more and forgets the first."""
    from moto.applicationautoscaling.models import ApplicationAutoscalingBackend as Backend

    def change(backend: Any, *arguments: Any, **named: Any) -> Any:
        before = set(backend.policies.values())
        policy = original(backend, *arguments, **named)
        for old in before - set(backend.policies.values()):
            old.delete_alarms(backend.account_id, backend.region_name)
        return policy

    original = put(Backend, "put_scaling_policy", change)


def keep_queue_policies() -> None:
    """AWS keeps a queue's policy when another attribute is set; moto drops it."""
    from moto.sqs.models import Queue

    def set_attributes(queue: Any, attributes: dict[str, Any], now: Any = None) -> None:
        kept = queue.policy if hasattr(queue, "_policy_json") else None
        original(queue, attributes, now)
        if kept and "Policy" not in attributes:
            queue.policy = kept

    original = put(Queue, "_set_attributes", set_attributes)
