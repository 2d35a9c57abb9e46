"""What alerts say to whoever is called, and where they send them."""

from collections.abc import Mapping

import msgspec

from pagerworthy.catalog import PagerHolder, Service
from pagerworthy.slo.objective import Objective
from pagerworthy.slo.period import Severity

_CATALOG = "catalog/"
_PERIODS = {
    "calendar-week": "a calendar week",
    "calendar-month": "a calendar month",
    "calendar-quarter": "a calendar quarter",
}
_HOLDERS: Mapping[PagerHolder, str] = {
    "dev": "the owner",
    "shadow": "the owner, with SRE reading along",
    "shared": "the owner and SRE",
    "sre": "SRE",
}


class Texts(msgspec.Struct, frozen=True):
    """What the texts depend on beside the entry: who holds the pager, and the address of the site, if it has one."""

    holder: PagerHolder = "dev"
    site: str = ""

    def burning(self, objective: Objective, severity: Severity, alert: str) -> dict[str, str]:
        """Of an alert on the burn rate; `alert` is its name, by which runbooks know it."""
        slo, title = objective.slo, objective.service.metadata.label
        speed = "so fast that somebody is needed now" if severity == "page" else "faster than it can last"
        promise = f"{slo.objective:.12g} % over {_PERIODS.get(slo.window, slo.window)}"
        meaning = f" ({slo.description})" if slo.description else ""
        return self._with(
            objective.service,
            alert,
            summary=plain(f"{title}: the error budget of {slo.title or slo.name} burns {speed}"),
            description="{{ $value | humanizePercentage }} of the latest events were bad; "
            + plain(f"promised are {promise}{meaning}"),
        )

    def silent(self, objective: Objective, alert: str, *, since: str) -> dict[str, str]:
        """Of an alert on missing data; `since` says for how long."""
        slo, title = objective.slo, objective.service.metadata.label
        return self._with(
            objective.service,
            alert,
            summary=plain(f"{title}: nothing is known of {slo.title or slo.name}, {since}"),
            description=plain(
                "Its burn rate cannot page while there is no data. Look whether the service is scraped and whether the "
                f"queries of the SLO {slo.name} find its metrics."
            ),
        )

    def _with(self, service: Service, alert: str, *, summary: str, description: str) -> dict[str, str]:
        spec = service.spec
        said = {"summary": summary, "description": description, "owner": spec.owner, "pager": _HOLDERS[self.holder]}
        if place := self._runbook(service, alert):
            said["runbook_url"] = plain(place)
        if spec.monitoring.dashboards:
            said["dashboard"] = plain(spec.monitoring.dashboards[0].url)
        return said

    def _runbook(self, service: Service, alert: str) -> str:
        """Where the runbook of the alert is, or else the service's first; a path of the repository, without a site."""
        runbooks = service.spec.runbooks
        chosen = next((each for each in runbooks if alert in each.alerts), runbooks[0] if runbooks else None)
        if chosen is None:
            return ""
        if chosen.url or not self.site or not chosen.path.startswith(_CATALOG):
            return chosen.place
        return f"{self.site.rstrip('/')}/{chosen.path.removeprefix(_CATALOG).removesuffix('.md')}.html"


def plain(text: str) -> str:
    """The text such that Prometheus finds no template in it."""
    return text.replace("{{", '{{ "{{" }}') if "{{" in text else text
