"""Runs Prometheus's own judge on rules: whether they are right, and what they say of given series."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pagerworthy.catalog import Alert, Metadata, Monitoring, Service, ServiceSpec, Sli, Slo
from pagerworthy.slo import Objective, objectives_of
from pagerworthy.slo.rules import Group, RuleFile, Texts, as_yaml, group_of
from tests.tools import require_tool

GOOD = 'sum(rate(good_total{service="shop"}[$window]))'
BAD = 'sum(rate(bad_total{service="shop"}[$window]))'
TOTAL = 'sum(rate(requests_total{service="shop"}[$window]))'
EVENTS = Sli(bad=BAD, total=TOTAL)
IDS = '{sloth_id="shop-availability", sloth_service="shop", sloth_slo="availability"}'


def service(
    sli: Sli = EVENTS,
    *,
    objective: float = 99.9,
    window: str = "30d",
    phase: str = "support",
    min_events: int | None = None,
    alerts: tuple[Alert, ...] = (),
    description: str = "",
) -> Service:
    """A service, `shop`, with one objective, `availability`."""
    slo = Slo(
        name="availability",
        objective=objective,
        window=window,
        sli=sli,
        min_events=min_events,
        description=description,
    )
    spec = ServiceSpec(
        owner="payments",
        system="storefront",
        tier=1,
        phase=phase,  # type: ignore[arg-type]
        slos=(slo,),
        monitoring=Monitoring(alerts=alerts),
    )
    return Service(apiVersion="pagerworthy/v1", metadata=Metadata(name="shop", title="Shop"), spec=spec)


def objective(sli: Sli = EVENTS, **options: object) -> Objective:
    """The one objective of such a service."""
    return objectives_of(service(sli, **options))[0]  # type: ignore[arg-type]


def rules(one: Objective) -> str:
    """Its rules as YAML."""
    return as_yaml(RuleFile(name="", source="", groups=(group_of(one, Texts()),)))


def group(one: Objective) -> Group:
    return group_of(one, Texts())


@dataclass
class Scene:
    """Series, and what rules are to make of them; times as Prometheus writes durations, from the beginning."""

    series: Mapping[str, str]
    interval: str = "1m"
    alerts: list[dict[str, object]] = field(default_factory=list)
    values: list[dict[str, object]] = field(default_factory=list)

    def fires(self, at: str, name: str, labels: Mapping[str, str], annotations: Mapping[str, str]) -> "Scene":
        """Expects one alert of this name, with exactly these labels and annotations."""
        expected = {"exp_labels": dict(labels), "exp_annotations": dict(annotations)}
        self.alerts.append({"eval_time": at, "alertname": name, "exp_alerts": [expected]})
        return self

    def firing(self, at: str, name: str, count: int = 1, matchers: str = "") -> "Scene":
        """Expects so many firing alerts of this name."""
        chosen = f'alertname="{name}", alertstate="firing"{matchers and ", "}{matchers}'
        return self.yields(at, f"count(ALERTS{{{chosen}}}) or vector(0)", count)

    def yields(self, at: str, expr: str, *values: float) -> "Scene":
        """Expects this value of the sum of the expression, to nine decimals; that there is none, without values."""
        samples = [{"labels": "{}", "value": round(each * 1e9)} for each in values]
        self.values.append({"expr": f"round(sum({expr}) * 1e9)", "eval_time": at, "exp_samples": samples})
        return self


def check(text: str, folder: Path) -> None:
    """Fails where promtool finds anything wrong with the rules."""
    file = folder / "checked.yaml"
    file.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [require_tool("promtool"), "check", "rules", "--lint-fatal", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr + text


def judge(text: str, scenes: Sequence[Scene], folder: Path, *, every: str = "1m", order: Sequence[str] = ()) -> None:
    """Plays the scenes through the rules; fails where they say anything else than what is expected.

    `order` names the groups in the order in which they are to be evaluated, where it matters.
    """
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    tests = [
        {
            "interval": scene.interval,
            "input_series": [{"series": name, "values": values} for name, values in scene.series.items()],
            "alert_rule_test": scene.alerts,
            "promql_expr_test": scene.values,
        }
        for scene in scenes
    ]
    # JSON is YAML.
    (folder / "tests.yaml").write_text(
        json.dumps(
            {
                "rule_files": ["rules.yaml"],
                "evaluation_interval": every,
                "group_eval_order": list(order),
                "tests": tests,
            }
        ),
        encoding="utf-8",
    )
    done = subprocess.run(
        [require_tool("promtool"), "test", "rules", str(folder / "tests.yaml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
