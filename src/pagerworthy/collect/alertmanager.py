"""Alertmanager: whether pages reach whoever holds each pager, and whether the dead man's switch is heard.

The configuration that runs is asked for, not the one that was written: a page of every objective is sent down its tree.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pagerworthy.catalog import Service
from pagerworthy.collect.client import Client, decode
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.routing import Matcher, Tree, skeleton
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.evidence import Record
from pagerworthy.evidence.collectors import Collector, Context, record
from pagerworthy.evidence.keys import Value
from pagerworthy.evidence.keys.alerting import Route
from pagerworthy.evidence.keys.base import Active
from pagerworthy.evidence.text import inert
from pagerworthy.project import AlertmanagerSettings
from pagerworthy.slo import objectives_of
from pagerworthy.slo.routes import Route as Wanted
from pagerworthy.slo.routes import routes_of
from pagerworthy.slo.rules import DEAD_MAN, alert_labels, declared_alert, generated_name, reachable

_NAME = "alertmanager"
_STATUS = "GET /api/v2/status, and a page of the service sent down its routes"
_HEARD = f'GET /api/v2/alerts?filter=alertname="{DEAD_MAN}"'


class _Config(msgspec.Struct):
    original: str


class _Status(msgspec.Struct):
    config: _Config


class _State(msgspec.Struct):
    state: str


class _Receiver(msgspec.Struct):
    name: str


class _Alert(msgspec.Struct):
    labels: dict[str, str]
    status: _State
    receivers: list[_Receiver]


class _Test(msgspec.Struct):
    name: str
    value: str
    pattern: bool = msgspec.field(name="isRegex")
    # Alertmanager before 0.22 had no other ones.
    equal: bool = msgspec.field(name="isEqual", default=True)

    @property
    def matcher(self) -> Matcher:
        if self.pattern:
            return Matcher(self.name, "=~" if self.equal else "!~", self.value)
        return Matcher(self.name, "=" if self.equal else "!=", self.value)


class _Silence(msgspec.Struct):
    status: _State
    matchers: list[_Test]
    ends: dt.datetime = msgspec.field(name="endsAt")


def open_collector(surroundings: Surroundings) -> Collector | None:
    """Asks the Alertmanager that the settings or the environment name; None where they name none."""
    settings = surroundings.settings.alertmanager
    address = surroundings.address(_NAME, settings.url)
    return None if address is None else AlertmanagerCollector(surroundings.client(address), settings)


class AlertmanagerCollector:
    """Three requests, however many services there are."""

    name = _NAME
    keys = ("alert.route", "rules.deadman")

    def __init__(self, client: Client, settings: AlertmanagerSettings) -> None:
        self._client = client
        self._settings = settings

    def collect(self, context: Context) -> Iterator[Record]:
        answer = self._client.get("/api/v2/status", hide=_without_secrets)
        tree = Tree.of(decode(answer, _Status).config.original)
        silences = self._silences()
        wanted = {route.service: route for route in routes_of(context.catalog, context.as_of)}
        heard, heard_digest = self._heard(tree)
        for name, service in context.catalog.services.items():
            if name in wanted:
                found = self._reached(tree, silences, service, wanted[name])
                yield _record(context, name, "alert.route", found, _STATUS, answer.digest)
            yield _record(context, name, "rules.deadman", heard, _HEARD, heard_digest)

    def _silences(self) -> Sequence[_Silence]:
        found = decode(self._client.get("/api/v2/silences"), list[_Silence])
        return [each for each in found if each.status.state == "active" and each.matchers]

    def _heard(self, tree: Tree) -> tuple[Value | str, str]:
        """Whether the alert that always fires has arrived here, and goes to somebody who is told.

        An alert that was not heard of in time is not among those that Alertmanager shows.
        """
        parameters = [("filter", f'alertname="{DEAD_MAN}"'), ("silenced", "false"), ("inhibited", "false")]
        try:
            answer = self._client.get("/api/v2/alerts", parameters)
            alerts = decode(answer, list[_Alert])
        except SourceError as error:
            return str(error), ""
        heard = any(
            each.labels.get("alertname") == DEAD_MAN
            and each.status.state == "active"
            and any(receiver.name in tree.receivers for receiver in each.receivers)
            for each in alerts
        )
        return Active(active=heard), answer.digest

    def _reached(self, tree: Tree, silences: Sequence[_Silence], service: Service, wanted: Wanted) -> Value | str:
        """Where pages of a service arrive: those of every objective, or one page without any."""
        expected = [self._settings.receivers.get(each, each) for each in wanted.page if each.startswith("page-")]
        lacking = [each for each in expected if each not in tree.defined]
        if lacking:
            return (
                f"its configuration has no receiver {lacking[0]}: load the one of `pagerworthy rules routes`, or "
                "name yours in [collect.alertmanager.receivers]"
            )
        arrived: tuple[str, ...] = ()
        for labels in _pages(service):
            for silence in silences:
                if all(each.matcher.fits(labels) for each in silence.matchers):
                    return f"a silence hides its pages until {silence.ends:%Y-%m-%d %H:%M} UTC"
            matches = tree.matches(labels)
            arrived = tuple(each.receiver for each in matches)
            if missed := [each for each in expected if each not in arrived]:
                return _route(wanted, arrived or missed, reaches=False)
            if any(each.muted_at_times and each.receiver in expected for each in matches):
                return "its route is muted at times: whether a page arrives depends on the hour"
        return _route(wanted, arrived, reaches=all(each in tree.receivers for each in expected))


def _without_secrets(body: bytes) -> bytes:
    """The status with no more of the configuration than says where an alert goes; nothing where that cannot be told."""
    try:
        written = msgspec.json.decode(body, type=_Status).config.original
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return b""
    try:
        left = skeleton(written)
    except SourceError:
        left = ""
    return msgspec.json.encode(_Status(_Config(left)))


def _pages(service: Service) -> Iterator[Mapping[str, str]]:
    """The labels of every alert by which the service pages."""
    paging = [each for each in objectives_of(service) if reachable(each, "page")]
    for objective in paging:
        declared = declared_alert(objective, "page")
        name = declared.name if declared else generated_name(objective, "BurnPage")
        yield {"alertname": name, **alert_labels(objective, "page")}
    if not paging:
        spec = service.spec
        yield {
            "alertname": "PagerworthyTest",
            "severity": "page",
            "service": service.name,
            "owner": spec.owner,
            "system": spec.system,
            "tier": str(spec.tier),
        }


def _route(wanted: Wanted, arrived: Sequence[str], *, reaches: bool) -> Route:
    names = ", ".join(dict.fromkeys(arrived))
    return Route(receiver=inert(names), holder=wanted.holder, reaches_holder=reaches)


def _record(context: Context, subject: str, key: str, found: Value | str, query: str, response: str) -> Record:
    return record(_NAME, subject, key, found, time=context.as_of, query=query, response=response)
