"""Whether the panels of dashboards return data, as far as `pagerworthy rules dashboards` made them.

What another dashboard draws is known to Grafana alone: of that there is no record.
"""

from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import urlsplit

from pagerworthy.catalog import Service
from pagerworthy.collect.prometheus.look import Look, Part
from pagerworthy.evidence import Record, items_of
from pagerworthy.evidence.keys.monitoring import Panels
from pagerworthy.slo import objectives_of
from pagerworthy.slo.rules import names

_RATIO = names.error_ratio(300)
_DRAWN = (names.REMAINING, names.CURRENT_BURN, _RATIO)
_LABELS = ("__name__", names.SERVICE, names.SLO)
# The series without which each panel of an objective is empty, in the order of the dashboard.
NEEDS = (
    (names.REMAINING,),
    (names.CURRENT_BURN,),
    (names.REMAINING, names.CURRENT_BURN),
    (names.REMAINING,),
    (_RATIO,),
)
_QUERY = f'count by ({", ".join(_LABELS)}) ({{__name__=~"{"|".join(_DRAWN)}"}})'


def _look(look: Look) -> Iterator[Record]:
    ours = {name: boards for name, service in look.services.items() if (boards := tuple(_made(service)))}
    if not ours:
        return
    said = look.server.vector(_QUERY, *_LABELS)
    for name, boards in ours.items():
        panels = [
            all((series, name, objective.slo.name) in said.values for series in panel)
            for objective in objectives_of(look.services[name])
            for panel in NEEDS
        ]
        for board in boards:
            found = Panels(panels=len(panels), empty=panels.count(False))
            yield look.record(name, "dashboard.panels", found, _QUERY, said.digest, item=board)


PANELS = Part(("dashboard.panels",), _look)


def _made(service: Service) -> Iterator[str]:
    """The dashboards that are the one which is made of the service: Grafana has it at /d/UID."""
    boards = [(url, urlsplit(url).path.split("/")) for url in items_of(service, "dashboard")]
    if any("d" in path for _, path in boards):
        from pagerworthy.slo.dashboards import uid_of

        uid = uid_of("service", service.name)
        yield from (url for url, path in boards if ("d", uid) in pairwise(path))
