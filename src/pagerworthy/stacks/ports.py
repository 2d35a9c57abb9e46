"""The TCP port that each type of resource listens on; what is reached through AWS's own API has none."""

from collections.abc import Mapping

RESOURCE_PORTS: Mapping[str, int] = {
    "postgres": 5432,
    "mysql": 3306,
    "redis": 6379,
    "memcached": 11211,
    # AMQP over TLS, the only way that Amazon MQ offers.
    "rabbitmq": 5671,
    "edge": 443,
}
