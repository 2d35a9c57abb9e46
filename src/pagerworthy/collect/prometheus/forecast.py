"""How far the last forecast was from what came: the highest rate of requests on the day that it was made for."""

import datetime as dt
import math
from collections.abc import Iterator

from pagerworthy.catalog import Forecast, Service, Slo
from pagerworthy.collect.prometheus.look import Look, Part
from pagerworthy.collect.prometheus.server import DAY
from pagerworthy.evidence import Record
from pagerworthy.evidence.keys.capacity import ForecastError
from pagerworthy.slo import indicator
from pagerworthy.slo.rules import names

# Older forecasts are not evidence any more.
_DAYS = 90
_QUERY = f"max by ({names.SERVICE}, {names.SLO}) (max_over_time({names.total_rate(300)}[1d]))"


def _look(look: Look) -> Iterator[Record]:
    as_of = look.context.as_of
    due: dict[str, tuple[Forecast, float]] = {}
    for name, service in look.services.items():
        forecast = service.spec.capacity.forecast if service.spec.capacity else None
        # The day ends with its last second.
        end = None if forecast is None else dt.datetime.combine(forecast.by, dt.time.max, dt.UTC)
        if forecast is not None and end is not None and _counting(service):
            ago = (as_of - end).total_seconds() / DAY
            if -1 < ago <= _DAYS - 1:
                due[name] = (forecast, ago)
    if not due:
        return
    said = look.server.days(_QUERY, _DAYS, names.SERVICE, names.SLO)
    for name, (forecast, ago) in due.items():
        # The two days of ours that the day of the forecast has a part in.
        last = _DAYS - 1 - math.floor(ago)
        peaks = [
            row[day]
            for slo in _counting(look.services[name])
            if (row := said.values.get((name, slo.name)))
            for day in (last - 1, last)
            if 0 <= day < _DAYS and not math.isnan(row[day])
        ]
        peak = max(peaks, default=0.0)
        found = (
            ForecastError(error=abs(forecast.peak - peak) / peak)
            if peak > 0
            else f"no request was counted around {forecast.by}, for which the forecast was made"
        )
        yield look.record(name, "capacity.forecast", found, _QUERY, said.digest)


FORECAST = Part(("capacity.forecast",), _look)


def _counting(service: Service) -> list[Slo]:
    """The objectives that count requests for each second, as forecasts do."""
    return [slo for slo in service.spec.slos if indicator.counts_events(slo.sli) and indicator.is_per_second(slo.sli)]
