"""Engine versions: what an entry asks for, and what AWS offers.

The table is of November 2026, from AWS's pages on engine versions of RDS, ElastiCache and Amazon MQ. A version that AWS
adds later is one line here.
"""

from collections.abc import Mapping

import msgspec


class Engine(msgspec.Struct, frozen=True):
    """An engine as AWS knows it. `family` is that of its parameter groups, empty where there are none.

    `version` is what is asked for. Where it is only a series (`18`), AWS keeps its minor versions up to date and
    `pinned` is false; a whole version of an entry (`18.4`) is kept as it is, since the entry says so.
    """

    name: str
    version: str
    family: str
    pinned: bool


class _Series(msgspec.Struct, frozen=True):
    """A series of versions that AWS offers: how many parts of a version name it, and its parameter group's family."""

    engine: str
    name: str
    family: str
    # What AWS wants where the entry names the series alone.
    asked: str = ""


_OFFERED: Mapping[str, tuple[_Series, ...]] = {
    "postgres": tuple(_Series("postgres", str(major), f"postgres{major}") for major in range(14, 19)),
    "mysql": (_Series("mysql", "8.0", "mysql8.0"), _Series("mysql", "8.4", "mysql8.4")),
    "redis": (
        _Series("redis", "6.2", "redis6.x"),
        _Series("redis", "7.0", "redis7"),
        _Series("redis", "7.1", "redis7"),
        # Redis 7.2 is the last that was free; from there on AWS runs Valkey, which speaks the same protocol.
        _Series("valkey", "7.2", "valkey7"),
        _Series("valkey", "8.0", "valkey8"),
        _Series("valkey", "8.1", "valkey8"),
        _Series("valkey", "8.2", "valkey8"),
        _Series("valkey", "9.0", "valkey9"),
        _Series("valkey", "9.1", "valkey9"),
    ),
    "memcached": (_Series("memcached", "1.6", "memcached1.6", "1.6.22"),),
    "rabbitmq": (_Series("RabbitMQ", "3.13", ""), _Series("RabbitMQ", "4.2", "")),
}

# What is taken where the entry names no version.
_DEFAULT = {"postgres": "17", "mysql": "8.4", "redis": "8.2", "memcached": "1.6", "rabbitmq": "3.13"}


class UnknownVersionError(ValueError):
    """AWS does not offer this version; `offered` are the series that it does."""

    def __init__(self, type_: str, version: str, offered: tuple[str, ...]) -> None:
        super().__init__(f"AWS offers no {type_} {version}")
        self.offered = offered


def engine_of(type_: str, version: str) -> Engine:
    """The engine for a type of resource and the version of its entry, or the usual one where that is empty.

    Raises UnknownVersionError for a version that AWS does not offer.
    """
    wanted = version or _DEFAULT[type_]
    parts = wanted.split(".")
    for series in _OFFERED[type_]:
        name = series.name.split(".")
        if parts[: len(name)] == name:
            return _engine(series, wanted, pinned=len(parts) > len(name))
    # A major version alone means the newest series of it.
    for series in reversed(_OFFERED[type_]):
        if len(parts) == 1 and series.name.split(".")[0] == wanted:
            return _engine(series, series.name, pinned=False)
    raise UnknownVersionError(type_, wanted, offered(type_))


def offered(type_: str) -> tuple[str, ...]:
    """The series of versions that AWS offers for a type of resource, oldest first; none for what has no version."""
    return tuple(series.name for series in _OFFERED.get(type_, ()))


def _engine(series: _Series, wanted: str, *, pinned: bool) -> Engine:
    if series.engine == "RabbitMQ":
        # Amazon MQ chooses the patch itself, and says so in no version.
        return Engine(series.engine, series.name, series.family, pinned=False)
    if series.engine in {"redis", "valkey"}:
        # ElastiCache never goes back to a series that it has left by itself. Patches come all the same.
        return Engine(series.engine, series.name, series.family, pinned=True)
    return Engine(series.engine, wanted if pinned else series.asked or series.name, series.family, pinned)
