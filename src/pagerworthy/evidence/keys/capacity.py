"""Load, headroom and limits."""

from typing import Annotated

from pagerworthy.evidence.keys.base import Key, Value, counted, in_days, says, share
from pagerworthy.evidence.record import Strength


class ForecastError(Value, frozen=True):
    error: Annotated[float, says("how far the last forecast was from the real peak, as a share of it", 0, 1_000)]


class LoadTest(Value, frozen=True):
    age_days: Annotated[float, in_days("days since the load test")]
    peak_ratio: Annotated[float, says("tested load over the highest real load", 0, 1_000)]
    releases_since: Annotated[float, counted("releases since it was run")]
    objectives_met: Annotated[bool, says("the objectives held under the load")]
    excess_shed: Annotated[bool, says("load above the limit was shed or limited")]


class Headroom(Value, frozen=True):
    utilisation_zone_lost: Annotated[
        float, says("highest utilisation if one zone were lost; above 1, the rest could not carry it", 0, 100)
    ]


class Limits(Value, frozen=True):
    highest: Annotated[float, share("use of the limit that is nearest to its end")]
    which: Annotated[str, says("which limit that is")]


class Autoscaler(Value, frozen=True):
    at_maximum: Annotated[float, share("share of the last seven days at the maximum")]


class Storage(Value, frozen=True):
    days_left: Annotated[float, in_days("days until storage is full at the present rate")]


_O = Strength.OBSERVED
_X = Strength.EXERCISED

KEYS = (
    Key("capacity.forecast", ForecastError, "service", _O, "prometheus", "how good the last forecast was"),
    Key("load.test", LoadTest, "service", _X, "reports", "the last load test"),
    Key("capacity.headroom", Headroom, "service", _O, "prometheus", "headroom with a zone lost"),
    Key("capacity.limits", Limits, "service", _O, "prometheus", "the limit that is nearest"),
    Key("capacity.autoscaler", Autoscaler, "service", _O, "prometheus", "time at the autoscaler's maximum"),
    Key("capacity.storage", Storage, "store", _O, "prometheus", "days until each store is full"),
)
