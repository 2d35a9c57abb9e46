"""One run: the script becomes samples, the samples a past, and the product's own collectors ask the servers over it."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ryaml

from pagerworthy.slo.rules import DEAD_MAN
from tests.demo.past import write_past
from tests.demo.samples import write_samples
from tests.demo.script import HERE, Script
from tests.demo.servers import alertmanager, pagerworthy, prometheus, until
from tests.servers import BrokenError

ROOT = HERE.parents[1]
SOURCES = ("prometheus", "alertmanager")
_FORECAST = "capacity.forecast"
_COLLECTED = (0, 1)  # 1: some keys are not known, as the script wants it


def record(script: Script, folder: Path, *, interval: int = 60) -> list[dict[str, Any]]:
    """What the collectors of Prometheus and Alertmanager bring as of the script's moment.

    `folder` is for what is made on the way. Rules are evaluated every `interval` seconds. Raises BrokenError.
    """
    shop = script.shop
    root = _repository(folder / "root")
    moment = _said(shop.moment)
    pagerworthy(root, "rules", "build", "--out", folder / "rules", "--as-of", moment)
    shutil.copy(HERE / "alerts.yaml", folder / "rules" / "_own.rules.yaml")
    rules = [file for file in sorted((folder / "rules").glob("*.rules.yaml")) if _is_loaded(file, script)]
    samples = folder / "samples.txt"
    write_samples(script, samples)
    start = shop.moment - dt.timedelta(days=shop.days)
    data = write_past(folder, samples, rules, start=start, end=shop.moment, interval=interval)
    samples.unlink()
    routes = _routes(script, root, folder / "alertmanager.json", moment)
    with _serving(folder, data, routes, interval) as addresses:
        found = _collected(root, folder / "found", moment, addresses)
        then = _repository(folder / "then")
        _forecast(script, then)
        held = _collected(then, folder / "held", _said(shop.forecasts.checked), addresses)
    return [
        *(each for each in found if each["key"] != _FORECAST),
        *(each for each in held if each["key"] == _FORECAST and each["subject"] in script.services),
    ]


def _is_loaded(file: Path, script: Script) -> bool:
    """Removes the file where it is not: rules of what the script leaves out, or that nobody loads."""
    service = file.name.removesuffix(".rules.yaml")
    if service.startswith("_") or (service in script.services and service not in script.shop.rules_not_loaded):
        return True
    file.unlink()
    return False


def _said(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _repository(folder: Path) -> Path:
    """The demo's catalog, with the organisation's own part of Alertmanager's configuration."""
    shutil.copytree(ROOT / "catalog", folder / "catalog", ignore=shutil.ignore_patterns("evidence"))
    settings = (ROOT / "pagerworthy.toml").read_text(encoding="utf-8")
    settings = settings.replace("[alerting]\n", '[alerting]\nbase = "alertmanager.yaml"\n')
    (folder / "pagerworthy.toml").write_text(settings, encoding="utf-8")
    shutil.copy(HERE / "alertmanager.yaml", folder)
    return folder


def _routes(script: Script, root: Path, file: Path, moment: str) -> Path:
    """Alertmanager's configuration as it runs: what the product writes, and what came of it since."""
    pagerworthy(root, "rules", "routes", "--out", file, "--as-of", moment)
    configuration = ryaml.loads(file.read_text(encoding="utf-8"))
    kept = []
    for route in configuration["route"]["routes"]:
        (matcher,) = route["matchers"]
        service = matcher.partition("=")[2].strip('"')
        if service in script.shop.routes_by_hand:
            by_hand = script.shop.routes_by_hand[service]
            kept.append({"receiver": by_hand, "matchers": [matcher]})
            configuration["receivers"].append({"name": by_hand})
        elif service not in script.shop.routes_missing:
            kept.append(route)
    configuration["route"]["routes"] = kept
    file.write_text(json.dumps(configuration), encoding="utf-8")
    return file


def _forecast(script: Script, root: Path) -> None:
    """Puts the forecasts of then into the entries."""
    forecasts = script.shop.forecasts
    for service, peak in forecasts.peaks.items():
        file = root / "catalog" / "services" / f"{service}.yaml"
        entry = ryaml.loads(file.read_text(encoding="utf-8"))
        entry["spec"].setdefault("capacity", {})["forecast"] = {"peak": peak, "by": str(forecasts.by)}
        file.write_text(json.dumps(entry), encoding="utf-8")


@contextmanager
def _serving(folder: Path, data: Path, routes: Path, interval: int) -> Iterator[Mapping[str, str]]:
    """Both servers, once every rule was evaluated, and the alert that always fires has arrived."""
    rules = str(folder / "rules" / "*.yaml")
    with (
        alertmanager(folder / "alertmanager", routes) as told,
        prometheus(folder / "prometheus", data, rules=rules, alerts_to=told, interval=interval) as asked,
    ):
        until(asked, "/api/v1/rules", _evaluated, "every rule to be evaluated")
        until(told, f'/api/v2/alerts?filter=alertname="{DEAD_MAN}"', bool, f"{DEAD_MAN} to arrive")
        yield {"PAGERWORTHY_PROMETHEUS_URL": asked, "PAGERWORTHY_ALERTMANAGER_URL": told}


def _evaluated(answer: Any) -> bool:
    groups = answer["data"]["groups"]
    return bool(groups) and all(rule["health"] != "unknown" for group in groups for rule in group["rules"])


def _collected(root: Path, out: Path, moment: str, addresses: Mapping[str, str]) -> list[dict[str, Any]]:
    """What the collectors bring; an Alertmanager, which knows the present alone, as if it had been asked then."""
    kept = out.with_name(f"{out.name}-answers")
    pagerworthy(
        root,
        *("collect", *SOURCES, "--out", out, "--as-of", moment, "--record", kept),
        fine=_COLLECTED,
        **addresses,
    )
    said = pagerworthy(
        root,
        *("collect", *SOURCES, "--out", out, "--as-of", moment, "--replay", kept),
        fine=_COLLECTED,
        **addresses,
    )
    found = []
    for source in SOURCES:
        records = [json.loads(line) for line in (out / f"{source}.jsonl").read_text(encoding="utf-8").splitlines()]
        if all(each.get("failed") for each in records):
            raise BrokenError(f"{source} could not be asked:\n{said}")
        found += records
    return found
