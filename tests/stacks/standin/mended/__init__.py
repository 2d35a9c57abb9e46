"""What AWS does and moto (5.2) does not, mended in the server's process, so that boto3 shows tests what AWS would.

Each mend says what AWS does. Nothing here is about the stand-in's own tables.
"""


def mend() -> None:
    """Mends moto; called once, before its server answers."""
    from tests.stacks.standin.mended import data, network, services

    network.describe_rules()
    network.modify_rules()
    services.keep_services()
    services.forget_clusters()
    services.delete_zones()
    services.delete_alarms()
    services.keep_queue_policies()
    data.know_instances()
    data.change_caches()
