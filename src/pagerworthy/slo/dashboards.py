"""Grafana dashboards over what the rules record: one a service, one a system.

Texts of entries are shown as they are: Markdown is escaped, and nothing of an entry reaches a query but names that the
schema has checked.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from string import ascii_uppercase
from urllib.parse import quote

from grafana_foundation_sdk.builders import bargauge, dashboard, prometheus, stat, text, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DashboardLinkType, DataSourceRef, Threshold, ThresholdsMode
from grafana_foundation_sdk.models.text import TextMode

from pagerworthy.catalog import PagerHolder, Service, System
from pagerworthy.slo.objective import Objective, objectives_of
from pagerworthy.slo.period import duration_text
from pagerworthy.slo.rules import Texts, names

TAG = "pagerworthy"
_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
_WIDTH = 24
_HOLDERS: dict[PagerHolder, str] = {
    "dev": "the owner",
    "shadow": "the owner, with SRE reading along",
    "shared": "the owner and SRE",
    "sre": "SRE",
}
# Longer uids are refused by Grafana.
_LONGEST_UID = 40
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>$])")


def service_dashboard(service: Service, texts: Texts, needs: Sequence[str]) -> str:
    """The dashboard of a service as JSON; `needs` are the names of the services that it depends on."""
    board = _board(service.metadata.label, uid_of("service", service.name), (TAG, "service", service.spec.owner))
    for link in _links(service):
        board = board.link(link)
    said = [
        f"**Owner** {_plain(service.spec.owner)}, **tier** {service.spec.tier}",
        f"**Pager** {_HOLDERS[texts.holder]}",
    ]
    if service.spec.oncall is not None:
        said.append(f"**On call** [schedule]({_address(service.spec.oncall.schedule)})")
    if needs:
        said.append("**Needs** " + ", ".join(f"[{_plain(each)}](/d/{uid_of('service', each)})" for each in needs))
    board = board.with_panel(_text("  \n".join(said)))
    for objective in objectives_of(service):
        board = board.with_row(dashboard.Row(f"{objective.slo.title or objective.slo.name}: {_promise(objective)}"))
        for panel in _panels(objective):
            board = board.with_panel(panel)
    return _json(board)


def system_dashboard(system: System, services: Sequence[Service]) -> str:
    """The dashboard of a system as JSON: the budgets, burn rates and alerts of its services side by side."""
    board = _board(system.metadata.label, uid_of("system", system.name), (TAG, "system", system.spec.owner))
    links = ", ".join(f"[{_plain(each.metadata.label)}](/d/{uid_of('service', each.name)})" for each in services)
    board = board.with_panel(_text(f"**Services** {links or 'none yet'}"))
    anyone = "|".join(each.name for each in services)
    which = f'{names.SERVICE}=~"{anyone}"'
    legend = f"{{{{{names.SERVICE}}}}}: {{{{{names.SLO}}}}}"
    budgets = (
        bargauge.Panel()
        .title("What is left of each error budget")
        .datasource(_SOURCE)
        .unit("percentunit")
        .min(0)
        .max(1)
        .no_value("not known")
        .thresholds(_thresholds(_LEFT))
        .with_target(_query(f"sort({names.REMAINING}{{{which}}})", legend, instant=True))
    )
    burns = _lines("How fast budgets burn", "", 12).with_target(_query(f"{names.CURRENT_BURN}{{{which}}}", legend))
    alerts = _lines("Alerts", "", 12).with_target(
        _query(
            f'sum by (service, alertname, severity) (ALERTS{{alertstate="firing", service=~"{anyone}"}})',
            "{{severity}}: {{service}} {{alertname}}",
        )
    )
    if services:
        for panel in (budgets.height(max(4, min(2 * len(services), 24))).span(_WIDTH), burns, alerts):
            board = board.with_panel(panel)
    return _json(board)


_LEFT = ((None, "red"), (0.0, "orange"), (0.25, "green"))
_SPEED = ((None, "green"), (1.0, "orange"), (6.0, "red"))


def _board(title: str, uid: str, tags: Sequence[str]) -> dashboard.Dashboard:
    return (
        dashboard.Dashboard(title)
        .uid(uid)
        .tags(list(tags))
        .readonly()
        .time("now-24h", "now")
        .refresh("1m")
        .timezone("utc")
        .with_variable(dashboard.DatasourceVariable("datasource").label("Prometheus").type("prometheus"))
    )


def _links(service: Service) -> Iterator[dashboard.DashboardLink]:
    runbooks = [(f"Runbook: {each.title}", each.url) for each in service.spec.runbooks if each.url]
    boards = [(each.title, each.url) for each in service.spec.monitoring.dashboards]
    for title, url in (*runbooks, *boards):
        yield dashboard.DashboardLink(title).type(DashboardLinkType.LINK).url(url).target_blank(True)


def _panels(objective: Objective) -> Iterator[stat.Panel | timeseries.Panel]:
    which, period = names.selector(objective), objective.period
    left = f"{names.REMAINING}{which}"
    burn = f"{names.CURRENT_BURN}{which}"
    yield _number("Budget left", "percentunit", _LEFT).with_target(_query(left, "left", instant=True))
    yield _number("Burn rate", "", _SPEED).with_target(_query(burn, "times as fast as it lasts", instant=True))
    # A budget that does not burn lasts for the whole period and longer.
    # The one is over the period, the other over the shortest window, and each says so in a label.
    rate = f"ignoring ({names.WINDOW}) clamp_min({burn}, 1e-9)"
    lasts = f"clamp_max(clamp_min({left}, 0) * {period.seconds} / {rate}, {period.seconds})"
    yield _number("Lasts, at this rate", "s", ((None, "red"), (86_400.0, "orange"), (259_200.0, "green"))).with_target(
        _query(lasts, "until it is spent", instant=True)
    )
    yield _lines("Budget left", "percentunit", 8).with_target(_query(left, "left"))
    ratios = _lines("Bad events, by window, and the promise", "percentunit", 16)
    for window in names.windows(period):
        ratios = ratios.with_target(_query(f"{names.error_ratio(window)}{which}", duration_text(window)))
    yield ratios.with_target(_query(f"{names.BUDGET}{which}", "allowed"))


def _number(title: str, unit: str, steps: Sequence[tuple[float | None, str]]) -> stat.Panel:
    panel = stat.Panel().title(title).datasource(_SOURCE).no_value("not known").thresholds(_thresholds(steps))
    return panel.unit(unit).height(4).span(8)


def _lines(title: str, unit: str, span: int) -> timeseries.Panel:
    panel = timeseries.Panel().title(title).datasource(_SOURCE).no_value("no data").height(8).span(span)
    return panel.unit(unit).fill_opacity(8).line_width(1)


def _thresholds(steps: Sequence[tuple[float | None, str]]) -> dashboard.ThresholdsConfig:
    return (
        dashboard.ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=color) for value, color in steps])
    )


def _query(expr: str, legend: str, *, instant: bool = False) -> prometheus.Dataquery:
    query = prometheus.Dataquery().expr(expr).legend_format(legend).datasource(_SOURCE)
    return query.instant() if instant else query.range()


def _text(markdown: str) -> text.Panel:
    return text.Panel().mode(TextMode.MARKDOWN).content(markdown).height(4).span(_WIDTH).transparent(True)


def _plain(value: str) -> str:
    """The text with nothing in it that Markdown, HTML or Grafana's variables would take for theirs."""
    return _MARKDOWN.sub(r"\\\1", value.replace("&", "&amp;").replace("<", "&lt;")).replace("\\$", "&#36;")


def _address(url: str) -> str:
    """The address such that it ends where Markdown's brackets do."""
    return quote(url, safe=":/?&=#%+~,;@!")


def _promise(objective: Objective) -> str:
    return f"{objective.slo.objective:.12g} % over {objective.slo.window}"


def uid_of(kind: str, name: str) -> str:
    """The identifier by which other dashboards link to it: the same for as long as the name is."""
    uid = f"{TAG}-{kind}-{name}"
    if len(uid) <= _LONGEST_UID:
        return uid
    return f"{uid[: _LONGEST_UID - 9]}-{hashlib.sha256(uid.encode()).hexdigest()[:8]}"


def _json(board: dashboard.Dashboard) -> str:
    built = board.build()
    for number, panel in enumerate(built.panels or (), start=1):
        panel.id_val = number
        for letter, target in zip(ascii_uppercase, getattr(panel, "targets", None) or (), strict=False):
            target.ref_id = letter
    return JSONEncoder(sort_keys=True, indent=2).encode(built) + "\n"
