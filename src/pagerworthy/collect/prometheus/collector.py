"""The collector: one look, part by part; a part that fails hides no other."""

import re
from collections.abc import Iterator

from pagerworthy.collect.client import Client, Limits
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.prometheus.firing import FIRING
from pagerworthy.collect.prometheus.forecast import FORECAST
from pagerworthy.collect.prometheus.levels import LEVELS
from pagerworthy.collect.prometheus.look import NAME, Look, Part
from pagerworthy.collect.prometheus.mentions import MENTIONS
from pagerworthy.collect.prometheus.panels import PANELS
from pagerworthy.collect.prometheus.rules import RULES
from pagerworthy.collect.prometheus.server import Server
from pagerworthy.collect.prometheus.signals import PARTS as SIGNALS
from pagerworthy.collect.prometheus.signals import queries_of
from pagerworthy.collect.prometheus.traffic import TRAFFIC
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.evidence import KEYS, Record, items_of
from pagerworthy.evidence.collectors import Collector, Context
from pagerworthy.project import PrometheusSettings

PARTS: tuple[Part, ...] = (RULES, LEVELS, TRAFFIC, PANELS, MENTIONS, FORECAST, FIRING, *SIGNALS)
_LABEL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def open_collector(surroundings: Surroundings) -> Collector | None:
    """Asks the server that the settings or the environment name; None where they name none."""
    settings = surroundings.settings.prometheus
    address = surroundings.address(NAME, settings.url)
    if address is None:
        return None
    if not _LABEL_NAME.fullmatch(settings.label):
        raise SourceError(f"label in [collect.prometheus] is {settings.label[:60]!r}, which is no label's name")
    queries_of(settings)
    return PrometheusCollector(surroundings.client(address, limits=Limits(request=120)), settings)


class PrometheusCollector:
    """Asks for all services at once, some thirty queries however many there are."""

    name = NAME
    keys = tuple(key for part in PARTS for key in part.keys)

    def __init__(self, client: Client, settings: PrometheusSettings) -> None:
        self._client = client
        self._settings = settings

    def collect(self, context: Context) -> Iterator[Record]:
        server = Server(self._client, context.as_of)
        # Where nobody answers even this, nothing else is worth the time.
        server.vector("vector(1)")
        look = Look(server, context, self._settings)
        for part in PARTS:
            records = part.look(look)
            try:
                first = next(records, None)
            except SourceError as error:
                yield from _not_known(look, part, str(error))
                server.vector("vector(1)")
                continue
            if first is not None:
                yield first
                yield from records


def _not_known(look: Look, part: Part, reason: str) -> Iterator[Record]:
    for name, service in look.services.items():
        for key in part.keys:
            for item in items_of(service, KEYS[key].per):
                yield look.record(name, key, reason, "", item=item)
